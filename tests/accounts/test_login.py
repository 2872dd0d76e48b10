import re
from datetime import timedelta
from itertools import count

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import AppointmentFactory, UserFactory
from umkm_portal import gateway
from umkm_portal.accounts.models import User

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")
CODE = reverse("account_confirm_login_code")
PHONE = "+6281234567890"
PASSWORD = "sandi-yang-panjang"


@pytest.fixture
def siti():
    user = UserFactory(
        name="Siti", email="siti@contoh.id", phone=PHONE, password=PASSWORD
    )
    EmailAddress.objects.create(
        user=user, email=user.email, verified=True, primary=True
    )
    user.confirm_phone(PHONE)
    return user


def ask(client, login, password="", **fields):
    return client.post(LOGIN, {"login": login, "password": password, **fields})


def is_signed_in(client):
    return SESSION_KEY in client.session


BY_PHONE = ["0812-3456-7890", "+62 812 3456 7890", "62812 34567890 "]
BY_EMAIL = ["siti@contoh.id", " SITI@Contoh.ID "]


@pytest.mark.parametrize("login", [*BY_PHONE, *BY_EMAIL])
def test_a_code_signs_in(client, siti, texts, code, login):
    assert ask(client, login).url == CODE
    assert not is_signed_in(client)
    if "@" in login:
        assert texts == []
        assert mail.outbox[-1].to == ["siti@contoh.id"]
    else:
        assert mail.outbox == []
        assert texts[-1][0] == PHONE

    client.post(CODE, {"code": code()})

    assert client.session[SESSION_KEY] == str(siti.pk)


@pytest.mark.parametrize("login", [*BY_PHONE, *BY_EMAIL])
def test_a_password_signs_in(client, siti, texts, login):
    assert ask(client, login, PASSWORD).url == reverse("account_start")

    assert client.session[SESSION_KEY] == str(siti.pk)
    assert texts == mail.outbox == []


def test_a_code_works_once_and_only_where_it_was_asked_for(client, siti, texts, code):
    ask(client, PHONE)
    elsewhere = Client()
    elsewhere.post(CODE, {"code": code()})
    assert not is_signed_in(elsewhere)

    client.post(CODE, {"code": code()})
    client.post(reverse("account_logout"))
    client.post(CODE, {"code": code()})

    assert not is_signed_in(client)


def test_a_code_expires(client, siti, code):
    ask(client, PHONE)

    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        client.post(CODE, {"code": code()})

    assert not is_signed_in(client)


def test_after_three_wrong_codes_the_right_one_comes_too_late(client, siti, code):
    ask(client, PHONE)
    wrong = "000000" if code() != "000000" else "111111"
    for _attempt in range(3):
        client.post(CODE, {"code": wrong})

    client.post(CODE, {"code": code()})

    assert not is_signed_in(client)


@pytest.mark.parametrize("login", [PHONE, "siti@contoh.id"])
def test_nobody_learns_who_has_an_account(client, siti, texts, login):
    """Neither from the answers nor from the page that asks for the code, nor from a new code."""
    answers = []
    minutes = (timezone.now() + timedelta(minutes=number) for number in count(1, 2))
    for browser in (Client(), Client()):
        with time_machine.travel(next(minutes)):
            asked = ask(browser, login)
            page = browser.get(CODE)
            too_soon = browser.post(CODE, {"action": "resend"}, follow=True)
        with time_machine.travel(next(minutes)):
            again = browser.post(CODE, {"action": "resend"})
            wrong = browser.post(CODE, {"code": "abc"})
        answers.append(
            [asked.url, again.status_code, again.url]
            + [without_tokens(answer) for answer in (page, too_soon, wrong)]
        )
        User.objects.filter(pk=siti.pk).delete()

    assert answers[0] == answers[1]
    said = [text for _phone, text in texts] or [sent.body for sent in mail.outbox]
    assert [reverse("account_signup") in text for text in said] == [False, False, True]


def without_tokens(response):
    lines = response.content.decode().splitlines()
    return [line for line in lines if "csrfmiddlewaretoken" not in line]


def test_every_failure_reads_the_same(client, siti):
    UserFactory(email="tanpa@contoh.id")
    attempts = [
        ("siti@contoh.id", "salah"),
        ("tidak.ada@contoh.id", PASSWORD),
        ("tanpa@contoh.id", PASSWORD),
        (PHONE, "salah"),
        ("0812-3456-7899", PASSWORD),
    ]

    answers = {
        str(ask(client, *attempt).context["form"].errors) for attempt in attempts
    }

    assert len(answers) == 1
    assert not is_signed_in(client)


@pytest.mark.parametrize("login", ["tidak.ada@contoh.id", "0812-3456-7899"])
def test_an_unknown_login_costs_a_hash_too(client, siti, monkeypatch, login):
    """Else the time an answer takes would tell whether an account exists."""
    hashed = []
    set_password = type(siti).set_password
    monkeypatch.setattr(
        type(siti),
        "set_password",
        lambda user, raw: hashed.append(raw) or set_password(user, raw),
    )

    ask(client, login, PASSWORD)

    assert hashed == [PASSWORD]


