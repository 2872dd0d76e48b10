from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from missions.doors import Actor
from missions.joining import state_availability
from missions.meetings import requests
from missions.meetings.models import (
    Booking,
    MatchingRules,
    MeetingRequest,
    RequestEvent,
)
from missions.meetings.programme import capacity, effect_of, lay_out, times_of
from missions.meetings.programme_form import ProgrammeForm
from missions.models import Letter, Mission, Participation, Slot
from tests.factories import (
    AppointmentFactory,
    MeetingRequestFactory,
    MissionFactory,
    ParticipationFactory,
    ProvinceFactory,
    SlotFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ZONE = "Asia/Makassar"
DAY = date(2030, 5, 9)


@pytest.fixture
def mission():
    return MissionFactory(starts_on=DAY, status=Mission.Status.CURATION)


@pytest.fixture
def official():
    province = ProvinceFactory(code="35")
    return AppointmentFactory(province=province, role="operator").user


def at(hour, minute=0, day=DAY):
    return datetime.combine(day, time(hour, minute), ZoneInfo(ZONE))


def meeting_at(hour, minute=0, minutes=20):
    begins = at(hour, minute)
    return begins, begins + timedelta(minutes=minutes)


def told(participation):
    letters = Letter.objects.filter(participation=participation).order_by("pk")
    return [letter.message.kind for letter in letters]


def hours(times):
    return [f"{begins:%H.%M}" for begins, _ends in times]


# What the hours of a day come to


def test_meetings_follow_each_other_with_a_change_and_around_breaks():
    times = times_of(
        DAY,
        time(9),
        time(14),
        minutes=45,
        change=15,
        breaks=[(time(11, 30), time(13))],
        zone=ZONE,
    )

    assert hours(times) == ["09.00", "10.00", "13.00"]
    assert times[0] == meeting_at(9, minutes=45)


@pytest.mark.parametrize(
    ("ends", "breaks", "wanted"),
    [
        (time(9, 40), [], ["09.00", "09.20"]),
        (time(9, 39), [], ["09.00"]),
        (time(9, 10), [], []),
        (time(10), [(time(8), time(9, 30))], ["09.30"]),
        (time(10), [(time(9, 10), time(9, 20)), (time(9, 20), time(9, 40))], ["09.40"]),
        (time(10), [(time(9), time(10))], []),
    ],
)
def test_only_whole_meetings_outside_breaks_are_held(ends, breaks, wanted):
    times = times_of(DAY, time(9), ends, minutes=20, change=0, breaks=breaks, zone=ZONE)

    assert hours(times) == wanted


# Laying out


def test_the_first_programme_asks_all_who_take_part_when_they_can_come(mission):
    accepted = ParticipationFactory(mission=mission)
    applied = ParticipationFactory(mission=mission, status=Participation.Status.APPLIED)

    effect = lay_out(mission, [meeting_at(9), meeting_at(10)], by=UserFactory())

    assert [slot.hours for slot in mission.slots.all()] == [
        "09.00–09.20",
        "10.00–10.20",
    ]
    assert effect.is_first
    assert told(accepted) == ["times_open"]
    assert told(applied) == []


def test_times_that_stay_keep_who_can_come_and_who_meets_then(mission):
    lay_out(mission, [meeting_at(9), meeting_at(10)], by=UserFactory())
    nine, ten = mission.slots.all()
    free_at_both = ParticipationFactory(mission=mission, free=[nine, ten])
    free_at_ten = ParticipationFactory(
        mission=mission, free=[ten], side=Participation.Side.BUYER
    )
    agreed = agree(free_at_both, free_at_ten, ten)

    lay_out(mission, [meeting_at(10)], by=UserFactory())

    assert list(free_at_both.free_slots.all()) == [ten]
    assert Booking.objects.filter(request=agreed, slot=ten).count() == 2
    assert "times_changed" in told(free_at_both)
    assert "times_changed" not in told(free_at_ten)


def agree(one, other, slot):
    asked = requests.send(one, other, slot=slot, actor=owner_of(one))
    return requests.accept(asked, participation=other, actor=owner_of(other))


def owner_of(participation):
    return Actor(participation.business.memberships.first().user)


def test_a_meeting_whose_time_goes_stays_agreed_and_both_are_told(mission):
    lay_out(mission, [meeting_at(9), meeting_at(10)], by=UserFactory())
    nine, ten = mission.slots.all()
    one = ParticipationFactory(mission=mission, free=[nine, ten])
    other = ParticipationFactory(mission=mission, free=[nine, ten], side="buyer")
    agreed, by = agree(one, other, nine), UserFactory()

    effect = lay_out(mission, [meeting_at(10)], by=by)

    agreed.refresh_from_db()
    assert (agreed.status, agreed.slot) == (MeetingRequest.Status.ACCEPTED, None)
    assert not Booking.objects.exists()
    assert effect.losing == [agreed]
    event = agreed.events.last()
    assert (event.step, event.actor) == (RequestEvent.Step.TIME_LOST, by)
    for participation in (one, other):
        assert "request_time_lost" in told(participation)


def test_a_request_that_waits_loses_a_proposed_time_and_goes_on_waiting(mission):
    lay_out(mission, [meeting_at(9)], by=UserFactory())
    nine = mission.slots.get()
    waiting = MeetingRequestFactory(sender__mission=mission, slot=nine)

    lay_out(mission, [meeting_at(13)], by=UserFactory())

    waiting.refresh_from_db()
    assert (waiting.status, waiting.slot) == (MeetingRequest.Status.PENDING, None)
    assert told(waiting.sender) == ["request_time_lost"]


def test_a_time_of_another_length_is_another_time(mission):
    lay_out(mission, [meeting_at(9)], by=UserFactory())
    free = ParticipationFactory(mission=mission, free=mission.slots.all())

    lay_out(mission, [meeting_at(9, minutes=30)], by=UserFactory())

    assert mission.slots.get().hours == "09.00–09.30"
    assert not free.free_slots.exists()
    assert told(free) == ["times_changed"]


def test_the_same_programme_once_more_changes_and_tells_nothing(mission):
    times = [meeting_at(9), meeting_at(10)]
    lay_out(mission, times, by=UserFactory())
    free = ParticipationFactory(mission=mission, free=mission.slots.all())
    before = list(mission.slots.values_list("pk", flat=True))

    effect = lay_out(mission, reversed(times), by=UserFactory())

    assert not effect.changes_anything
    assert list(mission.slots.values_list("pk", flat=True)) == before
    assert told(free) == []


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ([meeting_at(9), meeting_at(9, 10)], "overlap"),
        ([meeting_at(9), meeting_at(9)], "overlap"),
        ([(at(10), at(9))], "order"),
        ([(at(9), at(9))], "order"),
        (
            [(at(9, day=DAY + timedelta(days=1)), at(10, day=DAY + timedelta(days=1)))],
            "day",
        ),
        ([(at(23, 50), at(0, 10, DAY + timedelta(days=1)))], "day"),
        ([(at(8, n % 60), at(8, n % 60)) for n in range(201)], "too_many"),
    ],
)
def test_a_programme_that_cannot_be_is_refused_and_changes_nothing(
    mission, times, code
):
    lay_out(mission, [meeting_at(15)], by=UserFactory())

    with pytest.raises(ValidationError) as refused:
        lay_out(mission, times, by=UserFactory())

    assert refused.value.code == code
    assert mission.slots.get().hours == "15.00–15.20"


