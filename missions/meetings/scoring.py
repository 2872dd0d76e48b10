"""How well a seller and a buyer fit: facts first, points from the facts, one score of the points.

Nothing here knows a database. The points are functions of facts that are stored with them, so that
explain.py says exactly what was counted. docs/matching.md has every formula with its reason.
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property
from itertools import product

from businesses.models import Listing
from businesses.units import convert

from .lanes import lane_between
from .likeness import likeness as likeness_of_texts
from .points import COMPARABLE, Fit, Met, conflicts_of, points_of
from .weights import WEIGHTS

Kind = Listing.Kind
SAME_GOODS, SAME_WORDS = 85, 80
THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A province and where its capital is."""

    province: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Item:
    """An offer or a need: a listing, or one of the goods a business says it sells or seeks."""

    kind: str
    title: str = ""
    pk: int | None = None
    commodity: str = ""
    sectors: frozenset = frozenset()
    quantity: Decimal | None = None
    unit: str = ""
    price_min: int | None = None
    price_max: int | None = None
    # Codes of provinces; None is everywhere, an empty set is not said.
    delivers: frozenset | None = frozenset()
    # Of an offer those it names, of a need those it requires.
    certificates: frozenset = frozenset()

    @cached_property
    def says_something(self):
        return bool(self.title or self.commodity or self.sectors)

    @property
    def order(self):
        """Listings before words, older before newer: decides between equals."""
        return self.pk is None, self.pk or 0, self.title


@dataclass(frozen=True)
class Firm:
    """A participant of a mission, or a business that looks around between missions."""

    pk: int
    business: int
    place: Place
    items: tuple = ()
    # Certificates that have not expired, and those of them that an official compared with a source.
    held: frozenset = frozenset()
    checked: frozenset = frozenset()
    # The people who work for it.
    people: frozenset = frozenset()

    @cached_property
    def offers(self):
        return [item for item in self.items if item.kind == Kind.OFFER] or [
            Item(Kind.OFFER)
        ]

    @cached_property
    def needs(self):
        return [item for item in self.items if item.kind == Kind.NEED] or [
            Item(Kind.NEED)
        ]


@dataclass(frozen=True)
class Trade:
    """What is known of earlier trade.

    `deals` has {(from province, to province, sector): (verified, reported)}, `met` has
    {frozenset of two businesses: Met}.
    """

    deals: dict = field(default_factory=dict)
    met: dict = field(default_factory=dict)


NOTHING_KNOWN = Trade()


@dataclass(frozen=True)
class Scored:
    points: dict
    facts: dict
    conflicts: list
    offer: Item
    need: Item
    score: int


def score_pair(
    seller, buyer, weights=WEIGHTS, trade=NOTHING_KNOWN, likeness=likeness_of_texts
):
    """The best of the seller's offers for the buyer's needs, and what it is worth.

    Which of them is best is judged by the usual weights, so that other weights change the score and
    never what was compared.
    """
    between = facts_between(seller, buyer, trade)
    candidates = list(product(seller.offers, buyer.needs))
    best = None
    for offer, need in candidates:
        facts = facts_of_goods(offer, need, likeness)
        facts |= facts_of_handing_over(seller, buyer, offer, need)
        facts |= facts_of_trade(seller, buyer, offer, need, trade)
        facts |= between
        points = points_of(facts)
        rank = (-weighted(points, WEIGHTS), offer.order, need.order)
        if best is None or rank < best[0]:
            best = rank, offer, need, facts, points
    _rank, offer, need, facts, points = best
    return Scored(
        points,
        facts,
        conflicts_of(facts),
        offer,
        need,
        weighted(points, weights),
    )


def weighted(points, weights):
    """The mean of the points in tenths of a point, a half rounded up: 0 to 1000."""
    together = sum(weights.values())
    total = sum(points[one] * weight for one, weight in weights.items())
    return (20 * total + together) // (2 * together) if together else 0


# Facts: what is stored, in words and numbers of JSON


