from django.http import HttpResponse
from django.views.decorators.http import require_safe

from missions.doors import participant_page
from missions.meetings.calendars import CONTENT_TYPE, meetings_calendar


@require_safe
@participant_page
def calendar(request, participation):
    """The agreed meetings for the calendar of a phone. No language in its address: a subscription
    keeps the one it was made in."""
    response = HttpResponse(meetings_calendar(participation), CONTENT_TYPE)
    name = f"jadwal-{participation.mission.slug}.ics"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
