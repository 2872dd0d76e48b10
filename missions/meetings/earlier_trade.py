"""What is known of earlier trade between a business and others, outside any mission."""

from datetime import timedelta

from django.core.cache import cache

from businesses.models import Province

from .scoring import Trade
from .trade import deals_by_sector, met_by_pair

# The same for everybody, and changed by officials a few times a day at most.
KEY, KEPT = "meetings.deals_by_sector", timedelta(hours=1)


def earlier_trade(business, others):
    """`others` are the keys of the businesses that it is compared with."""
    return Trade(
        deals=cache.get_or_set(KEY, _deals, KEPT.total_seconds()),
        met=met_by_pair([business.pk], others, is_example=business.is_example),
    )


def _deals():
    return deals_by_sector(set(Province.objects.values_list("pk", flat=True)))
