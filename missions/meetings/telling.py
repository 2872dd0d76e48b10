"""Nothing about a request changes silently: which message each step sends to which side."""

from django.utils.functional import lazy
from django.utils.text import Truncator, format_lazy
from django.utils.translation import gettext, gettext_lazy as _

from missions.doors import Via
from missions.letters import write
from umkm_portal.formatting import instant

from .models import MeetingRequest, RequestEvent
from .times import between

Status, Step = MeetingRequest.Status, RequestEvent.Step
MOST_OF_REASON = 160
# To the other side; to both where time or the organiser did it.
KINDS = {
    Step.SENT: "request_received",
    Step.PROPOSED: "request_countered",
    Step.ACCEPTED: "request_accepted",
    Step.DECLINED: "request_declined",
    Step.EXPIRED: "request_expired",
    Step.WITHDRAWN: "request_withdrawn",
    Step.CANCELLED: "request_cancelled",
    Step.REPORTED: "request_reported",
    Step.TAKEN_BACK: "request_taken_back",
    Step.MOVING: "meeting_moving",
    Step.MOVED: "meeting_moved",
    Step.NOT_MOVED: "meeting_not_moved",
    Step.LAPSED: "meeting_not_moved",
    Step.TIME_SET: "meeting_time_set",
}
# Where it depends on how the request stands.
KINDS_OF = {
    (Step.TAKEN_BACK, Status.ACCEPTED): "meeting_not_moved",
}
# To the people of the own side, who have not done it themselves.
OWN = "request_own_step"
STEPS = {
    Step.SENT: _("a meeting was asked for"),
    Step.PROPOSED: _("another time was proposed"),
    Step.ACCEPTED: _("the request was accepted"),
    Step.DECLINED: _("the request was declined"),
    Step.WITHDRAWN: _("the request was withdrawn"),
    Step.CANCELLED: _("the meeting was cancelled"),
    Step.REPORTED: _("it was said how the meeting went"),
    Step.TAKEN_BACK: _("the proposed time was taken back"),
    Step.MOVING: _("a new time was proposed for the agreed meeting"),
    Step.MOVED: _("the new time of the meeting was agreed"),
    Step.NOT_MOVED: _("the new time of the meeting was refused"),
}


def tell(event, request):
    for participation in (request.sender, request.receiver):
        is_own = participation.pk == event.participation_id
        write(
            participation,
            OWN if is_own else kind_of(event, request),
            path=f"permintaan/{request.pk}/",
            but=who_knows(event) if is_own else None,
            **places(event, request, participation),
        )


def kind_of(event, request):
    return KINDS_OF.get((event.step, request.status)) or KINDS[event.step]


def tell_of_leaving(event, request, left):
    """One message to each partner of a business that takes part no longer; it knows itself. Why it
    leaves is told to those who had agreed to meet it."""
    participation = request.partner_of(left)
    was_agreed = event.step == Step.CANCELLED
    write(
        participation,
        "request_ended" if was_agreed else "request_ended_unanswered",
        path=f"permintaan/{request.pk}/",
        **places(event, request, participation),
    )


def who_knows(event):
    """Whoever acted for the own business saw what came of it. An official acts for others."""
    return None if event.via == Via.ASSISTED else event.actor


def places(event, request, participation):
    """What fills the words; each in the language that the message is written in."""
    partner = request.partner_of(participation)
    return {
        "partner": lazy(lambda: partner.name, str)(),
        "time": time_of(event, partner.mission),
        "until": lazy(instant, str)(request.expires_at, partner.mission.timezone),
        "reason": lazy(reason_of, str)(event),
        "outcome": lazy(event.get_outcome_display, str)(),
        "who": who(event),
        "step": STEPS.get(event.step, ""),
        "why": why_not_moved(event, request),
    }


def why_not_moved(event, request):
    if event.step == Step.NOT_MOVED:
        return _("the other side cannot come then")
    if event.step == Step.TAKEN_BACK:
        return _("it was taken back")
    return _("nobody answered in time")


def reason_of(event):
    return Truncator(event.get_reason_display()).chars(MOST_OF_REASON)


def time_of(event, mission):
    if event.starts_at is None:
        return _("at a time that the organiser finds")
    return lazy(between, str)(event.starts_at, event.ends_at, mission)


def who(event):
    """The person who did it: a colleague, or an official, which is said."""
    if event.actor is None:
        return ""
    if event.via == Via.ASSISTED:
        return format_lazy("{} ({})", event.actor.name, _("trade office"))
    return event.actor.name


def actor_words(event):
    """Who took a step, for its history: "CV Maju", "Budi (trade office) for CV Maju"."""
    if event.participation is None:
        return ""
    business = event.participation.name
    if event.via != Via.ASSISTED or event.actor is None:
        return business
    return gettext("%(official)s for %(business)s") % {
        "official": who(event),
        "business": business,
    }
