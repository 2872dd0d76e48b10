"""The way between two provinces: the same island by road, a short ferry on the way, or the sea.

Judged by the capitals, which is where a province's port or market usually is. What that hides is
written in docs/matching.md.
"""

from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from django.db import models
from django.utils.translation import gettext_lazy as _

EARTH_KM = 6371.0
# By Kemendagri code, by the island that the capital is on. Madura belongs to 35 and has a bridge to
# Java. A province that is not here lies on islands without a road to another province.
ISLANDS = {
    "sumatra": ("11", "12", "13", "14", "15", "16", "17", "18"),
    "java": ("31", "32", "33", "34", "35", "36"),
    "bali": ("51",),
    "lombok": ("52",),
    "kalimantan": ("61", "62", "63", "64", "65"),
    "sulawesi": ("71", "72", "73", "74", "75", "76"),
}
# Lorries cross in an hour or a few, day and night: Merak–Bakauheni, Ketapang–Gilimanuk and
# Padangbai–Lembar. New Guinea is missing above: no road leads through from one capital to the next.
JOINED_BY_FERRY = ("sumatra", "java", "bali", "lombok")
ISLAND_OF = {code: island for island, codes in ISLANDS.items() for code in codes}


class Lane(models.TextChoices):
    ROAD = "road", _("by road")
    FERRY = "ferry", _("by road and a short ferry")
    SEA = "sea", _("by sea or air")


@lru_cache(maxsize=5_000)
def lane_between(one, other):
    """(lane, kilometres between the capitals as the crow flies) of two `Place`s."""
    if one.province == other.province:
        return Lane.ROAD, 0
    islands = ISLAND_OF.get(one.province), ISLAND_OF.get(other.province)
    if None not in islands and islands[0] == islands[1]:
        lane = Lane.ROAD
    elif all(island in JOINED_BY_FERRY for island in islands):
        lane = Lane.FERRY
    else:
        lane = Lane.SEA
    return lane, kilometres(one, other)


def kilometres(one, other):
    """Along the great circle, the same in both directions."""
    # Sorted, since floating-point sums are not the same in every order.
    (lat, lon), (other_lat, other_lon) = (
        (radians(place.latitude), radians(place.longitude))
        for place in sorted((one, other))
    )
    half = (
        sin((other_lat - lat) / 2) ** 2
        + cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
    )
    return round(2 * EARTH_KM * asin(min(1, sqrt(half))))
