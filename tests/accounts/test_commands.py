import pytest
from django.core.management import CommandError, call_command

from tests.factories import ProvinceFactory
from umkm_portal.accounts.models import Appointment, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def provinces():
    return [ProvinceFactory(code=code) for code in ("35", "64")]


def test_example_logins_hold_every_role_and_can_be_made_again(
    provinces, settings, capsys
):
    settings.DEBUG = True
    call_command("create_example_logins")
    first = capsys.readouterr().out
    accounts = list(User.objects.values_list())

    call_command("create_example_logins")

    assert list(User.objects.values_list()) == accounts
    assert capsys.readouterr().out == first
    assert set(Appointment.objects.values_list("role", flat=True)) == set(
        Appointment.Role
    )
    assert User.objects.filter(is_superuser=True).count() == 1
    for user in User.objects.all():
        assert user.email in first
        assert user.check_password(first.split("password ")[1].split(":")[0])


def test_a_changed_password_of_an_example_login_stays(provinces, settings):
    settings.DEBUG = True
    call_command("create_example_logins")
    user = User.objects.get(email="admin.jatim@contoh.id")
    user.set_password("diganti")
    user.save()

    call_command("create_example_logins")

    user.refresh_from_db()
    assert user.check_password("diganti")


def test_production_gets_no_example_logins(provinces, settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG"):
        call_command("create_example_logins")

    assert not User.objects.exists()
