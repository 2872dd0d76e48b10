import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.urls import reverse

from tests.factories import AppointmentFactory, ProvinceFactory, UserFactory
from umkm_portal.accounts.models import Appointment, User

pytestmark = pytest.mark.django_db
Role = Appointment.Role
OFFICIALS = reverse("admin:accounts_user_changelist")
ADD = reverse("admin:accounts_user_add")
PASSWORD = "sandi-yang-panjang"


@pytest.fixture
def east_java():
    return ProvinceFactory(code="35")


@pytest.fixture
def kaltim():
    return ProvinceFactory(code="64")


@pytest.fixture
def office(client, east_java):
    """The browser of a province admin of Jawa Timur."""
    client.force_login(AppointmentFactory(province=east_java).user)
    return client


def change_page(user):
    return reverse("admin:accounts_user_change", args=[user.pk])


def typed(user=None, *, appointments=(), **changes):
    """The form of an account with `appointments`: (id or "", role, province code)."""
    fields = {
        "name": "Siti",
        "email": user.email if user else "siti@contoh.id",
        "phone": "",
        "is_active": "on",
        "appointments-TOTAL_FORMS": len(appointments),
        "appointments-INITIAL_FORMS": sum(bool(row[0]) for row in appointments),
    }
    for number, (pk, role, province) in enumerate(appointments):
        prefix = f"appointments-{number}-"
        fields[prefix + "id"] = pk
        fields[prefix + "user"] = user.pk if user else ""
        fields[prefix + "role"] = role
        fields[prefix + "province"] = province
    return fields | changes


def roles(user):
    return set(user.appointments.values_list("role", "province"))


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_as_many_queries_for_one_as_for_three(
    office, east_java, kaltim, django_assert_num_queries, number
):
    for colleague in UserFactory.create_batch(number):
        for province in (east_java, kaltim):
            AppointmentFactory(user=colleague, role=Role.OPERATOR, province=province)
    office.get(OFFICIALS)

    with django_assert_num_queries(10):
        response = office.get(OFFICIALS)

    html = response.content.decode()
    assert html.count("operator (Jawa Timur), operator (Kalimantan Timur)") == number


def test_accounts_are_searched_by_name_email_and_phone(office, east_java):
    user = UserFactory(name="Siti", email="sitia@contoh.id", phone="081234567890")
    AppointmentFactory(user=user, province=east_java, role=Role.OPERATOR)

    for text in ("siti", "sitia@", "+62812345"):
        assert set(office.get(OFFICIALS, {"q": text}).context["cl"].queryset) == {user}


def test_a_province_admin_appoints_in_the_own_province(office, east_java):
    response = office.post(ADD, typed(appointments=[("", Role.VERIFIER, "35")]))

    assert response.status_code == 302
    user = User.objects.get(email="siti@contoh.id")
    assert roles(user) == {(Role.VERIFIER, "35")}
    assert not user.has_usable_password()
    assert not user.is_superuser


@pytest.mark.parametrize(
    "appointments", [[], [("", Role.OPERATOR, "64")], [("", "governor", "35")]]
)
def test_a_province_admin_appoints_nowhere_else(office, kaltim, appointments):
    response = office.post(ADD, typed(appointments=appointments))

    assert response.status_code == 200
    assert response.context["errors"]
    assert not User.objects.filter(email="siti@contoh.id").exists()


def test_an_account_is_not_moved_to_another_province(office, east_java, kaltim):
    appointment = AppointmentFactory(province=east_java, role=Role.OPERATOR)
    user = appointment.user
    rows = [(appointment.pk, Role.OPERATOR, "64")]

    response = office.post(change_page(user), typed(user, appointments=rows))

    assert response.context["errors"]
    assert roles(user) == {(Role.OPERATOR, "35")}


def test_the_last_role_is_not_taken_away(office, east_java):
    appointment = AppointmentFactory(province=east_java, role=Role.OPERATOR)
    user = appointment.user
    rows = [(appointment.pk, Role.OPERATOR, "35")]

    fields = typed(user, appointments=rows) | {"appointments-0-DELETE": "on"}
    response = office.post(change_page(user), fields)

    assert response.context["errors"]
    assert roles(user) == {(Role.OPERATOR, "35")}


