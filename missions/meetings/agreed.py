"""The agreed meetings of a mission, one by one: what figures.py counts, and what may be named."""

from collections import defaultdict
from dataclasses import dataclass

from django.db import models
from django.db.models import Case, F, OuterRef, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from businesses.models import Business
from missions.doors import Via
from missions.models import Participation, ParticipationConsent, Side

from .models import Match, MeetingReport, MeetingRequest

NOT_HELD = MeetingReport.Outcome.NOT_HELD
REPORT = ("outcome", "via", "reported_by")
FIELDS = ("pk", "seller", "buyer", "seller_province", "buyer_province", "known")


class Held(models.TextChoices):
    """Whether a meeting took place, by what its two sides reported."""

    BOTH = "both", _("both sides say that it took place")
    ONE = "one", _("only one side says so, or one official for both")
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

    @property
    def is_reported(self):
        return self.held != Held.UNREPORTED

    @property
    def ending(self):
        """As it is counted: what came of a meeting that took place, or that it is not known to."""
        took_place = self.held in Held.took_place()
        return took_place, self.outcome if took_place else None


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
    known = Coalesce(best_fit(run), attached())
    # Rows, not instances: there are thousands of them, and the page is public.
    requests = with_sides(agreed).annotate(known=known).order_by("pk")
    said = defaultdict(list)
    reports = MeetingReport.objects.filter(request__in=agreed.order_by())
    for request, *report in reports.order_by("pk").values_list("request", *REPORT):
        said[request].append(report)
    return [
        _meeting(row, said[row[0]], traded, named)
        for row in requests.values_list(*FIELDS)
    ]


def with_sides(requests):
    """Adds who of the two is the seller, who the buyer, and the province of each."""
    return requests.annotate(
        **{
            side + name: Case(
                When(sender__side=side, then=f"sender{path}"),
                default=F(f"receiver{path}"),
            )
            for side in Side.values
            for name, path in (("", ""), ("_province", "__business__province"))
        }
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


def _meeting(row, reports, traded, named):
    """`reports` are what its sides stated, two at most."""
    outcomes = [outcome for outcome, *_voice in reports]
    pk, seller, buyer, seller_province, buyer_province, known = row
    own = traded.get(seller, {""})
    return Meeting(
        pk=pk,
        seller=seller,
        buyer=buyer,
        seller_province=seller_province,
        buyer_province=buyer_province,
        commodity=known or (min(own) if len(own) == 1 else ""),
        held=held(outcomes, is_one_voice=is_one_voice(reports)),
        outcome=outcomes[0] if len(set(outcomes)) == 1 else None,
        is_named={seller, buyer} <= named.keys(),
    )


def is_one_voice(reports):
    """What the same official, or none who is still known, says for both sides is one word."""
    voices = {(via, official) for _outcome, via, official in reports}
    return len(voices) == 1 and all(via == Via.ASSISTED for via, _official in voices)


def held(outcomes, *, is_one_voice):
    denials = outcomes.count(NOT_HELD)
    if not outcomes:
        return Held.UNREPORTED
    if denials == len(outcomes):
        return Held.NOT
    if denials:
        return Held.DISPUTED
    return Held.BOTH if len(outcomes) > 1 and not is_one_voice else Held.ONE


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
