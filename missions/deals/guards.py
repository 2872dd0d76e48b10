"""Checks reported deals. Nothing is dropped: the reason is shown beside the deal."""

from collections import Counter
from statistics import median

from django.utils.translation import gettext as _

from missions.guards import Flag, Kind, Severity
from umkm_portal.formatting import rupiah_short

# In the 80 deals of public reports the largest is 30 times its mission's median.
OUTLIER_FACTOR = 40
FEWEST_FOR_MEDIAN = 4


def review_deals(deals, *, total=None):
    """Returns {deal pk: [Flag, …]} for the deals of one mission or foreign event.

    `total` is the mission's announced total in rupiah.
    """
    deals = list(deals)
    values = [deal.value for deal in deals if deal.value]
    middle = median(values) if len(values) >= FEWEST_FOR_MEDIAN else None
    trades = Counter(_trade(deal) for deal in deals)
    return {deal.pk: _flags(deal, middle, trades, total) for deal in deals}


def _trade(deal):
    return deal.seller_name, deal.buyer_name, deal.commodity.casefold()


def _flags(deal, middle, trades, total):
    flags = []
    if total and deal.value and deal.value > total:
        reason = _("This deal alone is above the mission's total of %s.")
        flags.append(Flag(Kind.SUM, Severity.ERROR, reason % rupiah_short(total)))
    if middle and deal.value and deal.value > middle * OUTLIER_FACTOR:
        reason = _("More than %(factor)d times the median deal here (%(middle)s).") % {
            "factor": OUTLIER_FACTOR,
            "middle": rupiah_short(int(middle)),
        }
        flags.append(Flag(Kind.OUTLIER, Severity.NOTICE, reason))
    if deal.names_both_parties and trades[_trade(deal)] > 1:
        reason = _("The same parties and commodity appear more than once.")
        flags.append(Flag(Kind.REPEATED, Severity.NOTICE, reason))
    return flags


def review_parties(deal):
    """Flags of a deal whose registered party has moved since it was linked. For officials only:
    where a business without a public page is registered is nobody else's business."""
    reason = _("%(party)s is registered in another province than the deal names.")
    return [
        Flag(
            Kind.CONFLICT,
            Severity.NOTICE,
            reason % {"party": getattr(deal, f"{party}_business")},
        )
        for party in deal.PARTIES
        if deal.differs_in_province(party)
    ]
