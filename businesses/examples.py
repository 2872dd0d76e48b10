"""Invented businesses, to look around in and to measure with. All are marked as examples."""

import csv
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate, batched
from secrets import token_urlsafe

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from umkm_portal.accounts.models import User
from umkm_portal.traces import erase

from . import directory
from .models import (
    Business,
    Certificate,
    Check,
    CommodityGroup,
    Listing,
    Product,
    Province,
    Regency,
)
from .models.verification import a_year_after
from .reference import DATA
from .size import SizeBasis, SizeClass

MARK = "(contoh)"
# Ends the addresses of those that seed() makes, each with a number.
NUMBERED = r"-[0-9]+$"
# Signs the invented checks; nobody can sign in with it.
OFFICIAL = "petugas.contoh@contoh.id"
BATCH = 1000
Form, Kind = Business.LegalForm, Certificate.Kind
FIRST_NAMES = (
    "Sari Maju Berkah Jaya Sumber Karya Mitra Tunas Cahaya Rasa Griya Bina Surya Mega Putra Bumi "
    "Makmur Lestari Sejahtera Abadi Harapan Sinar Anugerah Mandiri Dua Tiga Bintang Mutiara"
).split()
SYLLABLES = (
    "ba bi bu da di du ga gi ja ju ka ki ku la li lu ma mi mu na ni nu pa pi ra ri ru sa si su ta "
    "ti tu wa wi ya yu"
).split()
# How often each occurs among a hundred.
FORMS = {
    Form.SOLE_TRADER: 60,
    Form.CV: 12,
    Form.INDIVIDUAL_PT: 8,
    Form.PT: 7,
    Form.COOPERATIVE: 6,
    Form.GROUP: 5,
    Form.VILLAGE_ENTERPRISE: 2,
}
SIZES = {
    SizeClass.MICRO: 70,
    SizeClass.SMALL: 18,
    SizeClass.MEDIUM: 5,
    SizeClass.LARGE: 1,
    "": 6,
}
CERTIFICATES = {
    Kind.HALAL: 40,
    Kind.PIRT: 30,
    Kind.TRADEMARK: 12,
    Kind.BPOM: 8,
    Kind.SNI: 5,
    Kind.ORGANIC: 3,
    Kind.HACCP: 2,
}


@dataclass(frozen=True)
class Goods:
    """What businesses of a commodity sell and look for."""

    commodity: CommodityGroup
    unit: str
    price: int
    products: list[str]
    seeks: list[str]
    certificates: list[str]


@dataclass(frozen=True)
class World:
    """What examples are drawn from: places by population, goods by how common they are."""

    goods: list[Goods]
    goods_weights: list[int]
    places: list[Regency]
    places_weights: list[int]
    provinces: dict[str, Province]
    official: User
    now: datetime
    today: date


def seed(count, *, seed=1):
    """Adds invented businesses, the same for the same seed, and yields how many there are so far."""
    world = see_world()
    first = _next_number()
    known = {}
    done = 0
    for numbers in batched(range(first, first + count), BATCH):
        with transaction.atomic():
            add([_business(number, seed, world) for number in numbers], known)
        done += len(numbers)
        yield done
    directory.reshelve()


def remove():
    """Removes all that seed() made and says how many there were."""
    pks = _seeded().order_by("pk").values_list("pk", flat=True)
    count = 0
    while batch := list(pks[:BATCH]):
        erase(Business.objects.filter(pk__in=batch))
        count += len(batch)
    forget_world()
    return count


def forget_world():
    """What is left once examples are gone, unless other examples need it."""
    directory.forget_unused()
    erase(User.objects.filter(email=OFFICIAL, checks=None))


def _seeded():
    return Business.objects.filter(is_example=True, slug__regex=NUMBERED)


def see_world():
    groups = CommodityGroup.objects.select_related("sector").in_bulk()
    goods = read("examples/goods.csv")
    population = {
        row["code"]: int(row["population_2024s2"]) for row in read("regencies.csv")
    }
    places = list(Regency.objects.filter(pk__in=population))
    official = User.objects.filter(email=OFFICIAL).first()
    return World(
        goods=[_goods(row, groups[row["commodity"]]) for row in goods],
        goods_weights=list(accumulate(int(row["weight"]) for row in goods)),
        places=places,
        places_weights=list(accumulate(population[place.pk] for place in places)),
        provinces=Province.objects.in_bulk(),
        official=official
        or User.objects.create_user(
            OFFICIAL, token_urlsafe(), name=f"Petugas {MARK}", is_active=False
        ),
        now=timezone.now(),
        today=timezone.localdate(),
    )


