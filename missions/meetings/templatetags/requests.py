from django import template

from missions.meetings import times
from missions.meetings.models import MeetingRequest

register = template.Library()

register.filter(times.when)


@register.filter
def state(request):
    """What nobody answered in time has expired, also before the sweep has been there."""
    status = request.Status
    if request.status == status.PENDING and not request.is_pending:
        return status.EXPIRED.label
    return request.get_status_display()


@register.filter
def number_ahead(participation):
    """How many agreed meetings, with a time or without one, are still to take place."""
    return MeetingRequest.objects.of(participation).ahead().count()


@register.simple_tag
def chip(request):
    """The look of its status."""
    if request.is_accepted:
        return "chip chip-final"
    return "chip chip-promised" if request.is_pending else "chip"
