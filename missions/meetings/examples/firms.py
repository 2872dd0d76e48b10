"""The invented businesses of the example mission, with owners who get no message and cannot sign in."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from businesses import examples
from businesses.consents import WORDS
from businesses.examples import MARK, Goods, World
from businesses.models import (
    Business,
    Certificate,
    Consent,
    Listing,
    ListingCertificate,
    Membership,
    Product,
)
from businesses.size import SizeBasis, SizeClass
from businesses.units import Unit
from missions.models import Participation, Side
from umkm_portal.accounts.models import User

Kind, Status = Listing.Kind, Participation.Status
# No address can end in it (RFC 6761), so that no message ever arrives anywhere.
DOMAIN = "contoh.invalid"
# Ends the addresses of the pages of these businesses.
NUMBERED = r"-m[0-9]+$"
FIRST_NIB = 10**9
KILOS_IN_A_TONNE = 1000
# What a seller or a buyer trades in a month, in rupiah; each its own part or multiple of it.
TURNOVER = 40_000_000
SIZES = {
    SizeClass.MICRO: 45,
    SizeClass.SMALL: 30,
    SizeClass.MEDIUM: 14,
    SizeClass.LARGE: 6,
    "": 5,
}
GIVEN_NAMES = (
    "Siti Budi Dewi Agus Rina Hadi Sri Joko Ani Bambang Lestari Yusuf Maya Rahmat Wati Eko"
).split()
FAMILY_NAMES = (
    "Aminah Santoso Lestari Wibowo Rahayu Prasetyo Hidayat Kurniawan Utami Saputra Noor"
).split()


@dataclass(frozen=True)
class Trade:
    """A commodity of the mission: how many of a hundred sellers offer it, and buyers need it."""

    goods: Goods
    sold_from: str
    sellers: int
    buyers: int


@dataclass(frozen=True)
class Part:
    """Who is wanted: number, side, what became of the application; `trade` where it must be one."""

    number: int
    side: str
    status: str
    trade: Trade | None = None
    email: str = ""

    @property
    def is_shown(self):
        """Whether an example login owns it: it has everything that there is to try."""
        return bool(self.email)


@dataclass
class Firm:
    part: Part
    business: Business
    goods: Goods
    draw: random.Random
    owner: User
    participation: Participation | None = None
    deliveries: dict = field(default_factory=dict)
    required: dict = field(default_factory=dict)

    @property
    def listings(self):
        return self.business.open_listings

    @property
    def is_shown(self):
        return self.part.is_shown

    @cached_property
    def states_times(self):
        is_accepted = self.part.status == Status.ACCEPTED
        return self.is_shown or (is_accepted and self.draw.random() < 0.92)

    def free_slots(self, slots):
        """Most come all day, some for half of it, some here and there."""
        if not self.states_times:
            return []
        kind = 0 if self.is_shown else self.draw.random()
        if kind < 0.5:
            return slots
        if kind < 0.8:
            is_morning = kind < 0.68
            return [slot for slot in slots if slot.half_day[1] == is_morning]
        return [slot for slot in slots if self.draw.random() < 0.5]


@dataclass(frozen=True)
class Setting:
    """Where the mission takes place and what is traded there."""

    world: World
    trades: list[Trade]
    initiator: str
    host: str
    seed: int

    def places(self, province):
        return [place for place in self.world.places if place.province_id == province]


def invent(part, setting):
    """An unsaved business with owner, products, listings, certificates and checks."""
    draw = random.Random(f"{setting.seed}:{part.number}")  # noqa: S311  nothing secret
    trade = part.trade or _trade_of(part, setting, draw)
    goods = trade.goods
    products = draw.sample(goods.products, min(draw.randint(1, 3), len(goods.products)))
    business = _business(part, setting, trade, products, draw)
    firm = Firm(part, business, goods, draw, _owner(part, draw))
    business.public_sectors = [goods.commodity.sector]
    business.public_products = [
        _product(business, draw, goods, name) for name in products
    ]
    business.current_certificates = _certificates(firm, setting.world)
    business.open_listings = []
    _add_listings(firm, products, setting)
    business.valid_checks = []
    if business.nib and (draw.random() < 0.85 or part.is_shown):
        business.valid_checks = [examples.nib_check(business, draw, setting.world)]
    return firm


def _trade_of(part, setting, draw):
    weights = [
        trade.sellers if part.side == Side.SELLER else trade.buyers
        for trade in setting.trades
    ]
    return draw.choices(setting.trades, weights)[0]


def _business(part, setting, trade, products, draw):
    world = setting.world
    place = draw.choice(setting.places(_province(part, setting, trade, draw)))
    name = examples.invent_name(draw, products[0])
    size = examples.one_of(draw, SIZES)
    sold = ", ".join(products)
    return Business(
        name=name,
        slug=f"{slugify(name)[:60]}-m{part.number}",
        legal_form=examples.one_of(draw, examples.FORMS),
        nib=f"{FIRST_NIB + part.number:013d}"
        if draw.random() < 0.85 or part.is_shown
        else "",
        size=size,
        size_basis=SizeBasis.SALES if size else "",
        size_declared_on=world.today if size else None,
        province=world.provinces[place.province_id],
        regency=place,
        sells=sold if part.side == Side.SELLER else "",
        seeks="" if part.side == Side.SELLER else sold,
        founded_year=draw.randint(1985, 2025),
        employees=draw.randint(1, 60),
        is_example=True,
        published_at=world.now - timedelta(days=40),
    )


def _province(part, setting, trade, draw):
    """Sellers come from where their goods are made, buyers mostly from the other province."""
    home = {"initiator": setting.initiator, "host": setting.host}[trade.sold_from]
    away = setting.host if home == setting.initiator else setting.initiator
    if part.side == Side.SELLER:
        return home
    return away if draw.random() < 0.85 else home


def _owner(part, draw):
    name = f"{draw.choice(GIVEN_NAMES)} {draw.choice(FAMILY_NAMES)} {MARK}"
    return User(
        email=f"{part.side}-{part.number}@{DOMAIN}",
        name=name,
        password=make_password(None),
    )


def _product(business, draw, goods, name):
    price = rounded(goods.price * draw.uniform(0.8, 1.25))
    return Product(
        business=business,
        name=name.capitalize(),
        commodity=goods.commodity,
        unit=goods.unit,
        price=price,
        capacity=rounded(TURNOVER * draw.uniform(0.5, 5) / price),
    )


def rounded(amount):
    """To two digits, as people say it; at least one."""
    digits = max(len(str(int(amount))) - 2, 0)
    return max(round(amount / 10**digits) * 10**digits, 1)


def _certificates(firm, world):
    draw = firm.draw
    held = [
        kind
        for kind in firm.goods.certificates
        if draw.random() < 0.65 or firm.is_shown
    ]
    if firm.part.side == Side.BUYER:
        return []
    return [
        Certificate(
            business=firm.business,
            kind=kind,
            number=f"CONTOH-M{firm.part.number}",
            expires_on=world.today + timedelta(days=draw.randint(120, 1400)),
        )
        for kind in held
    ]


def _add_listings(firm, products, setting):
    """Some have none: the mission asks them for it."""
    has_to = firm.is_shown or firm.part.status == Status.WAITING
    if firm.draw.random() < 0.07 and not has_to:
        return
    for name in products[: firm.draw.randint(1, 2)]:
        add = _offer if firm.part.side == Side.SELLER else _need
        listing = add(firm, name, setting)
        firm.business.open_listings.append(listing)


def _offer(firm, name, setting):
    draw = firm.draw
    price = rounded(firm.goods.price * draw.uniform(0.75, 1.2))
    listing = _listing(firm, Kind.OFFER, name, price, setting.world)
    listing.price_min, listing.price_max = price, rounded(price * 1.15)
    listing.delivers_everywhere = draw.random() < 0.4
    own = firm.business.province_id
    away = setting.host if own == setting.initiator else setting.initiator
    if not listing.delivers_everywhere:
        chosen = {own, "51"} if draw.random() < 0.2 else {own, away}
        firm.deliveries[id(listing)] = sorted(chosen)
    firm.required[id(listing)] = [
        held.kind for held in firm.business.current_certificates
    ]
    return _in_tonnes(listing, draw)


def _need(firm, name, setting):
    draw = firm.draw
    price = rounded(firm.goods.price * draw.uniform(0.8, 1.5))
    listing = _listing(firm, Kind.NEED, name, price, setting.world)
    listing.price_max = price
    if draw.random() < 0.3:
        listing.price_min = rounded(price * 0.7)
    firm.deliveries[id(listing)] = [firm.business.province_id]
    firm.required[id(listing)] = [
        kind for kind in firm.goods.certificates if draw.random() < 0.35
    ]
    return _in_tonnes(listing, draw)


def _listing(firm, kind, name, price, world):
    published = world.now - timedelta(days=firm.draw.randint(8, 24))
    return Listing(
        business=firm.business,
        kind=kind,
        title=name.capitalize(),
        commodity=firm.goods.commodity,
        quantity=rounded(TURNOVER * firm.draw.uniform(0.4, 4) / price),
        unit=firm.goods.unit,
        status=Listing.Status.OPEN,
        published_at=published,
        expires_on=published.date() + timedelta(days=Listing.DAYS),
    )


def _in_tonnes(listing, draw):
    """Half of the large amounts, so that sellers and buyers name different units."""
    is_large = listing.quantity >= 2 * KILOS_IN_A_TONNE
    if listing.unit == Unit.KILOGRAM and is_large and draw.random() < 0.5:
        listing.unit = Unit.TONNE
        listing.quantity /= KILOS_IN_A_TONNE
        listing.price_max *= KILOS_IN_A_TONNE
        if listing.price_min:
            listing.price_min *= KILOS_IN_A_TONNE
    return listing


def write(firms):
    """Saves firms with everything that hangs on them, in a fixed number of queries."""
    examples.add([firm.business for firm in firms], {})
    Business.sectors.through.objects.bulk_create(
        Business.sectors.through(business=firm.business, sector=sector)
        for firm in firms
        for sector in firm.business.public_sectors
    )
    _write_terms(firms)
    owners = {firm.owner.email: firm.owner for firm in firms}
    User.objects.bulk_create(owner for owner in owners.values() if owner.pk is None)
    Membership.objects.bulk_create(
        Membership(business=firm.business, user=firm.owner, role=Membership.Role.OWNER)
        for firm in firms
    )
    Consent.objects.bulk_create(
        Consent(
            business=firm.business,
            purpose=purpose,
            text=str(WORDS[purpose]),
            via=Consent.Via.PORTAL,
            given_by=firm.owner,
        )
        for firm in firms
        for purpose in _agreed(firm)
    )


def _agreed(firm):
    yield Consent.Purpose.PROFILE
    if firm.draw.random() < 0.4 or firm.is_shown:
        yield Consent.Purpose.ASSISTANCE


def _write_terms(firms):
    """Where listings are delivered, and which certificates they hold or require."""
    delivered = Listing.delivery_provinces.through
    delivered.objects.bulk_create(
        delivered(listing=listing, province_id=province)
        for firm in firms
        for listing in firm.listings
        for province in firm.deliveries.get(id(listing), ())
    )
    ListingCertificate.objects.bulk_create(
        ListingCertificate(listing=listing, kind=kind)
        for firm in firms
        for listing in firm.listings
        for kind in firm.required[id(listing)]
    )
