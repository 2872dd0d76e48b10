from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import UserFactory
from umkm_portal.accounts.limits import COOKIE

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")
SIGNUP = reverse("account_signup")
CODE = reverse("account_confirm_login_code")
PHONE_CODE = reverse("account_verify_phone")
CHANGE = reverse("account_change_phone")
PHONE = "+6281234567890"
OTHER_PHONE = "+6281234567899"
PASSWORD = "sandi-yang-panjang"


def later(**time):
    return time_machine.travel(timezone.now() + timedelta(**time))


def ask(login=PHONE, browser=None, address=0):
    """Whether a code was sent, or seemed to be, to a browser at this address."""
    browser = browser or Client()
    response = browser.post(LOGIN, {"login": login}, REMOTE_ADDR=f"10.0.0.{address}")
    if response.status_code == 200:
        assert response.context["form"].errors["login"]
    return response.status_code == 302


def sign_in(browser, code, login=PHONE):
    assert ask(login, browser)
    browser.post(CODE, {"code": code()})
    assert SESSION_KEY in browser.session
    return browser


@pytest.mark.parametrize("login", [PHONE, "siti@contoh.id"])
@pytest.mark.parametrize("has_account", [True, False])
def test_a_phone_or_mailbox_gets_one_code_a_minute(texts, login, has_account):
    if has_account:
        UserFactory(email="siti@contoh.id", phone=PHONE)

    assert [ask(login, address=number) for number in range(3)] == [True, False, False]
    assert len(texts) + len(mail.outbox) == 1
    assert ask("0812-3456-7899")
    with later(seconds=61):
        assert ask(login)


def test_a_phone_gets_ten_codes_an_hour_and_one_address_asks_for_five(texts):
    sent = []
    for minute in range(0, 40, 2):
        with later(minutes=minute):
            sent.append(ask(address=minute // 12))

    assert sent == ([True] * 5 + [False]) * 2 + [False] * 8
    assert len(texts) == 10
    with later(hours=1, minutes=40):
        assert ask()


def test_all_ways_to_a_code_count_together(client, texts, code):
    client.post(SIGNUP, {"name": "Siti", "login": PHONE})
    client.post(PHONE_CODE, {"action": "resend"})
    assert not ask()
    assert len(texts) == 1

    with later(minutes=2):
        client.post(PHONE_CODE, {"action": "resend"})
        assert not ask()
    with later(minutes=4):
        other = Client()
        assert ask(PHONE, other)
        other.post(CODE, {"action": "resend"})
    with later(minutes=6):
        other.post(CODE, {"action": "resend"})
        assert not ask()

    assert len(texts) == 4


def test_a_new_phone_of_somebody_else_counts_too(client, texts, code):
    UserFactory(email=None, phone=PHONE)
    sign_in(client, code)
    client.post(CHANGE, {"phone": OTHER_PHONE})
    refused = client.post(CHANGE, {"phone": OTHER_PHONE})

    assert refused.context["form"].errors["phone"]
    assert not ask(OTHER_PHONE)
    assert [phone for phone, _text in texts] == [PHONE, OTHER_PHONE]


def test_a_stranger_keeps_nobody_out_who_has_signed_in_there_before(texts, code):
    UserFactory(email=None, phone=PHONE)
    own = sign_in(Client(), code)
    own.post(reverse("account_logout"))

    with later(minutes=2):
        assert ask()
        assert not ask(address=1)
        sign_in(own, code)
        own.post(reverse("account_logout"))
        assert not ask(PHONE, own)


def test_wrong_passwords_of_a_stranger_keep_nobody_out_either(texts):
    user = UserFactory(email=None, phone=PHONE, password=PASSWORD)
    user.confirm_phone(PHONE)
    own, right = Client(), {"login": PHONE, "password": PASSWORD}
    own.post(LOGIN, right)
    own.post(reverse("account_logout"))
    for number in range(5):
        Client().post(LOGIN, {"login": PHONE, "password": f"salah-{number}"})

    assert Client().post(LOGIN, right).status_code == 200
    assert own.post(LOGIN, right).status_code == 302


def test_the_cookie_of_a_known_browser_says_nothing_and_works_for_nobody_else(
    texts, code
):
    siti = UserFactory(email="siti@contoh.id", phone=PHONE)
    UserFactory(email=None, phone=OTHER_PHONE)
    browser = sign_in(Client(), code)
    cookie = browser.cookies[COOKIE]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) > 300 * 24 * 3600
    name, *_rest = cookie.value.split(":")
    assert name.isalnum()
    assert not {str(siti.pk), "siti", PHONE[1:]} & set(cookie.value.split(":"))
    stranger = Client()
    stranger.cookies[COOKIE] = cookie.value
    with later(minutes=2):
        assert ask(OTHER_PHONE)
        assert not ask(OTHER_PHONE, stranger)


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "é:b:c"])
def test_a_made_up_cookie_is_worth_nothing(texts, value):
    UserFactory(email=None, phone=PHONE)
    browser = Client()
    browser.cookies[COOKIE] = value

    assert ask()
    assert not ask(PHONE, browser)


def test_a_known_browser_is_forgotten_after_a_year(texts, code):
    UserFactory(email=None, phone=PHONE)
    own = sign_in(Client(), code)
    value = own.cookies[COOKIE].value

    with later(days=366):
        old = Client()
        old.cookies[COOKIE] = value
        assert ask()
        assert not ask(PHONE, old)


@pytest.mark.parametrize("login", [PHONE, "siti@contoh.id"])
def test_a_password_is_guessed_five_times_at_most(texts, login):
    user = UserFactory(email="siti@contoh.id", phone=PHONE, password=PASSWORD)
    user.confirm_phone(PHONE)
    for number in range(5):
        attempt = {"login": login, "password": f"salah-{number}"}
        Client(REMOTE_ADDR=f"10.0.0.{number}").post(LOGIN, attempt)

    right = {"login": login, "password": PASSWORD}
    assert Client().post(LOGIN, right).status_code == 200
    UserFactory(email="b@contoh.id", phone="+6281234567899", password=PASSWORD)
    for other in ("0812-3456-7899", "b@contoh.id"):
        attempt = {"login": other, "password": PASSWORD}
        assert Client().post(LOGIN, attempt).status_code == 302
    with later(minutes=6):
        assert Client().post(LOGIN, right).status_code == 302


@pytest.mark.parametrize("login", [PHONE, "siti@contoh.id"])
def test_signing_up_again_at_once_sends_nothing_more(client, texts, login):
    for _attempt in range(2):
        response = Client().post(SIGNUP, {"name": "Siti", "login": login})

    assert len(texts) + len(mail.outbox) == 1
    assert response.context["form"].errors["login"]
    with later(seconds=61):
        assert Client().post(SIGNUP, {"name": "Siti", "login": login}).url


def test_too_many_attempts_get_a_page_of_the_portal(settings, client):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip"}
    client.post(SIGNUP, {})

    response = client.post(SIGNUP, {})

    assert response.status_code == 429
    html = response.content.decode()
    assert '<html lang="id"' in html
    assert "portal.css" in html
    assert html.count("<h1>") == 1