def read(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _goods(row, commodity):
    return Goods(
        commodity,
        row["unit"],
        int(row["price"]),
        row["products"].split(";"),
        row["seeks"].split(";"),
        list(filter(None, row["certificates"].split(";"))),
    )


def _next_number():
    last = _seeded().order_by("pk").last()
    return int(last.slug.rpartition("-")[2]) + 1 if last else 1


def _business(number, seed, world):
    """An unsaved business with the lists that `directory.with_public_facts` would give it."""
    draw = random.Random(f"{seed}:{number}")  # noqa: S311  nothing secret
    [goods] = draw.choices(world.goods, cum_weights=world.goods_weights)
    [place] = draw.choices(world.places, cum_weights=world.places_weights)
    products = draw.sample(goods.products, draw.randint(1, min(3, len(goods.products))))
    name = invent_name(draw, products[0])
    size = one_of(draw, SIZES)
    business = Business(
        name=name,
        slug=f"{slugify(name)[:60]}-{number}",
        legal_form=one_of(draw, FORMS),
        nib=f"{number:013d}" if draw.random() < 0.4 else "",
        size=size,
        size_basis=SizeBasis.SALES if size else "",
        size_declared_on=world.today if size else None,
        province=world.provinces[place.province_id],
        regency=place,
        sells=", ".join(products),
        seeks=draw.choice(goods.seeks) if draw.random() < 0.5 else "",
        founded_year=draw.randint(1985, 2025),
        employees=draw.randint(1, 40),
        is_example=True,
        published_at=world.now,
    )
    business.public_sectors = []
    business.public_products = [
        _product(business, draw, goods, product) for product in products
    ]
    business.open_listings = _listings(business, draw, goods, world)
    business.current_certificates = _certificates(business, draw, number, world)
    business.valid_checks = _checks(business, draw, world)
    return business


def one_of(draw, frequencies):
    return draw.choices(list(frequencies), list(frequencies.values()))[0]


def invent_name(draw, product):
    invented = "".join(draw.choices(SYLLABLES, k=draw.randint(2, 3)))
    words = [product.split()[0], draw.choice(FIRST_NAMES), invented]
    return f"{' '.join(words[draw.randint(0, 1) :]).title()} {MARK}"


def _product(business, draw, goods, name):
    return Product(
        business=business,
        name=name.capitalize(),
        commodity=goods.commodity,
        unit=goods.unit,
        price=_price(draw, goods),
        capacity=draw.randint(1, 500) * 10,
    )


def _price(draw, goods):
    return round(goods.price * draw.uniform(0.7, 1.5), -2)


def _listings(business, draw, goods, world):
    if draw.random() > 0.35:
        return []
    kind = draw.choice(list(Listing.Kind))
    offered = draw.choice(goods.products)
    listing = Listing(
        business=business,
        kind=kind,
        title=offered.capitalize(),
        commodity=goods.commodity,
        quantity=draw.randint(1, 200) * 10,
        unit=goods.unit,
        price_min=_price(draw, goods),
        delivers_everywhere=True,
        status=Listing.Status.OPEN,
        published_at=world.now,
        expires_on=world.today + timedelta(days=draw.randint(1, Listing.DAYS)),
    )
    return [listing]


def _certificates(business, draw, number, world):
    if draw.random() > 0.45:
        return []
    kind = one_of(draw, CERTIFICATES)
    expires_on = world.today + timedelta(days=draw.randint(30, 1400))
    return [
        Certificate(
            business=business,
            kind=kind,
            number=f"CONTOH-{number}",
            expires_on=expires_on,
        )
    ]


def _checks(business, draw, world):
    if not business.nib or draw.random() > 0.5:
        return []
    return [nib_check(business, draw, world)]


def nib_check(business, draw, world):
    business.is_nib_verified = True
    days = timedelta(days=draw.randint(0, 300))
    return Check(
        business=business,
        subject=Check.Subject.NIB,
        value=business.nib,
        stated=business.name,
        source=Check.Source.OSS,
        checked_by=world.official,
        checked_at=world.now - days,
        valid_until=a_year_after(world.today - days),
    )


def add(businesses, known):
    """Writes businesses and all that hangs on them, and puts them into the directory."""
    Business.objects.bulk_create(businesses)
    for model, attribute in (
        (Product, "public_products"),
        (Listing, "open_listings"),
        (Certificate, "current_certificates"),
        (Check, "valid_checks"),
    ):
        model.objects.bulk_create(
            row for business in businesses for row in getattr(business, attribute)
        )
    directory.put([directory.facts(business) for business in businesses], known)
