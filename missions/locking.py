"""The lock that comes first: whoever changes anything of a mission holds the mission, then its
participants in the order of their keys, then their requests. So nobody waits in a ring."""

from django.core.exceptions import PermissionDenied

from businesses.assistance import ASSISTANTS

from .models import Mission, Participation


def lock_mission(pk):
    """The mission as it stands. Others may still add rows that name it."""
    # Not its registration, too: whoever waits for the lock would get that as it was before.
    rows = Mission.objects.select_for_update(of=["self"], no_key=True)
    return (
        rows.select_related("initiator_province", "host_province")
        .prefetch_related("partner_provinces")
        .get(pk=pk)
    )


def lock_missions_of(businesses):
    """All that one of these takes part in, before any of them leaves: one after the other, they
    would be locked in the order of the businesses."""
    taken = Participation.objects.filter(business__in=businesses).values("mission")
    rows = Mission.objects.select_for_update(no_key=True).filter(pk__in=taken)
    list(rows.order_by("pk").values_list("pk"))


def refuse_unless_organiser(mission, by):
    """Raises PermissionDenied for whoever does not run the matchmaking of `mission`; None is the
    portal itself."""
    organised = Mission.objects.organised_by(by, *ASSISTANTS) if by else Mission.objects
    if not organised.filter(pk=mission.pk).exists():
        raise PermissionDenied
