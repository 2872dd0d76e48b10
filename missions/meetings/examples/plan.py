"""Who asks whom in the example mission, and what becomes of it."""

from collections import Counter, defaultdict

from missions.meetings.models import MeetingRequest
from missions.models import Side

Status = MeetingRequest.Status
COUNTERED, UNTIMED = "countered", "untimed"
# What becomes of how many requests.
OUTCOMES = {
    Status.PENDING: 50,
    COUNTERED: 12,
    Status.ACCEPTED: 60,
    UNTIMED: 14,
    Status.DECLINED: 18,
    Status.EXPIRED: 10,
    Status.WITHDRAWN: 7,
    Status.CANCELLED: 6,
}
# What the owners with an example login find, so that each step can be tried at once.
SHOWN = [
    Status.PENDING,
    Status.PENDING,
    COUNTERED,
    Status.ACCEPTED,
    UNTIMED,
    Status.DECLINED,
]
MOST_PER_FIRM = 8
MOST_PARTNERS = 4


def plan(firms, draw, outcomes, shown):
    """[(sender, receiver, what becomes of it), …], each pair once.

    `outcomes` says how many there are of each, `shown` what the owners with an example login get.
    """
    left = [outcome for outcome, times in outcomes.items() for _time in range(times)]
    draw.shuffle(left)
    busy = Counter()
    for pair in _pairs(firms, draw):
        seller, buyer = pair
        star = next((firm for firm in pair if firm.is_shown), None)
        if star and busy[star.part.number] < len(shown):
            outcome = shown[busy[star.part.number]]
            # To be answered by the one that is shown.
            is_sender = outcome == COUNTERED
            sender = star if is_sender else seller if star is buyer else buyer
        elif left and not star and _is_idle(pair, busy):
            outcome = left.pop()
            sender = seller if draw.random() < 0.6 else buyer
        else:
            continue
        busy.update([seller.part.number, buyer.part.number])
        yield sender, buyer if sender is seller else seller, outcome


def _is_idle(pair, busy):
    return all(busy[firm.part.number] < MOST_PER_FIRM for firm in pair)


def _pairs(firms, draw):
    """Sellers and buyers of the same goods from different provinces, the shown ones first; never
    the two with an example login: what is between them is for whoever tries it."""
    sellers = defaultdict(list)
    for firm in firms:
        if firm.part.side == Side.SELLER:
            sellers[firm.goods.commodity.pk].append(firm)
    pairs = []
    for buyer in firms:
        if buyer.part.side == Side.BUYER:
            chosen = _partners(buyer, sellers[buyer.goods.commodity.pk], draw)
            pairs += [(seller, buyer) for seller in chosen]
    draw.shuffle(pairs)
    return sorted(pairs, key=lambda pair: not any(firm.is_shown for firm in pair))


def _partners(buyer, sellers, draw):
    partners = [
        seller
        for seller in sellers
        if seller.business.province_id != buyer.business.province_id
        and not (seller.is_shown and buyer.is_shown)
    ]
    if buyer.is_shown:
        return partners
    chosen = draw.sample(partners, min(MOST_PARTNERS, len(partners)))
    return chosen + [one for one in partners if one.is_shown and one not in chosen]
