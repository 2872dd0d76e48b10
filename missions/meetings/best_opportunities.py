"""The best opportunities as the dashboard of a business shows them, which is opened all the time:
compared once, and kept for a while."""

from dataclasses import astuple
from datetime import timedelta
from hashlib import sha256

from django.core.cache import cache

from businesses.models import Listing

from .opportunities import LIMIT, Fitting, fitting, own_items

# So late may a new listing of others appear there. What the business itself offers and needs counts
# at once, and a listing that is closed is gone at once.
KEPT = timedelta(minutes=15)


def best_opportunities_of(business):
    """[Fitting, …], best first."""
    own = own_items(business)
    key = f"meetings.opportunities.{business.pk}.{_fingerprint(own)}"
    kept = cache.get_or_set(key, lambda: _best(business, own), KEPT.total_seconds())
    still = Listing.objects.open().for_rows().filter(pk__in=[pk for pk, _score in kept])
    listings = {listing.pk: listing for listing in still}
    return [Fitting(listings[pk], score) for pk, score in kept if pk in listings]


def _best(business, own):
    return [(one.listing.pk, one.score) for one in fitting(business, own)[:LIMIT]]


def _fingerprint(items):
    """The same in every process, where sets come in another order."""
    told = [
        [sorted(one) if isinstance(one, frozenset) else one for one in astuple(item)]
        for item in items
    ]
    return sha256(repr(told).encode()).hexdigest()
