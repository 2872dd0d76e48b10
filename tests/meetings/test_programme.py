from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from missions.chasing import CHASES
from missions.doors import Actor
from missions.joining import state_availability
from missions.meetings import requests
from missions.meetings.models import (
    Booking,
    MatchingRules,
    MeetingReport,
    MeetingRequest,
    RequestEvent,
)
from missions.meetings.programme import effect_of, lay_out, times_of
from missions.meetings.programme_form import ProgrammeForm
from missions.meetings.rules import room_of
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
from umkm_portal.accounts.models import User

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


def text_to(participation):
    letters = Letter.objects.filter(participation=participation)
    return letters.latest("pk").message.text


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

    effect = lay_out(mission, [meeting_at(9), meeting_at(10)], by=None)

    assert [slot.hours for slot in mission.slots.all()] == [
        "09.00–09.20",
        "10.00–10.20",
    ]
    assert effect.is_first
    assert told(accepted) == ["times_open"]
    assert told(applied) == []


def test_times_that_stay_keep_who_can_come_and_who_meets_then(mission):
    lay_out(mission, [meeting_at(9), meeting_at(10)], by=None)
    nine, ten = mission.slots.all()
    free_at_both = ParticipationFactory(mission=mission, free=[nine, ten])
    free_at_ten = ParticipationFactory(
        mission=mission, free=[ten], side=Participation.Side.BUYER
    )
    agreed = agree(free_at_both, free_at_ten, ten)

    lay_out(mission, [meeting_at(10)], by=None)

    assert list(free_at_both.free_slots.all()) == [ten]
    assert Booking.objects.filter(request=agreed, slot=ten).count() == 2
    assert "times_changed" in told(free_at_both)
    assert "times_changed" not in told(free_at_ten)


def agree(one, other, slot):
    asked = requests.send(one, other, slot=slot, actor=owner_of(one))
    return requests.accept(asked, participation=other, actor=owner_of(other))


def owner_of(participation):
    return Actor(participation.business.memberships.first().user)


def test_a_meeting_whose_time_goes_stays_agreed_and_both_are_told(mission, official):
    lay_out(mission, [meeting_at(9), meeting_at(10)], by=None)
    nine, ten = mission.slots.all()
    one = ParticipationFactory(mission=mission, free=[nine, ten])
    other = ParticipationFactory(mission=mission, free=[nine, ten], side="buyer")
    agreed = agree(one, other, nine)

    effect = lay_out(mission, [meeting_at(10)], by=official)

    agreed.refresh_from_db()
    assert (agreed.status, agreed.slot) == (MeetingRequest.Status.ACCEPTED, None)
    assert not Booking.objects.exists()
    assert effect.losing == [agreed]
    assert len(effect.concerned) == effect.told == 2
    event = agreed.events.last()
    assert (event.step, event.actor) == (RequestEvent.Step.TIME_LOST, official)
    for participation, partner in ((one, other), (other, one)):
        assert told(participation)[-1] == "times_changed"
        assert f"{partner.name} " in text_to(participation)
        assert "09.00–09.20 WITA" in text_to(participation)


def test_a_request_that_waits_loses_a_proposed_time_and_goes_on_waiting(mission):
    lay_out(mission, [meeting_at(9)], by=None)
    nine = mission.slots.get()
    waiting = MeetingRequestFactory(sender__mission=mission, slot=nine)

    lay_out(mission, [meeting_at(13)], by=None)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.slot) == (MeetingRequest.Status.PENDING, None)
    assert told(waiting.sender) == ["times_changed"]
    assert waiting.receiver.name in text_to(waiting.sender)


def test_only_of_an_agreed_meeting_it_is_said_that_it_stands(mission):
    """What still waits for an answer is no meeting."""
    lay_out(mission, [meeting_at(9), meeting_at(10)], by=None)
    nine, ten = mission.slots.all()
    one, other, third = ParticipationFactory.create_batch(
        3, mission=mission, free=[nine, ten]
    )
    User.objects.update(language="en")
    agree(one, other, nine)
    requests.send(one, third, slot=ten, actor=owner_of(one))

    lay_out(mission, [], by=None)

    stands, waits = "Your agreed meeting with %s stands", "meeting with %s is gone"
    assert stands % other.name in text_to(one)
    assert waits % third.name in text_to(one)
    assert "still waits for an answer" in text_to(third)
    assert "stands" not in text_to(third)
    assert "still waits for an answer" not in text_to(other)


# What was said holds on


MORNING = [meeting_at(9, minute) for minute in (0, 20, 40)] + [
    meeting_at(10, minute) for minute in (0, 20, 40)
]


def free_after(mission, free, times, before=None):
    """The participant who could come at the times numbered `free`, after the change."""
    lay_out(mission, before or MORNING, by=None)
    slots = list(mission.slots.all())
    one = ParticipationFactory(mission=mission, free=[slots[each] for each in free])
    lay_out(mission, times, by=None)
    one.refresh_from_db()
    return one


