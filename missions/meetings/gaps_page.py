"""The verified UMKM below the floor as officials see them: by cause, each with what is missing."""

from collections import Counter
from dataclasses import dataclass, field

from django.core.paginator import Paginator
from django.db.models import Case, Count, When
from django.urls import reverse
from django.utils.functional import Promise

from businesses.models import Listing
from missions.models import Participation, Side

from .advice import ADVICE, AGAINST
from .match_filter import SIDES
from .models import FloorGap, Match
from .points import Conflict

Cause, Kind = FloorGap.Cause, Listing.Kind
PER_PAGE = 20
ACCEPTED = Participation.Status.ACCEPTED
FILTERS = {side: name for name, side in SIDES.items()}
# What it brings is found by what the other side brings; named as the list of offers and needs does.
BRINGS = {
    Side.SELLER: (Kind.OFFER, "kebutuhan"),
    Side.BUYER: (Kind.NEED, "penawaran"),
}


@dataclass
class Group:
    """Those of one cause, as far as they are on this page of the list."""

    cause: str
    count: int
    advice: Promise
    link: str
    rows: list = field(default_factory=list)

    @property
    def name(self):
        return self.cause.label

    @property
    def against(self):
        """[(conflict, what helps against it)], of those that are in the way here."""
        found = {row.conflict for row in self.rows if row.conflict}
        return [(one.label, AGAINST[one]) for one in Conflict if one in found]


def context_of(mission, user, selection, number):
    """`number` is the page of the list."""
    found = selection.gaps.visible_to(user).filter(participation__status=ACCEPTED)
    counts = dict(found.order_by().values_list("cause").annotate(Count("pk")))
    turns = (When(cause=cause, then=turn) for turn, cause in enumerate(Cause.values))
    rows = found.order_by(Case(*turns), "meetings", "pk")
    rows = rows.select_related("participation__business__province")
    rows = rows.prefetch_related("participation__listings__commodity")
    page = Paginator(rows, PER_PAGE).get_page(number)
    groups = {cause: _group(mission, cause, counts[cause]) for cause in counts}
    pairs = _conflicts(mission, page.object_list)
    for gap in page:
        _describe(gap, mission, pairs)
        groups[gap.cause].rows.append(gap)
    shown = [groups[cause] for cause in Cause.values if cause in groups]
    return {
        "gaps": page,
        "gap_groups": [group for group in shown if group.rows],
        "gap_counts": [(group.name, group.count) for group in shown],
    }


def _group(mission, cause, count):
    advice, page = ADVICE[cause]
    link = reverse(page, args=[mission.slug]) if page else ""
    return Group(Cause(cause), count, advice, link)


def _describe(gap, mission, pairs):
    participation = gap.participation
    gap.conflict, gap.wanted, gap.commodities = None, "", []
    if gap.cause == Cause.NO_NEED:
        kind, gap.wanted = BRINGS[participation.side]
        found = {
            listing.commodity
            for listing in participation.listings.all()
            if listing.kind == kind and listing.commodity
        }
        gap.commodities = sorted(found, key=lambda one: one.label)
    in_the_way, gap.partners = pairs.get(participation.pk, (Counter(), 0))
    if in_the_way:
        order = Conflict.values.index
        name = max(in_the_way, key=lambda one: (in_the_way[one], -order(one)))
        gap.conflict, gap.hindered = Conflict(name), in_the_way[name]
        gap.link = reverse(
            "meetings:office_matches",
            args=[mission.slug],
            query=_found_as(participation) | {"konflik": name},
        )


def _found_as(participation):
    """How the list of matches is narrowed to those of one participant. A name that is withheld
    is not found."""
    if participation.business.withholds_name:
        return {}
    return {FILTERS[participation.side]: participation.name}


def _conflicts(mission, gaps):
    """{participant with too many conflicts: (pairs by conflict, pairs that trade in its goods)}"""
    found = {}
    for side in Side.values:
        keys = [
            gap.participation_id
            for gap in gaps
            if gap.cause == Cause.CONFLICTS and gap.participation.side == side
        ]
        rows = Match.objects.of_mission(mission).filter(commodity__gt=0)
        rows = rows.filter(**{f"{side}__in": keys}).order_by()
        counted = rows.values_list(side, "conflicts").annotate(number=Count("pk"))
        for who, conflicts, number in counted:
            by_conflict, pairs = found.get(who, (Counter(), 0))
            by_conflict.update(dict.fromkeys(conflicts, number))
            found[who] = by_conflict, pairs + number
    return found
