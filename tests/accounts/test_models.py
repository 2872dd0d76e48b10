import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from hypothesis import given, strategies as st

from tests.factories import AppointmentFactory, ProvinceFactory, UserFactory
from umkm_portal.accounts.models import Appointment, User
from umkm_portal.accounts.phones import normalise_phone

Role = Appointment.Role


@pytest.mark.parametrize(
    "typed",
    [
        "0812-3456-7890",
        "0812 3456 7890",
        "+62 812 3456 7890",
        "62812 34567890",
        "(0812) 3456.7890",
        "812 3456 7890",
    ],
)
def test_a_phone_is_stored_in_one_form_however_it_is_typed(typed):
    assert normalise_phone(typed) == "+6281234567890"


def test_a_foreign_phone_keeps_its_country():
    assert normalise_phone("+65 6123 4567") == "+6561234567"


@pytest.mark.parametrize("typed", ["", "abc", "0812", "+62", "1" * 40, "++62812"])
def test_what_is_no_phone_is_refused(typed):
    with pytest.raises(ValidationError):
        normalise_phone(typed)


@given(st.text(max_size=60))
def test_any_text_is_a_phone_or_refused(text):
    try:
        phone = normalise_phone(text)
    except ValidationError:
        return
    assert normalise_phone(phone) == phone


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("login", "is_found"),
    [
        ("siti@contoh.id", True),
        (" SITI@Contoh.ID ", True),
        ("081234567890", True),
        ("+62 812-3456-7890", True),
        ("siti", False),
        ("siti@contoh", False),
        ("081234567891", False),
        ("", False),
    ],
)
def test_an_account_is_found_by_email_or_phone(login, is_found):
    user = UserFactory(email="Siti@contoh.id", phone="0812 3456 7890")

    assert list(User.objects.with_login(login)) == ([user] if is_found else [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"email": None, "phone": None}, "user_has_email_or_phone"),
        ({"email": ""}, "user_login_not_empty"),
        ({"email": None, "phone": ""}, "user_login_not_empty"),
        ({"email": "SITI@contoh.id"}, "user_email_unique_in_any_case"),
    ],
)
def test_the_database_refuses_an_account_without_an_own_login(fields, constraint):
    UserFactory(email="siti@contoh.id")

    with pytest.raises(IntegrityError, match=constraint):
        User.objects.bulk_create([User(name="Siti", **fields)])


@pytest.mark.django_db
def test_two_accounts_without_email_do_not_clash():
    one = UserFactory(email=None, phone="081234567890")
    other = UserFactory(email="", phone="081234567891")

    assert (one.email, other.email) == (None, None)
    assert one.get_username() == "+6281234567890"


@pytest.mark.django_db
def test_an_account_needs_email_or_phone(english):
    user = User(name="Siti", password="x")

    with pytest.raises(ValidationError, match="e-mail"):
        user.full_clean()


@pytest.mark.django_db
def test_roles_are_told_apart_by_province():
    user = AppointmentFactory(role=Role.OPERATOR).user
    AppointmentFactory(
        user=user, role=Role.AUDITOR, province=ProvinceFactory(code="64")
    )

    assert user.provinces_as(Role.OPERATOR) == {"35"}
    assert user.provinces_as(Role.OPERATOR, Role.AUDITOR) == {"35", "64"}
    assert user.provinces_as(Role.VERIFIER) == set()
    assert user.provinces_as() == {"35", "64"}
    assert user.is_staff


@pytest.mark.django_db
def test_only_officials_and_superusers_are_staff():
    assert not UserFactory().is_staff
    assert UserFactory(is_superuser=True).is_staff
    assert AppointmentFactory(role=Role.AUDITOR).user.is_staff


@pytest.mark.django_db
def test_a_role_is_held_once_in_a_province(english):
    first = AppointmentFactory(role=Role.OPERATOR)

    with pytest.raises(ValidationError, match="already holds"):
        Appointment(
            user=first.user, role=Role.OPERATOR, province=first.province
        ).full_clean()
    with pytest.raises(IntegrityError):
        AppointmentFactory(user=first.user, role=Role.OPERATOR, province=first.province)


@pytest.mark.django_db
def test_the_database_knows_the_roles():
    with pytest.raises(IntegrityError, match="appointment_role_known"):
        AppointmentFactory(role="governor")


@pytest.mark.django_db
def test_a_role_lost_is_a_permission_lost():
    appointment = AppointmentFactory(role=Role.PROVINCE_ADMIN)
    assert appointment.user.has_perm("missions.add_mission")

    appointment.delete()

    user = User.objects.get(pk=appointment.user_id)
    assert not user.has_perm("missions.add_mission")
    assert not user.is_staff


@pytest.mark.django_db
def test_an_inactive_official_may_nothing():
    user = AppointmentFactory(user__is_active=False).user

    assert user.get_all_permissions() == set()
    assert not user.has_module_perms("missions")


@pytest.mark.django_db
def test_a_superuser_can_be_made_on_the_command_line():
    user = User.objects.create_superuser("pengelola@contoh.id", "rahasia", name="P")

    assert user.is_superuser
    assert user.check_password("rahasia")
    assert User.objects.get_by_natural_key("Pengelola@contoh.id") == user
