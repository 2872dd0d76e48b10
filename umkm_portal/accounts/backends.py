from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend

from .models import Appointment

REFERENCE_DATA = {
    f"businesses.view_{model}"
    for model in (
        "province",
        "regency",
        "sector",
        "commoditygroup",
        "classificationcode",
    )
}
READ = REFERENCE_DATA | {
    "missions.view_mission",
    "missions.view_missioncommodity",
    "missions.view_countsnapshot",
    "deals.view_deal",
}
# What a role may do at all. On which rows is decided by `visible_to` and `editable_by`.
ROLE_PERMISSIONS = {
    Appointment.Role.OPERATOR: READ,
    Appointment.Role.VERIFIER: READ,
    Appointment.Role.AUDITOR: READ
    | {"accounts.view_user", "accounts.view_appointment"},
    Appointment.Role.PROVINCE_ADMIN: READ
    | {
        "missions.add_mission",
        "missions.change_mission",
        "missions.add_missioncommodity",
        "missions.change_missioncommodity",
        "missions.delete_missioncommodity",
        "missions.add_countsnapshot",
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
        "accounts.view_appointment",
        "accounts.add_appointment",
        "accounts.change_appointment",
        "accounts.delete_appointment",
    },
}


class OfficialBackend(ModelBackend):
    """Signs in by e-mail or phone, and derives permissions from appointments alone."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if not username or password is None:
            return None
        User = get_user_model()
        user = User.objects.with_login(username).first()
        if user is None:
            # Hash anyway, so that timing does not tell whether an account exists.
            User().set_password(password)
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None

    def get_all_permissions(self, user_obj, obj=None):
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        held = user_obj.provinces_by_role
        return set().union(*(ROLE_PERMISSIONS[role] for role in held if held[role]))
