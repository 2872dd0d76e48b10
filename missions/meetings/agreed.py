"""The agreed meetings of a mission, one by one: what figures.py counts, and what may be named."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Case, F, OuterRef, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from businesses.models import Business
from missions.models import Participation, ParticipationConsent, Side

from .models import Match, MeetingReport, MeetingRequest

NOT_HELD = MeetingReport.Outcome.NOT_HELD


class Held(models.TextChoices):
    """Whether a meeting took place, by what its two sides reported."""

    BOTH = "both", _("both sides say that it took place")
    ONE = "one", _("one side says so, the other has said nothing")
    DISPUTED = "disputed", _("one side says so, the other denies it")
    NOT = "not_held", _("it did not take place")
    UNREPORTED = "no_report", _("no side has reported yet")

    @classmethod
    def took_place(cls):
        return (cls.BOTH, cls.ONE)


@dataclass(frozen=True)
class Meeting:
    """`seller` and `buyer` are participations, `outcome` is None where the sides differ. `is_named`:
    whether both agreed that everybody may know of it."""

    pk: int
    seller: int
    buyer: int
    seller_province: str
    buyer_province: str
    commodity: str
    held: str
    outcome: str | None
    is_named: bool


@dataclass(frozen=True)
class Pair:
    """An agreed meeting that both sides agreed to have named; what came of it is not named."""

    pk: int
    seller: Business
    buyer: Business
    commodity: str
    commodity_label: str

    @property
    def anchor(self):
        return f"temu-{self.pk}"

    @property
    def provinces(self):
        return {self.seller.province_id, self.buyer.province_id}


def commodities_of(mission):
    """{participation: slugs of the commodities of the listings it chose}; "" for one without."""
    chosen = Participation.listings.through.objects.filter(
        participation__mission=mission
    )
    found = {}
    for participation, commodity in chosen.values_list(
        "participation", "listing__commodity"
    ).distinct():
        found.setdefault(participation, set()).add(commodity or "")
    return found


def named_participations(mission):
    """{primary key: one that agreed to have its meetings named}"""
    purpose = ParticipationConsent.Purpose.PAIRS
    named = mission.participations.accepted().consenting(purpose)
    return named.select_related("business__province", "business__regency").in_bulk()


def agreed_meetings(mission, run, traded, named):
    """Each with its commodity: of the offer that fits best in the scoring `run`, else of a product
    that the request names, else the only one that the seller chose, else ""."""
    agreed = MeetingRequest.objects.of_mission(mission).accepted()
    requests = (
        with_sides(agreed)
        .annotate(known=Coalesce(best_fit(run), attached()))
        .select_related("sender__business", "receiver__business")
        .prefetch_related("reports")
        .order_by("pk")
    )
    return [_meeting(request, traded, named) for request in requests]


def with_sides(requests):
    is_seller = When(sender__side=Side.SELLER, then="sender")
    is_buyer = When(sender__side=Side.BUYER, then="sender")
    return requests.annotate(
        seller=Case(is_seller, default=F("receiver")),
        buyer=Case(is_buyer, default=F("receiver")),
    )


def best_fit(run):
    scored = Match.objects.filter(
        run=run, seller=OuterRef("seller"), buyer=OuterRef("buyer")
    ).order_by()
    return Coalesce(
        Subquery(scored.values("offer__commodity")[:1]),
        Subquery(scored.values("need__commodity")[:1]),
    )


def attached():
    named = MeetingRequest.products.through.objects.filter(
        meetingrequest=OuterRef("pk"), product__commodity__isnull=False
    )
    return Subquery(named.order_by("pk").values("product__commodity")[:1])


def _meeting(request, traded, named):
    parties = {one.pk: one.business for one in (request.sender, request.receiver)}
    own = traded.get(request.seller, {""})
    reports = [report.outcome for report in request.reports.all()]
    return Meeting(
        pk=request.pk,
        seller=request.seller,
        buyer=request.buyer,
        seller_province=parties[request.seller].province_id,
        buyer_province=parties[request.buyer].province_id,
        commodity=request.known or (min(own) if len(own) == 1 else ""),
        held=held(reports),
        outcome=reports[0] if len(set(reports)) == 1 else None,
        is_named=parties.keys() <= named.keys(),
    )


def held(reports):
    """`reports` are the outcomes that its sides stated, two at most."""
    denials = reports.count(NOT_HELD)
    if not reports:
        return Held.UNREPORTED
    if denials == len(reports):
        return Held.NOT
    if denials:
        return Held.DISPUTED
    return Held.BOTH if len(reports) > 1 else Held.ONE


def pairs_of(meetings, named, groups):
    """Those of `meetings` that may be named, in the order of their names; `groups` is {slug:
    commodity}."""
    pairs = [
        Pair(
            meeting.pk,
            named[meeting.seller].business,
            named[meeting.buyer].business,
            meeting.commodity,
            groups[meeting.commodity].label if meeting.commodity else "",
        )
        for meeting in meetings
        if meeting.is_named
    ]
    return sorted(pairs, key=lambda pair: (pair.seller.name, pair.buyer.name, pair.pk))
