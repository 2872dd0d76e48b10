"""What a participant finds first: where it stands, what to do next, whom it meets when."""

from dataclasses import dataclass

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from missions.models import Participation, Side
from umkm_portal.formatting import instant

from .models import MeetingRequest, SelectedMeeting, Selection
from .request_lists import in_time
from .requests import can_be_reported

Status = Participation.Status
MEANINGS = {
    Status.APPLIED: gettext_lazy(
        "The organiser reads your application. You get a message once it is decided."
    ),
    Status.WAITING: gettext_lazy(
        "All places are taken at the moment. You move up by yourself when one gets free, and get a "
        "message."
    ),
    Status.ACCEPTED: gettext_lazy("You take part. Now choose whom to meet."),
    Status.DECLINED: gettext_lazy("You do not take part this time."),
    Status.WITHDRAWN: gettext_lazy("You have withdrawn from this mission."),
}


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
    if participation.is_accepted and participation.availability_at is None:
        steps.append(
            NextStep(
                _("Say when you can come"),
                door.url("availability"),
                _("Without it nobody can propose a time to you."),
            )
        )
    if not participation.listings.all():
        steps.append(
            NextStep(
                _("Choose what you offer or need in this mission"),
                door.url("listings"),
                _("Your partners are found by it."),
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
                "The organiser's proposal of meetings heeds it. Only you see what you wish."
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
    published = Selection.objects.published().filter(mission=participation.mission_id)
    latest = published.first()
    if latest is None or not participation.is_accepted:
        return []
    other = Side.BUYER if participation.side == Side.SELLER else Side.SELLER
    chosen = SelectedMeeting.objects.filter(
        selection=latest,
        **{participation.side: participation, f"{other}__status": Status.ACCEPTED},
    ).select_related(f"{other}__business__province")
    agreed = MeetingRequest.objects.of(participation).accepted()
    met = set(agreed.values_list("sender", "receiver"))
    partners = [getattr(meeting, other) for meeting in chosen]
    return [
        partner
        for partner in partners
        if not {(partner.pk, participation.pk), (participation.pk, partner.pk)} & met
    ]
