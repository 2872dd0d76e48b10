"""What the organiser decides about the matchmaking of a mission, and what a change of it means."""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from missions.locking import lock_mission, refuse_unless_organiser

from .models import Booking, MeetingRequest
from .selection import guaranteed
from .times import rules_of, tables_for_meetings

FIELDS = (
    "tables",
    "spare_percent",
    "floor",
    "most_meetings",
    "request_hours",
    "request_quota",
)


@transaction.atomic
def set_rules(mission, values, *, by):
    """Writes the fields named in `values`, and the history of them; weights stay as they are."""
    mission = lock_mission(mission.pk)
    refuse_unless_organiser(mission, by)
    rules = rules_of(mission)
    for name, value in values.items():
        setattr(rules, name, value)
    rules.full_clean(exclude=["mission"])
    rules._history_user = by
    rules.save(update_fields=list(values) if rules.pk else None)
    return rules


@dataclass(frozen=True)
class Room:
    """How the rules fit what there is."""

    slots: int
    tables: int
    guaranteed: int
    floor: int
    # Participants who have agreed to more meetings than one may have
    above_most: int
    # Slots at which more meetings are agreed than tables are given out
    above_tables: int

    @property
    def capacity(self):
        return self.slots * self.tables

    @property
    def floor_meetings(self):
        """What the floor asks for, if no two of them meet each other."""
        return self.guaranteed * self.floor

    @property
    def is_short(self):
        """Even if all of them met each other, the tables would not do."""
        return self.floor_meetings > 2 * self.capacity


def room_of(mission):
    rules = rules_of(mission)
    agreed = MeetingRequest.objects.of_mission(mission).accepted().order_by()
    sides = agreed.values_list("sender", "receiver")
    met = Counter(who for pair in sides for who in pair)
    booked = Booking.objects.filter(slot__mission=mission).order_by()
    used = Counter(
        slot for slot, _one in booked.values_list("slot", "request").distinct()
    )
    tables = tables_for_meetings(rules)
    return Room(
        slots=mission.slots.count(),
        tables=tables,
        guaranteed=len(guaranteed(mission)),
        floor=rules.floor,
        above_most=sum(times > rules.most_meetings for times in met.values()),
        above_tables=sum(times > tables for times in used.values()),
    )