def test_somebody_elses_appointment_is_not_touched(office, east_java, kaltim):
    own = AppointmentFactory(province=east_java, role=Role.OPERATOR)
    foreign = AppointmentFactory(province=kaltim, role=Role.OPERATOR)
    rows = [(foreign.pk, Role.AUDITOR, "35")]

    office.post(change_page(own.user), typed(own.user, appointments=rows))

    foreign.refresh_from_db()
    assert (foreign.role, foreign.province) == (Role.OPERATOR, kaltim)


def test_a_province_admin_makes_no_superuser(office, east_java):
    appointment = AppointmentFactory(province=east_java, role=Role.OPERATOR)
    user = appointment.user
    rows = [(appointment.pk, Role.OPERATOR, "35")]

    response = office.post(
        change_page(user), typed(user, appointments=rows, is_superuser="on")
    )

    assert response.status_code == 302
    user.refresh_from_db()
    assert user.name == "Siti"
    assert not user.is_superuser


def takeover_targets(east_java, kaltim):
    elsewhere = AppointmentFactory(province=east_java, role=Role.OPERATOR).user
    AppointmentFactory(user=elsewhere, province=kaltim, role=Role.OPERATOR)
    runs_portal = UserFactory(is_superuser=True)
    AppointmentFactory(user=runs_portal, province=east_java)
    foreign = AppointmentFactory(province=kaltim).user
    return [elsewhere, runs_portal, foreign, UserFactory()]


def test_an_account_with_more_power_cannot_be_taken_over(office, east_java, kaltim):
    for user in takeover_targets(east_java, kaltim):
        password_page = reverse("admin:auth_user_password_change", args=[user.pk])
        before = (user.email, user.password)

        office.post(
            password_page,
            {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"},
        )
        office.post(change_page(user), typed(user, email="jahat@contoh.id"))

        user.refresh_from_db()
        assert (user.email, user.password) == before


@pytest.fixture
def colleague(east_java):
    """A verifier of Jawa Timur, whom a province admin there manages."""
    user = AppointmentFactory(
        province=east_java,
        role=Role.VERIFIER,
        user__name="Siti",
        user__email="siti@contoh.id",
        user__phone="+6281234567890",
    ).user
    user.confirm_phone(user.phone)
    EmailAddress.objects.create(
        user=user, email=user.email, verified=True, primary=True
    )
    return user


@pytest.fixture
def portal(client):
    """The browser of a superuser."""
    client.force_login(UserFactory(is_superuser=True))
    return client


@pytest.fixture
def _commits(monkeypatch):
    """What waits for the commit happens, as it does outside of a test's transaction."""
    monkeypatch.setattr(transaction, "on_commit", lambda tell: tell())


def rows_of(user):
    return list(user.appointments.values_list("pk", "role", "province"))


def set_password(browser, user):
    fields = {
        "password1": PASSWORD,
        "password2": PASSWORD,
        "usable_password": "true",
    }
    page = reverse("admin:auth_user_password_change", args=[user.pk])
    return browser.post(page, fields)


def test_a_province_admin_does_not_become_the_second_pair_of_eyes(office, colleague):
    """Whoever sets how a verifier signs in could act as that verifier."""
    before = User.objects.filter(pk=colleague.pk).values()[0]
    rows = rows_of(colleague)

    page = office.get(change_page(colleague))
    saved = office.post(
        change_page(colleague),
        typed(
            colleague,
            appointments=rows,
            email="jahat@contoh.id",
            phone="081234567899",
            phone_verified_at="",
        ),
    )
    refused = set_password(office, colleague)
    remove_second_factor(office, colleague)

    assert b'name="email"' not in page.content
    assert b'name="phone"' not in page.content
    assert b"/password/" not in page.content
    assert "0812-3456-7890" in page.text
    assert (saved.status_code, refused.status_code) == (302, 403)
    assert User.objects.filter(pk=colleague.pk).values()[0] == before
    assert colleague.has_second_factor
    assert b"remove_second_factor" not in office.get(OFFICIALS).content


def test_nor_does_anybody_change_the_own_login_there_without_a_fresh_sign_in(
    office, east_java
):
    admin = User.objects.get(appointments__role=Role.PROVINCE_ADMIN)

    office.post(
        change_page(admin),
        typed(admin, appointments=rows_of(admin), email="lain@contoh.id"),
    )

    assert User.objects.get(pk=admin.pk).email == admin.email
    assert set_password(office, admin).status_code == 403


def test_a_province_admin_switches_off_and_dismisses(office, colleague, east_java):
    AppointmentFactory(user=colleague, province=east_java, role=Role.OPERATOR)
    rows = rows_of(colleague)

    fields = typed(colleague, appointments=rows) | {"appointments-0-DELETE": "on"}
    del fields["is_active"]
    office.post(change_page(colleague), fields)

    colleague.refresh_from_db()
    assert not colleague.is_active
    assert colleague.appointments.count() == 1


@pytest.mark.usefixtures("_commits")
def test_a_superuser_changes_a_login_and_the_former_one_is_told(
    portal, colleague, sign_in, texts, mailoutbox
):
    UserSession.objects.create(
        user=colleague, ip="10.0.0.1", session_key="lain", user_agent="x"
    )
    changes = {"email": "baru@contoh.id", "phone": "0812-3456-7891"}

    portal.post(
        change_page(colleague),
        typed(colleague, appointments=rows_of(colleague), **changes),
    )

    colleague.refresh_from_db()
    assert (colleague.email, colleague.phone) == ("baru@contoh.id", "+6281234567891")
    assert colleague.phone_verified_at is None
    assert not EmailAddress.objects.exists()
    assert not UserSession.objects.filter(user=colleague).exists()
    assert [phone for phone, _text in texts] == ["+6281234567890"]
    assert [sent.to for sent in mailoutbox] == [["siti@contoh.id"]]


@pytest.mark.usefixtures("_commits")
def test_what_a_superuser_leaves_as_it_is_stays_confirmed(
    portal, colleague, texts, mailoutbox
):
    page = portal.get(change_page(colleague))
    assert 'value="0812-3456-7890"' in page.text

    portal.post(
        change_page(colleague),
        typed(colleague, appointments=rows_of(colleague), phone="0812-3456-7890"),
    )

    colleague.refresh_from_db()
    assert colleague.phone_verified_at
    assert EmailAddress.objects.get().verified
    assert texts == mailoutbox == []


def test_a_superuser_sets_a_password_and_its_owner_is_told(
    portal, colleague, mailoutbox
):
    response = set_password(portal, colleague)

    assert response.status_code == 302
    colleague.refresh_from_db()
    assert colleague.check_password(PASSWORD)
    assert [sent.to for sent in mailoutbox] == [["siti@contoh.id"]]


def remove_second_factor(browser, *users):
    browser.post(
        OFFICIALS,
        {
            "action": "remove_second_factor",
            "_selected_action": [user.pk for user in users],
        },
    )


@pytest.mark.usefixtures("_commits")
def test_a_superuser_lets_in_who_lost_the_second_factor(portal, colleague, mailoutbox):
    remove_second_factor(portal, colleague)

    assert not colleague.authenticator_set.exists()
    assert LogEntry.objects.get().object_id == str(colleague.pk)
    assert [sent.to for sent in mailoutbox] == [["siti@contoh.id"]]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PROVINCE_ADMIN])
