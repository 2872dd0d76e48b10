"""What every step of a request shares: its locks, its refusals, its record, and who is told.

Whoever changes a request holds its mission first, then its two participants in the order of their
keys, then the request: so nobody waits in a ring, and what was counted stays so.
"""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from businesses.models import Business
from missions.doors import Via
from missions.locking import lock_mission
from missions.models import Participation

from .models import Booking, MeetingRequest, RequestEvent
from .telling import tell
from .times import common_free_slots

Status = MeetingRequest.Status


class Refused(ValidationError):
    """A step that cannot be taken. What was typed is not lost: nothing has changed."""


class TimeTaken(Refused):
    """`slots` are other times that suit both."""

    def __init__(self, one, other):
        super().__init__(
            _(
                "This time is no longer free. Nothing is lost: choose another one, or leave it "
                "to the organiser."
            ),
            code="time_taken",
        )
        self.slots = list(common_free_slots(one, other))


class OpenAlready(Refused):
    """`request` is the one that is open between the two."""

    def __init__(self, request, sender):
        if request.status == Status.ACCEPTED:
            text = _("You have agreed to meet already.")
        elif request.sender_id == sender.pk:
            text = _("Your request to them still waits for an answer.")
        else:
            text = _("They have asked you already: answer their request instead.")
        super().__init__(text, code="open_already")
        self.request = request


def lock_parties(one, other):
    """Both as they stand, in the order given. Their mission is locked."""
    mission = lock_mission(one.mission_id)
    rows = Participation.objects.select_for_update(of=["self"], no_key=True)
    found = {
        participation.pk: participation
        for participation in rows.filter(mission=mission, pk__in=[one.pk, other.pk])
        .select_related("business__province")
        .order_by("pk")
    }
    if len(found) < 2:
        raise Refused(_("This business no longer takes part."), code="gone")
    for participation in found.values():
        participation.mission = mission
    return found[one.pk], found[other.pk]


def lock_request(request):
    """The request as it stands, with both participants as they stand."""
    sender, receiver = lock_parties(request.sender, request.receiver)
    rows = MeetingRequest.objects.select_for_update(of=["self"], no_key=True)
    times = rows.select_related("slot__mission", "new_slot__mission")
    fresh = times.filter(pk=request.pk).first()
    if fresh is None:
        raise Refused(_("This business no longer takes part."), code="gone")
    fresh.sender, fresh.receiver = sender, receiver
    return fresh


def lock_as(request, participation, actor):
    """The request, the one who acts and the partner, all as they stand."""
    fresh = lock_request(request)
    if participation.pk not in (fresh.sender_id, fresh.receiver_id):
        raise PermissionDenied
    partner = fresh.partner_of(participation)
    refuse_both_sides(actor, partner)
    return fresh, fresh.partner_of(partner), partner


def refuse_both_sides(actor, partner):
    """No official speaks for one side who works for the other."""
    if actor.via != Via.ASSISTED:
        return
    if Business.objects.of_member(actor.user).filter(pk=partner.business_id).exists():
        raise Refused(
            _("You work for %(partner)s, so another official helps here.")
            % {"partner": partner.name},
            code="both_sides",
        )


def refuse_unfit(one, other):
    """Only two accepted participants of a mission that is not over agree on anything."""
    if one.mission.is_over:
        raise Refused(_("This mission is over."), code="over")
    if not one.is_accepted:
        raise Refused(_("You do not take part in this mission."), code="not_accepted")
    if not other.is_accepted:
        raise Refused(_("This business no longer takes part."), code="gone")


def refuse_unless_pending(request):
    if not request.is_pending:
        raise Refused(
            _("This request was answered, withdrawn or has expired meanwhile."),
            code="not_pending",
        )


def refuse_unless_turn_of(request, participation):
    refuse_unless_pending(request)
    if request.answerer.pk != participation.pk:
        raise Refused(_("It is for the other side to answer."), code="not_your_turn")


def refuse_unless_free(slot, one, other):
    if slot and not common_free_slots(one, other).filter(pk=slot.pk).exists():
        raise TimeTaken(one, other)


def deadline(rules, slot):
    """An answer is of no use once the proposed time has begun."""
    latest = timezone.now() + timedelta(hours=rules.request_hours)
    return min(latest, slot.starts_at) if slot else latest


def close(request, status, *, reason=""):
    request.status, request.reason = status, reason
    request.closed_at, request.new_slot = timezone.now(), None
    request.save(update_fields=["status", "reason", "closed_at", "new_slot"])


def book(request, slot):
    """An agreed meeting takes place at this time, and at no other."""
    request.bookings.all().delete()
    request.slot, request.new_slot = slot, None
    request.save(update_fields=["slot", "new_slot"])
    Booking.objects.bulk_create(
        Booking(participation=one, slot=slot, request=request)
        for one in (request.sender, request.receiver)
    )


def record(request, step, *, by=None, actor=None, **facts):
    """Keeps the step and tells both sides of it. Without `by`, time or the organiser did it."""
    event = keep(request, step, by=by, actor=actor, **facts)
    tell(event, request)
    return event


def keep(request, step, *, by=None, actor=None, slot=None, **facts):
    return RequestEvent.objects.create(
        request=request,
        step=step,
        participation=by,
        actor=actor.user if actor else None,
        via=actor.via if actor else "",
        starts_at=slot and slot.starts_at,
        ends_at=slot and slot.ends_at,
        **facts,
    )