def test_meetings_may_touch(mission):
    lay_out(mission, [meeting_at(9), meeting_at(9, 20)], by=UserFactory())

    assert mission.slots.count() == 2


def test_a_mission_of_several_days_has_times_on_each(mission):
    mission.ends_on = DAY + timedelta(days=1)
    mission.save()
    second = DAY + timedelta(days=1)

    lay_out(mission, [meeting_at(9), (at(9, day=second), at(10, day=second))], by=None)

    assert {slot.half_day for slot in mission.slots.all()} == {
        (DAY, True),
        (second, True),
    }


def test_the_programme_of_a_mission_that_is_over_stays(mission):
    mission.status = Mission.Status.CLOSED
    mission.save()

    with pytest.raises(ValidationError):
        lay_out(mission, [meeting_at(9)], by=UserFactory())


def test_what_was_not_in_the_preview_is_not_done(mission):
    lay_out(mission, [meeting_at(9)], by=UserFactory())
    seen = effect_of(mission, [meeting_at(10)]).fingerprint
    free = ParticipationFactory(mission=mission)
    state_availability(free, mission.slots.all(), actor=owner_of(free))

    with pytest.raises(ValidationError) as refused:
        lay_out(mission, [meeting_at(10)], by=UserFactory(), seen=seen)

    assert refused.value.code == "changed"
    assert mission.slots.get().hours == "09.00–09.20"


