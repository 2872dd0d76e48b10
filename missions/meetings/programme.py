"""The times at which the tables of a mission hold meetings. `lay_out` is the only way they change."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _, ngettext

from missions.letters import write
from missions.locking import lock_mission
from missions.models import DatePrecision, Participation, Slot

from .models import MeetingRequest
from .requests import take_off
from .times import rules_of, tables_for_meetings

SHORTEST, USUAL, LONGEST = 10, 20, 60
LONGEST_CHANGE = 30
MOST_SLOTS = 200
MOST_DAYS = 14


def capacity(mission):
    """How many meetings fit: slots times tables, less the tables that are kept free."""
    return mission.slots.count() * tables_for_meetings(rules_of(mission))


def days_of(mission):
    """Its days; none while they are not known exactly."""
    if mission.starts_on is None or mission.date_precision != DatePrecision.DAY:
        return []
    last = mission.ends_on or mission.starts_on
    count = min((last - mission.starts_on).days + 1, MOST_DAYS)
    return [mission.starts_on + timedelta(days=number) for number in range(count)]


def times_of(day, begins, ends, *, minutes, change, breaks, zone):
    """[(beginning, end), …] of the meetings that fit one after the other into a day. What would
    run into a break is held after it."""
    at = lambda hour: datetime.combine(day, hour, ZoneInfo(zone))  # noqa: E731
    pauses = sorted((at(first), at(last)) for first, last in breaks)
    length, pause = timedelta(minutes=minutes), timedelta(minutes=change)
    times, start = [], at(begins)
    while start + length <= at(ends):
        hit = [
            last for first, last in pauses if first < start + length and start < last
        ]
        if hit:
            start = max(hit)
            continue
        times.append((start, start + length))
        start += length + pause
    return times


@dataclass(frozen=True)
class Effect:
    """What a new programme changes, and for whom."""

    stays: list
    goes: list
    comes: list
    # Participants who have to look again at when they can come
    asked: list
    # Requests, answered or not, whose time goes
    losing: list

    @property
    def changes_anything(self):
        return bool(self.goes or self.comes)

    @property
    def is_first(self):
        return not self.stays and not self.goes

    @property
    def fingerprint(self):
        """Of what an official has seen before saying yes."""
        seen = (
            sorted(slot.pk for slot in self.goes),
            sorted(begins.timestamp() for begins, _ends in self.comes),
            sorted(participation.pk for participation in self.asked),
            sorted(request.pk for request in self.losing),
        )
        return sha256(repr(seen).encode()).hexdigest()[:16]


def effect_of(mission, times):
    wanted = set(times)
    slots = list(mission.slots.select_related("mission"))
    goes = [slot for slot in slots if (slot.starts_at, slot.ends_at) not in wanted]
    known = {(slot.starts_at, slot.ends_at) for slot in slots}
    comes = [time for time in times if time not in known]
    losing = MeetingRequest.objects.live().filter(slot__in=goes)
    return Effect(
        stays=[slot for slot in slots if slot not in goes],
        goes=goes,
        comes=comes,
        asked=_asked(mission, goes, comes, is_first=not slots),
        losing=list(losing.with_parties().order_by("pk")),
    )


def _asked(mission, goes, comes, *, is_first):
    """The first programme concerns all who were accepted. Later on new times concern everybody who
    said when it can come, and a time that goes those who wanted to come then."""
    lost = Prefetch("free_slots", Slot.objects.filter(pk__in=[s.pk for s in goes]))
    known = mission.participations.select_related("business").prefetch_related(lost)
    if is_first:
        return list(known.accepted()) if comes else []
    stated = known.in_play().filter(availability_at__isnull=False)
    return [one for one in stated if comes or one.free_slots.all()]


@transaction.atomic
def lay_out(mission, times, *, by, seen=None):
    """Replaces the programme by `times`, pairs of instants. A time that stays as it is keeps who
    can come then, and what is agreed for it; whoever loses one is told. Returns the effect.

    `seen` is the fingerprint of the effect that `by` agreed to: when something else would happen
    by now, nothing does. Raises ValidationError where a rule is broken.
    """
    mission = lock_mission(mission.pk)
    times = sorted(times)
    check(mission, times)
    _lock_all(mission)
    effect = effect_of(mission, times)
    if seen is not None and seen != effect.fingerprint:
        raise ValidationError(
            _("Something has changed meanwhile. Look at the preview once more."),
            code="changed",
        )
    take_off(mission, effect.goes, by=by)
    # Every letter names them.
    prefetch_related_objects([mission], "partner_provinces")
    for participation in effect.asked:
        _ask_again(participation, effect)
    # First, because a new time may begin when an old one does.
    Slot.objects.filter(pk__in=[slot.pk for slot in effect.goes]).delete()
    Slot.objects.bulk_create(
        Slot(mission=mission, starts_at=begins, ends_at=ends)
        for begins, ends in effect.comes
    )
    return effect


def _lock_all(mission):
    """Whoever states or books a time holds one of these rows, in this order."""
    rows = Participation.objects.select_for_update(no_key=True)
    list(rows.filter(mission=mission).order_by("pk").values_list("pk"))


def _ask_again(participation, effect):
    kind = "times_open" if effect.is_first else "times_changed"
    lost, new = len(participation.free_slots.all()), len(effect.comes)
    write(participation, kind, path="ketersediaan/", lost=lost, new=new)


def check(mission, times):
    if mission.is_over:
        raise ValidationError(_("This mission is over."), code="over")
    if len(times) > MOST_SLOTS:
        raise ValidationError(
            ngettext(
                "A programme has at most %(most)s time.",
                "A programme has at most %(most)s times.",
                MOST_SLOTS,
            ),
            code="too_many",
            params={"most": MOST_SLOTS},
        )
    days, zone = set(days_of(mission)), ZoneInfo(mission.timezone)
    for begins, ends in times:
        if not begins < ends:
            raise ValidationError(_("A time ends before it begins."), code="order")
        if not {begins.astimezone(zone).date(), ends.astimezone(zone).date()} <= days:
            raise ValidationError(
                _("A time does not lie on a day of the mission."), code="day"
            )
    for (_begins, ends), (begins, _ends) in pairwise(times):
        if begins < ends:
            raise ValidationError(_("Two times overlap."), code="overlap")
