from allauth.account.auth_backends import AuthenticationBackend

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
BUSINESSES = {
    f"businesses.view_{model}"
    for model in (
        "business",
        "businessactivity",
        "membership",
        "memberfirm",
        "contact",
        "consent",
        "listing",
        "certificate",
        "verificationrequest",
        "check",
    )
}
JOINING = {
    f"missions.view_{model}"
    for model in ("registration", "quota", "slot", "participation")
}
# Requests of participants to meet, and what became of them; whom they wish to meet is in no list.
MEETINGS = {
    f"meetings.view_{model}"
    for model in (
        "meetingrequest",
        "requestevent",
        "booking",
        "meetingreport",
        "scorerun",
        "match",
        "matchingrules",
        "selection",
        "selectedmeeting",
        "floorgap",
    )
}
READ = (
    REFERENCE_DATA
    | BUSINESSES
    | JOINING
    | MEETINGS
    | {
        "missions.view_mission",
        "missions.view_missioncommodity",
        "missions.view_countsnapshot",
        "missions.view_mailing",
        "deals.view_deal",
    }
)
# What a role may do at all. On which rows is decided by `visible_to` and `editable_by`.
ROLE_PERMISSIONS = {
    Appointment.Role.OPERATOR: READ,
    Appointment.Role.VERIFIER: READ,
    Appointment.Role.AUDITOR: READ
    | {
        "accounts.view_user",
        "accounts.view_appointment",
        "businesses.view_fileopening",
    },
    Appointment.Role.PROVINCE_ADMIN: READ
    | {
        "missions.add_mission",
        "missions.change_mission",
        "missions.add_missioncommodity",
        "missions.change_missioncommodity",
        "missions.delete_missioncommodity",
        "missions.add_countsnapshot",
        "deals.change_deal",
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
        "accounts.view_appointment",
        "accounts.add_appointment",
        "accounts.change_appointment",
        "accounts.delete_appointment",
        "businesses.view_fileopening",
    },
}


class OfficialBackend(AuthenticationBackend):
    """Passwords as allauth checks them; permissions from appointments alone."""

    def get_all_permissions(self, user_obj, obj=None):
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        held = user_obj.provinces_by_role
        return set().union(*(ROLE_PERMISSIONS[role] for role in held if held[role]))