def test_capacity_is_times_by_tables_less_those_kept_free(mission):
    MatchingRules.objects.create(mission=mission, tables=20, spare_percent=15)
    SlotFactory.create_batch(3, mission=mission)

    assert capacity(mission) == 3 * 17


# The form and its page


def filled(**said):
    usual = {"minutes": 20, "change": 5, "from_0": "09:00", "to_0": "10:00"}
    return usual | {"breaks_0": "", **said}


def test_what_was_laid_out_stands_in_the_form_again(mission):
    form = ProgrammeForm(
        filled(to_0="15:40", breaks_0="12.00–13.00; 14:20-14.40"), mission=mission
    )
    assert form.is_valid(), form.errors
    lay_out(mission, form.times, by=UserFactory())

    again = ProgrammeForm(None, mission=mission)
    sent = {name: again[name].value() for name in again.fields}
    once_more = ProgrammeForm(sent, mission=mission)

    assert once_more.is_valid(), once_more.errors
    assert not once_more.effect().changes_anything


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"minutes": "9"}, "minutes"),
        ({"minutes": "61"}, "minutes"),
        ({"change": "-1"}, "change"),
        ({"breaks_0": "siang"}, "breaks_0"),
        ({"breaks_0": "13.00–12.00"}, "breaks_0"),
        ({"breaks_0": "25.00–26.00"}, "breaks_0"),
        ({"to_0": ""}, "to_0"),
        ({"from_0": ""}, "from_0"),
        ({"to_0": "08:00"}, "to_0"),
        ({"from_0": "pagi"}, "from_0"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(mission, said, field):
    form = ProgrammeForm(filled(**said), mission=mission)

    assert not form.is_valid()
    assert set(form.errors) == {field}


def test_on_a_friday_the_prayer_is_kept_free_unless_said_otherwise():
    friday = MissionFactory(starts_on=date(2030, 5, 10))

    assert ProgrammeForm(None, mission=friday).initial["breaks_0"] == "11.30–13.00"


def test_a_preview_saves_nothing_and_saying_yes_does(client, mission, official):
    client.force_login(official)
    address = reverse("meetings:programme", args=[mission.slug])
    participation = ParticipationFactory(mission=mission)

    page = client.get(address, filled())
    assert not Slot.objects.exists()
    assert page.context["effect"].asked == [participation]
    assert participation.name in page.content.decode()

    seen = page.context["effect"].fingerprint
    response = client.post(address, filled(seen=seen))
    assert response.status_code == 302
    assert [slot.hours for slot in mission.slots.all()] == [
        "09.00–09.20",
        "09.25–09.45",
    ]


def test_saying_yes_to_something_else_shows_the_preview_again(
    client, mission, official
):
    client.force_login(official)
    address = reverse("meetings:programme", args=[mission.slug])

    page = client.post(address, filled(seen="somethingelse"))

    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert page.context["effect"].comes
    assert not Slot.objects.exists()


def test_without_a_known_day_the_page_says_what_is_missing(client, official):
    mission = MissionFactory(starts_on=None, date_precision="unknown")
    client.force_login(official)

    page = client.get(reverse("meetings:programme", args=[mission.slug]))

    assert page.context["form"].days == []
    assert b'name="minutes"' not in page.content


def test_an_auditor_sees_the_programme_and_changes_nothing(client, mission):
    lay_out(mission, [meeting_at(9)], by=UserFactory())
    auditor = AppointmentFactory(province=ProvinceFactory(code="35"), role="auditor")
    client.force_login(auditor.user)
    address = reverse("meetings:programme", args=[mission.slug])

    assert b'name="minutes"' not in client.get(address).content
    assert client.post(address, filled()).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_as_often_whatever_there_is(
    client, mission, official, django_assert_num_queries, count
):
    SlotFactory.create_batch(count, mission=mission)
    for _number in range(count):
        one = ParticipationFactory(mission=mission, free=mission.slots.all())
        MeetingRequestFactory(sender=one, slot=mission.slots.first())
    client.force_login(official)
    address = reverse("meetings:programme", args=[mission.slug])
    client.get(address)

    with django_assert_num_queries(18):
        page = client.get(address, filled(from_0="13:00", to_0="14:00"))

    assert len(page.context["effect"].losing) == count
