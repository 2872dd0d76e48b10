"""What a participant sees first of a mission, behind any door."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from missions.doors import participant_page
from missions.joining import obstacle_of
from missions.meetings.overview import agenda, meaning_of, next_steps, proposals
from missions.meetings.request_lists import live_requests
from missions.models import Participation
from umkm_portal.outbox.links import message_of

Status = Participation.Status


@require_safe
@participant_page
def home(request, participation):
    meetings = agenda(participation)
    context = {
        "participation": participation,
        "meaning": meaning_of(
            participation, agreed=len(meetings), is_assisted=request.door.is_assisted
        ),
        "steps": next_steps(participation, request.door),
        "agenda": meetings,
        "has_times": any(meeting.slot for meeting in meetings),
        "proposals": proposed(participation),
        "is_own_reason": is_own_reason(participation, request.door),
        "may_apply_again": may_apply_again(participation, request.door),
    }
    return render(request, "meetings/home.html", context)


def is_own_reason(participation, door):
    """Whether it was written by those who read it, not by an official."""
    if participation.status != Status.WITHDRAWN or door.is_assisted:
        return False
    people = participation.business.memberships
    return people.filter(user=participation.decided_by_id).exists()


def may_apply_again(participation, door):
    """Officials have a page of their own for it."""
    if participation.is_in_play or door.is_assisted:
        return False
    return not obstacle_of(participation.mission, participation.business)


def proposed(participation):
    """Partners that the organiser proposes, each with the request that waits for an answer."""
    partners = proposals(participation)
    live = live_requests(participation) if partners else {}
    for partner in partners:
        partner.live = live.get(partner.pk)
    return partners


@require_safe
@participant_page
def enter(request, participation):
    """Where the link of a message leads. Opening it changes nothing."""
    path = message_of(request.door.kwargs["token"]).path
    return redirect(request.door.url("home") + path)
