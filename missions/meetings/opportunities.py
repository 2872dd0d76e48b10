"""Between missions: open listings of others, anywhere in Indonesia, that fit what a business offers
and needs."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from businesses.models import Business, Listing, Membership, Product

from .earlier_trade import earlier_trade
from .firms import business_rows, item_rows, items_of, items_said
from .goods_said import Namer
from .models import ScoreRun
from .points import Conflict, Fit
from .scoring import Firm, Item, Kind, Place, score_pair

LIMIT = 20
# How many listings of a commodity are compared: those that were published or renewed last.
NEWEST = 100
# How many of its own listings and products, and commodities of them, are looked for.
MOST_OWN, MOST_COMMODITIES = 50, 8
OTHER = {Kind.OFFER: Kind.NEED, Kind.NEED: Kind.OFFER}
FITTING = {Fit.GOODS, Fit.GROUP, Fit.WORDS}


@dataclass(frozen=True)
class Fitting:
    """A listing that fits, and how well."""

    listing: Listing
    score: int

    @property
    def out_of_hundred(self):
        return Decimal(self.score) / 10

    def is_newer_than(self, moment: datetime | None):
        return moment is not None and self.listing.published_at > moment


@dataclass(frozen=True)
class Opportunity(Fitting):
    """And why: explain.py reads it as it reads a match of a mission."""

    own: Item
    points: dict
    facts: dict
    conflicts: list
    seller_id: int
    buyer_id: int
    # The usual weights; those of a mission are the organiser's.
    run = ScoreRun(weights={})

    @cached_property
    def rank(self):
        return bool(self.conflicts), -self.score, -self.listing.pk


def opportunities_for(business, limit=LIMIT):
    """The best `limit` open listings of others for `business`, best first; those with a conflict last.

    Needs are compared with its open offers, offers with its open needs; without any, with its
    products and with what it says that it sells or seeks. Its own listings, those of other
    businesses of its owners, and invented ones (for an invented business: real ones) are left out.

    The bound: of each commodity (of the 8 newest of the business) the 100 listings that were
    published or renewed last are compared, and of listings without a commodity the last 100. So the
    work does not grow with the number of listings; what is older than these is found at /peluang/.
    """
    return fitting(business, own_items(business))[:limit]


def fitting(business, own):
    """All of the listings compared that fit, best first."""
    found = list(candidates(business, own))
    if not found:
        return []
    listings = list(Listing.objects.for_rows().filter(pk__in=found))
    scored = filter(None, scores(business, own, listings))
    return sorted(scored, key=lambda one: one.rank)


# What the business itself offers and needs


def own_items(business):
    """Items of scoring.py; one that names no commodity has the one that its words name."""
    sectors = frozenset(business.sectors.values_list("pk", flat=True))
    items = _listed(business, sectors)
    kinds = {item.kind for item in items}
    if Kind.OFFER not in kinds:
        items += _products(business, sectors)
        items += items_said(Kind.OFFER, business.sells, sectors)
    if Kind.NEED not in kinds:
        items += items_said(Kind.NEED, business.seeks, sectors)
    namer = Namer()
    return [item if item.commodity else namer.name(item) for item in items]


def _listed(business, sectors):
    mine = Listing.objects.filter(
        business=business,
        status=Listing.Status.OPEN,
        expires_on__gte=timezone.localdate(),
    ).newest_first()
    newest = list(mine.values_list("pk", flat=True)[:MOST_OWN])
    if not newest:
        return []
    rows = item_rows(Listing.objects.filter(pk__in=newest))
    items = items_of(rows, {business.pk: sectors})
    return [items[pk] for pk in newest]


def _products(business, sectors):
    newest = Product.objects.filter(business=business).order_by("-added_at", "-pk")
    return [
        Item(
            kind=Kind.OFFER,
            title=product.name,
            commodity=product.commodity_id or "",
            sectors=frozenset([product.commodity.sector_id])
            if product.commodity
            else sectors,
            quantity=product.capacity,
            unit=product.unit,
            price_min=product.price,
        )
        for product in newest.select_related("commodity")[:MOST_OWN]
    ]


# What others offer and need


def candidates(business, own):
    """Primary keys of the listings that are compared: one query for each commodity and kind, and one
    for each kind for listings without a commodity."""
    others = open_listings_of_others(business)
    wanted = dict.fromkeys((OTHER[item.kind], item.commodity) for item in own)
    named = [(kind, slug) for kind, slug in wanted if slug][:MOST_COMMODITIES]
    nameless = [(kind, None) for kind in {kind for kind, _slug in wanted}]
    for kind, slug in (*named, *nameless):
        yield from newest_of(others, kind, slug).values_list("pk", flat=True)


def newest_of(listings, kind, commodity):
    """Straight from an index of `Listing` that holds them in this order."""
    if commodity is None:
        listings = listings.filter(kind=kind, commodity__isnull=True)
    else:
        listings = listings.filter(kind=kind, commodity=commodity)
    return listings.newest_first()[:NEWEST]


def open_listings_of_others(business):
    owner = Membership.objects.filter(role=Membership.Role.OWNER)
    owners = owner.filter(business=business).values("user")
    same_owner = owner.filter(user__in=owners).values_list("business", flat=True)
    return (
        Listing.objects.open()
        .filter(business__is_example=business.is_example)
        .exclude(business__in={business.pk, *same_owner})
    )


# How well they fit


def scores(business, own, listings):
    """An `Opportunity` for each of `listings` that fits, None for each other."""
    pks = {business.pk, *(listing.business_id for listing in listings)}
    about = business_rows(Business.objects.filter(pk__in=pks))
    sectors, held, checked, people = map(sets, about)
    rows = item_rows(Listing.objects.filter(pk__in=[one.pk for one in listings]))
    items = items_of(rows, sectors)

    def firm(of, *goods):
        return Firm(
            pk=of.pk,
            business=of.pk,
            place=place_of(of.province),
            items=goods,
            held=held[of.pk],
            checked=checked[of.pk] & held[of.pk],
            people=people[of.pk],
        )

    me, trade = firm(business, *own), earlier_trade(business, pks)
    for listing in listings:
        yield opportunity(me, firm(listing.business, items[listing.pk]), listing, trade)


def opportunity(me, other, listing, trade):
    seller, buyer = (me, other) if listing.is_need else (other, me)
    scored = score_pair(seller, buyer, trade=trade)
    if scored.facts["fit"] not in FITTING:
        return None
    # Only a mission is about trade between provinces.
    conflicts = [name for name in scored.conflicts if name != Conflict.SAME_PROVINCE]
    return Opportunity(
        listing=listing,
        own=scored.offer if listing.is_need else scored.need,
        score=scored.score,
        points=scored.points,
        facts=scored.facts,
        conflicts=conflicts,
        seller_id=seller.business,
        buyer_id=buyer.business,
    )


def place_of(province):
    latitude, longitude = province.capital_latitude, province.capital_longitude
    return Place(province.pk, float(latitude), float(longitude))


def sets(pairs):
    found = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return defaultdict(frozenset, {key: frozenset(one) for key, one in found.items()})
