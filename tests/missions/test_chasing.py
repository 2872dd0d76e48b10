"""Whom an organiser reminds, and that nobody is reminded twice a day."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from missions.chasing import DECISIONS_WAIT, Outcome, remind
from missions.meetings.chasing import CHASES
from missions.meetings.models import MeetingRequest, RequestEvent, Wish
from missions.models import Letter, Mailing, Mission, Participation
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
REQUESTS, WISHES, DECIDE = CHASES["permintaan"], CHASES["keinginan"], CHASES["decide"]


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
    participation = ParticipationFactory(mission=mission, **facts)
    participation.decided_at = timezone.now() - days * DAY
    participation.save()
    return participation


def listed(chase, mission):
    return list(chase.rows(mission))


# The lists


def test_who_brings_no_open_listing(mission):
    late = take_part(mission, days=1)
    early = take_part(mission, days=5)
    closed = take_part(mission, days=3)
    closed.listings.add(ListingFactory(business=closed.business))
    brings = take_part(mission)
    brings.listings.add(ListingFactory(business=brings.business, open=True))
    take_part(mission, status=Status.WAITING)
    take_part(MissionFactory())

    assert listed(LISTING, mission) == [early, closed, late]


def test_who_has_not_said_when_it_can_come(mission):
    silent = take_part(mission)
    assert listed(TIMES, mission) == [], "before there are times to choose from"

    slot = SlotFactory(mission=mission)
    take_part(mission, free=[slot])
    take_part(mission, free=[])

    assert listed(TIMES, mission) == [silent]


def test_who_waits_for_a_decision(mission):
    applied = take_part(mission, status=Status.APPLIED)
    take_part(mission)

    assert listed(DECIDE, mission) == [applied]
    assert listed(DECIDE, mission)[0].since == applied.applied_at


def ask(sender, receiver, hours=48, **facts):
    request = MeetingRequestFactory(
        sender=sender,
        receiver=receiver,
        expires_at=timezone.now() + timedelta(hours=hours),
        **facts,
    )
    RequestEvent.objects.create(request=request, step=RequestEvent.Step.SENT)
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


def test_who_has_said_nothing_about_anybody(mission):
    seller, buyer, silent, wishes = (take_part(mission) for _ in range(4))
    ask(seller, buyer)
    Wish.objects.create(by=wishes, about=silent, level=Wish.Level.NO)

    assert listed(WISHES, mission) == [silent]


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
