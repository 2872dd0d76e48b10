"""/petugas/misi/: the missions that an official organises or takes part in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from businesses.assistance import ASSISTANTS
from missions.access import office_page, organiser_page
from missions.assisting import takes_applications_from
from missions.curation_forms import QuotaForm, WindowForm
from missions.joining import remove_quota
from missions.models import Mission, Participation, Quota
from missions.quotas import Places
from missions.registering import move, moves_of
from missions.todo import numbers, todos
from umkm_portal.accounts.access import official_required

PER_PAGE = 20
ALL = "semua"


@require_safe
@official_required
def office_missions(request):
    seen = Mission.objects.run_by(request.user)
    shows_all = request.GET.get("daftar") == ALL
    found = seen if shows_all else seen.exclude(status=Mission.Status.CLOSED)
    page = Paginator(found.for_office_list(), PER_PAGE).get_page(
        request.GET.get("halaman")
    )
    organised = Mission.objects.organised_by(request.user, *ASSISTANTS)
    context = {
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "shows_all": shows_all,
        "all": seen.count(),
        "organised": set(
            organised.filter(pk__in=[one.pk for one in page]).values_list(
                "pk", flat=True
            )
        ),
    }
    return render(request, "missions/office_missions.html", context)


@office_page
@require_safe
def office_mission(request, mission):
    seen = Participation.objects.curated_by(request.user).filter(mission=mission)
    counted = numbers(seen)
    context = {
        "mission": mission,
        "title": _("Overview"),
        "counted": counted,
        "todos": todos(mission, counted) if mission.is_organised else [],
        "moves": moves_of(mission, request.user),
        "may_apply": takes_applications_from(mission, request.user),
    }
    return render(request, "missions/office_mission.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def office_registration(request, mission):
    form = None
    if mission.is_organised:
        form = WindowForm(request.POST or None, mission=mission)
    if form and form.is_valid() and form.save(by=request.user):
        messages.success(request, _("Saved."))
        return redirect("missions:office_registration", mission.slug)
    context = {
        "mission": mission,
        "title": _("Registration"),
        "form": form,
        "places": list(Places(mission)),
        "moves": moves_of(mission, request.user),
    }
    return render(request, "missions/office_registration.html", context)


@require_POST
@organiser_page
def office_move(request, mission):
    try:
        moved = move(mission, request.POST.get("status", ""), by=request.user)
        said = _("The mission is now: %(status)s.")
        messages.success(request, said % {"status": moved.get_status_display()})
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    return redirect("missions:office_mission", mission.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_page
def quota_add(request, mission):
    return edit_quota(request, mission, Quota(mission=mission), _("Add a quota"))


@require_http_methods(["GET", "HEAD", "POST"])
@organiser_page
def quota_edit(request, mission, pk):
    quota = get_object_or_404(mission.quotas, pk=pk)
    return edit_quota(request, mission, quota, _("Change a quota"))


def edit_quota(request, mission, quota, title):
    form = QuotaForm(request.POST or None, instance=quota, mission=mission)
    if form.is_valid():
        saved, moved = form.save(by=request.user)
        if saved:
            messages.success(request, said_of(moved))
            return redirect("missions:office_registration", mission.slug)
    context = {"mission": mission, "form": form, "quota": quota, "title": title}
    return render(request, "missions/quota_form.html", context)


def said_of(moved):
    if not moved:
        return _("Saved.")
    return ngettext(
        "Saved. %d business moves up from the waiting list and is told.",
        "Saved. %d businesses move up from the waiting list and are told.",
        len(moved),
    ) % len(moved)


@require_POST
@organiser_page
def quota_remove(request, mission, pk):
    remove_quota(get_object_or_404(mission.quotas, pk=pk), by=request.user)
    messages.success(
        request, _("Removed. Nobody moves up by this: accept them on the board.")
    )
    return redirect("missions:office_registration", mission.slug)
