"""Calendar files: the agreed meetings of one participant, and the day of a mission.

They carry names of businesses and places only: no person, no phone number, no message. A meeting
keeps its UID for ever, and its SEQUENCE grows with every step, so that calendars replace it.
"""

from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from missions.models import DatePrecision

from .models import MeetingRequest, RequestEvent

CONTENT_TYPE = "text/calendar; charset=utf-8"
CONFIRMED, CANCELLED = "CONFIRMED", "CANCELLED"
Step = RequestEvent.Step
# Times that never were those of a meeting.
ONLY_PROPOSED = (Step.MOVING, Step.NOT_MOVED, Step.TAKEN_BACK, Step.LAPSED)


def meetings_calendar(participation):
    """Agreed meetings with a time, and those that were cancelled or whose time went: a calendar
    that has them strikes them out."""
    mission = participation.mission
    title, place = mission.title, mission.venue_and_place
    calendar = _empty(title)
    calendar.add_component(Timezone.from_tzid(mission.timezone))
    changes = _changes_of(mission)
    for meeting in _once_agreed(participation):
        event = _meeting(meeting, participation, *changes)
        if event is not None:
            event.add("location", place)
            event.add("description", title)
            calendar.add_component(event)
    return calendar.to_ical()


def _once_agreed(participation):
    agreed = Step.ACCEPTED
    return (
        MeetingRequest.objects.of(participation)
        .filter(Q(events__step=agreed) | Q(bookings__participation=participation))
        .with_parties()
        .prefetch_related("events")
        .distinct()
        .order_by("pk")
    )


def _meeting(request, participation, changes, changed_at):
    """None for a meeting that never had a time. `changes` are those of the mission: at another
    venue each of its meetings is another version, too."""
    events = list(request.events.all())
    times = [
        (one.starts_at, one.ends_at)
        for one in events
        if one.starts_at and one.step not in ONLY_PROPOSED
    ]
    stands = request.is_accepted and request.slot
    if stands:
        times = [(request.slot.starts_at, request.slot.ends_at)]
    if not times:
        return None
    partner = request.partner_of(participation)
    zone = ZoneInfo(participation.mission.timezone)
    starts_at, ends_at = times[-1]
    event = _event(f"temu-{request.pk}-{participation.pk}")
    event.add("summary", _("Meeting: %(partner)s") % {"partner": partner.name})
    event.add("dtstart", starts_at.astimezone(zone))
    event.add("dtend", ends_at.astimezone(zone))
    last_step_at = events[-1].at if events else request.created_at
    event.add("dtstamp", max(last_step_at, changed_at))
    event.add("sequence", len(events) + changes)
    event.add("status", CONFIRMED if stands else CANCELLED)
    return event


def has_calendar(mission):
    """A date that is known to the month only is no date for a calendar."""
    return mission.starts_on and mission.date_precision == DatePrecision.DAY


def mission_calendar(mission):
    """The days of a mission that are known exactly, see `has_calendar`."""
    calendar = _empty(mission.title)
    changes, changed_at = _changes_of(mission)
    event = _event(f"misi-{mission.slug}")
    event.add("summary", _("Trade mission %(title)s") % {"title": mission.title})
    event.add("dtstart", mission.starts_on)
    event.add("dtend", (mission.ends_on or mission.starts_on) + timedelta(days=1))
    event.add("dtstamp", changed_at)
    event.add("sequence", changes)
    event.add("status", CONFIRMED)
    event.add("location", mission.venue_and_place)
    event.add("url", settings.SITE_URL + mission.get_absolute_url())
    # The day is not taken: who wants to come decides.
    event.add("transp", "TRANSPARENT")
    calendar.add_component(event)
    return calendar.to_ical()


def _changes_of(mission):
    """(how often it was changed, when last)"""
    versions = list(mission.history.values_list("history_date", flat=True))
    return len(versions), max(versions, default=timezone.now())


def _empty(name):
    calendar = Calendar()
    calendar.add("prodid", "-//Portal Misi Dagang//ID")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    return calendar


def _event(name):
    event = Event()
    event.add("uid", f"{name}@{urlsplit(settings.SITE_URL).hostname}")
    return event
