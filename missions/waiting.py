"""Applications that wait for an official, for the page where officials begin."""

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from businesses.assistance import ASSISTANTS
from businesses.waiting import Waiting
from missions.models import Mission, Participation

Status = Participation.Status


def applications(user):
    """Of each mission those about which `user` may decide; whoever has waited longest first."""
    rows = (
        Participation.objects.curated_by(user, *ASSISTANTS)
        .filter(status=Status.APPLIED, mission__in=Mission.objects.not_over())
        .order_by()
        .values("mission")
        .annotate(number=Count("pk"), since=Min("applied_at"))
        .order_by("since", "mission")
    )
    numbers = {row["mission"]: row["number"] for row in rows}
    missions = Mission.objects.with_registration().in_bulk(numbers)
    for pk, number in numbers.items():
        yield Waiting(
            ngettext(
                "%(number)d application to the mission %(mission)s waits for a decision.",
                "%(number)d applications to the mission %(mission)s wait for a decision.",
                number,
            )
            % {"number": number, "mission": missions[pk].title},
            reverse("missions:board", args=[missions[pk].slug])
            + f"?status={Status.APPLIED}",
            _("Decide"),
        )
