"""A new time for an agreed meeting: one side proposes it and the other agrees, or the organiser finds
one. And a proposed time that is taken back.

What was agreed stands, and its time stays booked, until the other side has agreed.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from missions.doors import Actor
from missions.locking import refuse_unless_organiser
from missions.models import Slot

from .expiry import expire_in_time, lapse
from .models import MeetingRequest, RequestEvent
from .steps import (
    Refused,
    book,
    deadline,
    lock_as,
    lock_request,
    record,
    refuse_unfit,
    refuse_unless_free,
    refuse_unless_pending,
)
from .times import rules_of

Step, Turn = RequestEvent.Step, MeetingRequest.Turn


@transaction.atomic
def ask_new_time(request, *, participation, slot, actor):
    """Proposes `slot` for a meeting that is agreed already; the other side has to answer."""
    request, mine, partner = lock_as(request, participation, actor)
    _refuse_unless_movable(request)
    refuse_unfit(mine, partner)
    if request.new_slot_id and not request.is_moving:
        lapse(request)
    if request.is_moving and request.answerer.pk != mine.pk:
        raise Refused(
            _(
                "The time that you proposed still waits for an answer. Take it back first."
            ),
            code="not_your_turn",
        )
    if slot.pk == request.new_slot_id:
        raise Refused(_("This is the time that was proposed to you."), code="same_time")
    refuse_unless_free(slot, mine, partner)
    request.new_slot = slot
    request.turn = turn_of(request, partner)
    latest = deadline(rules_of(mine.mission), slot)
    request.expires_at = min(latest, request.slot.starts_at) if request.slot else latest
    request.save(update_fields=["new_slot", "turn", "expires_at"])
    record(request, Step.MOVING, by=mine, actor=actor, slot=slot)
    expire_in_time(request)
    return request


def turn_of(request, participation):
    return Turn.SENDER if participation.pk == request.sender_id else Turn.RECEIVER


def _refuse_unless_movable(request):
    if not request.is_accepted:
        raise Refused(
            _("Only an agreed meeting can be given a new time."), code="not_agreed"
        )
    if request.slot and request.slot.starts_at <= timezone.now():
        raise Refused(_("Its time has come already."), code="time_is_over")
    if request.reports.exists():
        raise Refused(_("It was reported on already."), code="reported")


def _refuse_unless_asked(request, participation):
    if not request.is_moving:
        raise Refused(
            _("The new time was answered, taken back or has lapsed meanwhile."),
            code="not_pending",
        )
    if request.answerer.pk != participation.pk:
        raise Refused(_("It is for the other side to answer."), code="not_your_turn")


@transaction.atomic
def agree_new_time(request, *, participation, actor):
    """Both meet at the new time, and the old one is free. Raises TimeTaken, and changes nothing, if
    the new time is no longer free."""
    request, mine, partner = lock_as(request, participation, actor)
    _refuse_unless_asked(request, mine)
    _refuse_unless_movable(request)
    refuse_unfit(mine, partner)
    refuse_unless_free(request.new_slot, mine, partner)
    book(request, request.new_slot)
    record(request, Step.MOVED, by=mine, actor=actor, slot=request.slot)
    return request


@transaction.atomic
def refuse_new_time(request, *, participation, actor):
    """The meeting stays as it was agreed."""
    request, mine, _partner = lock_as(request, participation, actor)
    _refuse_unless_asked(request, mine)
    _drop(request, Step.NOT_MOVED, mine, actor)
    return request


def _drop(request, step, mine, actor):
    dropped, request.new_slot = request.new_slot, None
    request.save(update_fields=["new_slot"])
    record(request, step, by=mine, actor=actor, slot=dropped)


@transaction.atomic
def take_back(request, *, participation, actor):
    """Whoever proposed a time that nobody has answered yet takes it back: what was said before
    stands again."""
    request, mine, _partner = lock_as(request, participation, actor)
    if request.is_moving and request.answerer.pk != mine.pk:
        _drop(request, Step.TAKEN_BACK, mine, actor)
        return request
    refuse_unless_pending(request)
    if not can_take_back(request, mine):
        raise Refused(
            _("There is no time of yours that could be taken back."),
            code="nothing_to_take_back",
        )
    dropped, request.slot = request.slot, _slot_before(request)
    request.turn = turn_of(request, mine)
    if request.slot:
        request.expires_at = min(request.expires_at, request.slot.starts_at)
    request.save(update_fields=["slot", "turn", "expires_at"])
    record(request, Step.TAKEN_BACK, by=mine, actor=actor, slot=dropped)
    expire_in_time(request)
    return request


def can_take_back(request, participation):
    """Whether the time that waits for an answer was proposed by `participation`, instead of
    another."""
    if not (request.is_moving or request.is_pending):
        return False
    if request.answerer.pk == participation.pk:
        return False
    return request.is_moving or bool(request.slot_id and len(_proposals(request)) > 1)


def has_lost_own_time(request, participation):
    """Whether the time that waited for an answer was proposed by `participation`, and is gone."""
    if request.slot_id or not request.is_pending:
        return False
    return any(
        last.participation_id == participation.pk and last.starts_at
        for last in _proposals(request)[-1:]
    )


def _proposals(request):
    """Of a request that waits: the steps that proposed something and were not taken back, in their
    order; of two of the same side the second stands for a time that was lost."""
    found = []
    for event in request.events.all():
        if event.step in (Step.SENT, Step.PROPOSED):
            if found and found[-1].participation_id == event.participation_id:
                found.pop()
            found.append(event)
        elif event.step == Step.TAKEN_BACK:
            found.pop()
    return found


def _slot_before(request):
    """What the other side proposed before; None when it left the time open, or it is gone."""
    before = _proposals(request)[-2]
    return Slot.objects.filter(
        mission=request.sender.mission_id,
        starts_at=before.starts_at,
        ends_at=before.ends_at,
        starts_at__gt=timezone.now(),
    ).first()


@transaction.atomic
def set_time(request, slot, *, by):
    """The organiser gives an agreed meeting without a time one at which both can come."""
    request = lock_request(request)
    refuse_unless_organiser(request.sender.mission, by)
    _refuse_unless_movable(request)
    if request.slot:
        raise Refused(_("This meeting has a time already."), code="has_time")
    refuse_unfit(request.sender, request.receiver)
    refuse_unless_free(slot, request.sender, request.receiver)
    book(request, slot)
    record(request, Step.TIME_SET, actor=Actor(by, ""), slot=slot)
    return request
