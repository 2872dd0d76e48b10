"""Whom an organiser reminds, and that nobody is reminded twice a day."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from businesses.models import Listing
from missions.chasing import DECISIONS_WAIT, Outcome, remind
from missions.meetings.chasing import CHASES
from missions.meetings.models import MeetingRequest, RequestEvent, Wish
from missions.models import Letter, Mailing, MessageWording, Mission, Participation
from missions.todo import numbers
from tests.factories import (
    AppointmentFactory,
    ListingFactory,
    MeetingRequestFactory,
    MissionFactory,
    ParticipationFactory,
    SlotFactory,
)
from tests.races import all_at_once
from umkm_portal.outbox.models import Message

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Side, Status = Participation.Side, Participation.Status
LISTING, TIMES = CHASES["penawaran"], CHASES["ketersediaan"]
REQUESTS, IDLE, DECIDE = CHASES["permintaan"], CHASES["belum-mulai"], CHASES["decide"]


@pytest.fixture
def mission():
    return MissionFactory(status=Mission.Status.CURATION)


@pytest.fixture
def operator(mission):
    return AppointmentFactory(role="operator", province=mission.initiator_province).user


@pytest.fixture
def office(client, operator):
    client.force_login(operator)
    return client


@pytest.fixture
def later(time_machine):
    time_machine.move_to(timezone.now(), tick=False)

    def move(**by):
        time_machine.move_to(timezone.now() + timedelta(**by), tick=False)

    return move


def take_part(mission, days=1, **facts):
    """An accepted participant, since so many days."""
    if facts.get("status") != Status.APPLIED:
        facts["decided_at"] = timezone.now() - days * DAY
    return ParticipationFactory(mission=mission, **facts)


def listed(chase, mission):
    return list(chase.rows(mission))


# The lists


def test_who_brings_nothing_by_which_partners_are_found(mission):
    late = take_part(mission, days=1)
    early = take_part(mission, days=5)
    closed = take_part(mission, days=3)
    closed.listings.add(
        ListingFactory(business=closed.business, status=Listing.Status.CLOSED)
    )
    needs = take_part(mission, days=2)
    needs.listings.add(ListingFactory(business=needs.business, kind="need"))
    brings = take_part(mission)
    brings.listings.add(ListingFactory(business=brings.business, open=True))
    buyer = take_part(mission, side=Side.BUYER)
    buyer.listings.add(ListingFactory(business=buyer.business, kind="need"))
    take_part(mission, status=Status.WAITING)
    take_part(MissionFactory())

    found = [early, closed, needs, late]
    assert listed(LISTING, mission) == found
    assert [one for one in mission.participations.accepted() if one.brings_nothing] == (
        sorted(found, key=lambda one: (one.applied_at, one.pk))
    )
    assert numbers(mission.participations)["without_listing"] == {
        "sellers": len(found),
        "buyers": 0,
    }


def test_who_has_not_said_when_it_can_come(mission):
    silent = take_part(mission)
    assert listed(TIMES, mission) == [], "before there are times to choose from"
    assert not silent.is_silent_about_times
    assert numbers(mission.participations)["without_times"] == 0

    slot = SlotFactory(mission=mission)
    take_part(mission, free=[slot])
    take_part(mission, free=[])

    assert listed(TIMES, mission) == [silent]
    assert silent.is_silent_about_times
    assert numbers(mission.participations)["without_times"] == 1


def test_who_waits_for_a_decision(mission):
    applied = take_part(mission, status=Status.APPLIED)
    take_part(mission)

    assert listed(DECIDE, mission) == [applied]
    assert listed(DECIDE, mission)[0].since == applied.applied_at


def ask(sender, receiver, hours=48, asked=1, **facts):
    """A request, sent so many days ago."""
    request = MeetingRequestFactory(
        sender=sender,
        receiver=receiver,
        expires_at=timezone.now() + timedelta(hours=hours),
        **facts,
    )
    RequestEvent.objects.create(
        request=request,
        step=RequestEvent.Step.SENT,
        participation=sender,
        at=timezone.now() - asked * DAY,
    )
    return request


def test_who_has_to_answer_with_how_many_and_until_when(mission):
    buyer, other = (take_part(mission, side=Side.BUYER) for _ in range(2))
    one, two, three = (take_part(mission) for _ in range(3))
    first = ask(one, buyer, hours=20)
    ask(two, buyer, hours=40)
    ask(three, buyer, hours=-1)
    ask(one, other, status=MeetingRequest.Status.DECLINED)
    turned = ask(two, other, hours=10, turn=MeetingRequest.Turn.SENDER)

    rows = {row: row for row in listed(REQUESTS, mission)}

    assert set(rows) == {buyer, two}
    assert (rows[buyer].number, rows[buyer].until) == (2, first.expires_at)
    assert (rows[two].number, rows[two].until) == (1, turned.expires_at)
    assert rows[buyer].since == first.events.get().at


def test_a_new_time_for_an_agreed_meeting_is_to_be_answered_too(mission):
    buyer = take_part(mission, side=Side.BUYER)
    ask(take_part(mission), buyer, hours=20)
    new_slot = SlotFactory(mission=mission)
    accepted = MeetingRequest.Status.ACCEPTED
    ask(take_part(mission), buyer, hours=10, status=accepted, new_slot=new_slot)
    ask(take_part(mission), buyer, hours=30, status=accepted)

    [row] = listed(REQUESTS, mission)

    assert (row, row.number) == (buyer, 2)


def test_who_was_asked_less_than_a_day_ago_is_not_pressed(mission, later):
    buyer = take_part(mission, side=Side.BUYER)
    ask(take_part(mission), buyer, hours=72, asked=0)

    later(hours=23)
    assert listed(REQUESTS, mission) == []

    ask(take_part(mission), buyer, asked=0)
    later(hours=1)
    [row] = listed(REQUESTS, mission)
    # It is told of everything that it has to answer.
    assert (row, row.number) == (buyer, 2)


def test_who_has_sent_and_answered_no_request(mission):
    asks, answers, silent, was_asked = (take_part(mission) for _ in range(4))
    request = ask(asks, answers)
    RequestEvent.objects.create(
        request=request, step=RequestEvent.Step.DECLINED, participation=answers
    )
    ask(asks, was_asked)

    assert listed(IDLE, mission) == [silent, was_asked]


@pytest.mark.parametrize("level", Wish.Level)
def test_no_list_tells_that_somebody_has_a_wish(mission, level):
    one, other = take_part(mission), take_part(mission, side=Side.BUYER)
    before = {key: listed(chase, mission) for key, chase in CHASES.items()}

    Wish.objects.create(by=one, about=other, level=level)

    assert {key: listed(chase, mission) for key, chase in CHASES.items()} == before


# The mailing


def test_one_tap_writes_to_everybody_on_the_list(mission, operator):
    rows = [take_part(mission) for _ in range(3)]

    assert remind(mission, LISTING, by=operator) == Outcome(3)

    mailing = Mailing.objects.get()
    assert (mailing.mission, mailing.kind) == (mission, "remind_listing")
    assert mailing.sent_by == operator
    assert {letter.participation for letter in mailing.letters.all()} == set(rows)
    assert set(Message.objects.values_list("path", flat=True)) == {"penawaran/"}
    assert all(row.reminded_at for row in listed(LISTING, mission))


def test_nobody_gets_the_same_twice_within_a_day(mission, operator, later):
    for _ in range(2):
        take_part(mission)
    SlotFactory(mission=mission)
    remind(mission, LISTING, by=operator)
    take_part(mission)

    later(hours=23)
    assert remind(mission, LISTING, by=operator) == Outcome(1, recent=2)
    assert remind(mission, LISTING, by=operator) == Outcome(0, recent=3)
    assert Mailing.objects.count() == 2
    assert remind(mission, TIMES, by=operator).told == 3, "of another thing"
    later(hours=2)
    assert remind(mission, LISTING, by=operator) == Outcome(2, recent=1)


def test_who_has_no_account_is_counted_not_forgotten(mission, operator):
    participation = take_part(mission)
    participation.business.memberships.all().delete()

    assert remind(mission, LISTING, by=operator) == Outcome(0, unreachable=1)


def test_the_reminder_says_how_many_and_until_when(mission, operator):
    buyer = take_part(mission, side=Side.BUYER)
    owner = buyer.business.memberships.get().user
    owner.language = "en"
    owner.save()
    for _ in range(2):
        ask(take_part(mission), buyer)

    remind(mission, REQUESTS, by=operator)

    message = Message.objects.get(kind="remind_requests")
    assert f"of {buyer.name}: 2." in message.text
    assert mission.zone in message.text
    assert message.path == "permintaan/"


def test_colleagues_are_reminded_of_applications_once_a_day(mission, operator, later):
    take_part(mission, status=Status.APPLIED)
    colleague = AppointmentFactory(
        role="verifier", province=mission.initiator_province
    ).user
    AppointmentFactory(role="auditor", province=mission.initiator_province)
    AppointmentFactory(role="operator", province__code="64")

    assert remind(mission, DECIDE, by=operator) == Outcome(1)
    assert remind(mission, DECIDE, by=operator) == Outcome(0, recent=1)

    message = Message.objects.get()
    assert (message.recipient, message.kind) == (colleague, DECISIONS_WAIT)
    assert reverse("missions:board", args=[mission.slug]) in message.text
    later(hours=25)
    assert remind(mission, DECIDE, by=operator) == Outcome(1)


def test_the_words_of_the_province_are_read_once_for_all(mission, operator):
    for _ in range(3):
        take_part(mission)

    with CaptureQueriesContext(connection) as queries:
        remind(mission, LISTING, by=operator)

    words = MessageWording._meta.db_table
    assert sum(words in query["sql"] for query in queries) == 1


def test_nothing_to_decide_writes_to_nobody(mission, operator):
    assert remind(mission, DECIDE, by=operator) == Outcome(0)
    assert not Mailing.objects.exists()


def test_only_who_runs_the_mission_reminds_and_only_until_it_is_over(mission, operator):
    take_part(mission)
    for official in (
        AppointmentFactory(role="auditor", province=mission.initiator_province).user,
        AppointmentFactory(role="operator", province__code="64").user,
    ):
        with pytest.raises(ValidationError):
            remind(mission, LISTING, by=official)

    Mission.objects.update(status=Mission.Status.CLOSED)
    with pytest.raises(ValidationError):
        remind(mission, LISTING, by=operator)
    assert not Message.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_send_once():
    mission = MissionFactory(status=Mission.Status.CURATION)
    operator = AppointmentFactory(
        role="operator", province=mission.initiator_province
    ).user
    for _ in range(3):
        take_part(mission)

    outcomes = all_at_once(
        lambda by: remind(mission, LISTING, by=by), [operator, operator, operator]
    )

    assert sorted(outcome.told for outcome in outcomes) == [0, 0, 3]
    assert sorted(outcome.recent for outcome in outcomes) == [0, 3, 3]
    assert Message.objects.count() == 3
    assert Letter.objects.values("participation").distinct().count() == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_colleagues_get_one_reminder_from_two_taps():
    mission = MissionFactory(status=Mission.Status.CURATION)
    officials = [
        AppointmentFactory(role="operator", province=mission.initiator_province).user
        for _ in range(2)
    ]
    take_part(mission, status=Status.APPLIED)

    all_at_once(lambda by: remind(mission, DECIDE, by=by), officials)

    assert Message.objects.count() == 1


# The page


def page_of(mission):
    return reverse("meetings:chasing", args=[mission.slug])


def button_of(mission, key):
    return reverse("meetings:chase", args=[mission.slug, key])


def test_the_page_shows_who_since_when_and_the_words(office, mission):
    row = take_part(mission, days=3)
    page = office.get(page_of(mission), {"daftar": "penawaran"})

    assert list(page.context["page"]) == [row]
    assert [language for language, *_words in page.context["previews"]] == ["id", "en"]
    assert all(row.name in text for _l, _s, text in page.context["previews"])
    assert button_of(mission, "penawaran") in page.text
    assert "{link}" not in page.text
    assert not Message.objects.exists()


@pytest.mark.parametrize("key", CHASES)
def test_each_list_costs_the_same_for_one_and_for_three(office, mission, key):
    SlotFactory(mission=mission)
    found = []
    for count in (1, 2):
        for _ in range(count):
            take_part(mission)
            take_part(mission, status=Status.APPLIED)
            ask(take_part(mission), take_part(mission))
        with CaptureQueriesContext(connection) as queries:
            page = office.get(page_of(mission), {"daftar": key}).context["page"]
        found.append((len(page), len(queries)))

    (few, cheap), (many, dear) = found
    assert many == 3 * few
    assert cheap == dear <= 22


@pytest.mark.parametrize("key", CHASES)
def test_the_button_says_what_became_of_everybody(office, mission, key):
    SlotFactory(mission=mission)
    take_part(mission)
    take_part(mission, status=Status.APPLIED)
    AppointmentFactory(role="operator", province=mission.initiator_province)
    ask(take_part(mission), take_part(mission))

    for _tap in range(2):
        answer = office.post(button_of(mission, key), follow=True)
        said = [str(one) for one in answer.context["messages"]]
        assert len(said) == 1
        assert answer.redirect_chain[0][0].endswith(f"?daftar={key}")
    assert Mailing.objects.count() == 1


def test_lookers_see_the_lists_without_the_button(client, mission):
    take_part(mission)
    client.force_login(
        AppointmentFactory(role="auditor", province=mission.initiator_province).user
    )
    page = client.get(page_of(mission), {"daftar": "penawaran"})

    assert len(page.context["page"]) == 1
    assert button_of(mission, "penawaran") not in page.text
    assert client.post(button_of(mission, "penawaran")).status_code == 404
    assert client.get(button_of(mission, "penawaran")).status_code == 404


def test_the_partner_province_sees_the_own_businesses(client, mission):
    ours = take_part(mission, business__province__code="64")
    take_part(mission, business__province__code="35")
    mission.partner_provinces.add("64")
    client.force_login(AppointmentFactory(role="operator", province__code="64").user)

    page = client.get(page_of(mission), {"daftar": "penawaran"})

    assert list(page.context["page"]) == [ours]
    assert client.post(button_of(mission, "penawaran")).status_code == 404


def test_an_unknown_list_is_not_found(office, mission):
    assert office.get(page_of(mission), {"daftar": "x"}).context["chase"] == DECIDE
    assert office.post(button_of(mission, "x")).status_code == 404
