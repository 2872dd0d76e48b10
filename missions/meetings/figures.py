"""What the matchmaking of a mission brought: every number of it that is published.

Page and downloads call `results`. None means that nothing is recorded yet, which is never shown as
zero. What a participant wishes is counted nowhere.
"""

from collections import Counter
from dataclasses import dataclass, replace

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

# From this score on two participants are counted as a match; in tenths of a point, see weights.py.
GOOD_SCORE = 600
# So many businesses of each side have to stand behind the meetings of a line.
FEWEST = 3
Status, Outcome = MeetingRequest.Status, MeetingReport.Outcome


class Breakdown(models.TextChoices):
    COMMODITY = "commodity", _("By commodity")
    SELLERS = "seller_province", _("By province of the sellers")
    BUYERS = "buyer_province", _("By province of the buyers")


@dataclass(frozen=True)
class Tally:
    """`agreed` is None before the first request, `held` and what came of it before the first report
    on any of the meetings."""

    agreed: int | None = None
    held: int | None = None
    deals: int | None = None
    follow_ups: int | None = None
    no_interest: int | None = None
    differing: int | None = None

    @classmethod
    def of(cls, meetings):
        if all(meeting.held == Held.UNREPORTED for meeting in meetings):
            return cls(len(meetings))
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
    """A line of a breakdown. Without `tally` its meetings are counted in the line `is_rest` only:
    alone they would tell who met whom."""

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
        return steps(
            (_("Meetings asked for"), self.request_count),
            (_("Meetings agreed on"), self.meetings.agreed),
            (_("Meetings held"), self.meetings.held),
        )

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
    return Results(
        applications=applications(mission),
        accepted=accepted_by_side(mission, participants),
        matches=run and good_matches(mission),
        requests=requests,
        meetings=Tally() if requests is None else Tally.of(meetings),
        held_by=Counter(meeting.held for meeting in meetings),
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
    hidden = hidden_keys(meetings)
    tallies = dict.fromkeys((key for key, _side in members), nothing)
    tallies |= {key: Tally.of(found) for key, found in meetings.items()}
    tallies |= dict.fromkeys(hidden)
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
    if not hidden:
        return rows
    together = [meeting for key in hidden for meeting in meetings[key]]
    return [*rows, Row("", "", 0, 0, Tally.of(together), is_rest=True)]


def hidden_keys(meetings):
    """Lines whose meetings are counted together only: too few businesses stand behind each. If too
    few stand behind all of them, the next smallest lines join, so that no difference tells either.
    """
    by_size = sorted(meetings, key=lambda key: (len(meetings[key]), key))
    hidden = [key for key in by_size if not tells_nobody(meetings[key])]
    others = [key for key in by_size if key not in hidden]
    while hidden and others:
        if tells_nobody([one for key in hidden for one in meetings[key]]):
            break
        hidden.append(others.pop(0))
    return hidden


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
