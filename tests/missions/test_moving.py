"""A mission that moves: not while its meetings have times, and not without its participants."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from missions.meetings.calendars import mission_calendar
from missions.models import DatePrecision, Letter, Mission, Participation
from tests.factories import (
    AppointmentFactory,
    MissionFactory,
    ParticipationFactory,
    ProvinceFactory,
    SlotFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def mission():
    return MissionFactory(
        status=Mission.Status.CURATION, starts_on=timezone.localdate() + 60 * DAY
    )


@pytest.fixture
def office(client, mission):
    """The browser of the province admin, in the admin."""
    client.force_login(AppointmentFactory(province=mission.initiator_province).user)
    return client


def change(office, mission, **changes):
    fields = {
        "slug": mission.slug,
        "initiator_province": "35",
        "host_province": "64",
        "partner_provinces": ["64"],
        "theme": mission.theme,
        "venue": mission.venue,
        "city": mission.city,
        "starts_on": mission.starts_on,
        "ends_on": mission.ends_on or "",
        "date_precision": mission.date_precision,
        "commodities-TOTAL_FORMS": 0,
        "commodities-INITIAL_FORMS": 0,
        "counts-TOTAL_FORMS": 0,
        "counts-INITIAL_FORMS": 0,
    }
    page = reverse("admin:missions_mission_change", args=[mission.pk])
    return office.post(page, fields | changes)


def refused(response):
    """The fields beside which something stands; none when it was saved."""
    if response.status_code == 302:
        return set()
    return set(response.context["adminform"].form.errors)


MOVES = {
    "starts_on": lambda mission: {"starts_on": mission.starts_on + DAY},
    "date_precision": lambda mission: {"date_precision": DatePrecision.MONTH},
    "host_province": lambda mission: {"host_province": "91"},
    "ends_on": lambda mission: {"ends_on": mission.starts_on},
}


@pytest.mark.parametrize("field", MOVES)
def test_day_and_host_stay_while_there_are_times(office, mission, field):
    ProvinceFactory(code="91", timezone="Asia/Jayapura")
    mission.ends_on = mission.starts_on + DAY if field == "ends_on" else None
    mission.save()
    slot = SlotFactory(mission=mission)
    if field == "ends_on":
        slot.starts_at, slot.ends_at = slot.starts_at + DAY, slot.ends_at + DAY
        slot.save()
    participation = ParticipationFactory(mission=mission)
    before = Mission.objects.values().get()
    moved = MOVES[field](mission)

    assert refused(change(office, mission, **moved)) == {field}
    assert Mission.objects.values().get() == before
    assert not participation.letters.exists()

    slot.delete()
    assert refused(change(office, mission, **moved)) == set()
    assert participation.letters.get().message.kind == "mission_moved"


def test_a_longer_mission_keeps_its_times(office, mission):
    SlotFactory(mission=mission)

    assert refused(change(office, mission, ends_on=mission.starts_on + DAY)) == set()


def test_an_online_mission_stays_in_the_zone_of_its_initiator():
    mission = MissionFactory(host_province=None, partner_provinces=[])
    SlotFactory(mission=mission)
    mission.initiator_province = ProvinceFactory(code="91", timezone="Asia/Jayapura")

    with pytest.raises(ValidationError) as problem:
        mission.full_clean()

    assert set(problem.value.error_dict) == {"initiator_province"}


def test_whoever_has_a_place_is_told_of_another_venue(office, mission):
    SlotFactory(mission=mission)
    accepted = ParticipationFactory(mission=mission)
    ParticipationFactory(mission=mission, status=Participation.Status.APPLIED)
    ParticipationFactory()
    before = version_of(mission)

    assert refused(change(office, mission, venue="Hotel Senyiur")) == set()

    letter = Letter.objects.get()
    assert letter.participation == accepted
    assert "Hotel Senyiur, Balikpapan" in letter.message.text
    assert version_of(mission) > before


def version_of(mission):
    """Calendars replace what they hold by what has a higher number."""
    mission = Mission.objects.get(pk=mission.pk)
    [event] = Calendar.from_ical(mission_calendar(mission)).walk("VEVENT")
    return event["SEQUENCE"]


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (Mission.Status.CURATION, {"theme": "Kopi"}),
        (Mission.Status.CLOSED, {"venue": "Hotel Senyiur"}),
    ],
)
def test_nobody_is_told_of_anything_else(office, mission, status, changes):
    Mission.objects.update(status=status)
    ParticipationFactory(mission=mission)

    assert refused(change(office, mission, **changes)) == set()

    assert not Letter.objects.exists()
