"""What officials see of a selection: the pairs with their reasons, and what it left out."""

from functools import reduce
from operator import or_

from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse

from missions.models import Participation
from umkm_portal.exports import Table

from .advice import ADVICE, MATCHES
from .explain import Labels, conflict_labels, reasons, strongest
from .match_filter import SIDES
from .models import Match
from .rules import room_of
from .selection import changes_of, coverage, latest, obstacle_of, shown

PER_PAGE = 50
MOST_REASONS = 2
ACCEPTED = Participation.Status.ACCEPTED
FILTERS = {side: name for name, side in SIDES.items()}


def context_of(mission, number):
    """`number` is the page of the list of pairs."""
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
    room = room_of(mission)
    meetings = standing(chosen)
    page = Paginator(with_parties(meetings), PER_PAGE).get_page(number)
    explain(mission, page.object_list)
    fell_away = chosen.meetings.count() - page.paginator.count
    return context | {
        "room": room,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "agreed": meetings.filter(is_agreed=True).count(),
        "fell_away": fell_away,
        "is_outdated": bool(fell_away) or differs(mission, chosen, room),
        "coverage": coverage(mission, chosen),
        "gaps": gaps(mission, chosen),
        "to_tell": 0 if chosen.published_at else len(changes_of(chosen)),
    }


def standing(selection):
    """Its meetings, without those of a participant who has left since."""
    return selection.meetings.filter(seller__status=ACCEPTED, buyer__status=ACCEPTED)


def with_parties(meetings):
    return meetings.select_related(
        "seller__business__province", "buyer__business__province"
    )


def differs(mission, selection, room):
    """Whether choosing anew would start from other numbers."""
    runs = mission.score_runs.filter(finished_at__gt=selection.made_at)
    agreed = (room.capacity, room.floor) == (selection.capacity, selection.floor)
    return not agreed or runs.exists()


def explain(mission, meetings):
    """Adds to each what brings most to its score, and its conflicts, in words."""
    found, labels = matches(mission, meetings), Labels()
    for meeting in meetings:
        match = found.get((meeting.seller_id, meeting.buyer_id))
        told = strongest(reasons(match, labels=labels), MOST_REASONS) if match else []
        meeting.reasons = [reason.words for reason in told]
        meeting.conflicts = conflict_labels(match) if match else []


def matches(mission, meetings):
    pairs = [Q(seller=one.seller_id, buyer=one.buyer_id) for one in meetings]
    if not pairs:
        return {}
    found = Match.objects.of_mission(mission).filter(reduce(or_, pairs))
    rows = found.with_parties().select_related("run").order_by()
    return {(match.seller_id, match.buyer_id): match for match in rows}


def gaps(mission, selection):
    """Those of the verified UMKM below the floor, each with what can be done."""
    found = selection.gaps.filter(participation__status=ACCEPTED)
    rows = list(found.select_related("participation__business__province"))
    for gap in rows:
        gap.advice, page = ADVICE[gap.cause]
        query = _found_as(gap.participation) if page == MATCHES else None
        gap.link = reverse(page, args=[mission.slug], query=query)
    return rows


def _found_as(participation):
    """How the list of matches is narrowed to those of one participant."""
    return {FILTERS[participation.side]: participation.name}


COLUMNS = "seller seller_province_code buyer buyer_province_code score agreed".split()


def table_of(mission, selection):
    """For officials: it names participants, and no people."""
    rows = with_parties(standing(selection)).iterator(chunk_size=1000)
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
