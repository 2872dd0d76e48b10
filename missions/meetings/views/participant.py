"""What a participant sees first of a mission, behind any door."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from missions.doors import participant_page
from missions.meetings.overview import MEANINGS, agenda, next_steps, proposals
from umkm_portal.outbox.links import message_of


@require_safe
@participant_page
def home(request, participation):
    meetings = agenda(participation)
    context = {
        "participation": participation,
        "meaning": MEANINGS[participation.status],
        "steps": next_steps(participation, request.door),
        "agenda": meetings,
        "has_times": any(meeting.slot for meeting in meetings),
        "proposals": proposals(participation),
    }
    return render(request, "meetings/home.html", context)


@require_safe
@participant_page
def enter(request, participation):
    """Where the link of a message leads. Opening it changes nothing."""
    path = message_of(request.door.kwargs["token"]).path
    return redirect(request.door.url("home") + path)
