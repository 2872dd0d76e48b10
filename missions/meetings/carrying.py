"""What participants said about the old times, carried over to those of a new programme.

Nobody can say the same for another cut of the same hours: whoever could come at all old times across
which a new one lies can come then, and who could come for the whole of a half-day still can.
"""

from collections import defaultdict
from dataclasses import dataclass

from missions.doors import Actor
from missions.joining.shared import save
from missions.models import Participation, Slot


@dataclass(frozen=True)
class Statement:
    """Of one participant: what stays, goes and comes of the times ahead at which it can come."""

    participation: Participation
    stays: list
    # Taken off the programme, and nothing that comes lies across it
    goes: list
    comes: list
    # Whether nothing is left of what it said: it is asked again
    is_void: bool

    @property
    def times(self):
        return sorted(map(span_of, [*self.stays, *self.comes]))


def span_of(slot):
    return slot.starts_at, slot.ends_at


def statements(mission, slots, goes, comes):
    """Of all who said when they can come; `slots` are the old ones, `comes` pairs of instants."""
    carrier = _Carrier(mission, slots, goes, comes)
    known = mission.participations.filter(availability_at__isnull=False)
    free = _free(mission)
    return [
        carrier.statement(participation, free[participation.pk])
        for participation in known.select_related("business").order_by("pk")
    ]


def _free(mission):
    """{participation: its slots}, by their keys"""
    found = defaultdict(set)
    rows = Participation.free_slots.through.objects.filter(
        participation__mission=mission
    )
    for participation, slot in rows.values_list("participation", "slot"):
        found[participation].add(slot)
    return found


class _Carrier:
    def __init__(self, mission, slots, goes, comes):
        self.slots, self.goes = slots, {slot.pk for slot in goes}
        self.halves = defaultdict(set)
        for slot in slots:
            self.halves[slot.half_day].add(slot.pk)
        new = [Slot(mission=mission, starts_at=one, ends_at=two) for one, two in comes]
        self.under = [
            (slot, {old.pk for old in slots if _overlap(old, slot)}) for slot in new
        ]
        # What has begun helps nobody to meet.
        self.has_times = bool(new) or any(self._is_ahead(slot) for slot in slots)

    def _is_ahead(self, slot):
        return slot.pk not in self.goes and not slot.is_history

    def statement(self, participation, free):
        comes = [slot for slot, under in self.under if self._can(slot, under, free)]
        own = [slot for slot in self.slots if slot.pk in free]
        stays = [slot for slot in own if self._is_ahead(slot)]
        gone = [slot for slot in own if slot.pk in self.goes]
        lost = [old for old in gone if not any(_overlap(old, one) for one in comes)]
        is_void = not (stays or comes) and bool(gone or not self.has_times)
        return Statement(participation, stays, lost, comes, is_void)

    def _can(self, slot, under, free):
        whole = self.halves.get(slot.half_day, set())
        return any(old and old <= free for old in (under, whole))


def _overlap(one, other):
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def carry_over(carried, slots, *, by):
    """Keeps it, once the new `slots` are there."""
    keys = {slot.starts_at: slot.pk for slot in slots}
    through = Participation.free_slots.through
    through.objects.bulk_create(
        through(participation=one.participation, slot_id=keys[slot.starts_at])
        for one in carried
        for slot in one.comes
    )
    for one in carried:
        if one.is_void:
            one.participation.availability_at = None
            save(one.participation, Actor(by, ""))