@pytest.mark.parametrize("login", [PHONE, "siti@contoh.id"])
def test_who_was_switched_off_does_not_get_in(client, siti, texts, login):
    User.objects.update(is_active=False)

    assert ask(client, login, PASSWORD).url == reverse("account_inactive")
    ask(client, login)
    said = str(texts) + "".join(sent.body for sent in mail.outbox)
    for code in re.findall(r"\b\d{6}\b", said):
        client.post(CODE, {"code": code})

    assert not is_signed_in(client)


def test_who_was_switched_off_is_out_at_once(client):
    official = AppointmentFactory().user
    client.force_login(official)
    official.is_active = False
    official.save()

    response = client.get(reverse("admin:index"))

    assert response.url.startswith(reverse("admin:login"))


@pytest.mark.parametrize("field", ["login", "password"])
def test_nothing_typed_or_far_too_much_is_answered_with_the_form(field):
    for text in ("", "x" * 5000, "\x00"):
        attempt = {"login": "siti@contoh.id", "password": PASSWORD, field: text}
        response = Client().post(LOGIN, attempt)

        sent = response.status_code == 302 and field == "password" and not text
        assert sent or response.context["form"].errors


def test_what_cannot_be_sent_is_said_beside_the_field(client, siti, monkeypatch):
    def fail(*args):
        raise gateway.NotSent

    monkeypatch.setitem(gateway.BACKENDS, "console", fail)

    response = ask(client, "0812-3456-7890")

    assert response.context["form"].errors["login"]
    assert response.context["form"]["login"].value() == "0812-3456-7890"


def test_a_new_code_that_cannot_be_sent_keeps_the_old_one(
    client, siti, monkeypatch, code
):
    def fail(*args):
        raise gateway.NotSent

    ask(client, PHONE)
    first = code()
    monkeypatch.setitem(gateway.BACKENDS, "console", fail)
    again = client.post(CODE, {"action": "resend"}, follow=True)

    assert [str(message) for message in again.context["messages"]]
    client.post(CODE, {"code": first})
    assert is_signed_in(client)


@pytest.mark.parametrize("password", ["", PASSWORD])
def test_after_signing_in_the_page_that_was_asked_for_opens(
    client, siti, code, password
):
    wanted = reverse("publication:data")

    response = ask(client, PHONE, password, next=wanted)
    if not password:
        response = client.post(response.url, {"code": code()})

    assert response.url == wanted


def test_signing_in_leads_to_no_other_site(client, siti):
    response = ask(client, PHONE, PASSWORD, next="https://jahat.contoh/")

    assert response.url == reverse("account_start")


def test_officials_go_on_to_their_pages_and_owners_to_the_dashboard(client, siti):
    start = reverse("account_start")
    assert client.get(start).url == f"{LOGIN}?next={start}"

    client.force_login(siti)
    assert client.get(start).url == reverse("businesses:dashboard")

    client.force_login(AppointmentFactory().user)
    assert client.get(start).url == reverse("businesses:official_home")


def test_an_appointed_official_signs_in_with_the_code_alone(client, texts, code):
    """What the province admin typed is proven by it, and asked for only once."""
    official = AppointmentFactory(
        user__email="siti@contoh.id", user__phone=PHONE, second_factor=False
    ).user

    ask(client, "siti@contoh.id")
    client.post(CODE, {"code": code()})

    assert client.session[SESSION_KEY] == str(official.pk)
    assert official.has_confirmed_email
    assert len(mail.outbox) == 1
    assert texts == []


@pytest.mark.parametrize("login", ["siti@contoh.id", PHONE])
def test_a_password_alone_does_not_open_an_account_that_was_never_proven(
    client, texts, code, login
):
    user = UserFactory(email="siti@contoh.id", phone=PHONE, password=PASSWORD)

    asked = ask(client, login, PASSWORD)

    assert not is_signed_in(client)
    client.post(asked.url, {"code": code()})
    assert client.session[SESSION_KEY] == str(user.pk)


def test_a_superuser_of_the_command_line_needs_no_mail(client):
    user = User.objects.create_superuser("pengelola@contoh.id", PASSWORD, name="P")

    ask(client, user.email, PASSWORD)

    assert is_signed_in(client)
    assert mail.outbox == []


def test_who_is_signed_in_is_not_asked_again(client, siti):
    client.force_login(siti)

    assert client.get(LOGIN).url == reverse("account_start")
    assert client.get(reverse("account_signup")).url == reverse("account_start")


@pytest.mark.parametrize("login", [PHONE, "siti@contoh.id"])
def test_links_in_messages_do_not_follow_the_host_that_was_asked(
    settings, client, texts, login
):
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://portal.contoh.id"

    client.post(LOGIN, {"login": login}, headers={"host": "jahat.contoh"})

    said = texts[-1][1] if texts else mail.outbox[-1].body
    assert f"https://portal.contoh.id{reverse('account_signup')}" in said
    assert "jahat" not in said
