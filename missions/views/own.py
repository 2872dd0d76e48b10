"""/dasbor/<business>/misi/: what a business takes part in, and what it can join."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from businesses.access import member_required
from businesses.models import Business
from missions.doors import Actor
from missions.joining import obstacle_of
from missions.models import Mission, Participation, Registration
from missions.participant_forms import ApplyForm
from missions.quotas import Places


@require_safe
@member_required
def own_missions(request, business):
    own = Participation.objects.filter(business=business)
    open_ones = Registration.objects.for_business(business).for_rows()
    open_ones = open_ones.exclude(mission__in=own.in_play().values("mission"))
    participations = list(own.for_own_page())
    context = {
        "business": business,
        "title": _("Missions"),
        "participations": participations,
        "takes_part": any(
            one.is_in_play and one.mission.is_upcoming for one in participations
        ),
        "registrations": open_ones.open(),
        "to_come": open_ones.to_come(),
    }
    return render(request, "missions/own_missions.html", context)


def joinable_mission(user, slug):
    missions = Mission.objects.visible_to(user).with_registration()
    return get_object_or_404(missions, slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def apply(request, business, mission):
    mission = joinable_mission(request.user, mission)
    known = mission.participations.filter(business=business).first()
    if known and known.is_in_play:
        return redirect("meetings:own:home", business.slug, mission.slug)
    form = ApplyForm(
        request.POST or None,
        business=business,
        mission=mission,
        may_consent=business.is_owned,
    )
    if form.is_valid() and (applied := form.save(actor=Actor(request.user))):
        messages.success(request, _("Your application has arrived."))
        if doubt := form.doubt_of(applied):
            messages.warning(request, doubt)
        return redirect("meetings:own:home", business.slug, mission.slug)
    context = {
        "business": business,
        "mission": mission,
        "known": known,
        "form": form,
        "obstacle": obstacle_of(mission, business),
        "places": list(Places(mission)),
        "title": _("Join the mission %(mission)s") % {"mission": mission.title},
    }
    return render(request, "missions/apply.html", context)


@require_safe
@login_required
def join(request, slug):
    """From the public page of a mission to the application of an own business."""
    mission = joinable_mission(request.user, slug)
    businesses = list(
        Business.objects.of_member(request.user).select_related("province", "regency")
    )
    if not businesses:
        return redirect("businesses:start")
    if len(businesses) == 1:
        return redirect("missions:apply", businesses[0].slug, mission.slug)
    context = {"mission": mission, "businesses": businesses}
    return render(request, "missions/join.html", context)
