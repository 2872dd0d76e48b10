"""Calendar files: names, times and places, and what becomes of them."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from missions.doors import Actor
from missions.letters import write
from missions.meetings import requests
from missions.meetings.calendars import meetings_calendar
from missions.models import DatePrecision, Mission
from tests.factories import (
    ContactFactory,
    MissionFactory,
    ParticipationFactory,
    ProvinceFactory,
    SlotFactory,
)
from umkm_portal.outbox.links import token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def mission():
    return MissionFactory(
        status=Mission.Status.CURATION,
        host_province=ProvinceFactory(code="64"),
        starts_on=timezone.localdate() + timedelta(days=60),
    )


@pytest.fixture
def slots(mission):
    return SlotFactory.create_batch(2, mission=mission)


@pytest.fixture
def pair(mission, slots):
    return [
        ParticipationFactory(mission=mission, side=side, free=slots)
        for side in ("seller", "buyer")
    ]


def actor(participation):
    return Actor(participation.business.memberships.first().user)


@pytest.fixture
def agreed(pair, slots):
    seller, buyer = pair
    request = requests.send(
        seller, buyer, message="Rahasia dagang", slot=slots[0], actor=actor(seller)
    )
    return requests.accept(request, participation=buyer, actor=actor(buyer))


def events_of(participation):
    calendar = Calendar.from_ical(meetings_calendar(participation))
    return calendar, calendar.walk("VEVENT")


def test_an_agreed_meeting_stands_in_it_with_the_zone_of_the_mission(
    pair, agreed, slots, mission
):
    seller, buyer = pair

    calendar, [event] = events_of(buyer)

    assert event.start == slots[0].starts_at
    assert event.end == slots[0].ends_at
    assert event["DTSTART"].params["TZID"] == mission.timezone == "Asia/Makassar"
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == mission.timezone
    assert seller.name in event["SUMMARY"]
    assert event["STATUS"] == "CONFIRMED"


def test_it_names_no_person_and_no_message(pair, agreed):
    seller, buyer = pair
    contact = ContactFactory(business=seller.business)

    text = meetings_calendar(buyer).decode()

    for secret in (contact.value, actor(seller).user.name, "Rahasia dagang"):
        assert secret not in text
    assert "ATTENDEE" not in text
    assert "ORGANIZER" not in text


def test_a_cancelled_meeting_is_struck_out(pair, agreed):
    seller, buyer = pair
    _calendar, [before] = events_of(buyer)

    requests.cancel(agreed, participation=seller, reason="x", actor=actor(seller))

    for one in pair:
        _calendar, [after] = events_of(one)
        assert after["STATUS"] == "CANCELLED"
    _calendar, [after] = events_of(buyer)
    assert after["UID"] == before["UID"]
    assert after.start == before.start
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_a_meeting_whose_time_went_is_struck_out(pair, agreed, slots, mission):
    starts_at = slots[0].starts_at
    requests.take_off(mission, slots[:1])
    slots[0].delete()

    _calendar, [event] = events_of(pair[0])

    assert event["STATUS"] == "CANCELLED"
    assert event.start == starts_at


def test_another_venue_is_another_version_of_every_meeting(pair, agreed, mission):
    [before] = events_of(pair[0])[1]
    mission.venue = "Hotel Senyiur"
    mission.save()
    seller = type(pair[0]).objects.with_listings().get(pk=pair[0].pk)

    [after] = events_of(seller)[1]

    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LOCATION"].startswith("Hotel Senyiur")


def test_a_new_time_is_no_date_before_it_is_agreed(pair, agreed, slots):
    seller, buyer = pair
    facts = {"participation": seller, "actor": actor(seller)}
    requests.ask_new_time(agreed, slot=slots[1], **facts)
    _calendar, [before] = events_of(buyer)
    requests.agree_new_time(agreed, participation=buyer, actor=actor(buyer))
    _calendar, [after] = events_of(buyer)

    assert (before.start, after.start) == (slots[0].starts_at, slots[1].starts_at)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_a_new_time_that_nobody_agreed_to_is_struck_out_nowhere(pair, agreed, slots):
    seller, buyer = pair
    facts = {"participation": seller, "actor": actor(seller)}
    requests.ask_new_time(agreed, slot=slots[1], **facts)
    requests.take_back(agreed, **facts)
    requests.take_off(seller.mission, slots[:1])

    _calendar, [event] = events_of(buyer)

    assert event.start == slots[0].starts_at


def test_what_waits_or_was_declined_is_no_date(pair, slots):
    seller, buyer = pair
    request = requests.send(seller, buyer, slot=slots[0], actor=actor(seller))
    assert events_of(buyer)[1] == []
    requests.decline(request, participation=buyer, reason="x", actor=actor(buyer))

    assert events_of(buyer)[1] == []


@pytest.mark.parametrize("many", [1, 2])
def test_it_takes_the_same_queries(
    mission, slots, pair, many, django_assert_num_queries
):
    buyer = pair[1]
    for slot in slots[:many]:
        other = ParticipationFactory(mission=mission, free=slots)
        request = requests.send(other, buyer, slot=slot, actor=actor(other))
        requests.accept(request, participation=buyer, actor=actor(buyer))
    buyer = type(buyer).objects.with_listings().get(pk=buyer.pk)

    with django_assert_num_queries(6):
        assert len(events_of(buyer)[1]) == many


def test_the_link_of_a_message_opens_it(client, pair, agreed):
    [message] = write(pair[0], "accepted")

    response = client.get(reverse("meetings:link:calendar", args=[token_of(message)]))

    assert response["Content-Type"].startswith("text/calendar")
    assert Calendar.from_ical(response.content).walk("VEVENT")


def test_the_day_of_a_mission_is_for_everybody(client, mission):
    mission.ends_on = mission.starts_on + timedelta(days=1)
    mission.save()
    address = reverse("publication:mission_calendar", args=[mission.slug])

    [event] = Calendar.from_ical(client.get(address).content).walk("VEVENT")

    assert event.start == mission.starts_on
    assert event.end == mission.ends_on + timedelta(days=1)
    assert event["URL"].endswith(mission.get_absolute_url())
    page = client.get(mission.get_absolute_url())
    assert address.encode() in page.content


def test_a_month_is_no_day(client):
    vague = MissionFactory(
        starts_on=date(2027, 5, 1), date_precision=DatePrecision.MONTH
    )

    address = reverse("publication:mission_calendar", args=[vague.slug])

    assert client.get(address).status_code == 404
    assert address.encode() not in client.get(vague.get_absolute_url()).content


def test_a_draft_has_no_calendar(client):
    draft = MissionFactory(status=Mission.Status.DRAFT)

    address = reverse("publication:mission_calendar", args=[draft.slug])

    assert client.get(address).status_code == 404
