"""Nothing about a request changes silently: which message each step sends to which side."""

from django.utils.functional import lazy
from django.utils.text import Truncator, format_lazy
from django.utils.translation import gettext, gettext_lazy as _

from missions.doors import Via
from missions.letters import write
from umkm_portal.formatting import instant

from .models import RequestEvent
from .times import between

Step = RequestEvent.Step
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
    Step.TIME_LOST: "request_time_lost",
    Step.REPORTED: "request_reported",
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
}


def tell(event, request):
    for participation in (request.sender, request.receiver):
        is_own = participation.pk == event.participation_id
        write(
            participation,
            OWN if is_own else KINDS[event.step],
            path=f"permintaan/{request.pk}/",
            but=who_knows(event) if is_own else None,
            **places(event, request, participation),
        )


def tell_of_leaving(event, request, left):
    """One message to each partner of a business that takes part no longer; it knows itself."""
    participation = request.partner_of(left)
    write(
        participation,
        "request_ended",
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
        "reason": Truncator(event.reason).chars(MOST_OF_REASON),
        "outcome": lazy(event.get_outcome_display, str)(),
        "who": who(event),
        "step": STEPS.get(event.step, ""),
    }


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
