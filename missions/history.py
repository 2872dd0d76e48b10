"""A mission's counts in order, with what changed from one to the next."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from umkm_portal.formatting import rupiah_short

from .guards import Kind, review
from .models import CountSnapshot

# Flags on a count whose amounts cannot be compared with its neighbours.
INCOMPARABLE = {Kind.THOUSANDS}


@dataclass(frozen=True)
class Change:
    """Signed rupiah since the count before; None where either of the two does not state it."""

    total: int | None = None
    sell: int | None = None
    buy: int | None = None
    investment: int | None = None
    foreign: int | None = None

    @property
    def reclassified(self):
        """Whether one part shrank although the whole grew: deals were moved between parts."""
        parts = (self.sell, self.buy, self.investment)
        return (self.total or 0) > 0 and any((part or 0) < 0 for part in parts)

    @property
    def sentence(self):
        if not self.reclassified:
            return ""
        labels = {
            "sell": _("sales"),
            "buy": _("purchases"),
            "investment": _("investment"),
        }
        moves = [(label, getattr(self, name) or 0) for name, label in labels.items()]
        fell = [f"{label} {rupiah_short(-move)}" for label, move in moves if move < 0]
        rose = [f"{label} {rupiah_short(move)}" for label, move in moves if move > 0]
        return _(
            "Deals seem to have been reclassified: the total grew, yet down went %(fell)s, up went %(rose)s."
        ) % {"fell": ", ".join(fell), "rose": ", ".join(rose) or "–"}


@dataclass(frozen=True)
class Step:
    count: CountSnapshot
    flags: list
    change: Change
    is_headline: bool


def steps(mission):
    """Every count of the mission, in the order of `CountSnapshotQuerySet.in_order`."""
    flags = review(mission)
    before, found = None, []
    for count in _by_hour(mission.counts.in_order()):
        slipped = any(flag.kind in INCOMPARABLE for flag in flags[count.pk])
        change = Change() if slipped else _change(before, count)
        is_headline = count == mission.headline
        found.append(Step(count, flags[count.pk], change, is_headline))
        if count.total is not None and not slipped:
            before = count
    return found


def _by_hour(counts):
    """Interim counts that state an hour in the order of their hours; the others keep their place."""
    counts = list(counts)
    places = [
        place
        for place, count in enumerate(counts)
        if count.stage == CountSnapshot.Stage.INTERIM and count.as_of_at
    ]
    timed = sorted(
        (counts[place] for place in places), key=lambda count: count.as_of_at
    )
    for place, count in zip(places, timed, strict=True):
        counts[place] = count
    return counts


def headcounts(counted):
    """{"sellers": …, "buyers": …, …}: as the headline count of `steps` says, else the latest one."""
    ranked = sorted(counted, key=lambda step: step.is_headline)
    stated = {}
    for step in ranked:
        for name in CountSnapshot.HEADCOUNTS:
            if (number := getattr(step.count, name)) is not None:
                stated[name] = number
    return stated


def _change(before, after):
    if before is None or after.total is None or before.basis != after.basis:
        return Change()
    moves = {
        name: _difference(getattr(before, name), getattr(after, name))
        for name in CountSnapshot.AMOUNTS
    }
    for part in ("investment", "foreign"):
        # A part that appears beside parts already published was zero before.
        if getattr(before, part) is None and before.sell is not None:
            moves[part] = getattr(after, part)
    return Change(**moves)


def _difference(before, after):
    return None if before is None or after is None else after - before
