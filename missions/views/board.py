"""/petugas/misi/<mission>/kurasi/: who applied, and what officials decide about it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from businesses.assistance import ASSISTANTS
from businesses.models import Province
from missions.access import office_page
from missions.assisting import takes_applications_from
from missions.balance import by_commodity, by_size
from missions.curation_forms import BoardForm, DecisionForm
from missions.joining import provinces_of
from missions.models import Participation
from missions.quotas import Places
from missions.tables import participants_table
from umkm_portal.exports import download

PER_PAGE = 25


def seen_by(user, mission):
    """All of an own mission; of another one, those of the own provinces."""
    return Participation.objects.curated_by(user).filter(mission=mission)


def filters_of(request, mission):
    keys = [key for key in provinces_of(mission) if key]
    provinces = Province.objects.filter(pk__in=keys).order_by("short_name")
    return BoardForm(request.GET, provinces=provinces)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def board(request, mission):
    seen = seen_by(request.user, mission)
    decidable = seen.curated_by(request.user, *ASSISTANTS)
    form = DecisionForm(request.POST or None, rows=decidable)
    if form.is_valid():
        changed = form.save(by=request.user)
        if changed is not None:
            messages.success(request, said_of(changed))
            return redirect(request.get_full_path())
    filters = filters_of(request, mission)
    found = filters.found(seen.for_board())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("halaman"))
    ticks_all = request.GET.get("centang") == str(page.number)
    mark(page, decidable, form.ticked, ticks_all=ticks_all)
    mark_helped(page, request.user)
    sizes, umkm = by_size(seen, _("not stated"))
    context = {
        "mission": mission,
        "title": _("Participants"),
        "filters": filters,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "decision": form,
        "ticks_all": ticks_all,
        "may_apply": takes_applications_from(mission, request.user),
        "may_decide": any(row.may_be_decided for row in page),
        "places": list(Places(mission)),
        "commodities": by_commodity(seen),
        "sizes": sizes,
        "umkm": umkm,
    }
    return render(request, "missions/board.html", context)


def mark(page, decidable, ticked, *, ticks_all):
    """Which rows can be ticked, and which of them are: those that were before a refusal, or all."""
    keys = set(decidable.values_list("pk", flat=True))
    for row in page:
        row.may_be_decided = row.pk in keys
        row.is_ticked = ticks_all or str(row.pk) in ticked


def mark_helped(page, user):
    """For which rows the visitor may act: their owners have agreed."""
    rows = Participation.objects.filter(pk__in=[row.pk for row in page])
    helped = set(rows.assisted_by(user, *ASSISTANTS).values_list("pk", flat=True))
    for row in page:
        row.may_be_helped = row.pk in helped


def said_of(changed):
    said = ngettext(
        "%d business decided. It gets a message.",
        "%d businesses decided. They get a message.",
        len(changed),
    )
    return said % len(changed)


@office_page
@require_safe
def board_download(request, mission):
    filters = filters_of(request, mission)
    if not filters.is_valid():
        return HttpResponseBadRequest(filters.errors.as_text(), "text/plain")
    found = filters.found(seen_by(request.user, mission).for_board())
    return download(participants_table(mission, found), "csv")
