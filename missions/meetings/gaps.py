"""Why a verified UMKM has fewer meetings than the floor.

Wishes are left out of account on purpose: that somebody does not want to meet it is nobody's
business, so no cause may differ by it.
"""

from collections import defaultdict

from .models import FloorGap

Cause = FloorGap.Cause


def gaps_of(situation, chosen):
    """{who: (meetings, cause)}; `chosen` are the meetings beside the agreed ones."""
    met = situation.met(chosen)
    below = [who for who in situation.guaranteed if met[who] < situation.floor]
    partners = _partners(situation, set(below))
    begun = _begun(situation)
    is_full = len(chosen) >= situation.room
    return {
        who: (met[who], _cause(situation, who, partners[who], begun[who], is_full))
        for who in below
    }


def _begun(situation):
    """{who: {partner of an agreed meeting whose time has begun}}"""
    found = defaultdict(set)
    for seller, buyer in situation.begun:
        found[seller].add(buyer)
        found[buyer].add(seller)
    return found


def _partners(situation, below):
    """{who: {partner: whether there is a conflict}}: whoever trades in its goods, or agreed."""
    found = {who: {} for who in below}
    pairs = [
        (key, pair.has_conflict) for key, pair in situation.scored.items() if pair.fits
    ]
    pairs += [(key, False) for key in situation.agreed]
    for (seller, buyer), has_conflict in pairs:
        if seller in below:
            found[seller][buyer] = has_conflict
        if buyer in below:
            found[buyer][seller] = has_conflict
    return found


def _cause(situation, who, partners, begun, is_full):
    floor, free = situation.floor, situation.free
    if len(partners) < floor:
        return Cause.NO_NEED
    able = [partner for partner, has_conflict in partners.items() if not has_conflict]
    if len(able) < floor:
        return Cause.CONFLICTS
    if who in situation.unstated:
        return Cause.NO_AVAILABILITY
    together = [one for one in able if one not in begun and free[who] & free[one]]
    if min(len(together), free[who].bit_count()) < floor - len(begun):
        return Cause.TOO_FEW_SLOTS
    return Cause.TABLES_FULL if is_full else Cause.PARTNERS_FULL
