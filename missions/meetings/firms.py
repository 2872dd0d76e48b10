"""Participants as scoring.py takes them, read in a few queries whatever their number."""

from collections import defaultdict
from hashlib import sha256

from businesses.models import (
    Business,
    Certificate,
    Check,
    Listing,
    ListingCertificate,
    Membership,
)
from missions.models import Participation
from missions.models.participation import brought

from .goods_said import Namer
from .likeness import goods_in
from .scoring import Firm, Item, Kind, Place

Side = Participation.Side
# In the order of `sells` and `seeks` below.
SIDES = (Side.SELLER, Side.BUYER)
KIND_OF = {Side.SELLER: Kind.OFFER, Side.BUYER: Kind.NEED}
PARTICIPATION_FIELDS = (
    "pk",
    "side",
    "business",
    "business__province",
    "business__province__capital_latitude",
    "business__province__capital_longitude",
    "business__sells",
    "business__seeks",
)
ITEM_FIELDS = (
    "pk",
    "business",
    "kind",
    "title",
    "commodity",
    "commodity__sector",
    "quantity",
    "unit",
    "price_min",
    "price_max",
    "delivers_everywhere",
)


def rows_of(participations):
    """All that is compared of `participations`, as it is stored: [[row, …], …] of each table."""
    kept = participations.order_by("pk")
    businesses = Business.objects.filter(participations__in=participations)
    chosen = brought().filter(participation__in=participations)
    listings = Listing.objects.filter(pk__in=chosen.values("listing"))
    return [
        list(kept.values_list(*PARTICIPATION_FIELDS)),
        _pairs(chosen, "participation", "listing"),
        *item_rows(listings),
        *business_rows(businesses),
    ]


def item_rows(listings):
    """[listings, where they are delivered, their certificates]"""
    places = Listing.delivery_provinces.through.objects.filter(listing__in=listings)
    named = ListingCertificate.objects.filter(listing__in=listings)
    return [
        list(listings.order_by("pk").values_list(*ITEM_FIELDS)),
        _pairs(places, "listing", "province"),
        _pairs(named, "listing", "kind"),
    ]


def business_rows(businesses):
    """[sectors, current certificates, checked certificates, people] of businesses"""
    sectors = Business.sectors.through.objects.filter(business__in=businesses)
    held = Certificate.objects.current().filter(business__in=businesses)
    checked = Check.objects.valid().filter(
        subject=Check.Subject.CERTIFICATE, business__in=businesses
    )
    people = Membership.objects.filter(business__in=businesses)
    return [
        _pairs(sectors, "business", "sector"),
        _pairs(held, "business", "kind"),
        _pairs(checked, "business", "certificate_kind"),
        _pairs(people, "business", "user"),
    ]


def _pairs(rows, *fields):
    return list(rows.order_by(*fields).values_list(*fields))


def fingerprint(rows):
    """Changes with whatever is compared, so that a scoring knows whether it is still true."""
    return sha256(repr(rows).encode()).hexdigest()


def firms_of(rows):
    """{primary key of the participation: Firm} of `rows_of(…)`"""
    participations, chosen, listings, places, named, *about = rows
    sectors, held, checked, people = map(_sets, about)
    items = items_of([listings, places, named], sectors)
    own, namer = _lists(chosen), Namer()
    firms = {}
    for pk, side, business, province, latitude, longitude, *said in participations:
        kind, text = KIND_OF[side], said[SIDES.index(side)]
        listed = [
            items[one] for one in own[pk] if one in items and items[one].kind == kind
        ]
        goods = listed or items_said(kind, text, sectors[business])
        firms[pk] = Firm(
            pk=pk,
            business=business,
            place=Place(province, float(latitude), float(longitude)),
            items=tuple(item if item.commodity else namer.name(item) for item in goods),
            held=held[business],
            checked=checked[business] & held[business],
            people=people[business],
        )
    return firms


def items_of(rows, sectors):
    """{primary key: Item} of `item_rows(…)`; `sectors` are those of the businesses."""
    listings, places, named = rows
    delivers, certificates = _sets(places), _sets(named)
    items = {}
    for pk, business, kind, title, commodity, sector, *numbers, everywhere in listings:
        quantity, unit, price_min, price_max = numbers
        items[pk] = Item(
            kind=kind,
            title=title,
            pk=pk,
            commodity=commodity or "",
            sectors=frozenset([sector]) if sector else sectors[business],
            quantity=quantity,
            unit=unit,
            price_min=price_min,
            price_max=price_max,
            delivers=None if everywhere else delivers[pk],
            certificates=certificates[pk],
        )
    return items


def items_said(kind, text, sectors):
    """What a business without a fitting listing says that it sells or seeks."""
    titles = goods_in(text) or ([""] if sectors else [])
    return tuple(Item(kind=kind, title=title, sectors=sectors) for title in titles)


def _lists(pairs):
    found = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _sets(pairs):
    found = defaultdict(frozenset)
    found |= {key: frozenset(values) for key, values in _lists(pairs).items()}
    return found
