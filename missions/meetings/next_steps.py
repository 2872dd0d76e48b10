"""What partners of a mission wait for, for the owner's dashboard: it comes before all other advice."""

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from businesses.next_steps import NextStep
from missions.models import Mission, Participation
from umkm_portal.formatting import instant

from .chasing import answering
from .missing_times import missing_times, words_of


def next_steps(business):
    taking_part = Participation.objects.accepted().filter(
        business=business, mission__in=Mission.objects.not_over()
    )
    missions = Mission.objects.with_registration()
    asked = answering(taking_part).order_by("until", "pk")
    for participation in asked.prefetch_related(Prefetch("mission", missions)):
        mission, number = participation.mission, participation.number
        yield NextStep(
            ngettext(
                "Answer %(count)s request until %(until)s",
                "Answer %(count)s requests, the first until %(until)s",
                number,
            )
            % {
                "count": number,
                "until": instant(participation.until, mission.timezone),
            },
            _("They ask you for a meeting in the mission %(mission)s.")
            % {"mission": mission.title},
            _("Read and answer"),
            reverse("meetings:own:requests", args=[business.slug, mission.slug]),
        )
    for participation in missing_times(taking_part).select_related("mission"):
        mission = participation.mission
        yield NextStep(
            words_of(participation.untimed),
            _("They are agreed in the mission %(mission)s, but have no time.")
            % {"mission": mission.title},
            _("Propose times"),
            reverse("meetings:own:requests", args=[business.slug, mission.slug])
            + "#agreed",
        )
