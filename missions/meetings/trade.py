"""Earlier trade between provinces and between two businesses, for the scores.

Deals are recorded a floor above; what is needed of them is reached through the mission.
"""

import re
from collections import Counter, defaultdict
from functools import partial

from django.db.models import Count, F, Q
from django.utils import timezone

from businesses.models import CommodityGroup
from businesses.words import words_of
from missions.models import Mission, MissionCommodity

from .models import MeetingReport, MeetingRequest
from .points import Met
from .scoring import Trade

Deal = Mission._meta.get_field("deals").related_model
FULL, HALF = Deal.VERIFIED, (Deal.Rung.REPORTED,)
NO_TRADE = (Deal.Rung.LAPSED, Deal.Rung.VOID)
# They describe goods of any sector.
DESCRIBING = set(
    "segar beku kering hidup olahan turunannya barang alam bahan alat batu jadi dan atau lain".split()
)
BETWEEN_NAMES = re.compile(r"\bdan\b|[,/]")


def trade_of(firms, mission):
    """What is known of earlier trade between `firms`, who meet in `mission`."""
    businesses = {firm.business for firm in firms}
    return Trade(
        deals=deals_by_sector({firm.place.province for firm in firms}),
        met=met_by_pair(
            businesses, businesses, is_example=mission.is_example, apart_from=mission
        ),
    )


def deals_by_sector(provinces):
    """{(from, to, sector): (verified, reported)}; what no report places in a sector is left out."""
    counted = (
        Deal.objects.published()
        .filter(
            rung__in=(*FULL, *HALF),
            mission__is_example=False,
            seller_province__in=provinces,
            buyer_province__in=provinces,
        )
        .exclude(seller_province=F("buyer_province"))
        .values_list("seller_province", "buyer_province", "commodity", "rung")
        .annotate(Count("pk"))
        .order_by()
    )
    names = sectors_by_name()
    found = defaultdict(Counter)
    for seller, buyer, commodity, rung, number in counted:
        for sector in sectors_named(commodity, names):
            found[seller, buyer, sector][rung in FULL] += number
    return {lane: (number[True], number[False]) for lane, number in found.items()}


def sectors_by_name():
    """[(words of a commodity, its sector), …]: the groups that ship, and what reports name."""
    known = set()
    groups = CommodityGroup.objects.values_list("name", "sector")
    named = MissionCommodity.objects.exclude(sector=None).values_list("name", "sector")
    for text, sector in [*groups, *named.order_by().distinct()]:
        for name in BETWEEN_NAMES.split(text):
            if telling := frozenset(words_of(name)) - DESCRIBING:
                known.add((telling, sector))
    return known


def sectors_named(text, names):
    words = set(words_of(text))
    return {sector for name, sector in names if name <= words}


def met_by_pair(ones, others, *, is_example, apart_from=None):
    """{frozenset of a business of `ones` and one of `others`: Met}; who is not in it is new to the
    other. Meetings in examples count among examples only, those in the mission `apart_from` not at
    all."""
    within = partial(_between, ones, others)
    meetings = _held_meetings(is_example, apart_from).filter(
        within("sender__business", "receiver__business")
    )
    deals = (
        Deal.objects.published()
        .filter(within("seller_business", "buyer_business"))
        .exclude(rung__in=NO_TRADE)
    )
    met = meetings.values_list("sender__business", "receiver__business")
    traded = deals.values_list("seller_business", "buyer_business")
    found = {frozenset(pair): Met.MET for pair in met}
    return found | {frozenset(pair): Met.TRADED for pair in traded}


def _between(ones, others, first, second):
    there = Q(**{f"{first}__in": ones, f"{second}__in": others})
    return there | Q(**{f"{first}__in": others, f"{second}__in": ones})


def _held_meetings(is_example, apart_from):
    """Agreed, and over by the programme or with its mission, unless somebody said that it was not
    held. Nothing else that anybody said counts."""
    not_held = MeetingReport.objects.filter(outcome=MeetingReport.Outcome.NOT_HELD)
    is_over = Q(slot__ends_at__lte=timezone.now())
    is_over |= Q(sender__mission__status__in=Mission.OVER)
    agreed = MeetingRequest.objects.accepted().filter(
        is_over, sender__mission__is_example=is_example
    )
    if apart_from is not None:
        agreed = agreed.exclude(sender__mission=apart_from)
    return agreed.exclude(pk__in=not_held.values("request"))
