"""The lock that comes first: whoever changes anything of a mission holds the mission, then its
participants in the order of their keys, then their requests. So nobody waits in a ring."""

from django.core.exceptions import PermissionDenied

from businesses.assistance import ASSISTANTS

from .models import Mission


def lock_mission(pk):
    """The mission as it stands. Others may still add rows that name it."""
    rows = Mission.objects.select_for_update(of=["self"], no_key=True)
    return (
        rows.select_related("initiator_province", "host_province", "registration")
        .prefetch_related("partner_provinces")
        .get(pk=pk)
    )


def refuse_unless_organiser(mission, by):
    """Raises PermissionDenied for whoever does not run the matchmaking of `mission`; None is the
    portal itself."""
    organised = Mission.objects.organised_by(by, *ASSISTANTS) if by else Mission.objects
    if not organised.filter(pk=mission.pk).exists():
        raise PermissionDenied
