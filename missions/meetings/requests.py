"""Asking for a meeting, and everything that can come of it.

Each step holds the locks of steps.py, is kept as a `RequestEvent`, and both sides are told. A
request that waits for an answer holds no time: only `Booking`s of accepted ones do.
"""

from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, ngettext_lazy

from missions.doors import Actor
from missions.reasons import NO_LONGER, of_leaving

from .expiry import expire, expire_due, expire_in_time
from .models import MeetingReport, MeetingRequest, RequestEvent
from .new_times import (
    agree_new_time,
    ask_new_time,
    has_lost_own_time,
    refuse_new_time,
    set_time,
    take_back,
    turn_of,
)
from .steps import (
    OpenAlready,
    Refused,
    Status,
    TimeTaken,
    book,
    close,
    deadline,
    keep,
    lock_as,
    lock_mission,
    lock_parties,
    record,
    refuse_both_sides,
    refuse_unfit,
    refuse_unless_free,
    refuse_unless_pending,
    refuse_unless_turn_of,
)
from .telling import tell_of_leaving
from .times import common_free_slots, rules_of

__all__ = [
    "OpenAlready",
    "Refused",
    "TimeTaken",
    "accept",
    "agree_new_time",
    "ask_new_time",
    "cancel",
    "common_free_slots",
    "decline",
    "end_all_of",
    "expire_due",
    "propose",
    "refuse_new_time",
    "report",
    "send",
    "set_time",
    "take_back",
    "withdraw",
]
Step = RequestEvent.Step


@transaction.atomic
def send(sender, receiver, *, message="", products=(), slot=None, actor):
    """Asks `receiver` for a meeting, at a time that suits both or at any."""
    sender, receiver = lock_parties(sender, receiver)
    refuse_both_sides(actor, receiver)
    refuse_unfit(sender, receiver)
    _refuse_second(sender, receiver)
    rules = rules_of(sender.mission)
    _refuse_above_quota(sender, rules)
    _refuse_foreign(products, sender)
    refuse_unless_free(slot, sender, receiver)
    request = MeetingRequest.objects.create(
        sender=sender,
        receiver=receiver,
        message=message,
        slot=slot,
        expires_at=deadline(rules, slot),
    )
    request.products.set(products)
    record(request, Step.SENT, by=sender, actor=actor, slot=slot)
    expire_in_time(request)
    return request


def _refuse_second(sender, receiver):
    for live in MeetingRequest.objects.between(sender, receiver).live():
        if live.status == Status.PENDING and not live.is_pending:
            expire(live.pk)
        else:
            raise OpenAlready(live, sender)


def _refuse_above_quota(sender, rules):
    if sender.sent_requests.pending().count() >= rules.request_quota:
        raise Refused(
            ngettext_lazy(
                "You have %(most)s request that waits for an answer; more are not allowed. Wait "
                "for it, or withdraw it.",
                "You have %(most)s requests that wait for an answer; more are not allowed. Wait "
                "for one, or withdraw one.",
                "most",
            )
            % {"most": rules.request_quota},
            code="quota",
        )


def _refuse_foreign(products, sender):
    if any(product.business_id != sender.business_id for product in products):
        raise Refused(_("Choose products of your own."), code="foreign_product")


@transaction.atomic
def propose(request, *, participation, slot, actor):
    """Answers with another time, or replaces an own one that was lost; now the other side has to
    answer, with new time to do so."""
    request, mine, partner = lock_as(request, participation, actor)
    if not has_lost_own_time(request, mine):
        refuse_unless_turn_of(request, mine)
    refuse_unfit(mine, partner)
    if slot.pk == request.slot_id:
        raise Refused(_("This is the time that was proposed to you."), code="same_time")
    refuse_unless_free(slot, mine, partner)
    request.slot = slot
    request.turn = turn_of(request, partner)
    request.expires_at = deadline(rules_of(mine.mission), slot)
    request.save(update_fields=["slot", "turn", "expires_at"])
    record(request, Step.PROPOSED, by=mine, actor=actor, slot=slot)
    expire_in_time(request)
    return request


@transaction.atomic
def accept(request, *, participation, actor):
    """Both meet: at the time proposed last, which is booked for both, or else when the organiser
    finds one. Raises TimeTaken, and changes nothing, if the time is no longer free."""
    request, mine, partner = lock_as(request, participation, actor)
    refuse_unless_turn_of(request, mine)
    refuse_unfit(mine, partner)
    _refuse_above_most(mine, partner)
    refuse_unless_free(request.slot, mine, partner)
    close(request, Status.ACCEPTED)
    if request.slot:
        book(request, request.slot)
    record(request, Step.ACCEPTED, by=mine, actor=actor, slot=request.slot)
    return request


def _refuse_above_most(mine, partner):
    most = rules_of(mine.mission).most_meetings
    for one, text in (
        (mine, _("You have agreed to as many meetings as the organiser allows.")),
        (partner, _("They have agreed to as many meetings as the organiser allows.")),
    ):
        if MeetingRequest.objects.of(one).accepted().count() >= most:
            raise Refused(text, code="too_many_meetings")


