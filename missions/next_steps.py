"""What a mission asks of a business now, for the owner's dashboard."""

from django.urls import reverse
from django.utils.translation import gettext as _

from businesses.next_steps import NextStep
from umkm_portal.formatting import date_range, instant

from .models import Mission, Participation, Registration


def next_steps(business):
    yield from _of_participations(business)
    if business.is_public:
        yield from _of_open_missions(business)


def _of_participations(business):
    accepted = (
        Participation.objects.accepted()
        .filter(business=business, mission__in=Mission.objects.not_over())
        .select_related("mission__initiator_province", "mission__host_province")
        .prefetch_related("mission__partner_provinces", "mission__slots", "listings")
    )
    for participation in accepted:
        mission = participation.mission
        if participation.is_silent_about_times:
            yield NextStep(
                _("Say when you can come: %(mission)s") % {"mission": mission.title},
                _(
                    "Until you do, meetings are proposed to you as if you could always come, "
                    "but no time can be agreed."
                ),
                _("Choose times"),
                _page("meetings:own:availability", business, mission),
            )
        if participation.brings_nothing:
            yield NextStep(
                _("Choose offers or needs: %(mission)s") % {"mission": mission.title},
                _(
                    "Partners are found by the offers of a seller and the needs of a buyer."
                ),
                _("Choose"),
                _page("meetings:own:listings", business, mission),
            )
        yield NextStep(
            _("You take part in the mission %(mission)s") % {"mission": mission.title},
            f"{date_range(mission)} · {mission.place}",
            _("Partners and meetings"),
            _page("meetings:own:home", business, mission),
        )


def _of_open_missions(business):
    taken = Participation.objects.filter(business=business).values("mission")
    for registration in (
        Registration.objects.open()
        .for_business(business)
        .exclude(mission__in=taken)
        .for_rows()[:1]
    ):
        mission = registration.mission
        yield NextStep(
            _("Join the mission %(mission)s") % {"mission": mission.title},
            _("Registration is open until %(moment)s.")
            % {"moment": instant(registration.closes_at, mission.timezone)},
            _("Look at it"),
            _page("missions:apply", business, mission),
        )


def _page(name, business, mission):
    return reverse(name, args=[business.slug, mission.slug])
