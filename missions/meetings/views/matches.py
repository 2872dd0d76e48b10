"""cocok/: the best partners of a participant, and why."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from missions.doors import participant_page
from missions.meetings.access import accepted_page
from missions.meetings.best_partners import best_partners, seat
from missions.meetings.explain import (
    Labels,
    conflict_labels,
    reasons,
    strongest,
    sum_line,
    weakest,
)
from missions.meetings.match_filter import OwnMatchFilter
from missions.meetings.matching import explain_anyone
from missions.meetings.models import Match
from missions.meetings.partner_filter import others_of
from missions.meetings.request_lists import live_requests
from missions.meetings.reweighing import latest_run
from missions.meetings.wishes import wishes_of

PER_PAGE = 20


@require_safe
@participant_page
@accepted_page
def matches(request, participation):
    form = OwnMatchFilter(request.GET, participation=participation)
    found = best_partners(participation, form)
    paginator = Paginator(found.matches, PER_PAGE)
    page = paginator.get_page(request.GET.get("halaman"))
    if found.is_computed:
        seat(page, participation)
    context = {
        "participation": participation,
        "title": _("Best partners"),
        "run": latest_run(participation.mission),
        "form": form,
        "page": page,
        "left_out": found.left_out,
        "is_computed": found.is_computed,
        "partners": form.others.filter(side=participation.other_side),
        "pages": paginator.get_elided_page_range(page.number),
        "rows": rows(request, participation, page),
    }
    return render(request, "meetings/matches.html", context)


def rows(request, participation, page):
    wishes = wishes_of(request.door, participation)
    live, labels = live_requests(participation), Labels()
    viewer = reader_of(request.door, participation)
    return [
        {
            "match": match,
            "partner": partner,
            "strongest": strongest(found),
            "weakest": weakest(found),
            "conflicts": conflict_labels(match),
            "wish": wishes.get(partner.pk, ""),
            "live": live.get(partner.pk),
        }
        for match in page
        for partner in [match.partner_of(participation)]
        for found in [reasons(match, viewer, labels)]
    ]


@require_safe
@participant_page
@accepted_page
def match(request, participation, pk):
    """Of anyone of the other side, whether scored or not."""
    partner = get_object_or_404(others_of(participation).with_listings(), pk=pk)
    stored = Match.objects.of(participation).filter(
        **{participation.other_side: partner}
    )
    found = stored.with_parties().select_related("run").first()
    viewer = reader_of(request.door, participation)
    context = {
        "participation": participation,
        "title": partner.name,
        "partner": partner,
        "wish": wishes_of(request.door, participation).get(partner.pk, ""),
        "live": live_requests(participation).get(partner.pk),
        **told(found or explain_anyone(participation, partner), viewer),
    }
    return render(request, "meetings/match.html", context)


def reader_of(door, participation):
    """An official who helps a business is none of the two."""
    return None if door.is_assisted else participation


def told(match, viewer=None):
    """What a page shows of a match; nothing of two who sit on the same side."""
    if match is None:
        return {"match": None}
    found = reasons(match, viewer)
    return {
        "match": match,
        "reasons": found,
        "conflicts": conflict_labels(match),
        "sum_line": sum_line(found, match.score),
    }
