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

from tests.factories import UserFactory
from umkm_portal import gateway
from umkm_portal.accounts.models import User

pytestmark = pytest.mark.django_db
OVERVIEW = reverse("account_overview")
PHONE = reverse("account_change_phone")
PHONE_CODE = reverse("account_verify_phone")
EMAIL = reverse("account_email")
EMAIL_CODE = reverse("account_email_verification_sent")
PASSWORD = "sandi-yang-panjang"
NEW = "kalimat-lain-yang-panjang"


@pytest.fixture
def siti(sign_in):
    user = UserFactory(name="Siti", email="siti@contoh.id")
    sign_in(user)
    mail.outbox.clear()
    return user


def test_the_overview_links_everything_that_can_be_changed(client, siti):
    html = client.get(OVERVIEW).content.decode()

    for page in (
        "account_name",
        "account_email",
        "account_change_phone",
        "account_change_password",
        "mfa_index",
        "usersessions_list",
    ):
        assert f'href="{reverse(page)}"' in html
    assert 'href="/en/akun/"' in html


def test_a_name_is_changed(client, siti):
    client.post(reverse("account_name"), {"name": "Siti Aminah", "language": "id"})
    refused = client.post(reverse("account_name"), {"name": "", "language": "id"})

    assert refused.context["form"].errors["name"]
    assert User.objects.get().name == "Siti Aminah"


def test_a_phone_counts_once_its_code_was_typed(client, siti, texts, code):
    client.post(PHONE, {"phone": "0812-3456-7890"})
    assert User.objects.get().phone is None
    assert texts[-1][0] == "+6281234567890"

    client.post(PHONE_CODE, {"code": "abc"})
    assert User.objects.get().phone is None
    done = client.post(PHONE_CODE, {"code": code()}, follow=True)

    assert done.redirect_chain == [(OVERVIEW, 302)]
    assert "0812-3456-7890" in done.text
    assert "+6281234567890" not in done.text
    user = User.objects.get()
    assert user.phone == "+6281234567890"
    assert user.phone_verified_at


def test_a_new_code_for_a_new_phone_replaces_the_one_that_never_came(
    client, siti, texts, code
):
    client.post(PHONE, {"phone": "0812-3456-7890"})
    first = code()
    assert 'value="resend"' in client.get(PHONE_CODE).text

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        client.post(PHONE_CODE, {"action": "resend"})
        assert len(texts) == 2
        if first != code():
            client.post(PHONE_CODE, {"code": first})
            assert User.objects.get().phone is None
        client.post(PHONE_CODE, {"code": code()})

    assert User.objects.get().phone == "+6281234567890"


def test_after_three_wrong_codes_a_new_phone_is_typed_anew(client, siti, texts, code):
    client.post(PHONE, {"phone": "0812-3456-7890"})
    for _attempt in range(3):
        answer = client.post(PHONE_CODE, {"code": "abc"})

    assert answer.url == PHONE
    assert client.post(PHONE_CODE, {"code": code()}).url == PHONE
    assert User.objects.get().phone is None


def test_who_holds_the_former_phone_is_told_and_other_sessions_end(
    client, siti, sign_in, texts, code
):
    siti.confirm_phone("+6281234567891")
    other = Client()
    sign_in(siti, other)
    texts.clear()
    mail.outbox.clear()

    client.post(PHONE, {"phone": "0812-3456-7890"})
    client.post(PHONE_CODE, {"code": code()})

    assert [phone for phone, _text in texts] == ["+6281234567890", "+6281234567891"]
    notice = texts[-1][1]
    assert "7890" not in notice
    assert "http://127.0.0.1:8000/privasi/" in notice
    assert mail.outbox[-1].to == ["siti@contoh.id"]
    assert SESSION_KEY in client.session
    assert SESSION_KEY not in other.session


def test_a_first_phone_is_told_by_mail(client, siti, texts, code):
    client.post(PHONE, {"phone": "0812-3456-7890"})
    client.post(PHONE_CODE, {"code": code()})

    assert len(texts) == 1
    assert [sent.to for sent in mail.outbox] == [["siti@contoh.id"]]


def test_a_notice_that_cannot_be_sent_undoes_nothing(client, siti, monkeypatch, code):
    def fail(*args):
        raise gateway.NotSent

    siti.confirm_phone("+6281234567891")
    client.post(PHONE, {"phone": "0812-3456-7890"})
    typed = code()
    monkeypatch.setitem(gateway.BACKENDS, "console", fail)

    assert client.post(PHONE_CODE, {"code": typed}).url == OVERVIEW
    assert User.objects.get().phone == "+6281234567890"


def test_an_email_counts_once_its_code_was_typed_and_replaces_the_old(
    client, siti, sign_in, code
):
    other = Client()
    sign_in(siti, other)
    client.post(EMAIL, {"email": "Baru@contoh.id", "action_add": "yes"})
    assert User.objects.get().email == "siti@contoh.id"
    assert mail.outbox[-1].to == ["baru@contoh.id"]

    done = client.post(EMAIL_CODE, {"code": code()})

    assert done.url == OVERVIEW
    user = User.objects.get()
    assert user.email == "baru@contoh.id"
    assert user.has_confirmed_email
    assert EmailAddress.objects.count() == 1
    assert mail.outbox[-1].to == ["siti@contoh.id"]
    assert SESSION_KEY in client.session
    assert SESSION_KEY not in other.session
    Client().post(reverse("account_login"), {"login": "siti@contoh.id"})
    assert reverse("account_signup") in mail.outbox[-1].body


