import base64
import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import TOTP_SECRET, AppointmentFactory, UserFactory
from umkm_portal.accounts.access import official_required

pytestmark = pytest.mark.django_db
ADMIN = reverse("admin:index")
WHY = reverse("account_second_factor")
APP = reverse("mfa_activate_totp")
STEP = reverse("mfa_authenticate")
MISSIONS = reverse("admin:missions_mission_changelist")


def app_code(secret=TOTP_SECRET):
    """What an authenticator app with this key shows now."""
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))


@pytest.fixture
def official():
    """Without a second factor yet."""
    return AppointmentFactory(second_factor=False).user


def enrol(client):
    secret = client.get(APP).context["form"].secret
    return client.post(APP, {"code": app_code(secret)})


def test_an_official_is_led_to_a_second_factor_and_back(client, official, sign_in):
    sign_in(official)
    stopped = client.get(MISSIONS, follow=True)
    assert stopped.redirect_chain[-1][0] == reverse(
        "account_second_factor", query={"next": MISSIONS}
    )
    assert APP in stopped.content.decode()

    done = enrol(client)

    assert done.url == reverse("mfa_view_recovery_codes")
    assert client.get(done.url).context["unused_codes"]
    assert client.get(reverse("account_start")).url == MISSIONS
    assert client.get(MISSIONS).status_code == 200


def test_the_second_step_is_asked_for_from_then_on(client, sign_in):
    official = AppointmentFactory().user

    assert sign_in(official).url == STEP
    assert SESSION_KEY not in client.session
    assert client.get(ADMIN).status_code == 302
    wrong = client.post(STEP, {"code": "abc"})
    assert wrong.context["form"].errors["code"]
    assert client.post(STEP, {"code": app_code()}).url == reverse("account_start")

    assert client.session[SESSION_KEY] == str(official.pk)
    assert client.get(ADMIN).status_code == 200


def test_a_code_of_the_app_works_once(client, sign_in):
    official = AppointmentFactory().user
    other = Client()
    sign_in(official)
    client.post(STEP, {"code": app_code()})

    sign_in(official, other)
    other.post(STEP, {"code": app_code()})

    assert SESSION_KEY not in other.session


def test_codes_of_the_app_are_guessed_five_times_at_most(client, sign_in):
    sign_in(AppointmentFactory().user)
    for _attempt in range(5):
        client.post(STEP, {"code": "abc"})

    client.post(STEP, {"code": app_code()})

    assert SESSION_KEY not in client.session


def test_a_recovery_code_opens_the_account_once(client, official, sign_in):
    sign_in(official)
    enrol(client)
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    downloaded = client.get(reverse("mfa_download_recovery_codes")).content.decode()
    assert all(code in downloaded for code in codes)

    for browser, is_new in ((Client(), True), (Client(), False)):
        with time_machine.travel(timezone.now() + timedelta(minutes=6)):
            sign_in(official, browser)
            browser.post(STEP, {"code": codes[0]})
        assert (SESSION_KEY in browser.session) == is_new


def test_a_session_from_before_the_second_factor_ends(official, sign_in):
    old, new = Client(), Client()
    sign_in(official, old)
    sign_in(official, new)

    enrol(new)

    assert new.get(ADMIN).status_code == 200
    assert SESSION_KEY not in old.session
    assert old.get(ADMIN).url.startswith(reverse("admin:login"))


@pytest.mark.parametrize(
    "page",
    [
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "account_email",
        "account_change_phone",
        "account_change_password",
        "account_set_password",
        "account_remove_password",
    ],
)
def test_what_gives_the_account_away_needs_a_fresh_sign_in(
    client, official, sign_in, page
):
    sign_in(official)
    address = reverse(page)

    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        for answer in (client.get(address), client.post(address, {"code": "1"})):
            assert answer.url == reverse(
                "account_sign_in_again", query={"next": address}
            )
        again = client.post(answer.url)

    assert again.url == f"{reverse('account_login')}?next={address}"
    assert SESSION_KEY not in client.session


