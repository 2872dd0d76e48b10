"""What is known of earlier trade between a business and others, outside any mission."""

from datetime import timedelta

from django.core.cache import cache
from django.db.models import Q

from businesses.models import Province

from .models import MeetingReport, MeetingRequest
from .points import Met
from .scoring import Trade
from .trade import NO_TRADE, Deal, deals_by_sector

# The same for everybody, and changed by officials a few times a day at most.
KEY, KEPT = "meetings.deals_by_sector", timedelta(hours=1)


def earlier_trade(business):
    deals = cache.get_or_set(KEY, _deals, KEPT.total_seconds())
    return Trade(deals=deals, met=_met(business))


def _deals():
    return deals_by_sector(set(Province.objects.values_list("pk", flat=True)))


def _met(business):
    """{frozenset of two businesses: Met}"""
    met = {frozenset(pair): Met.MET for pair in _meetings(business)}
    deals = Deal.objects.published().exclude(rung__in=NO_TRADE)
    deals = deals.filter(Q(seller_business=business) | Q(buyer_business=business))
    parties = deals.values_list("seller_business", "buyer_business")
    return met | {frozenset(pair): Met.TRADED for pair in parties}


def _meetings(business):
    """Agreed in any mission, unless somebody said that it was not held."""
    not_held = MeetingReport.objects.filter(outcome=MeetingReport.Outcome.NOT_HELD)
    agreed = MeetingRequest.objects.accepted().filter(
        Q(sender__business=business) | Q(receiver__business=business)
    )
    agreed = agreed.exclude(pk__in=not_held.values("request"))
    return agreed.values_list("sender__business", "receiver__business")
