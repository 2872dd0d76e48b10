"""A match in words: what was compared, what it gave, and the sum. From stored facts only."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from businesses.models import Certificate, CommodityGroup, Province, Sector
from businesses.units import Unit
from umkm_portal.formatting import number, percent, rupiah

from . import sentences as say
from .lanes import Lane
from .points import REACH_POINTS, Conflict, Fit, falls_short, quantity_points
from .scoring import Kind
from .weights import MOST_POINTS, Component

CENT = Decimal("0.01")
# Where each reads the sentences, see sentences.py.
SELLER, BUYER, NEITHER = range(3)


@dataclass(frozen=True)
class Reason:
    """One component of a match. `share` is what it brings to the score."""

    component: Component
    points: int
    weight: int
    share: Decimal
    words: str
    # Leaves something open, or speaks against a meeting.
    is_weak: bool = False
    # Good, because nothing was asked for.
    is_idle: bool = False

    @property
    def missing(self):
        """What it takes from the score, in no unit: to compare by."""
        return self.weight * (MOST_POINTS - self.points)


class Labels:
    """Names of what facts hold codes of, read once for a whole page."""

    @cached_property
    def provinces(self):
        return _labels(Province)

    @cached_property
    def sectors(self):
        return _labels(Sector)

    @cached_property
    def commodities(self):
        return _labels(CommodityGroup)


def _labels(model):
    return {row.pk: row.label for row in model.objects.all()}


@dataclass(frozen=True)
class Teller:
    """Says the facts of one match to one reader."""

    match: object
    reader: int
    labels: Labels

    @property
    def facts(self):
        return self.match.facts

    def put(self, versions, **places):
        """One of the versions of a sentence, with the names of both where it wants them."""
        if self.reader == NEITHER:
            match = self.match
            places |= {"seller": match.seller.name, "buyer": match.buyer.name}
        return str(versions[self.reader]) % places

    def province(self, code):
        return self.labels.provinces.get(code, code)

    def about(self, component):
        """Nothing is left to be said of two of whom one has deleted its business."""
        return str(say.GONE) if "gone" in self.facts else WORDS[component](self)

    @property
    def way(self):
        return {
            "origin": self.province(self.facts["from"]),
            "home": self.province(self.facts["home"]),
        }


def reasons(match, viewer=None, labels=None):
    """[Reason, …] in the order of Component; `viewer` is one of the two, or None for neither."""
    teller = Teller(match, _reader(match, viewer), labels or Labels())
    weights = match.run.all_weights
    together = sum(weights.values())
    return [
        Reason(
            component,
            points,
            weights[component],
            (Decimal(points * weights[component]) / together).quantize(CENT),
            teller.about(component),
            is_weak=falls_short(component, match.facts, points),
            is_idle=component == Component.CERTIFICATES
            and match.facts.get("required") == [],
        )
        for component, points in match.points.items()
    ]


def _reader(match, viewer):
    if viewer is None:
        return NEITHER
    return SELLER if viewer.pk == match.seller_id else BUYER


def strongest(found, most=3):
    """Those of the reasons for a meeting that bring most to the score."""
    bring = [one for one in found if one.share > 0 and not (one.is_weak or one.is_idle)]
    return sorted(bring, key=lambda reason: -reason.share)[:most]


def weakest(found):
    """The one that takes most from the score, of those that speak against a meeting or leave
    something open. That two have met before only where nothing else takes as much."""
    most = max((reason.missing for reason in found), default=0)
    weak = [
        reason
        for reason in found
        if reason.is_weak
        and reason.missing
        and (reason.component != Component.MET or reason.missing == most)
    ]
    return max(weak, key=lambda reason: reason.missing, default=None)


def sum_line(found, score):
    """ "(40 × 75 + 15 × 100) ÷ 55 = 81.8" """
    terms = " + ".join(f"{one.weight} × {one.points}" for one in found)
    together = sum(reason.weight for reason in found)
    return f"({terms}) ÷ {together} = {number(Decimal(score) / 10)}"


def conflict_labels(match):
    return [Conflict(name).label for name in match.conflicts]


def _goods(teller):
    facts = teller.facts
    if facts["fit"] == Fit.UNSAID:
        silent = {Kind.OFFER: say.SELLER_SILENT, Kind.NEED: say.BUYER_SILENT}
        return " ".join(
            teller.put(silent[Kind(kind)]["goods"]) for kind in facts["silent"]
        )
    commodity = facts.get("commodity")
    fit = str(say.FITS[facts["fit"]]) % {
        "commodity": teller.labels.commodities.get(commodity, commodity),
        "sector": teller.labels.sectors.get(facts.get("sector"), facts.get("sector")),
    }
    return teller.put(
        say.GOODS,
        offer=facts["offer"] or say.NOT_DESCRIBED,
        need=facts["need"] or say.NOT_DESCRIBED,
        fit=fit,
    )


def _quantity(teller):
    if "quantity" not in teller.facts:
        return str(say.QUANTITY_NOT_COMPARED)
    facts = teller.facts["quantity"]
    if unsaid := _unsaid(teller, facts, "capacity", "wanted"):
        return unsaid
    points = quantity_points(teller.facts)
    if facts["comes_to"] is None:
        verdict = say.OTHER_UNITS
    elif points == MOST_POINTS:
        verdict = say.ENOUGH
    else:
        verdict = str(say.SHARE_OF_NEED) % {"percent": points}
    words = teller.put(
        say.QUANTITY,
        wanted=_amount(*facts["wanted"]),
        capacity=_amount(*facts["capacity"]),
        verdict=verdict,
    )
    return words if facts["comes_to"] else f"{words} {say.HALF}"


def _price(teller):
    if "price" not in teller.facts:
        return str(say.PRICE_NOT_COMPARED)
    facts = teller.facts["price"]
    if unsaid := _unsaid(teller, facts, "asked", "paid"):
        return unsaid
    paid, unit = facts["paid"]
    asked = _price_per(*facts["asked"])
    if facts["comes_to"] is None:
        words = teller.put(
            say.PRICE,
            paid=_price_per(paid, unit),
            asked=asked,
            verdict=say.OTHER_UNITS,
        )
        return f"{words} {say.HALF}"
    comes_to = Decimal(facts["comes_to"])
    if facts["asked"][1] != unit:
        asked = f"{asked} ({_price_per(comes_to, unit)})"
    return teller.put(
        say.PRICE,
        paid=_price_per(paid, unit),
        asked=asked,
        verdict=_compared(comes_to, paid),
    )


def _compared(asked, paid):
    if asked == paid:
        return say.EXACTLY
    difference = percent(abs(asked - paid) / paid)
    return str(say.BELOW if asked < paid else say.ABOVE) % {"percent": difference}


def _unsaid(teller, facts, of_seller, of_buyer):
    """What one of them, or both, have not said; "" where both have."""
    silent = []
    if of_seller not in facts:
        silent.append(teller.put(say.SELLER_SILENT[of_seller]))
    if of_buyer not in facts:
        silent.append(teller.put(say.BUYER_SILENT[of_buyer]))
    return " ".join([*silent, str(say.HALF)]) if silent else ""


def _amount(amount, unit):
    return f"{number(Decimal(amount))} {Unit(unit).label}"


def _price_per(price, unit):
    places = {"price": rupiah(price), "unit": Unit(unit).label}
    return str(say.PRICE_PER_UNIT) % places


def _certificates(teller):
    required = teller.facts["required"]
    if required is None:
        words = teller.put(say.BUYER_SILENT["certificates"])
        return f"{words} {say.HALF}"
    if not required:
        return teller.put(say.NO_CERTIFICATE)
    held = teller.facts["held"]
    return teller.put(
        say.CERTIFICATES,
        required=", ".join(map(_certificate, required)),
        held=", ".join(
            str(say.PROOFS[held[kind]]) % {"certificate": _certificate(kind)}
            for kind in required
            if kind in held
        )
        or say.NONE_HELD,
        number=len(held),
        all=len(required),
    )


def _certificate(kind):
    return str(Certificate.Kind(kind).label)


def _delivery(teller):
    reach = teller.facts["reach"]
    if reach == "unsaid":
        words = teller.put(say.SELLER_SILENT["reach"])
        return f"{words} {say.HALF}"
    codes = teller.facts.get("to")
    places = ", ".join(map(teller.province, codes)) if codes else say.EVERYWHERE
    words = teller.put(say.REACH[reach], places=places)
    return f"{words} {_way(teller)}" if reach in REACH_POINTS else words


def _way(teller):
    facts = teller.facts
    if facts["from"] == facts["home"]:
        return str(say.SAME_PROVINCE) % teller.way
    way = {"lane": Lane(facts["lane"]).label, "km": number(facts["km"])}
    return str(say.WAY) % (teller.way | way)


def _trade(teller):
    deals = teller.facts["deals"]
    if deals is None:
        return f"{say.NO_SECTOR} {say.HALF}"
    if teller.facts["from"] == teller.facts["home"]:
        return str(say.WITHIN_PROVINCE)
    if not any(deals):
        return str(say.NO_DEALS) % teller.way
    counted = {"verified": deals[0], "reported": deals[1]}
    return str(say.DEALS) % (teller.way | counted)


def _met(teller):
    words = say.BETWEEN_THEM if teller.reader == NEITHER else say.BETWEEN_YOU
    return str(words[teller.facts["met"]])


WORDS = {
    Component.COMMODITY: _goods,
    Component.QUANTITY: _quantity,
    Component.PRICE: _price,
    Component.CERTIFICATES: _certificates,
    Component.DELIVERY: _delivery,
    Component.TRADE: _trade,
    Component.MET: _met,
}