@pytest.fixture
def owner(client, texts, code):
    """Signed in by phone, without an e-mail."""
    user = UserFactory(email=None, phone="+6281234567890")
    client.post(reverse("account_login"), {"login": user.phone})
    client.post(reverse("account_confirm_login_code"), {"code": code()})
    texts.clear()
    return user


def test_an_owner_without_email_adds_one_and_is_told_by_text(
    client, owner, texts, code
):
    client.post(EMAIL, {"email": "siti@contoh.id", "action_add": "yes"})
    client.post(EMAIL_CODE, {"code": code()})

    assert User.objects.get().email == "siti@contoh.id"
    assert [phone for phone, _text in texts] == [owner.phone]


def test_an_owner_without_email_is_told_of_a_password_by_text(client, owner, texts):
    client.post(reverse("account_set_password"), {"password1": NEW, "password2": NEW})

    [(phone, said)] = texts
    assert phone == owner.phone
    assert f"http://127.0.0.1:8000{OVERVIEW}" in said
    assert mail.outbox == []


@pytest.mark.parametrize("page", ["account_set_password", "account_signup"])
def test_the_rule_for_passwords_is_one_sentence_of_our_own(client, owner, page):
    if page == "account_signup":
        client.logout()

    with override("en"):
        html = client.get(reverse(page)).text

    assert "At least 8 characters, not only digits" in html
    assert "entirely numeric" not in html


def test_a_strangers_phone_or_email_is_not_taken_over(client, siti, texts, code):
    """Nor does the form tell that somebody has it: only its holder gets to know."""
    UserFactory(email="budi@contoh.id", phone="+6281234567890")

    asked = client.post(PHONE, {"phone": "+6281234567890"})
    typed = client.post(PHONE_CODE, {"code": code()})
    assert asked.url == PHONE_CODE
    assert typed.context["form"].errors["code"]

    texts.clear()
    asked = client.post(EMAIL, {"email": "budi@contoh.id", "action_add": "yes"})
    typed = client.post(EMAIL_CODE, {"code": code()})
    assert asked.url == EMAIL_CODE
    assert typed.context["form"].errors["code"]

    user = User.objects.get(pk=siti.pk)
    assert (user.email, user.phone) == ("siti@contoh.id", None)


@pytest.mark.parametrize(
    ("page", "field", "text"),
    [
        (PHONE, "phone", "123"),
        (PHONE, "phone", ""),
        (EMAIL, "email", "siti"),
        (EMAIL, "email", "siti@contoh.id"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client, siti, page, field, text):
    response = client.post(page, {field: text, "action_add": "yes"})

    assert response.context["form"].errors[field]
    assert response.context["form"][field].value() == text


def test_an_email_is_not_removed(client, siti):
    client.post(EMAIL, {"email": "siti@contoh.id", "action_remove": "yes"})

    assert User.objects.get().email == "siti@contoh.id"


def test_a_password_is_chosen_changed_and_removed(client, siti):
    choose, change, remove = (
        reverse(f"account_{what}_password") for what in ("set", "change", "remove")
    )
    assert client.get(change).url == choose
    assert client.get(remove).url == choose

    client.post(choose, {"password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.get().check_password(PASSWORD)

    wrong = {"oldpassword": "salah", "password1": NEW, "password2": NEW}
    assert client.post(change, wrong).context["form"].errors["oldpassword"]
    client.post(change, wrong | {"oldpassword": PASSWORD})
    assert User.objects.get().check_password(NEW)

    client.post(remove)
    assert not User.objects.get().has_usable_password()
    assert SESSION_KEY in client.session
    assert len({sent.subject for sent in mail.outbox}) == 2


def test_another_password_signs_out_everywhere_else(client, siti, sign_in):
    other = Client()
    sign_in(siti, other)

    client.post(reverse("account_set_password"), {"password1": NEW, "password2": NEW})

    assert client.get(OVERVIEW).status_code == 200
    assert other.get(OVERVIEW).status_code == 302


def test_a_forgotten_password_needs_no_mail_of_its_own(client):
    html = client.get(reverse("account_reset_password")).content.decode()

    assert f'href="{reverse("account_login")}"' in html


def test_signing_out_asks_first(client, siti):
    logout = reverse("account_logout")

    assert client.get(logout).status_code == 200
    assert SESSION_KEY in client.session
    client.post(logout)
    assert SESSION_KEY not in client.session


def test_pages_of_the_account_are_not_for_search_engines(client, siti):
    for page in (OVERVIEW, reverse("mfa_index")):
        assert '<meta name="robots" content="noindex">' in client.get(page).text


def test_a_new_name_is_kept_in_the_history(client, siti):
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        client.post(reverse("account_name"), {"name": "Siti Aminah", "language": "id"})

    assert [version.name for version in siti.history.all()][:2] == [
        "Siti Aminah",
        "Siti",
    ]


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_language_of_messages_is_changed_with_the_name(client, siti, language):
    client.post(reverse("account_name"), {"name": "Siti", "language": language})

    siti.refresh_from_db()
    assert siti.language == language


def test_a_language_that_there_is_not_is_refused_beside_the_field(client, siti):
    page = client.post(reverse("account_name"), {"name": "Siti", "language": "fr"})

    assert set(page.context["form"].errors) == {"language"}
