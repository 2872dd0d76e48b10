from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import UserFactory
from umkm_portal.accounts.devices import device_name

pytestmark = pytest.mark.django_db
SESSIONS = reverse("usersessions_list")


@pytest.fixture
def siti():
    return UserFactory(email="siti@contoh.id")


@pytest.fixture
def phone(siti, sign_in):
    browser = Client(headers={"user-agent": "Ponsel Siti"}, REMOTE_ADDR="10.0.0.1")
    sign_in(siti, browser)
    return browser


@pytest.fixture
def laptop(siti, sign_in, phone):
    browser = Client(headers={"user-agent": "Laptop Siti"}, REMOTE_ADDR="10.0.0.2")
    sign_in(siti, browser)
    return browser


def is_signed_in(browser):
    return SESSION_KEY in browser.session


def test_owners_see_where_they_are_signed_in_and_nobody_else_does(phone, laptop):
    UserSession.objects.create(
        user=UserFactory(), ip="10.9.9.9", session_key="lain", user_agent="Orang lain"
    )

    response = laptop.get(SESSIONS)

    html = response.content.decode()
    assert [s.user_agent for s in response.context["sessions"]] == [
        "Laptop Siti",
        "Ponsel Siti",
    ]
    assert "10.0.0.1" in html
    assert "10.9.9.9" not in html


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_queries_for_one_as_for_three(
    siti, sign_in, django_assert_num_queries, number
):
    for _browser in range(number):
        browser = Client()
        sign_in(siti, browser)

    with django_assert_num_queries(4):
        response = browser.get(SESSIONS)

    assert len(response.context["sessions"]) == number


def test_one_session_is_ended_from_another(siti, phone, laptop):
    lost = UserSession.objects.get(user_agent="Ponsel Siti")

    laptop.post(SESSIONS, {"session": lost.pk})

    assert not is_signed_in(phone)
    assert is_signed_in(laptop)
    assert list(siti.usersession_set.values_list("ip", flat=True)) == ["10.0.0.2"]


def test_all_other_sessions_are_ended_at_once(phone, laptop):
    laptop.post(SESSIONS)

    assert not is_signed_in(phone)
    assert is_signed_in(laptop)


@pytest.mark.parametrize("pk", ["", "abc", "0", "99999999999999999999"])
def test_nobody_ends_a_strangers_session(phone, laptop, sign_in, pk):
    thief = Client()
    sign_in(UserFactory(), thief)
    foreign = UserSession.objects.get(user_agent="Ponsel Siti").pk

    assert thief.post(SESSIONS, {"session": foreign}).status_code == 404
    assert thief.post(SESSIONS, {"session": pk}).status_code in (302, 404)
    thief.post(SESSIONS)

    assert is_signed_in(phone)
    assert is_signed_in(laptop)


def test_signing_out_forgets_address_and_browser(phone):
    assert UserSession.objects.count() == 1

    phone.post(reverse("account_logout"))

    assert not UserSession.objects.exists()


def test_a_session_that_expired_is_not_listed_and_is_forgotten(siti, phone, capsys):
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        browser = Client()
        browser.force_login(siti)
        assert list(browser.get(SESSIONS).context["sessions"]) == []

        call_command("forget_ended_sessions")

    assert not UserSession.objects.exists()
    assert Session.objects.count() == 1
    assert "1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Linux; Android 13; SM-A146P) AppleWebKit/537.36 (KHTML, like Gecko) "
            "SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36",
            "Samsung Internet · Android",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/120.0.0.0 Safari/537.36 Edg/120.0",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1",
            "Safari · iPhone",
        ),
        ("curl/8.5", "curl/8.5"),
        ("", "–"),
    ],
)
def test_a_device_is_named_as_its_owner_knows_it(user_agent, name):
    assert device_name(user_agent) == name
