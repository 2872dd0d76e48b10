from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from tests.factories import AppointmentFactory, UserFactory
from umkm_portal import gateway
from umkm_portal.accounts.models import User

pytestmark = pytest.mark.django_db
SIGNUP = reverse("account_signup")
PHONE_CODE = reverse("account_verify_phone")
EMAIL_CODE = reverse("account_email_verification_sent")
PHONE = "+6281234567890"
PASSWORD = "sandi-yang-panjang"


def sign_up(client, login="0812-3456-7890", name="Siti", **fields):
    return client.post(SIGNUP, {"name": name, "login": login, **fields})


def is_signed_in(client):
    return SESSION_KEY in client.session


@pytest.mark.parametrize("typed", ["0812-3456-7890", "62812 34567890", PHONE])
def test_an_owner_signs_up_by_phone(client, texts, code, typed):
    asked = sign_up(client, typed)
    assert asked.url == PHONE_CODE
    assert not is_signed_in(client)
    assert [phone for phone, _text in texts] == [PHONE]

    done = client.post(PHONE_CODE, {"code": code()})

    assert done.url == reverse("account_start")
    user = User.objects.get()
    assert client.session[SESSION_KEY] == str(user.pk)
    assert (user.name, user.phone, user.email) == ("Siti", PHONE, None)
    assert user.phone_verified_at
    assert not user.has_usable_password()


def test_an_owner_signs_up_by_email(client, texts, code):
    asked = sign_up(client, "Siti@Contoh.id")
    assert asked.url == EMAIL_CODE
    assert texts == []
    assert mail.outbox[0].to == ["siti@contoh.id"]
    assert mail.outbox[0].subject.startswith("[Portal Misi Dagang] ")

    client.post(EMAIL_CODE, {"code": code()})

    user = User.objects.get()
    assert client.session[SESSION_KEY] == str(user.pk)
    assert (user.email, user.phone) == ("siti@contoh.id", None)
    assert user.has_confirmed_email


def test_after_signing_up_the_page_that_was_asked_for_opens(client, code):
    wanted = reverse("publication:data")
    client.post(
        reverse("account_signup", query={"next": wanted}),
        {"name": "Siti", "login": PHONE, "next": wanted},
    )

    assert client.post(PHONE_CODE, {"code": code()}).url == wanted


def test_a_password_counts_once_the_phone_is_proven(client, code):
    sign_up(client, password1=PASSWORD)
    assert not User.objects.get().has_usable_password()

    client.post(PHONE_CODE, {"code": code()})

    assert User.objects.get().check_password(PASSWORD)
    assert PASSWORD not in str(dict(client.session))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"login": ""}, "login"),
        ({"login": "siti"}, "login"),
        ({"login": "siti@"}, "login"),
        ({"login": "0812"}, "login"),
        ({"login": "\x00"}, "login"),
        ({"login": "x" * 5000}, "login"),
        ({"name": "x" * 151}, "name"),
        ({"password1": "12345678"}, "password1"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    client, texts, fields, field
):
    typed = {"name": "Siti", "login": "0812-3456-7890"} | fields

    response = client.post(SIGNUP, typed)

    assert response.status_code == 200
    assert set(response.context["form"].errors) == {field}
    assert response.context["form"]["name"].value() == typed["name"]
    assert texts == []
    assert not User.objects.exists()


def test_a_wrong_code_is_refused_and_the_third_ends_it(client, code):
    sign_up(client)
    wrong = "000000" if code() != "000000" else "111111"

    first = client.post(PHONE_CODE, {"code": wrong})
    assert first.context["form"].errors["code"]
    client.post(PHONE_CODE, {"code": wrong})
    client.post(PHONE_CODE, {"code": wrong})
    client.post(PHONE_CODE, {"code": code()})

    assert not is_signed_in(client)
    assert User.objects.get().phone_verified_at is None


