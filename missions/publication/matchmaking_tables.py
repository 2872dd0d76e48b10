"""A mission's matchmaking as tables: what the pages show, with a name for each number."""

from missions.meetings.agreed import Held
from missions.meetings.models import MeetingRequest
from missions.models import Side
from umkm_portal.exports import Table

Status = MeetingRequest.Status
# Which part of the page a line is from; `together` are lines behind which too few businesses stand.
COUNTED = (
    "applications accepted_sellers accepted_buyers matches requests requests_pending "
    "requests_accepted requests_declined requests_expired requests_withdrawn requests_cancelled "
    "agreed held deals follow_ups no_interest sides_differ held_both_sides_say held_one_side_says "
    "held_disputed not_held not_reported"
).split()
NAMED = (
    "seller_slug seller seller_province_code buyer_slug buyer buyer_province_code commodity_slug"
).split()
RESULT_COLUMNS = [
    *"mission_slug is_example section key name".split(),
    *COUNTED,
    *NAMED,
]
SAID = {
    Held.BOTH: "held_both_sides_say",
    Held.ONE: "held_one_side_says",
    Held.DISPUTED: "held_disputed",
    Held.NOT: "not_held",
    Held.UNREPORTED: "not_reported",
}
PARTICIPANT_COLUMNS = (
    "mission_slug side business_slug business province_code regency_code commodity_slugs is_example"
).split()


def result_table(mission, results):
    """One line for the mission, one for each line of a breakdown, one for each pair."""
    lines = [_of_mission(mission, results)]
    for kind, rows in results.breakdowns.items():
        lines += [_of_row(kind, row) for row in rows]
    lines += map(_of_pair, results.pairs)
    rows = [
        [mission.slug, mission.is_example, *map(line.get, RESULT_COLUMNS[2:])]
        for line in lines
    ]
    return Table(f"hasil-temu-bisnis-{mission.slug}", RESULT_COLUMNS, rows)


def _of_mission(mission, results):
    requests, accepted = results.requests or {}, results.accepted or {}
    said = {}
    if results.meetings.held is not None:
        said = {name: results.held_by[held] for held, name in SAID.items()}
    return {
        "section": "mission",
        "key": mission.slug,
        "name": mission.title,
        "applications": results.applications,
        "accepted_sellers": accepted.get(Side.SELLER),
        "accepted_buyers": accepted.get(Side.BUYER),
        "matches": results.matches,
        "requests": results.request_count,
        **{f"requests_{status.value}": requests.get(status) for status in Status},
        **_of_tally(results.meetings),
        **said,
    }


def _of_tally(tally):
    return {
        "agreed": tally.agreed,
        "held": tally.held,
        "deals": tally.deals,
        "follow_ups": tally.follow_ups,
        "no_interest": tally.no_interest,
        "sides_differ": tally.differing,
    }


def _of_row(kind, row):
    line = {
        "section": kind.value,
        "key": row.key,
        "name": row.label,
        "accepted_sellers": row.sellers,
        "accepted_buyers": row.buyers,
    }
    if row.is_rest:
        line = {"section": kind.value, "key": "together"}
    return line | (_of_tally(row.tally) if row.tally else {})


def _of_pair(pair):
    return {
        "section": "pair",
        "key": pair.anchor,
        "seller_slug": pair.seller.slug,
        "seller": pair.seller.name,
        "seller_province_code": pair.seller.province_id,
        "buyer_slug": pair.buyer.slug,
        "buyer": pair.buyer.name,
        "buyer_province_code": pair.buyer.province_id,
        "commodity_slug": pair.commodity,
    }


def participant_table(mission, participations):
    """`participations` must come `with_commodities`."""
    rows = [
        [
            mission.slug,
            one.side,
            one.business.slug,
            one.business.name,
            one.business.province_id,
            one.business.regency_id,
            ";".join(sorted(commodities(one))),
            one.business.is_example,
        ]
        for one in participations
    ]
    return Table(f"peserta-{mission.slug}", PARTICIPANT_COLUMNS, rows)


def commodities(participation):
    found = {listing.commodity_id for listing in participation.public_listings}
    return found - {None}
