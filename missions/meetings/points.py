"""What the facts of a pair are worth: points from 0 to 100 for each component, and conflicts.

Everything here is computed from the facts that scoring.py has written down, and from nothing else.
"""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from .lanes import Lane
from .weights import MOST_POINTS, UNKNOWN, Component

PRICE_AT_LIMIT, PRICE_SLOPE = 60, 200
REACH_POINTS = {"full": 60, "part": 30}
LANE_POINTS, FERRY_POINTS, KM_PER_POINT = 40, 30, 150
POINTS_PER_VERIFIED_DEAL, POINTS_PER_REPORTED_DEAL = 50, 25


class Conflict(models.TextChoices):
    """What speaks against a meeting whatever the score; shown, never hidden."""

    SAME_PROVINCE = "same_province", _("both are from the same province")
    CERTIFICATE = "certificate", _("a required certificate is missing")
    NO_DELIVERY = "no_delivery", _("it is not delivered to where it is needed")
    SAME_PEOPLE = "same_people", _("the same person works for both")


class Fit(models.TextChoices):
    """How the goods of an offer and a need fit."""

    GOODS = "goods", _("the same goods")
    GROUP = "group", _("the same commodity")
    WORDS = "words", _("words alike")
    SECTOR = "sector", _("the same sector")
    OTHER = "other", _("other goods")
    UNSAID = "unsaid", _("not said")


class Met(models.TextChoices):
    NEW = "new", _("new to each other")
    TRADED = "traded", _("a deal between them is recorded")
    MET = "met", _("met before, without a recorded deal")


FIT_POINTS = {
    Fit.GOODS: 100,
    Fit.GROUP: 75,
    Fit.WORDS: 50,
    Fit.SECTOR: 35,
    Fit.OTHER: 0,
    Fit.UNSAID: 0,
}
# Quantities and prices of different goods say nothing about each other.
COMPARABLE = (Fit.GOODS, Fit.GROUP, Fit.WORDS)
MET_POINTS = {Met.NEW: 100, Met.TRADED: 70, Met.MET: 30}
# From so many points on nothing is left to be wished for.
FINE = {
    Component.COMMODITY: FIT_POINTS[Fit.GROUP],
    Component.QUANTITY: MOST_POINTS,
    Component.PRICE: PRICE_AT_LIMIT,
    Component.CERTIFICATES: MOST_POINTS,
    Component.MET: MET_POINTS[Met.TRADED],
}


def conflicts_of(facts):
    found = []
    if facts["from"] == facts["home"]:
        found.append(Conflict.SAME_PROVINCE.value)
    if facts["required"] and len(facts["held"]) < len(facts["required"]):
        found.append(Conflict.CERTIFICATE.value)
    if facts["reach"] == "none":
        found.append(Conflict.NO_DELIVERY.value)
    if facts.get("same_people"):
        found.append(Conflict.SAME_PEOPLE.value)
    return found


def points_of(facts):
    """{component: 0 to 100}"""
    return {component: compute(facts) for component, compute in POINTS.items()}


def falls_short(component, facts, points):
    """Whether it speaks against a meeting, or leaves something open. What others of the two
    provinces have traded does neither. With a business that is gone nobody can meet."""
    if "gone" in facts:
        return True
    if component == Component.DELIVERY:
        return facts["reach"] != "full"
    return points < FINE.get(component, 0)


def commodity_points(facts):
    return FIT_POINTS[facts["fit"]]


def quantity_points(facts):
    if "quantity" not in facts:
        return 0
    quantity = facts["quantity"]
    if quantity.get("comes_to") is None:
        return UNKNOWN
    share = (
        MOST_POINTS * Decimal(quantity["comes_to"]) // Decimal(quantity["wanted"][0])
    )
    return min(MOST_POINTS, int(share))


def price_points(facts):
    if "price" not in facts:
        return 0
    price = facts["price"]
    if price.get("comes_to") is None:
        return UNKNOWN
    paid = price["paid"][0]
    room = PRICE_SLOPE * (paid - Decimal(price["comes_to"])) / paid
    return max(0, min(MOST_POINTS, int(PRICE_AT_LIMIT + room)))


def certificate_points(facts):
    required = facts["required"]
    if required is None:
        return UNKNOWN
    if not required:
        return MOST_POINTS
    return MOST_POINTS * len(facts["held"]) // len(required)


def delivery_points(facts):
    if facts["reach"] == "unsaid":
        return UNKNOWN
    if facts["reach"] == "none":
        return 0
    return REACH_POINTS[facts["reach"]] + lane_points(facts)


def lane_points(facts):
    if facts["lane"] == Lane.ROAD:
        return LANE_POINTS
    if facts["lane"] == Lane.FERRY:
        return FERRY_POINTS
    return max(0, FERRY_POINTS - facts["km"] // KM_PER_POINT)


def trade_points(facts):
    if facts["deals"] is None:
        return UNKNOWN
    verified, reported = facts["deals"]
    points = POINTS_PER_VERIFIED_DEAL * verified + POINTS_PER_REPORTED_DEAL * reported
    return min(MOST_POINTS, points)


def met_points(facts):
    return MET_POINTS[facts["met"]]


POINTS = {
    Component.COMMODITY: commodity_points,
    Component.QUANTITY: quantity_points,
    Component.PRICE: price_points,
    Component.CERTIFICATES: certificate_points,
    Component.DELIVERY: delivery_points,
    Component.TRADE: trade_points,
    Component.MET: met_points,
}
