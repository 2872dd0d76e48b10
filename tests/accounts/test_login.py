import pytest
from django.contrib.auth import SESSION_KEY
from django.urls import reverse

from tests.factories import AppointmentFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "sandi-yang-panjang"


@pytest.fixture
def siti():
    return AppointmentFactory(
        user__email="siti@contoh.id",
        user__phone="081234567890",
        user__password=PASSWORD,
    ).user


def sign_in(client, login, password=PASSWORD, **query):
    return client.post(
        reverse("admin:login", query=query), {"username": login, "password": password}
    )


@pytest.mark.parametrize(
    "login", ["siti@contoh.id", "SITI@contoh.id ", "0812-3456-7890", "+6281234567890"]
)
def test_an_official_signs_in_by_email_or_phone(client, siti, login):
    response = sign_in(client, login)

    assert response.url == reverse("admin:index")
    assert client.session[SESSION_KEY] == str(siti.pk)


def test_after_signing_in_the_page_that_was_asked_for_opens(client, siti):
    wanted = reverse("admin:missions_mission_changelist")

    assert sign_in(client, siti.email, next=wanted).url == wanted
    assert sign_in(client, siti.email, next="https://jahat.contoh/").url == reverse(
        "admin:index"
    )


def test_every_failure_reads_the_same(client, siti):
    UserFactory(email="pemilik@contoh.id", password=PASSWORD)
    AppointmentFactory(
        user__email="pensiun@contoh.id", user__password=PASSWORD, user__is_active=False
    )

    answers = {
        str(sign_in(client, *attempt).context["form"].errors)
        for attempt in (
            ("siti@contoh.id", "salah"),
            ("tidak.ada@contoh.id",),
            ("bukan nomor",),
            ("pensiun@contoh.id",),
            ("pemilik@contoh.id",),
        )
    }

    assert len(answers) == 1
    assert SESSION_KEY not in client.session


def test_an_unknown_login_costs_a_hash_too(client, siti, monkeypatch):
    """Else the time an answer takes would tell whether an account exists."""
    hashed = []
    set_password = type(siti).set_password
    monkeypatch.setattr(
        type(siti),
        "set_password",
        lambda user, raw: hashed.append(raw) or set_password(user, raw),
    )

    sign_in(client, "tidak.ada@contoh.id")

    assert hashed == [PASSWORD]


def test_who_was_switched_off_is_out_at_once(client, siti):
    client.force_login(siti)
    siti.is_active = False
    siti.save()

    response = client.get(reverse("admin:index"))

    assert response.url.startswith(reverse("admin:login"))


@pytest.mark.parametrize("field", ["username", "password"])
def test_nothing_typed_or_far_too_much_is_answered_with_the_form(client, field):
    for text in ("", "x" * 5000, "\x00"):
        attempt = {"username": "siti@contoh.id", "password": PASSWORD, field: text}
        response = client.post(reverse("admin:login"), attempt)

        assert response.status_code == 200
        assert response.context["form"].errors


def test_signing_in_is_in_indonesian_and_english(client):
    indonesian = client.get("/admin/login/").content.decode()
    english = client.get("/en/admin/login/").content.decode()

    assert '<html lang="id"' in indonesian
    assert '<html lang="en"' in english
    assert "Sandi" in indonesian
    assert 'href="/en/admin/login/"' in indonesian
    assert 'href="/admin/login/"' in english
