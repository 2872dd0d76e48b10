"""Who opens the pages of a participant: each page, behind each door, as each kind of visitor."""

import pytest
from django.test import Client
from django.urls import reverse

from missions.doors import Actor
from missions.meetings import requests
from tests.factories import (
    AppointmentFactory,
    ParticipationFactory,
    ProvinceFactory,
    UserFactory,
)
from tests.test_access import everything

from .doors import BUTTONS, DOORS, PAGES, Doors

pytestmark = pytest.mark.django_db

# What each visitor finds: the page, the way to sign in, or nothing. Behind the link everybody
# acts for the one it was sent to; who holds no link stands before the other doors.
VISITORS = {
    "anonymous": {"own": "login", "assisted": "login"},
    "stranger": {"own": 404, "assisted": 403},
    "owner": {"own": 200, "assisted": 403},
    "partner": {"own": 404, "assisted": 403},
    "operator": {"own": 404, "assisted": 200},
    "operator without consent": {"own": 404, "assisted": 404},
    "verifier of another province": {"own": 404, "assisted": 404},
    "auditor": {"own": 404, "assisted": 404},
}


@pytest.fixture
def participation():
    return ParticipationFactory()


@pytest.fixture
def partner(participation):
    return ParticipationFactory(mission=participation.mission, side="buyer")


@pytest.fixture
def numbers(participation, partner):
    """{what a page is about: the arguments of its address}"""
    owner = partner.business.memberships.first().user
    request = requests.send(partner, participation, actor=Actor(owner))
    newcomer = ParticipationFactory(mission=participation.mission)
    return {
        "": {},
        "partner": {"pk": partner.pk},
        "newcomer": {"pk": newcomer.pk},
        "request": {"pk": request.pk},
    }


@pytest.fixture
def doors(participation, numbers):
    return Doors(participation)


def account(visitor, doors, partner):
    home = doors.participation.business.province
    roles = {
        "operator": ("operator", home),
        "operator without consent": ("operator", home),
        "auditor": ("auditor", home),
        "verifier of another province": ("verifier", ProvinceFactory(code="51")),
    }
    if visitor == "owner":
        return doors.owner
    if visitor == "partner":
        return partner.business.memberships.first().user
    if visitor == "stranger":
        return UserFactory()
    role, province = roles[visitor]
    return AppointmentFactory(role=role, province=province).user


@pytest.fixture
def browser(doors, partner, visitor):
    client = Client()
    if visitor != "operator without consent":
        doors.consent()
    if visitor != "anonymous":
        client.force_login(account(visitor, doors, partner))
    return client


def outcome(response):
    sent_to = response.headers.get("Location", "")
    if sent_to.startswith(reverse("account_login")):
        return "login"
    return response.status_code


@pytest.mark.parametrize("visitor", VISITORS)
def test_each_page_opens_for_whom_it_is_and_opening_changes_nothing(
    browser, doors, numbers, visitor
):
    wanted = VISITORS[visitor] | {"link": 200}
    before, wrong = everything(), {}

    for door in DOORS:
        for name, about in PAGES.items():
            found = outcome(browser.get(doors.url(door, name, **numbers[about])))
            if found != wanted[door]:
                wrong[door, name] = found

    assert wrong == {}
    assert everything() == before


@pytest.mark.parametrize("visitor", VISITORS)
def test_who_stands_before_a_closed_door_can_send_nothing(
    browser, doors, numbers, visitor
):
    before = everything()

    for door, wanted in VISITORS[visitor].items():
        if wanted == 200:
            continue
        for name, about in (PAGES | BUTTONS).items():
            address = doors.url(door, name, **numbers[about])
            answer = outcome(browser.post(address, {"level": "no", "words": "x"}))
            assert answer in (wanted, 405), address

    assert everything() == before


@pytest.mark.parametrize("door", DOORS)
def test_behind_no_door_lies_what_belongs_to_others(doors, door, partner, numbers):
    """The pages of another mission, and the request of two others."""
    elsewhere = ParticipationFactory()
    third = ParticipationFactory(mission=partner.mission)
    owner = partner.business.memberships.first().user
    foreign = requests.send(partner, third, actor=Actor(owner))
    home = doors.participation.business.province
    doors.official = AppointmentFactory(role="operator", province=home).user
    client = doors.browser(door)
    numbers = {
        "partner": elsewhere.pk,
        "newcomer": elsewhere.pk,
        "request": foreign.pk,
    }
    before = everything()

    for name, about in (PAGES | BUTTONS).items():
        if about:
            address = doors.url(door, name, pk=numbers[about])
            assert client.post(address, {"level": "no"}).status_code in (404, 405)
            assert client.get(address).status_code in (404, 405)

    assert everything() == before
