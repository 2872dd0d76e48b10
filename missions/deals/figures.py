"""Every total that the portal publishes. Pages, exports and feeds all call these functions."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce, ExtractYear
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from businesses.models import Province
from missions.models import CountSnapshot, DatePrecision, Mission
from umkm_portal.formatting import partial_date

from .models import Deal

OFFICIAL_TOTALS = Path(__file__).parent / "data" / "official_totals.csv"
Stage, Basis = CountSnapshot.Stage, CountSnapshot.Basis


class LineKey(models.TextChoices):
    """What is known of a mission but is not in the cumulative value."""

    FOREIGN = "foreign", gettext_lazy("Foreign letters of intent")
    YEAR_TOTAL = "year_total", gettext_lazy("Totals of a year")
    INTERIM = "interim", gettext_lazy("Interim counts only")
    POTENTIAL = "potential", gettext_lazy("Potential and targets")
    RETAIL = "retail", gettext_lazy("Sales at the stands")


NOTES = {
    LineKey.FOREIGN: gettext_lazy(
        "Announced within a mission's total, but not trade between provinces."
    ),
    LineKey.YEAR_TOTAL: gettext_lazy(
        "Only a year is known, no event: what it adds up cannot be seen."
    ),
    LineKey.INTERIM: gettext_lazy(
        "Counting had not ended when the figure was printed."
    ),
    LineKey.POTENTIAL: gettext_lazy("Expected or aimed at; nothing was signed."),
    LineKey.RETAIL: gettext_lazy("Sold over the counter at an exhibition."),
}
CUMULATIVE, WITHOUT_VALUE, UPCOMING = "cumulative", "without_value", "upcoming"
IN_CUMULATIVE = Q(basis=Basis.COMMITMENT) & ~Q(stage=Stage.INTERIM)
OUTSIDE = {
    LineKey.YEAR_TOTAL: Q(basis=Basis.YEAR_TOTAL),
    LineKey.INTERIM: Q(basis=Basis.COMMITMENT, stage=Stage.INTERIM),
    LineKey.POTENTIAL: Q(basis=Basis.POTENTIAL),
    LineKey.RETAIL: Q(basis=Basis.RETAIL),
}
# Also of an interim count: only a potential is no letter of intent.
WITH_FOREIGN_PART = Q(basis=Basis.COMMITMENT, foreign__gt=0)
NOT_HELD = Q(status__in=Mission.UPCOMING)
VALUED = Q(
    Exists(CountSnapshot.objects.filter(mission=OuterRef("pk"), total__isnull=False))
)
DOMESTIC = F("total") - Coalesce("foreign", 0)


@dataclass(frozen=True)
class Line:
    key: str
    label: str
    note: str
    value: int
    missions: int


@dataclass(frozen=True)
class Cumulative:
    """`value` in rupiah, the number of missions in it, and the lines that are not in it.

    `recorded` counts all missions: also those held without a published value, and those to come.
    """

    value: int
    missions: int
    lines: list
    without_value: int
    upcoming: int
    recorded: int


def cumulative(missions):
    """The cumulative value of `missions`: each one's final inter-provincial figure, once.

    The headline count of a mission (`CountSnapshotQuerySet.best_first`) enters without its
    foreign letters of intent. Totals of a year, interim counts, potential and stand sales have
    lines of their own. East Java's official totals are built the same way: see `official_comparison`.
    """
    counts = CountSnapshot.objects.filter(mission__in=missions.values("pk")).headlines()
    sums = counts.aggregate(
        value=Coalesce(Sum(DOMESTIC, filter=IN_CUMULATIVE), 0),
        missions=Count("pk", filter=IN_CUMULATIVE),
        valued=Count("pk"),
        foreign_value=Coalesce(Sum("foreign", filter=WITH_FOREIGN_PART), 0),
        foreign_missions=Count("pk", filter=WITH_FOREIGN_PART),
        **{
            f"{key}_value": Coalesce(Sum(DOMESTIC, filter=rows), 0)
            for key, rows in OUTSIDE.items()
        },
        **{
            f"{key}_missions": Count("pk", filter=rows) for key, rows in OUTSIDE.items()
        },
    )
    known = missions.aggregate(
        recorded=Count("pk"), upcoming=Count("pk", filter=NOT_HELD & ~VALUED)
    )
    return Cumulative(
        value=sums["value"],
        missions=sums["missions"],
        lines=[_line(key, sums) for key in LineKey],
        without_value=known["recorded"] - known["upcoming"] - sums["valued"],
        upcoming=known["upcoming"],
        recorded=known["recorded"],
    )


def _line(key, sums):
    return Line(
        key.value, key.label, NOTES[key], sums[f"{key}_value"], sums[f"{key}_missions"]
    )


def missions_in(missions, key):
    """Those of `missions` that make up a line: a LineKey, CUMULATIVE, WITHOUT_VALUE, UPCOMING."""
    if key == WITHOUT_VALUE:
        return missions.filter(~VALUED & ~NOT_HELD)
    if key == UPCOMING:
        return missions.filter(~VALUED & NOT_HELD)
    headline = CountSnapshot.objects.filter(mission=OuterRef("pk")).headlines()
    if key == CUMULATIVE:
        return missions.filter(Exists(headline.filter(IN_CUMULATIVE)))
    if key == LineKey.FOREIGN:
        return missions.filter(Exists(headline.filter(WITH_FOREIGN_PART)))
    return missions.filter(Exists(headline.filter(OUTSIDE[key])))


@dataclass(frozen=True)
class Year:
    """`year` is None for missions whose date no source states; `value` in rupiah."""

    year: int | None
    value: int
    missions: int


def by_year(missions):
    """The cumulative value of `missions` year by year, newest first; the years add up to it."""
    counts = CountSnapshot.objects.filter(mission__in=missions.values("pk")).headlines()
    rows = (
        counts.filter(IN_CUMULATIVE)
        .values(year=ExtractYear("mission__starts_on"))
        .annotate(value=Sum(DOMESTIC), missions=Count("pk"))
        .order_by(F("year").desc(nulls_last=True))
    )
    return [Year(**row) for row in rows]


def line_of(count):
    """The LineKey under which a headline count is published; None when in the cumulative value."""
    if count.basis == Basis.COMMITMENT:
        return LineKey.INTERIM if count.stage == Stage.INTERIM else None
    return LineKey(count.basis)


@dataclass(frozen=True)
class Traceable:
    """`value` rupiah of the announced `total` lie in `deals` that name both parties."""

    value: int
    total: int
    deals: int

    @property
    def share(self):
        """From 0 to 1; None when no total was announced. Capped: reports also round upwards."""
        return min(self.value / self.total, 1) if self.total else None


def traceable(missions):
    """How much of the cumulative value of `missions` lies in deals that name both parties.

    A mission's deals count up to its own total, so that one report cannot vouch for another.
    """
    counted = CountSnapshot.objects.filter(
        mission__in=missions.values("pk")
    ).headlines()
    totals = dict(counted.filter(IN_CUMULATIVE).values_list("mission", DOMESTIC))
    named = (
        Deal.objects.published()
        .naming_both_parties()
        .filter(mission__in=missions.values("pk"), value__isnull=False)
        .values("mission")
        .annotate(value=Sum("value"), deals=Count("pk"))
        .order_by()
    )
    rows = [row for row in named if row["mission"] in totals]
    return Traceable(
        value=sum(min(row["value"], totals[row["mission"]]) for row in rows),
        total=sum(totals.values()),
        deals=sum(row["deals"] for row in rows),
    )


def provinces_reached(missions):
    """The provinces that took part as partners of `missions`."""
    return Province.objects.filter(
        partnered_missions__in=missions.exclude(NOT_HELD).values("pk")
    ).distinct()


@dataclass(frozen=True)
class Comparison:
    label: str
    official_missions: int | None
    official_value: int | None
    our_missions: int
    our_value: int
    source_url: str
    source_day: date
    note: str


def official_comparison():
    """Our cumulative value beside the totals that governments announced for the same missions."""
    return [_compare(row) for row in _official_totals()]


def _compare(row):
    missions = Mission.objects.published().filter(
        initiator_province=row["initiator_province_code"],
        starts_on__range=(
            date.fromisoformat(row["first_day"]),
            date.fromisoformat(row["last_day"]),
        ),
    )
    ours = cumulative(missions)
    return Comparison(
        label=_period(row),
        official_missions=int(row["missions_count"]) if row["missions_count"] else None,
        official_value=int(row["total_value_idr"]) if row["total_value_idr"] else None,
        our_missions=ours.missions,
        our_value=ours.value,
        source_url=row["source_url"],
        source_day=date.fromisoformat(row["source_date"]),
        note=_missing(row["missions_count"], ours.missions),
    )


def _missing(official, ours):
    missing = int(official) - ours if official else 0
    if missing <= 0:
        return ""
    return (
        ngettext(
            "%d mission of the official list is missing in our file.",
            "%d missions of the official list are missing in our file.",
            missing,
        )
        % missing
    )


@cache
def _official_totals():
    with OFFICIAL_TOTALS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _period(row):
    first, last = (
        date.fromisoformat(row["first_day"]),
        date.fromisoformat(row["last_day"]),
    )
    if (last.month, last.day) != (12, 31):
        until = partial_date(last, DatePrecision.DAY)
        return _("%(first)s to %(last)s") % {"first": first.year, "last": until}
    if first.year == last.year:
        return str(first.year)
    return f"{first.year}–{last.year}"