def starts_of(participation):
    return [slot.hours[:5] for slot in participation.free_slots.all()]


HALF_HOURS = [
    meeting_at(hour, minute, minutes=30) for hour in (9, 10) for minute in (0, 30)
]


@pytest.mark.parametrize(
    ("free", "left"),
    [
        # All of the half-day
        ([0, 1, 2, 3, 4, 5], ["09.00", "09.30", "10.00", "10.30"]),
        # At each old time that a new one lies across
        ([0, 1], ["09.00"]),
        ([0, 1, 2], ["09.00", "09.30"]),
        ([0, 2, 3], []),
        ([], []),
    ],
)
def test_who_could_come_at_all_overlapping_times_still_can(mission, free, left):
    one = free_after(mission, free, HALF_HOURS)

    assert starts_of(one) == left
    assert told(one) == ["times_changed"]
    assert (one.availability_at is None) == (bool(free) and not left)


def test_a_whole_half_day_stays_whole_where_it_gets_longer(mission):
    one = free_after(
        mission,
        range(3),
        [*HALF_HOURS, meeting_at(11), meeting_at(15)],
        before=[*MORNING[:3], meeting_at(14)],
    )

    assert starts_of(one) == ["09.00", "09.30", "10.00", "10.30", "11.00"]


def test_who_has_nothing_left_is_asked_again_and_can_be_reminded(mission, english):
    one = free_after(mission, [0], [meeting_at(10)])

    assert one.availability_at is None
    assert list(mission.participations.silent_about_times()) == [one]
    assert one.history.first().availability_at is None
    letter = Letter.objects.get(participation=one, message__kind="times_changed")
    assert letter.message.path == "ketersediaan/"
    kinds = {chase.key: chase for chase in CHASES}
    assert one in kinds["ketersediaan"].rows(mission)


def test_a_time_held_today_is_nothing_left_for_tomorrow():
    """What is over is no reason not to ask again."""
    today = timezone.localdate(timezone=ZoneInfo(ZONE))
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    mission = MissionFactory(
        starts_on=yesterday, ends_on=tomorrow, status=Mission.Status.CURATION
    )
    slots = [
        SlotFactory(mission=mission, starts_at=begins, ends_at=begins + LENGTH)
        for begins in (at(9, day=yesterday), at(9, day=tomorrow))
    ]
    one = ParticipationFactory(mission=mission, free=slots)

    effect = lay_out(mission, [(at(15, day=tomorrow), at(16, day=tomorrow))], by=None)

    assert effect.unstated == [one]


def test_without_any_time_everybody_is_asked_anew_later(mission):
    never = free_after(mission, [], [])

    assert never.availability_at is None
    assert told(never) == ["times_changed"]


def test_who_left_keeps_nothing_that_is_not_so_and_hears_nothing(mission):
    lay_out(mission, MORNING, by=None)
    gone = ParticipationFactory(
        mission=mission,
        free=mission.slots.all()[:1],
        status=Participation.Status.WITHDRAWN,
    )

    effect = lay_out(mission, [meeting_at(10)], by=None)

    gone.refresh_from_db()
    assert gone.availability_at is None
    assert (effect.asked, told(gone)) == ([], [])


def test_the_message_names_times_as_stretches(mission):
    """All of a morning is one."""
    lay_out(mission, [*MORNING, meeting_at(14)], by=None)
    slots = list(mission.slots.all())
    one = ParticipationFactory(mission=mission, free=[*slots[:3], slots[6]])

    lay_out(mission, [*MORNING[:2], meeting_at(13)], by=None)

    text = text_to(one)
    assert "09.00–09.40" in text
    assert "14.00–14.20" in text
    assert "09.40" not in text.replace("09.00–09.40", "").replace("09.40–10.00", "")


def test_a_new_time_proposed_for_a_meeting_can_go_too(mission):
    lay_out(mission, MORNING, by=None)
    first, second, *_rest = mission.slots.all()
    one = ParticipationFactory(mission=mission, free=mission.slots.all())
    other = ParticipationFactory(mission=mission, free=mission.slots.all())
    agreed = agree(one, other, first)
    actor = owner_of(one)
    requests.ask_new_time(agreed, participation=one, slot=second, actor=actor)

    effect = lay_out(mission, MORNING[:1], by=None)

    agreed.refresh_from_db()
    assert (agreed.slot, agreed.new_slot) == (first, None)
    assert (effect.losing, effect.lapsing) == ([], [agreed])
    assert told(other)[-1] == "times_changed"
    assert one.name in text_to(other)
    assert "09.20–09.40" in text_to(other)


