"""What a participant finds first: where it stands, what to do next, whom it meets when."""

from dataclasses import dataclass

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from missions.models import Participation
from umkm_portal.formatting import instant

from .missing_times import missing_times, words_of
from .models import MeetingRequest, Selection
from .request_lists import in_time
from .requests import can_be_reported

Status = Participation.Status
MEANINGS = {
    Status.APPLIED: gettext_lazy(
        "The organiser reads your application. You get a message once it is decided."
    ),
    Status.WAITING: gettext_lazy(
        "You are on the waiting list. You get a message once there is a place for you."
    ),
    Status.ACCEPTED: gettext_lazy("You take part. Now choose whom to meet."),
    Status.DECLINED: gettext_lazy("You do not take part this time."),
    Status.WITHDRAWN: gettext_lazy("You no longer take part in this mission."),
}
# As an official reads it who helps the business.
MEANINGS_FOR_OFFICIALS = {
    Status.APPLIED: gettext_lazy(
        "The organiser reads the application. %(business)s gets a message once it is decided."
    ),
    Status.WAITING: gettext_lazy(
        "%(business)s is on the waiting list. It gets a message once there is a place for it."
    ),
    Status.ACCEPTED: gettext_lazy(
        "%(business)s takes part. Now it is time to choose whom it meets."
    ),
    Status.DECLINED: gettext_lazy("%(business)s does not take part this time."),
    Status.WITHDRAWN: gettext_lazy(
        "%(business)s no longer takes part in this mission."
    ),
}


def meaning_of(participation, *, agreed=0, is_assisted=False):
    """`agreed` is the number of its agreed meetings."""
    if participation.is_in_play and participation.mission.is_over:
        return _("This mission is over.")
    if participation.is_accepted and agreed:
        return _with_meetings(participation, agreed, is_assisted)
    if is_assisted:
        return MEANINGS_FOR_OFFICIALS[participation.status] % {
            "business": participation.name
        }
    return MEANINGS[participation.status]


def _with_meetings(participation, agreed, is_assisted):
    words = (
        ngettext(
            "%(business)s takes part. %(count)s meeting is agreed.",
            "%(business)s takes part. %(count)s meetings are agreed.",
            agreed,
        )
        if is_assisted
        else ngettext(
            "You take part. %(count)s meeting is agreed.",
            "You take part. %(count)s meetings are agreed.",
            agreed,
        )
    )
    return words % {"business": participation.name, "count": agreed}


@dataclass(frozen=True)
class NextStep:
    text: str
    address: str
    note: str = ""


def next_steps(participation, door):
    """What helps most now, the most urgent first."""
    if not participation.is_in_play or participation.mission.is_over:
        return list(_to_report(participation, door))
    steps = list(_to_answer(participation, door))
    steps += _to_report(participation, door)
    if participation.is_accepted and participation.is_silent_about_times:
        steps.append(
            NextStep(
                _("Say when you can come"),
                door.url("availability"),
                _(
                    "Until you do, meetings are proposed to you as if you could always come, "
                    "but no time can be agreed."
                ),
            )
        )
    steps += _to_propose(participation, door)
    if participation.brings_nothing:
        steps.append(
            NextStep(
                _("Choose what you offer or need in this mission"),
                door.url("listings"),
                _(
                    "Partners are found by the offers of a seller and the needs of a buyer."
                ),
            )
        )
    # Not even that there is none is shown to an official.
    if participation.is_accepted and not door.is_assisted:
        steps += _to_wish(participation, door)
    return steps


def _to_answer(participation, door):
    waiting = list(
        MeetingRequest.objects.awaiting(participation)
        .order_by("expires_at")
        .values_list("expires_at", flat=True)
    )
    if waiting:
        text = ngettext(
            "Answer %(count)s request", "Answer %(count)s requests", len(waiting)
        ) % {"count": len(waiting)}
        first = instant(waiting[0], participation.mission.timezone)
        note = _("The first one until %(until)s.") % {"until": first}
        yield NextStep(text, door.url("requests"), note)


def _to_propose(participation, door):
    """Times for what is agreed without one."""
    itself = Participation.objects.accepted().filter(pk=participation.pk)
    for found in missing_times(itself):
        yield NextStep(
            words_of(found.untimed),
            door.url("requests") + "#agreed",
            _("They are agreed, but have no time."),
        )


def _to_report(participation, door):
    agreed = MeetingRequest.objects.of(participation).accepted()
    for request in agreed.exclude(reports__participation=participation).with_parties():
        if can_be_reported(request):
            partner = request.partner_of(participation)
            text = _("Say how the meeting with %(partner)s went") % {
                "partner": partner.name
            }
            yield NextStep(text, door.url("request_report", pk=request.pk))


def _to_wish(participation, door):
    if not participation.wishes.exists():
        yield NextStep(
            _("Say whom you wish to meet"),
            door.url("matches"),
            _(
                "The organiser's proposal of meetings heeds it. Nobody learns of a “no”."
            ),
        )


def agenda(participation):
    """The agreed meetings in their order, each with `partner`."""
    found = MeetingRequest.objects.of(participation).accepted().with_parties()
    meetings = in_time(found)
    for meeting in meetings:
        meeting.partner = meeting.partner_of(participation)
    return meetings


def proposals(participation):
    """Partners with whom the organiser proposes meetings, and nothing is agreed yet."""
    if participation.mission.is_over:
        return []
    published = Selection.objects.published().filter(mission=participation.mission_id)
    latest = published.first()
    if latest is None or not participation.is_accepted:
        return []
    other = participation.other_side
    chosen = latest.meetings.proposed().filter(**{participation.side: participation})
    chosen = chosen.select_related(f"{other}__business__province")
    return [getattr(meeting, other) for meeting in chosen]
