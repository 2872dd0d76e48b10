"""What the matchmaking of a mission brought: every number of it that is published.

Page and downloads call `results`. None means that nothing is recorded yet, or that the number is
withheld; neither is ever shown as zero. What a participant wishes is counted nowhere.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from django.core.cache import cache
from django.db import models
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from businesses.models import CommodityGroup, Province
from missions.models import Participation, Side

from .agreed import (
    Held,
    Meeting,
    Pair,
    agreed_meetings,
    commodities_of,
    named_participations,
    pairs_of,
)
from .models import Match, MeetingReport, MeetingRequest, ScoreRun
from .weights import GOOD_SCORE

# So many businesses of each side have to stand behind the meetings of a line.
FEWEST = 3
KEPT = timedelta(hours=1)
# Sorted after all keys of lines
REST = "\uffff"
Status, Outcome = MeetingRequest.Status, MeetingReport.Outcome


class Breakdown(models.TextChoices):
    COMMODITY = "commodity", _("By commodity")
    SELLERS = "seller_province", _("By province of the sellers")
    BUYERS = "buyer_province", _("By province of the buyers")


@dataclass(frozen=True)
class Tally:
    """`agreed` is None before the first request, `held` and what came of it before the first report
    on any of the meetings, and where they are withheld: they would tell what came of a meeting that
    is named."""

    agreed: int | None = None
    held: int | None = None
    deals: int | None = None
    follow_ups: int | None = None
    no_interest: int | None = None
    differing: int | None = None
    is_withheld: bool = False

    @classmethod
    def of(cls, meetings, *, is_withheld=False):
        if is_withheld or not any(meeting.is_reported for meeting in meetings):
            return cls(len(meetings), is_withheld=is_withheld)
        held = [meeting for meeting in meetings if meeting.held in Held.took_place()]
        came_of_it = Counter(meeting.outcome for meeting in held)
        return cls(
            agreed=len(meetings),
            held=len(held),
            deals=came_of_it[Outcome.DEAL],
            follow_ups=came_of_it[Outcome.FOLLOW_UP],
            no_interest=came_of_it[Outcome.NO_INTEREST],
            differing=came_of_it[None],
        )


@dataclass(frozen=True)
class Row:
    """A line of a breakdown. Without `tally` its meetings, if there are any, are counted in the line
    `is_rest` only: alone they would tell who met whom."""

    key: str
    label: str
    sellers: int
    buyers: int
    tally: Tally | None = None
    is_rest: bool = False


@dataclass(frozen=True)
class Step:
    """A number on the way to a meeting, and its share of the step before."""

    name: str
    number: int | None
    share: float | None = None
    is_withheld: bool = False


def steps(*named):
    befores = [None, *(number for _name, number in named)]
    return [
        Step(name, number, number / before if before and number is not None else None)
        for (name, number), before in zip(named, befores, strict=False)
    ]


@dataclass(frozen=True)
class Results:
    """`accepted` is {side: number}, `requests` {status: number}, `held_by` {Held: number}."""

    applications: int | None
    accepted: dict | None
    matches: int | None
    requests: dict | None
    meetings: Tally
    held_by: dict
    breakdowns: dict[str, list[Row]]
    pairs: list[Pair]
    is_narrowed: bool = False

    @property
    def participants(self):
        return None if self.accepted is None else sum(self.accepted.values())

    @property
    def request_count(self):
        return None if self.requests is None else sum(self.requests.values())

    @property
    def businesses(self):
        """From the application to a place: businesses."""
        return steps(
            (_("Applications"), self.applications), (_("Accepted"), self.participants)
        )

    @property
    def talks(self):
        """From the request to the handshake: meetings."""
        *asked, held = steps(
            (_("Meetings asked for"), self.request_count),
            (_("Meetings agreed on"), self.meetings.agreed),
            (_("Meetings held"), self.meetings.held),
        )
        return [*asked, replace(held, is_withheld=self.meetings.is_withheld)]

    def narrowed(self, *, commodity="", province=""):
        """Only the lines and pairs that are asked for. Lines are never counted anew for a commodity
        within a province: that would tell who met whom."""
        if not (commodity or province):
            return self
        chosen = {
            Breakdown.COMMODITY: commodity,
            Breakdown.SELLERS: province,
            Breakdown.BUYERS: province,
        }
        return replace(
            self,
            is_narrowed=True,
            breakdowns={
                kind: [row for row in self.breakdowns[kind] if row.key == key]
                for kind, key in chosen.items()
                if key
            },
            pairs=[
                pair
                for pair in self.pairs
                if commodity in ("", pair.commodity)
                and (not province or province in pair.provinces)
            ],
        )


def results(mission):
    """All that is published of the matchmaking of `mission`, in as many queries for any size."""
    run = ScoreRun.objects.filter(mission=mission, state=ScoreRun.State.DONE).first()
    participants = list(
        mission.participations.accepted().values_list(
            "pk", "side", "business__province"
        )
    )
    traded, named = commodities_of(mission), named_participations(mission)
    meetings = agreed_meetings(mission, run, traded, named)
    requests = requests_by_status(mission)
    groups = CommodityGroup.objects.in_bulk()
    is_withheld = not tells_no_outcome(meetings)
    return Results(
        applications=applications(mission),
        accepted=accepted_by_side(mission, participants),
        matches=run and kept_good_matches(run, participants),
        requests=requests,
        meetings=Tally()
        if requests is None
        else Tally.of(meetings, is_withheld=is_withheld),
        held_by=Counter(() if is_withheld else (one.held for one in meetings)),
        breakdowns=breakdowns(participants, traded, requests and meetings, groups),
        pairs=pairs_of(meetings, named, groups),
    )


def applications(mission):
    """Everybody who ever applied. None before registration opens, and without any."""
    count = mission.participations.count()
    if count:
        return count
    opened = getattr(mission, "registration", None)
    return 0 if opened and opened.opens_at <= timezone.now() else None


def accepted_by_side(mission, participants):
    """None while not one application is decided on."""
    undecided = Participation.Status.APPLIED
    decided = mission.participations.exclude(status=undecided)
    if not participants and not decided.exists():
        return None
    sides = Counter(side for _pk, side, _province in participants)
    return {side: sides[side] for side in Side}


def good_matches(mission):
    """Pairs without a conflict and with at least GOOD_SCORE, of the latest scoring."""
    pairs = Match.objects.of_mission(mission).without_conflicts()
    return pairs.filter(score__gte=GOOD_SCORE).count()


def kept_good_matches(run, participants):
    """Hundreds of thousands of pairs are gone through for a page that everybody opens, so the number
    is kept while nothing changes it: the scoring, its weights, and who takes part on which side."""
    sides = sorted((pk, side) for pk, side, _province in participants)
    state = repr((sides, sorted(run.all_weights.items())))
    key = f"meetings.good_matches.{run.pk}.{sha256(state.encode()).hexdigest()}"
    return cache.get_or_set(
        key, lambda: good_matches(run.mission_id), KEPT.total_seconds()
    )


def requests_by_status(mission):
    """{status: number}; what nobody answered in time counts as expired. None without any."""
    sent = MeetingRequest.objects.of_mission(mission)
    counted = sent.order_by().values_list("status").annotate(Count("pk"))
    found = Counter(dict(counted))
    if not found:
        return None
    overdue = sent.overdue().count()
    found[Status.PENDING] -= overdue
    found[Status.EXPIRED] += overdue
    return {status: found[status] for status in Status}


def breakdowns(participants, traded, meetings, groups):
    """{Breakdown: its lines}; `meetings` is None before the first request."""
    provinces = Province.objects.in_bulk()
    of_province = {
        side: [(province, side) for _pk, own, province in participants if own == side]
        for side in Side
    }
    of_commodity = [
        (slug, side)
        for pk, side, _province in participants
        for slug in traded.get(pk) or [""]
    ]
    nothing = Tally() if meetings is None else Tally.of([])
    kinds = (
        (Breakdown.COMMODITY, of_commodity, "commodity", groups),
        (Breakdown.SELLERS, of_province[Side.SELLER], "seller_province", provinces),
        (Breakdown.BUYERS, of_province[Side.BUYER], "buyer_province", provinces),
    )
    return {
        kind: lines(members, _by(meetings or [], attribute), named, nothing)
        for kind, members, attribute, named in kinds
    }


def _by(meetings, attribute):
    found = {}
    for meeting in meetings:
        found.setdefault(getattr(meeting, attribute), []).append(meeting)
    return found


def lines(members, meetings, named, nothing):
    """Lines of a breakdown, those with most meetings first. `members` is [(key, side), …], and
    `nothing` is what a line without a meeting shows."""
    sizes = Counter(members)
    meetings = small_lines(sizes) | meetings if meetings else meetings
    hidden = counted_together(meetings, tells_nobody)
    counted = {key: found for key, found in meetings.items() if key not in hidden}
    if hidden:
        counted[REST] = [one for key in hidden for one in meetings[key]]
    silent = counted_together(counted, tells_no_outcome)
    tallies = dict.fromkeys((key for key, _side in members), nothing)
    tallies |= dict.fromkeys(hidden)
    tallies |= {
        key: Tally.of(found, is_withheld=key in silent)
        for key, found in counted.items()
    }
    rest = tallies.pop(REST, None)
    rows = [
        Row(
            key,
            named[key].label if key else _("not stated"),
            sizes[key, Side.SELLER],
            sizes[key, Side.BUYER],
            tally,
        )
        for key, tally in tallies.items()
    ]
    rows.sort(
        key=lambda row: (-((row.tally and row.tally.agreed) or 0), str(row.label))
    )
    return [*rows, Row("", "", 0, 0, rest, is_rest=True)] if rest else rows


def small_lines(sizes):
    """{key: []} of the lines in which few businesses stand on a side. If only those without a
    meeting said zero, the others would tell that somebody met."""
    return {key: [] for (key, _side), size in sizes.items() if 0 < size < FEWEST}


def counted_together(meetings, is_harmless):
    """Lines of which a number is shown for all of them together only: that of each would not be
    harmless. If that of all of them is not either, the next smallest lines join, so that no
    difference tells it."""
    by_size = sorted(meetings, key=lambda key: (len(meetings[key]), key))
    hidden = [key for key in by_size if not is_harmless(meetings[key])]
    others = [key for key in by_size if key not in hidden]
    while hidden and others:
        if is_harmless([one for key in hidden for one in meetings[key]]):
            break
        hidden.append(others.pop(0))
    return hidden


def tells_no_outcome(meetings: list[Meeting]):
    """Whether the numbers of what came of `meetings` tell it of none that is named: the rule for who
    met whom holds as if no pair were named, and the meetings did not all end the same way."""
    named = [meeting for meeting in meetings if meeting.is_named]
    if not named or not any(meeting.is_reported for meeting in meetings):
        return True
    as_if_unnamed = [replace(meeting, is_named=False) for meeting in meetings]
    endings = {meeting.ending for meeting in meetings}
    return len(endings) > 1 and tells_nobody(as_if_unnamed)


def tells_nobody(meetings: list[Meeting]):
    """Whether the number of `meetings` gives none away that is not named: at least FEWEST businesses
    sit on each side, and at most half of the pairs that are possible between them are unnamed
    meetings."""
    sellers = {meeting.seller for meeting in meetings}
    buyers = {meeting.buyer for meeting in meetings}
    if min(len(sellers), len(buyers)) < FEWEST:
        return False
    unnamed = [meeting for meeting in meetings if not meeting.is_named]
    possible = len(sellers) * len(buyers) - (len(meetings) - len(unnamed))
    return 2 * len(unnamed) <= possible
