"""The times at which the tables of a mission hold meetings. `lay_out` is the only way they change."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from missions.locking import lock_mission, refuse_unless_organiser
from missions.models import DatePrecision, Participation, Slot

from .carrying import carry_over, span_of, statements
from .models import MeetingReport, MeetingRequest
from .programme_letters import tell
from .requests import take_off

SHORTEST, USUAL, LONGEST = 10, 20, 60
LONGEST_CHANGE = 30
MOST_SLOTS = 200
MOST_DAYS = 14


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
    # Those of `stays` that the new programme would have left out, had they not begun
    held: list
    goes: list
    comes: list
    # Participants who have to look again at when they can come
    asked: list
    # What all who said when they can come said, carried over
    statements: list
    # Requests, answered or not, whose time goes
    losing: list
    # Agreed meetings for which somebody proposed a new time that goes
    lapsing: list
    # How many participants were written to, once it is done
    told: int = 0

    @property
    def times(self):
        """Of the programme that results."""
        return sorted([*map(span_of, self.stays), *self.comes])

    @property
    def times_before(self):
        return sorted(map(span_of, [*self.stays, *self.goes]))

    @property
    def unstated(self):
        """Those of `asked` who have nothing left of what they said, and are asked again."""
        void = {one.participation.pk for one in self.statements if one.is_void}
        return [one for one in self.asked if one.pk in void]

    @property
    def carried(self):
        """Those of `asked` for whom what they said holds on."""
        void = {one.pk for one in self.unstated}
        return (
            [] if self.is_first else [one for one in self.asked if one.pk not in void]
        )

    @property
    def concerned(self):
        """The keys of all participants who get a message."""
        found = {one.pk for one in self.asked}
        for request in (*self.losing, *self.lapsing):
            found |= {one.pk for one in request.parties}
        return found

    def statement_of(self, participation):
        found = (one for one in self.statements if one.participation == participation)
        return next(found, None)

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
            sorted(participation.pk for participation in self.unstated),
            sorted(request.pk for request in self.losing),
            sorted(request.pk for request in self.lapsing),
        )
        return sha256(repr(seen).encode()).hexdigest()[:16]


def effect_of(mission, times):
    wanted = set(times)
    slots = list(with_history(mission.slots.select_related("mission")))
    left_out = [slot for slot in slots if (slot.starts_at, slot.ends_at) not in wanted]
    held = [slot for slot in left_out if slot.is_history]
    goes = [slot for slot in left_out if not slot.is_history]
    comes = _comes(times, slots, held)
    carried = statements(mission, slots, goes, comes)
    losing = MeetingRequest.objects.live().filter(slot__in=goes)
    lapsing = MeetingRequest.objects.moving().filter(new_slot__in=goes)
    return Effect(
        stays=[slot for slot in slots if slot not in goes],
        held=held,
        goes=goes,
        comes=comes,
        asked=_asked(mission, carried, comes, is_first=not slots),
        statements=carried,
        losing=list(losing.with_parties().order_by("pk")),
        lapsing=list(lapsing.with_parties().order_by("pk")),
    )


def with_history(slots):
    """Adds `is_history`: what has begun, or was reported on, stays whatever is laid out later."""
    reported = MeetingReport.objects.filter(request__slot=OuterRef("pk"))
    begun = Q(starts_at__lte=timezone.now())
    return slots.annotate(
        is_history=Case(When(begun, then=True), default=Exists(reported))
    )


def _comes(times, slots, held):
    """The new ones, without those that would lie across a time that has begun, and stays."""
    known = {(slot.starts_at, slot.ends_at) for slot in slots}
    return [
        (begins, ends)
        for begins, ends in times
        if (begins, ends) not in known
        and not any(one.starts_at < ends and begins < one.ends_at for one in held)
    ]


def _asked(mission, carried, comes, *, is_first):
    """The first programme concerns all who were accepted. Later on new times concern everybody who
    said when it can come, and a time that goes those who wanted to come then."""
    if is_first:
        accepted = mission.participations.accepted()
        return list(accepted.select_related("business")) if comes else []
    return [
        one.participation
        for one in carried
        if one.participation.is_in_play and (comes or one.goes or one.is_void)
    ]


@transaction.atomic
def lay_out(mission, times, *, by, seen=None):
    """Replaces the programme by `times`, pairs of instants. A time that stays as it is keeps who
    can come then, and what is agreed for it; when somebody can come is carried over to new ones.
    Whomever it concerns gets one message. Returns the effect.

    `seen` is the fingerprint of the effect that `by` agreed to: when something else would happen
    by now, nothing does. Raises ValidationError where a rule is broken, PermissionDenied for
    whoever does not run the mission.
    """
    mission = lock_mission(mission.pk)
    refuse_unless_organiser(mission, by)
    times = sorted(times)
    check(mission, times)
    _lock_all(mission)
    effect = effect_of(mission, times)
    if seen is not None and seen != effect.fingerprint:
        raise ValidationError(
            _("Something has changed meanwhile. Look at the preview once more."),
            code="changed",
        )
    losses = take_off(mission, effect.goes, by=by)
    # First, because a new time may begin when an old one does.
    Slot.objects.filter(pk__in=[slot.pk for slot in effect.goes]).delete()
    new = Slot.objects.bulk_create(
        Slot(mission=mission, starts_at=begins, ends_at=ends)
        for begins, ends in effect.comes
    )
    carry_over(effect.statements, new, by=by)
    return replace(effect, told=tell(mission, effect, losses))


def _lock_all(mission):
    """Whoever states or books a time holds one of these rows, in this order."""
    rows = Participation.objects.select_for_update(no_key=True)
    list(rows.filter(mission=mission).order_by("pk").values_list("pk"))


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
