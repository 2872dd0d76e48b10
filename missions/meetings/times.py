"""When two participants can meet: both can come, neither sits elsewhere, and a table is left."""

from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from missions.models import DatePrecision, Slot
from umkm_portal.formatting import hours, partial_date

from .models import Booking, MatchingRules


def rules_of(mission):
    """What the organiser decided, or what holds until then."""
    rules = MatchingRules.objects.filter(mission=mission).first()
    return rules or MatchingRules(mission=mission)


def tables_for_meetings(rules):
    """At each time, less those that are kept free for changes on the day."""
    return max(1, rules.tables * (100 - rules.spare_percent) // 100)


def common_free_slots(one, other):
    """Those still to come at which both said that they can, and nothing is agreed yet. Requests
    that wait for an answer take none of them."""
    booked = Booking.objects.filter(slot=OuterRef("pk"))
    meetings = (
        booked.order_by()
        .values("slot")
        .annotate(meetings=Count("request", distinct=True))
        .values("meetings")
    )
    tables = tables_for_meetings(rules_of(one.mission))
    return (
        Slot.objects.filter(mission=one.mission_id, starts_at__gt=timezone.now())
        .filter(free=one)
        .filter(free=other)
        .filter(~Exists(booked.filter(participation__in=[one, other])))
        .annotate(meetings=Coalesce(Subquery(meetings), 0))
        .filter(meetings__lt=tables)
        .select_related("mission")
    )


def when(slot):
    """ "8 Mei 2025, 09.00–09.20 WITA" """
    return between(slot.starts_at, slot.ends_at, slot.mission)


def between(starts_at, ends_at, mission):
    zone = ZoneInfo(mission.timezone)
    begins, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    day = partial_date(begins.date(), DatePrecision.DAY)
    return f"{day}, {hours(begins, ends)} {mission.zone}"
