"""/petugas/misi/<mission>/kecocokan/: all pairs of a mission, and the job that scores them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from missions.access import office_page, organiser_page
from missions.meetings.explain import conflict_labels
from missions.meetings.match_filter import OfficeMatchFilter
from missions.meetings.match_tables import match_table
from missions.meetings.matching import explain_anyone, is_outdated, request_run
from missions.meetings.models import Match
from missions.meetings.reweighing import latest_run
from missions.models import Mission, Participation
from umkm_portal.exports import CONTENT_TYPES, MOST_XLSX_ROWS, stream

from .matches import told

PER_PAGE = 50
REFRESH_SECONDS = 4
Side = Participation.Side


@office_page
@require_safe
def office_matches(request, mission):
    form = OfficeMatchFilter(request.GET, mission=mission, user=request.user)
    paginator = Paginator(form.found().with_parties(), PER_PAGE)
    page = paginator.get_page(request.GET.get("halaman"))
    for match in page:
        match.flags = conflict_labels(match)
    latest, newest = latest_run(mission), mission.score_runs.first()
    is_alive = newest is not None and newest.is_alive
    context = {
        "mission": mission,
        "title": _("Matches"),
        "form": form,
        "sees_all": sees_all(mission, request.user),
        "page": page,
        "pages": paginator.get_elided_page_range(page.number),
        "extensions": CONTENT_TYPES,
        "latest": latest,
        "newest": newest,
        # It reads all participants, and the page of a running job asks every few seconds.
        "is_outdated": bool(latest and not is_alive) and is_outdated(latest),
    }
    response = render(request, "meetings/office_matches.html", context)
    if is_alive:
        # The page shows how far it is; this stops with the job.
        response["Refresh"] = REFRESH_SECONDS
    return response


def sees_all(mission, user):
    """Auditors of the province that initiates it too."""
    initiated = Mission.objects.organised_by(user)
    return mission.is_organised or initiated.filter(pk=mission.pk).exists()


@organiser_page
@require_POST
def office_score(request, mission):
    try:
        request_run(mission, by=request.user)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
    else:
        messages.success(
            request, _("The pairs are being scored. This page shows how far it is.")
        )
    return redirect("meetings:office_matches", mission.slug)


@office_page
@require_safe
def office_matches_download(request, mission, extension):
    form = OfficeMatchFilter(request.GET, mission=mission, user=request.user)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_text(), "text/plain")
    found = form.found()
    if extension == "xlsx" and found[MOST_XLSX_ROWS:].exists():
        text = _(
            "An XLSX file holds at most %(most)s rows here. Choose a filter, or CSV."
        )
        return HttpResponseBadRequest(text % {"most": MOST_XLSX_ROWS}, "text/plain")
    return stream(match_table(mission, found), extension)


@office_page
@require_safe
def office_match(request, mission, seller, buyer):
    """Of any two who were accepted, whether scored or not."""
    accepted = Participation.objects.accepted().filter(mission=mission)
    sides = accepted.with_listings()
    seller = get_object_or_404(sides, pk=seller, side=Side.SELLER)
    buyer = get_object_or_404(sides, pk=buyer, side=Side.BUYER)
    # One of the two has to be theirs, as for stored ones: `MatchQuerySet.visible_to`.
    theirs = accepted.curated_by(request.user)
    if not theirs.filter(pk__in=[seller.pk, buyer.pk]).exists():
        raise Http404
    stored = Match.objects.of_mission(mission).filter(seller=seller, buyer=buyer)
    found = stored.with_parties().select_related("run").first()
    context = {
        "mission": mission,
        "title": f"{seller.name} – {buyer.name}",
        "seller": seller,
        "buyer": buyer,
        **told(found or explain_anyone(seller, buyer)),
    }
    return render(request, "meetings/office_match.html", context)