def test_an_official_removes_no_second_factor(client, colleague, east_java, role):
    client.force_login(AppointmentFactory(role=role, province=east_java).user)

    remove_second_factor(client, colleague)

    assert colleague.has_second_factor


def test_history_names_no_password(client):
    client.force_login(UserFactory(is_superuser=True))
    user = UserFactory(name="Siti")
    user.name = "Siti Aminah"
    user.set_password(PASSWORD)
    user.save()

    html = client.get(
        reverse("admin:accounts_user_history", args=[user.pk])
    ).content.decode()

    assert "Siti → Siti Aminah" in html
    assert user.password not in html


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "", "phone": ""}, "__all__"),
        ({"phone": "123"}, "phone"),
        ({"email": "SUDAH@contoh.id"}, "email"),
        ({"phone": "0812-3456-7890"}, "phone"),
        ({"name": ""}, "name"),
    ],
)
def test_a_wrong_account_is_refused_beside_its_field(office, east_java, changes, field):
    UserFactory(email="sudah@contoh.id", phone="081234567890")

    rows = [("", Role.OPERATOR, "35")]
    response = office.post(ADD, typed(appointments=rows, **changes))

    assert field in response.context["adminform"].form.errors
    assert User.objects.count() == 2


def test_phones_are_stored_in_one_form(office, east_java):
    office.post(
        ADD,
        typed(email="", phone="0812 3456 7890", appointments=[("", "operator", "35")]),
    )

    user = User.objects.get(name="Siti")
    assert (user.email, user.phone) == (None, "+6281234567890")
