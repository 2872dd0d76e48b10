"""What a mission's matchmaking brought, and who takes part: by consent, and never a name beyond it."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from missions.meetings.agreed import Held
from missions.meetings.figures import (
    FEWEST,
    GOOD_SCORE,
    Breakdown as Kind,
    Row,
    results,
)
from missions.meetings.models import MeetingRequest
from missions.meetings.weights import MOST_SCORE
from missions.models import Side
from umkm_portal.exports import CONTENT_TYPES, download

from .matchmaking_forms import ParticipantsForm, ResultsForm
from .matchmaking_tables import participant_table, result_table
from .views import visible_mission

Status = MeetingRequest.Status
PAIRS_PER_PAGE = 40
PARTICIPANTS_PER_PAGE = 30


@require_safe
def mission_results(request, slug):
    mission = visible_mission(request, slug)
    found = results(mission)
    form = ResultsForm(request.GET, found)
    shown = form.narrowed()
    page = page_of(request, shown.pairs, PAIRS_PER_PAGE, form.position(shown.pairs))
    context = {
        "mission": mission,
        "results": shown,
        "held": told(shown),
        "not_agreed": not_agreed(shown),
        "outcomes": outcomes(shown.meetings),
        "tables": tables(shown),
        "form": form,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "extensions": CONTENT_TYPES,
        "fewest": FEWEST,
        "good": GOOD_SCORE // 10,
        "best": MOST_SCORE // 10,
    }
    return render(request, "publication/mission_results.html", context)


def told(results):
    """[(what the sides say of the meetings, of how many), …]"""
    return [(one.label, results.held_by[one]) for one in Held if results.held_by[one]]


def not_agreed(results):
    """[(how requests stand that did not lead to a meeting, how many), …]"""
    return [
        (Status(status).label, number)
        for status, number in (results.requests or {}).items()
        if number and status != Status.ACCEPTED
    ]


@dataclass(frozen=True)
class Segment:
    """A part of the bar of what came of the meetings held."""

    part: str
    label: str
    number: int
    start: float
    length: float


def outcomes(tally):
    parts = [
        ("agreed", _("Agreed on a deal"), tally.deals),
        ("buy", _("Go on talking"), tally.follow_ups),
        ("foreign", _("Leads nowhere"), tally.no_interest),
        ("rest", _("The two sides say different things"), tally.differing),
    ]
    segments, start = [], 0
    for part, label, number in parts if tally.held else ():
        length = number / tally.held
        segments.append(Segment(part, label, number, start, length))
        start += length
    return segments


@dataclass(frozen=True)
class Breakdown:
    """A table of the page; `parameter` is the filter that its lines lead to. `others` are lines of
    which no meetings are shown: there are none, or they are counted together."""

    label: str
    what: str
    parameter: str
    rows: list[Row]
    shows_sellers: bool = True
    shows_buyers: bool = True

    @property
    def is_withheld(self):
        """Whether meetings are shown of all lines together only: a table of one line says nothing."""
        together = any(row.is_rest for row in self.rows)
        return together and all(row.is_rest for row in self.lines)

    @property
    def lines(self):
        return [row for row in self.rows if row.tally and row.tally.agreed]

    @property
    def others(self):
        return [row for row in self.rows if not (row.tally and row.tally.agreed)]


def tables(results):
    rows = results.breakdowns
    province = _("Province"), "provinsi"
    found = [
        Breakdown(
            Kind.COMMODITY.label,
            _("Commodity"),
            "komoditas",
            rows.get(Kind.COMMODITY),
        ),
        Breakdown(
            Kind.SELLERS.label, *province, rows.get(Kind.SELLERS), shows_buyers=False
        ),
        Breakdown(
            Kind.BUYERS.label, *province, rows.get(Kind.BUYERS), shows_sellers=False
        ),
    ]
    return [table for table in found if table.rows]


def page_of(request, rows, per_page, position=None):
    """The page that is asked for, or the one that the row at `position` is on."""
    number = request.GET.get("halaman")
    if position is not None:
        number = position // per_page + 1
    return Paginator(rows, per_page).get_page(number)


@require_safe
def mission_results_download(request, slug, extension):
    mission = visible_mission(request, slug)
    form = ResultsForm(request.GET, results(mission))
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_text(), "text/plain")
    return download(result_table(mission, form.narrowed()), extension)


@require_safe
def mission_participants(request, slug):
    mission = visible_mission(request, slug)
    form = ParticipantsForm(request.GET, mission)
    page = page_of(request, form.found(), PARTICIPANTS_PER_PAGE)
    context = {
        "mission": mission,
        "form": form,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "seller": Side.SELLER,
        "named": form.named_count,
        "others": mission.participations.accepted().count() - form.named_count,
        "extensions": CONTENT_TYPES,
    }
    return render(request, "publication/mission_participants.html", context)


@require_safe
def mission_participants_download(request, slug, extension):
    mission = visible_mission(request, slug)
    form = ParticipantsForm(request.GET, mission)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_text(), "text/plain")
    return download(participant_table(mission, form.found()), extension)