def facts_between(seller, buyer, trade):
    lane, km = lane_between(seller.place, buyer.place)
    facts = {
        "from": seller.place.province,
        "home": buyer.place.province,
        "lane": lane.value,
        "km": km,
        "met": trade.met.get(
            frozenset((seller.business, buyer.business)), Met.NEW
        ).value,
    }
    if seller.people & buyer.people:
        facts["same_people"] = True
    return facts


def facts_of_goods(offer, need, likeness):
    if not (offer.says_something and need.says_something):
        silent = [item.kind.value for item in (offer, need) if not item.says_something]
        return _named(offer, need) | {"fit": Fit.UNSAID.value, "silent": silent}
    facts = _named(offer, need)
    same_group = bool(offer.commodity) and offer.commodity == need.commodity
    alike = likeness(offer.title, need.title, within=same_group)
    if same_group:
        fit = Fit.GOODS if alike >= SAME_GOODS else Fit.GROUP
        facts |= {"commodity": offer.commodity, "alike": alike}
    elif alike >= SAME_WORDS:
        fit = Fit.WORDS
        facts["alike"] = alike
    elif shared := offer.sectors & need.sectors:
        fit = Fit.SECTOR
        facts["sector"] = min(shared)
    else:
        fit = Fit.OTHER
    facts["fit"] = fit.value
    if fit in COMPARABLE:
        facts |= _facts_of_quantity(offer, need) | _facts_of_price(offer, need)
    return facts


def _named(offer, need):
    return {"offer": offer.title, "need": need.title}


def _facts_of_quantity(offer, need):
    facts = {}
    if offer.quantity is not None:
        facts["capacity"] = _plain(offer.quantity), offer.unit
    if need.quantity is not None:
        facts["wanted"] = _plain(need.quantity), need.unit
    if len(facts) == 2:
        converted = convert(offer.quantity, offer.unit, need.unit)
        facts["comes_to"] = None if converted is None else _plain(converted)
    return {"quantity": facts}


def _facts_of_price(offer, need):
    asked = offer.price_max if offer.price_min is None else offer.price_min
    paid = need.price_min if need.price_max is None else need.price_max
    facts = {}
    if asked is not None:
        facts["asked"] = asked, offer.unit
    if paid is not None:
        facts["paid"] = paid, need.unit
    if len(facts) == 2:
        facts["comes_to"] = _price_per(need.unit, asked, offer.unit)
    return {"price": facts}


def _price_per(unit, price, own_unit):
    """12000 per kg → "12000000" per ton; None where the units cannot be compared."""
    own_units = convert(1, unit, own_unit)
    if own_units is None:
        return None
    exact = (price * own_units).quantize(THOUSANDTH, ROUND_HALF_EVEN)
    return _plain(exact)


def _plain(number):
    """Decimal("4.000") → "4"."""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def facts_of_handing_over(seller, buyer, offer, need):
    facts = {}
    if need.pk is None:
        facts["required"] = None
    elif need.certificates:
        facts["required"] = sorted(need.certificates)
        facts["held"] = {
            kind: _proof(seller, kind)
            for kind in facts["required"]
            if kind in seller.held or kind in offer.certificates
        }
    else:
        facts["required"] = []
    wanted = need.delivers
    if wanted is not None:
        wanted = wanted or {buyer.place.province}
        facts["to"] = sorted(wanted)
    facts["reach"] = _reach(offer.delivers, wanted)
    return facts


def _proof(seller, kind):
    if kind in seller.checked:
        return "checked"
    return "held" if kind in seller.held else "named"


def _reach(delivers, wanted):
    if delivers is None:
        return "full"
    if not delivers:
        return "unsaid"
    if wanted is None:
        return "part"
    if wanted <= delivers:
        return "full"
    return "part" if wanted & delivers else "none"


def facts_of_trade(seller, buyer, offer, need, trade):
    sectors = offer.sectors or need.sectors
    if not sectors:
        return {"deals": None}
    lane = seller.place.province, buyer.place.province
    if lane[0] == lane[1]:
        return {"deals": [0, 0]}
    found = [trade.deals.get((*lane, sector), (0, 0)) for sector in sectors]
    verified, reported = max(found, key=lambda pair: (2 * pair[0] + pair[1], pair))
    return {"deals": [verified, reported]}
