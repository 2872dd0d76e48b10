"""What an organiser and an owner read about meetings first, and the one rule about times unsaid."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from businesses.next_steps import next_steps
from missions.meetings.models import MeetingRequest, Selection
from missions.meetings.selection import select
from missions.wording import KINDS
from tests.factories import AppointmentFactory, MeetingRequestFactory, ProvinceFactory

from .mission_day import Day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
# Said to an owner everywhere in the same words.
UNSAID = (
    "Until you do, meetings are proposed to you as if you could always come, but no time can be "
    "agreed."
)


@pytest.fixture
def day():
    return Day()


@pytest.fixture
def official(client):
    user = AppointmentFactory(province=ProvinceFactory(code="35"), role="operator").user
    client.force_login(user)
    return user


def office(day, name):
    return reverse(name, args=[day.mission.slug])


def own(participation, name, **kwargs):
    place = {"slug": participation.business.slug, "mission": participation.mission.slug}
    return reverse(f"meetings:own:{name}", kwargs=place | kwargs)


def let_its_times_pass(day):
    day.mission.slots.update(starts_at=F("starts_at") - timedelta(days=900))


def sign_in(client, participation):
    client.force_login(participation.business.memberships.first().user)


# The organiser's overview


def todos(client, day):
    """{address: words}"""
    page = client.get(office(day, "missions:office_mission"))
    return {todo.url: todo.what for todo in page.context["todos"]}


def test_an_organiser_is_told_of_meetings_without_a_time(client, day, official):
    for name in "AB":
        day.agreed(day.seller(name), day.buyer(f"{name} pembeli"))
    day.agreed(day.seller("C"), day.buyer("Z"), day.slots[0])
    page = office(day, "meetings:office_requests") + "?keadaan=tanpa-jam"

    assert todos(client, day)[page] == "2 agreed meetings have no time."
    assert client.get(page).context["page"].paginator.count == 2
    let_its_times_pass(day)
    assert page not in todos(client, day)


def test_an_organiser_is_told_of_requests_that_wait_for_a_day(client, day, official):
    seller = day.seller()
    for hours in (1, 23, 25, 50):
        MeetingRequestFactory(
            sender=seller,
            receiver=day.buyer(str(hours)),
            created_at=timezone.now() - timedelta(hours=hours),
        )
    page = office(day, "meetings:office_requests") + "?keadaan=lama"

    assert todos(client, day)[page].startswith("2 requests have waited")
    assert client.get(page).context["page"].paginator.count == 2


def test_an_organiser_is_told_once_a_selection_is_outdated(client, day, official):
    day.match(day.seller(), day.buyer())
    page = office(day, "meetings:selection")
    assert page not in todos(client, day)
    select(day.mission, by=None)
    assert page not in todos(client, day)

    day.score_again()

    assert page in todos(client, day)
    Selection.objects.create(mission=day.mission)
    assert page not in todos(client, day)


# The owner's pages


def steps(client, participation):
    sign_in(client, participation)
    response = client.get(own(participation, "home"))
    return [step.text for step in response.context["steps"]], response.context


def of_dashboard(participation):
    business = participation.business
    business.is_owned = True
    return next_steps(business, [])


def test_who_agreed_without_a_time_proposes_one_first(client, day):
    seller = day.seller()
    for name in "XY":
        day.agreed(seller, day.buyer(name))

    texts, context = steps(client, seller)

    assert texts[0] == "Propose a time for 2 meetings"
    assert context["meaning"] == "You take part. 2 meetings are agreed."
    first = of_dashboard(seller)[0]
    assert first.what == texts[0]
    assert first.url == own(seller, "requests") + "#agreed"
    assert 'id="agreed"' in client.get(first.url).text


@pytest.mark.parametrize("why", ["has a time", "is being moved", "no time is left"])
def test_nobody_is_asked_for_a_time_that_cannot_be_proposed(client, day, why):
    seller = day.seller()
    request = day.agreed(seller, day.buyer())
    if why == "has a time":
        MeetingRequest.objects.filter(pk=request.pk).update(slot=day.slots[0])
    elif why == "is being moved":
        MeetingRequest.objects.filter(pk=request.pk).update(new_slot=day.slots[0])
    else:
        let_its_times_pass(day)

    texts, _context = steps(client, seller)

    words = [*texts, *(step.what for step in of_dashboard(seller))]
    assert not [one for one in words if one.startswith("Propose a time")]


def test_who_has_agreed_to_nothing_chooses_whom_to_meet(client, day):
    _texts, context = steps(client, day.seller())

    assert context["meaning"] == "You take part. Now choose whom to meet."


# Who has not said when it can come


def test_whoever_has_not_said_when_it_can_come_reads_the_same_everywhere(client, day):
    silent, buyer = day.seller(free="unstated"), day.buyer()
    sign_in(client, silent)

    for page in (
        own(silent, "home"),
        own(silent, "availability"),
        own(silent, "request_new", pk=buyer.pk),
        reverse("businesses:business_dashboard", args=[silent.business.slug]),
    ):
        assert UNSAID in client.get(page).text, page
    sign_in(client, buyer)
    assert UNSAID not in client.get(own(buyer, "availability")).text


def test_the_organiser_and_the_reminder_say_the_same_rule(client, day, official):
    day.seller(free="unstated")
    day.buyer()

    page = client.get(office(day, "meetings:selection")).text

    assert "as if it could always come, but no time can be agreed" in page
    reminder = str(KINDS["remind_availability"].text)
    assert "as if it could always come, but no time can be agreed" in reminder