def test_who_gives_up_the_second_factor_gives_up_the_admin(client, official, sign_in):
    sign_in(official)
    enrol(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.exists()
    assert client.get(ADMIN, follow=True).redirect_chain[-1][0].startswith(WHY)


def test_recovery_codes_alone_are_no_second_factor(client, official):
    Authenticator.objects.create(
        user=official, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"}
    )
    client.force_login(official)

    assert client.get(ADMIN, follow=True).redirect_chain[-1][0].startswith(WHY)


def test_every_change_is_told_by_mail(client, official, sign_in, monkeypatch):
    monkeypatch.setattr(transaction, "on_commit", lambda tell: tell())
    sign_in(official)
    enrol(client)
    client.post(reverse("mfa_generate_recovery_codes"))
    client.post(reverse("mfa_deactivate_totp"))

    subjects = [sent.subject for sent in mail.outbox]
    assert len(subjects) == len(set(subjects)) == 4
    assert {address for sent in mail.outbox for address in sent.to} == {official.email}
    assert all("127.0.0.1" in sent.body for sent in mail.outbox[1:])


def test_who_has_no_email_is_told_by_text(client, texts, monkeypatch):
    monkeypatch.setattr(transaction, "on_commit", lambda tell: tell())
    user = UserFactory(email=None, phone="+6281234567890")
    client.post(reverse("account_login"), {"login": user.phone})
    code = re.search(r"\b\d{6}\b", texts.pop()[1])[0]
    client.post(reverse("account_confirm_login_code"), {"code": code})

    enrol(client)
    client.post(reverse("mfa_deactivate_totp"))

    assert [phone for phone, _text in texts] == [user.phone] * 2
    assert mail.outbox == []


def test_the_qr_code_is_a_picture_that_the_policy_allows(client, official, sign_in):
    sign_in(official)

    response = client.get(APP)

    html = response.content.decode()
    assert 'src="data:image/svg+xml;base64,' in html
    assert "style=" not in html
    policy = response["Content-Security-Policy"]
    assert "img-src 'self' data:" in policy
    assert "publickey-credentials-create=(self)" in response["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in response["Permissions-Policy"]


def test_strangers_passkeys_cannot_be_looked_at_renamed_or_removed(client, sign_in):
    def passkey(user):
        return Authenticator.objects.create(
            user=user,
            type=Authenticator.Type.WEBAUTHN,
            data={"name": "ponsel", "credential": {}},
        )

    stranger = UserFactory()
    key = passkey(stranger)
    sign_in(UserFactory())

    assert "ponsel" not in client.get(reverse("mfa_list_webauthn")).content.decode()
    for page in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        address = reverse(page, args=[key.pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "x"}).status_code == 404
    assert Authenticator.objects.get().data["name"] == "ponsel"


@pytest.mark.parametrize("credential", ["", "x", "[]", "{}", "null", '{"id": "x"}'])
def test_a_made_up_passkey_signs_nobody_in(client, credential):
    page = reverse("mfa_login_webauthn")
    client.get(page, headers={"accept": "application/json"})

    response = client.post(page, {"credential": credential})

    assert response.url == reverse("account_login")
    assert SESSION_KEY not in client.session


@official_required
def board(request):
    return HttpResponse("board")


def ask_for(rf, user):
    request = rf.get("/petugas/jatim-kaltim-2025/?x=1")
    request.user = user
    return board(request)


def test_pages_of_officials_open_for_officials_with_a_second_factor(rf):
    assert ask_for(rf, AppointmentFactory().user).content == b"board"
    assert ask_for(rf, UserFactory(is_superuser=True)).content == b"board"


def test_pages_of_officials_refuse_owners(rf):
    with pytest.raises(PermissionDenied):
        ask_for(rf, UserFactory())


def test_pages_of_officials_lead_others_to_what_they_need(rf, official):
    anonymous = Client().get("/").wsgi_request.user
    where = "/petugas/jatim-kaltim-2025/?x=1"

    assert ask_for(rf, anonymous).url == (
        reverse("account_login") + "?next=/petugas/jatim-kaltim-2025/%3Fx%3D1"
    )
    assert ask_for(rf, official).url == reverse(
        "account_second_factor", query={"next": where}
    )


def test_the_admin_refuses_owners_and_sends_others_to_sign_in(client):
    login = reverse("admin:login", query={"next": MISSIONS})
    assert client.get(login).url == reverse("account_login") + f"?next={MISSIONS}"
    client.force_login(UserFactory())
    assert client.get(login).status_code == 403

    client.force_login(AppointmentFactory().user)
    assert client.get(login).url == MISSIONS
    away = reverse("admin:login", query={"next": "https://jahat.contoh/"})
    assert client.get(away).url == ADMIN


def test_signing_out_of_the_admin_takes_a_click(client):
    client.force_login(AppointmentFactory().user)

    assert client.get(reverse("admin:logout")).status_code == 405
    assert SESSION_KEY in client.session
    client.post(reverse("admin:logout"))
    assert SESSION_KEY not in client.session


def test_a_lost_second_factor_is_removed_by_command(client, capsys):
    official = AppointmentFactory().user

    call_command("remove_second_factor", official.email.upper())

    assert not Authenticator.objects.exists()
    with pytest.raises(CommandError, match="no account"):
        call_command("remove_second_factor", "tidak.ada@contoh.id")


def test_the_key_of_the_example_logins_is_one_that_apps_take():
    assert len(base64.b32decode(TOTP_SECRET)) == 10
    user = UserFactory()
    assert TOTP.activate(user, TOTP_SECRET).validate_code(app_code())