@transaction.atomic
def decline(request, *, participation, reason, actor):
    """The side that was asked may say no at any time; the one that asked, once another time was
    proposed to it."""
    request, mine, _partner = lock_as(request, participation, actor)
    refuse_unless_pending(request)
    if mine.pk == request.sender_id:
        refuse_unless_turn_of(request, mine)
    _require(reason)
    close(request, Status.DECLINED, reason=reason)
    record(request, Step.DECLINED, by=mine, actor=actor, reason=reason)
    return request


def _require(reason):
    if not reason.strip():
        raise Refused(_("Say why, so that the other side knows."), code="no_reason")


@transaction.atomic
def withdraw(request, *, participation, actor):
    """The one who asked takes the request back."""
    request, mine, _partner = lock_as(request, participation, actor)
    refuse_unless_pending(request)
    if mine.pk != request.sender_id:
        raise Refused(_("Only the side that asked can withdraw it."), code="not_yours")
    close(request, Status.WITHDRAWN)
    record(request, Step.WITHDRAWN, by=mine, actor=actor)
    return request


@transaction.atomic
def cancel(request, *, participation, reason, actor):
    """Either side calls an agreed meeting off; its time is free again."""
    request, mine, _partner = lock_as(request, participation, actor)
    if not request.is_accepted:
        raise Refused(_("Only an agreed meeting can be cancelled."), code="not_agreed")
    if request.slot and request.slot.ends_at <= timezone.now():
        raise Refused(
            _("Its time is over. Say how it went instead."), code="time_is_over"
        )
    if request.reports.exists():
        raise Refused(_("It was reported on already."), code="reported")
    _require(reason)
    _call_off(request, reason)
    record(
        request,
        Step.CANCELLED,
        by=mine,
        actor=actor,
        slot=request.slot,
        reason=reason,
    )
    return request


def _call_off(request, reason):
    request.bookings.all().delete()
    close(request, Status.CANCELLED, reason=reason)


@transaction.atomic
def end_all_of(participation, *, reason, actor=None):
    """Whoever leaves the mission meets nobody in it: what is open is closed, what was agreed is
    cancelled, unless it took place. The other sides are told; of the reason only those who agreed to
    meet."""
    lock_mission(participation.mission_id)
    reason = reason.strip() or NO_LONGER
    live = MeetingRequest.objects.of(participation).live().with_parties()
    for request in live.select_for_update(of=["self"], no_key=True).order_by("pk"):
        is_over = request.slot and request.slot.ends_at <= timezone.now()
        if request.is_accepted and not (is_over or request.reports.exists()):
            step, said = Step.CANCELLED, reason
            _call_off(request, of_leaving(said))
        elif request.is_accepted:
            continue
        elif request.sender_id == participation.pk:
            step, said = Step.WITHDRAWN, NO_LONGER
            close(request, Status.WITHDRAWN, reason=said)
        else:
            step, said = Step.DECLINED, NO_LONGER
            close(request, Status.DECLINED, reason=said)
        event = keep(
            request,
            step,
            by=participation,
            actor=actor,
            slot=request.slot,
            reason=said,
        )
        tell_of_leaving(event, request, participation)


@transaction.atomic
def take_off(mission, slots, *, by=None):
    """The organiser takes times off the programme: meetings agreed for them stand without a time,
    and new times proposed for others lapse. Whoever calls tells both sides of each, in one message
    of all that changes for them: [(request, what happened to it), …]."""
    lock_mission(mission.pk)
    losing = Q(slot__in=slots) | Q(new_slot__in=slots)
    live = MeetingRequest.objects.live().filter(losing).with_parties()
    gone, actor, events = {slot.pk for slot in slots}, by and Actor(by, ""), []
    for request in live.select_for_update(of=["self"], no_key=True).order_by("pk"):
        if request.new_slot_id in gone:
            dropped, request.new_slot = request.new_slot, None
            events.append(
                (request, keep(request, Step.LAPSED, actor=actor, slot=dropped))
            )
        if request.slot_id in gone:
            request.bookings.all().delete()
            lost, request.slot = request.slot, None
            events.append(
                (request, keep(request, Step.TIME_LOST, actor=actor, slot=lost))
            )
        request.save(update_fields=["slot", "new_slot"])
    return events


@transaction.atomic
def report(request, *, participation, outcome, actor):
    """What one side says came of the meeting; it may say something else later."""
    request, mine, _partner = lock_as(request, participation, actor)
    if not can_be_reported(request):
        raise Refused(_("You can say this once its time has come."), code="too_early")
    if outcome not in MeetingReport.Outcome:
        raise ValidationError(_("Choose how it went."), code="unknown_outcome")
    said = {"outcome": outcome, "reported_by": actor.user, "via": actor.via}
    before = request.reports.filter(participation=mine).first()
    if before and before.outcome == outcome:
        return before
    found, _is_new = MeetingReport.objects.update_or_create(
        request=request, participation=mine, defaults=said
    )
    record(request, Step.REPORTED, by=mine, actor=actor, outcome=outcome)
    return found


def can_be_reported(request):
    """After its time; without one, from the first day of the mission on."""
    if not request.is_accepted:
        return False
    if request.slot:
        return request.slot.ends_at <= timezone.now()
    mission = request.sender.mission
    today = timezone.localdate(timezone=ZoneInfo(mission.timezone))
    return mission.starts_on is not None and mission.starts_on <= today