@pytest.mark.parametrize(
    ("login", "page"), [(PHONE, PHONE_CODE), ("siti@contoh.id", EMAIL_CODE)]
)
def test_a_code_expires(client, code, login, page):
    sign_up(client, login)

    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        client.post(page, {"code": code()})

    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("login", "page"), [(PHONE, PHONE_CODE), ("siti@contoh.id", EMAIL_CODE)]
)
def test_a_new_code_replaces_the_one_that_never_came(client, code, texts, login, page):
    sign_up(client, login)
    sent = len(texts) + len(mail.outbox)

    client.post(page, {"action": "resend"})
    assert len(texts) + len(mail.outbox) == sent

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        client.post(page, {"action": "resend"})
        assert len(texts) + len(mail.outbox) == sent + 1
        client.post(page, {"code": code()})

    assert is_signed_in(client)


def existing(login):
    """An account in use with this login."""
    if "@" in login:
        user = UserFactory(email=login, name="Budi")
        EmailAddress.objects.create(user=user, email=login, verified=True, primary=True)
        return user
    user = UserFactory(email=None, phone=login, name="Budi")
    user.confirm_phone(login)
    return user


@pytest.mark.parametrize(
    ("login", "page"), [(PHONE, PHONE_CODE), ("siti@contoh.id", EMAIL_CODE)]
)
def test_nobody_learns_who_has_an_account(client, texts, login, page):
    stranger = Client()
    new = sign_up(stranger, login)
    new_page = stranger.get(page).content
    User.objects.all().delete()
    existing(login)

    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        known = sign_up(client, login, name="Penebak")
        known_page = client.get(page).content

    assert (new.status_code, new.url) == (known.status_code, known.url)
    assert without_tokens(new_page) == without_tokens(known_page)
    assert len(texts) + len(mail.outbox) == 2
    said = texts[-1][1] if texts else mail.outbox[-1].body
    assert reverse("account_login") in said
    assert User.objects.get().name == "Budi"


def without_tokens(html):
    return [line for line in html.splitlines() if b"csrfmiddlewaretoken" not in line]


def test_a_made_up_code_opens_no_existing_account(client):
    existing(PHONE)
    sign_up(client, PHONE)

    for code in ("", "000000", " "):
        client.post(PHONE_CODE, {"code": code})

    assert not is_signed_in(client)


def test_an_address_that_somebody_else_typed_keeps_its_owner_not_out(client, code):
    """And neither the name nor the password of that somebody stays."""
    thief = Client()
    sign_up(thief, PHONE, name="Penyerobot", password1=PASSWORD)

    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        sign_up(client, PHONE, name="Siti")
        client.post(PHONE_CODE, {"code": code()})

    user = User.objects.get()
    assert client.session[SESSION_KEY] == str(user.pk)
    assert user.name == "Siti"
    assert not user.has_usable_password()
    assert not is_signed_in(thief)


def test_an_appointed_official_who_signs_up_gets_the_own_account(client, code):
    official = AppointmentFactory(
        user__email="siti@contoh.id", user__name="Siti Aminah", second_factor=False
    ).user

    sign_up(client, "siti@contoh.id", name="Siti")
    client.post(EMAIL_CODE, {"code": code()})

    assert client.session[SESSION_KEY] == str(official.pk)
    assert User.objects.get().name == "Siti Aminah"


@pytest.mark.parametrize("login", [PHONE, "siti@contoh.id"])
def test_what_cannot_be_sent_is_said_beside_the_field(client, monkeypatch, login):
    def fail(*args):
        raise gateway.NotSent

    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setitem(gateway.BACKENDS, "console", fail)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)

    response = sign_up(client, login)

    assert response.status_code == 200
    assert response.context["form"].errors["login"]
    assert response.context["form"]["name"].value() == "Siti"
    assert not is_signed_in(client)


def test_signing_up_is_in_indonesian_and_english(client):
    assert '<html lang="id"' in client.get("/akun/daftar/").content.decode()
    assert '<html lang="en"' in client.get("/en/akun/daftar/").content.decode()


@pytest.mark.parametrize("language", ["id", "en"])
def test_messages_come_in_the_language_of_the_page_of_the_sign_up(client, language):
    with override(language):
        address = reverse("account_signup")
    client.post(address, {"name": "Siti", "login": PHONE})

    assert User.objects.get().language == language
