from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from businesses.models import Listing
from missions.deals.figures import (
    by_year,
    cumulative,
    official_comparison,
    provinces_reached,
    traceable,
)
from missions.deals.guards import review_deals
from missions.history import headcounts, steps
from missions.meetings.calendars import (
    CONTENT_TYPE,
    has_calendar,
    mission_calendar as calendar_of,
)
from missions.models import Mission
from missions.quotas import open_places
from umkm_portal.exports import CONTENT_TYPES, download

from .bars import bars, largest, with_shares
from .filters import MissionFilter
from .provenance import licences, sources
from .rules import LIMITS, rules
from .search import suggest
from .tables import TABLES, mission_table

PER_PAGE = 20
LATEST = 6
LATEST_LISTINGS = 4
KEPT_FROM_CRAWLERS = [
    "admin",
    "akun",
    "berhenti",
    "dasbor",
    "petugas",
    "t",
    "undangan",
]


@require_safe
def home(request):
    missions = Mission.objects.published()
    context = {
        "cumulative": cumulative(missions),
        "traceable": traceable(missions),
        "provinces_reached": provinces_reached(missions),
        "years": with_shares(by_year(missions)),
        "latest": missions.for_cards().in_order()[:LATEST],
        "listings": latest_listings(),
    }
    return render(request, "publication/home.html", context)


def latest_listings():
    return Listing.objects.open().real().for_rows().newest_first()[:LATEST_LISTINGS]


def filtered(request):
    missions = Mission.objects.published().for_cards().in_order()
    return MissionFilter(request.GET, queryset=missions)


@require_safe
def mission_list(request):
    found = filtered(request)
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("halaman"))
    context = {
        "filter": found,
        "cumulative": cumulative(found.qs),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "extensions": CONTENT_TYPES,
        "examples": Mission.objects.examples().for_cards(),
    }
    if not page.paginator.count:
        context["suggestion"] = suggest(request.GET.get("q", ""))
    return render(request, "publication/mission_list.html", context)


@require_safe
def mission_download(request, extension):
    found = filtered(request)
    if not found.form.is_valid():
        return HttpResponseBadRequest(found.form.errors.as_text(), "text/plain")
    return download(mission_table(found.qs), extension)


def visible_mission(request, slug):
    missions = Mission.objects.visible_to(request.user).for_cards()
    return get_object_or_404(missions.select_related("registration"), slug=slug)


@require_safe
def mission_detail(request, slug):
    mission = visible_mission(request, slug)
    deals = mission.deals.published().by_value().with_parties()
    total = mission.headline and mission.headline.total
    flags = review_deals(deals, total=total)
    counted = steps(mission)
    context = {
        "mission": mission,
        "steps": counted,
        "headcounts": headcounts(counted),
        "deals": [(deal, flags[deal.pk]) for deal in deals],
        "traceable": traceable(Mission.objects.filter(pk=mission.pk)),
        "commodities": mission.commodities.select_related("sector"),
        "has_calendar": mission.is_upcoming and has_calendar(mission),
        "places": open_places(mission),
    }
    return render(request, "publication/mission_detail.html", context)


@require_safe
def mission_calendar(request, slug):
    mission = visible_mission(request, slug)
    if not has_calendar(mission):
        raise Http404
    response = HttpResponse(calendar_of(mission), CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{mission.slug}.ics"'
    return response


@require_safe
def mission_history(request, slug):
    mission = visible_mission(request, slug)
    counted = steps(mission)
    full = largest(counted)
    context = {
        "mission": mission,
        "steps": [(step, bars(step.count, full)) for step in counted],
    }
    return render(request, "publication/mission_history.html", context)


@require_safe
def methodology(request):
    missions = Mission.objects.published()
    context = {
        "cumulative": cumulative(missions),
        "traceable": traceable(missions),
        "provinces_reached": provinces_reached(missions),
        "comparison": official_comparison(),
        "rules": rules(),
        "limits": LIMITS,
    }
    return render(request, "publication/methodology.html", context)


@require_safe
def data(request):
    context = {
        "sources": sources(),
        "licences": licences(),
        "tables": TABLES,
        "extensions": CONTENT_TYPES,
    }
    return render(request, "publication/data.html", context)


@require_safe
def table_download(request, table, extension):
    return download(TABLES[table].build(), extension)


@require_safe
def robots(request):
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    kept = [
        f"Disallow: {language}/{folder}/"
        for folder in KEPT_FROM_CRAWLERS
        for language in ("", "/en")
    ]
    lines = ["User-agent: *", *kept, f"Sitemap: {sitemap}"]
    return HttpResponse(
        "\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"
    )
