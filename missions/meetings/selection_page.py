"""What officials see of a selection: the pairs with their reasons, and what it left out."""

from functools import reduce
from operator import or_

from django.core.paginator import Paginator
from django.db.models import Q

from umkm_portal.exports import Table

from . import gaps_page
from .explain import Labels, conflict_labels, reasons, strongest, weakest
from .models import Match
from .selection import changes_of, coverage, latest, obstacle_of, shown
from .times import rules_of, tables_for_meetings

PER_PAGE = 20
MOST_REASONS = 2


def context_of(mission, user, pages):
    """`user` is the official who looks; `pages` says which page of either list."""
    newest, visible = latest(mission), shown(mission)
    chosen = mission.selections.done().first()
    context = {
        "newest": newest,
        "obstacle": obstacle_of(mission),
        "shown": visible,
        "selection": chosen,
        "unstated": mission.participations.accepted()
        .filter(availability_at=None)
        .count(),
    }
    if chosen is None:
        return context
    meetings = chosen.meetings.standing()
    page = Paginator(seen_by(user, chosen), PER_PAGE).get_page(pages.get("halaman"))
    explain(mission, page.object_list)
    standing = meetings.count()
    fell_away = chosen.meetings.count() - standing
    return context | {
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "meetings": standing,
        "sees_all": user.is_superuser
        or mission.initiator_province_id in user.provinces_as(),
        "agreed": meetings.agreed().count(),
        "fell_away": fell_away,
        "is_outdated": is_outdated(mission, chosen, fell_away),
        "coverage": coverage(mission, chosen),
        **gaps_page.context_of(mission, user, chosen, pages.get("celah")),
        "to_tell": 0 if chosen.published_at else len(changes_of(chosen)),
    }


def seen_by(user, selection):
    """The meetings that stand, as far as they concern an official."""
    return (
        selection.meetings.standing()
        .visible_to(user)
        .with_agreed()
        .select_related("seller__business__province", "buyer__business__province")
    )


def is_outdated(mission, selection, fell_away):
    """Whether to choose anew: meetings fell away, or it would start from other numbers."""
    return bool(fell_away) or differs(mission, selection)


def differs(mission, selection):
    """Whether choosing anew would start from other numbers. That time has passed does not count."""
    runs = mission.score_runs.filter(finished_at__gt=selection.made_at)
    ahead = mission.slots.filter(starts_at__gt=selection.made_at).count()
    rules = rules_of(mission)
    now = ahead * tables_for_meetings(rules), rules.floor
    return now != (selection.capacity, selection.floor) or runs.exists()


def explain(mission, meetings):
    """Adds to each what brings most to its score, what takes most, and its conflicts, in words."""
    found, labels = matches(mission, meetings), Labels()
    for meeting in meetings:
        match = found.get((meeting.seller_id, meeting.buyer_id))
        told = reasons(match, labels=labels) if match else []
        named = [*strongest(told, MOST_REASONS), weakest(told)]
        meeting.reasons = [reason.words for reason in named if reason]
        meeting.conflicts = conflict_labels(match) if match else []


def matches(mission, meetings):
    pairs = [Q(seller=one.seller_id, buyer=one.buyer_id) for one in meetings]
    if not pairs:
        return {}
    found = Match.objects.of_mission(mission).filter(reduce(or_, pairs))
    rows = found.with_parties().select_related("run").order_by()
    return {(match.seller_id, match.buyer_id): match for match in rows}


COLUMNS = "seller seller_province_code buyer buyer_province_code score agreed".split()


def table_of(mission, user, selection):
    """For officials: it names participants, and no people."""
    rows = seen_by(user, selection).iterator(chunk_size=1000)
    return Table(f"pertemuan-{mission.slug}", COLUMNS, map(_row, rows))


def _row(meeting):
    seller, buyer = meeting.seller.business, meeting.buyer.business
    return [
        seller.display_name,
        seller.province_id,
        buyer.display_name,
        buyer.province_id,
        meeting.points,
        int(meeting.is_agreed),
    ]