def test_the_same_programme_once_more_changes_and_tells_nothing(mission):
    times = [meeting_at(9), meeting_at(10)]
    lay_out(mission, times, by=None)
    free = ParticipationFactory(mission=mission, free=mission.slots.all())
    before = list(mission.slots.values_list("pk", flat=True))

    effect = lay_out(mission, reversed(times), by=None)

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
    lay_out(mission, [meeting_at(15)], by=None)

    with pytest.raises(ValidationError) as refused:
        lay_out(mission, times, by=None)

    assert refused.value.code == code
    assert mission.slots.get().hours == "15.00–15.20"


def test_meetings_may_touch(mission):
    lay_out(mission, [meeting_at(9), meeting_at(9, 20)], by=None)

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
        lay_out(mission, [meeting_at(9)], by=None)


def test_what_was_not_in_the_preview_is_not_done(mission):
    lay_out(mission, [meeting_at(9)], by=None)
    seen = effect_of(mission, [meeting_at(10)]).fingerprint
    free = ParticipationFactory(mission=mission)
    state_availability(free, mission.slots.all(), actor=owner_of(free))

    with pytest.raises(ValidationError) as refused:
        lay_out(mission, [meeting_at(10)], by=None, seen=seen)

    assert refused.value.code == "changed"
    assert mission.slots.get().hours == "09.00–09.20"


def test_what_was_held_keeps_its_time_whatever_is_laid_out_for_the_next_day():
    """On the second day of a mission the times of the first are history."""
    today = timezone.localdate(timezone=ZoneInfo(ZONE))
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    mission = MissionFactory(
        starts_on=yesterday, ends_on=tomorrow, status=Mission.Status.CURATION
    )
    held, idle, ahead, early = (
        SlotFactory(mission=mission, starts_at=begins, ends_at=begins + LENGTH)
        for begins in (
            at(9, day=yesterday),
            at(10, day=yesterday),
            at(9, day=tomorrow),
            at(12, day=tomorrow),
        )
    )
    met = booked(mission, held)
    # Reported on already, although its time is to come
    told_early = reported(booked(mission, early))
    times = [
        (begins, begins + timedelta(minutes=30))
        for begins in (at(9, day=yesterday), at(10, day=tomorrow))
    ]

    effect = lay_out(mission, times, by=None)

    assert set(effect.held) == set(effect.stays) == {held, idle, early}
    assert (effect.goes, effect.comes, effect.losing) == ([ahead], times[1:], [])
    for request, slot in ((met, held), (told_early, early)):
        request.refresh_from_db()
        assert request.slot == slot
        assert request.bookings.count() == 2
    left = [(slot.starts_at, slot.ends_at) for slot in mission.slots.all()]
    assert effect.times == left
    assert len(left) == 4


LENGTH = timedelta(minutes=20)


def reported(request):
    MeetingReport.objects.create(
        request=request,
        participation=request.sender,
        outcome=MeetingReport.Outcome.DEAL,
        via="portal",
    )
    return request


def booked(mission, slot):
    one = ParticipationFactory(mission=mission, free=[slot])
    other = ParticipationFactory(mission=mission, free=[slot], side="buyer")
    agreed = MeetingRequestFactory(
        sender=one,
        receiver=other,
        slot=slot,
        status=MeetingRequest.Status.ACCEPTED,
    )
    for participation in (one, other):
        agreed.bookings.create(participation=participation, slot=slot)
    return agreed


def test_only_those_who_run_the_mission_lay_it_out(mission, official):
    for by in (
        UserFactory(),
        AppointmentFactory(role="auditor", province__code="35").user,
        AppointmentFactory(role="operator", province__code="51").user,
    ):
        with pytest.raises(PermissionDenied):
            lay_out(mission, [meeting_at(9)], by=by)
    assert not mission.slots.exists()

    lay_out(mission, [meeting_at(9)], by=official)
    assert mission.slots.exists()


def test_capacity_is_times_by_tables_less_those_kept_free(mission):
    MatchingRules.objects.create(mission=mission, tables=20, spare_percent=15)
    SlotFactory.create_batch(3, mission=mission)

    assert room_of(mission).capacity == 3 * 17


# The form and its page


def filled(**said):
    usual = {"minutes": 20, "change": 5, "from_0": "09:00", "to_0": "10:00"}
    return usual | {"breaks_0": "", **said}


def test_what_was_laid_out_stands_in_the_form_again(mission):
    form = ProgrammeForm(
        filled(to_0="15:40", breaks_0="12.00–13.00; 14:20-14.40"), mission=mission
    )
    assert form.is_valid(), form.errors
    lay_out(mission, form.times, by=None)

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
    assert page.context["effect"].concerned == {participation.pk}

    seen = page.context["effect"].fingerprint
    response = client.post(address, filled(seen=seen))
    assert response.status_code == 302
    assert len(told(participation)) == 1
    [said] = get_messages(response.wsgi_request)
    assert "1" in str(said)
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
    lay_out(mission, [meeting_at(9)], by=None)
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

    with django_assert_num_queries(19):
        page = client.get(address, filled(from_0="13:00", to_0="14:00"))

    assert len(page.context["effect"].losing) == count
