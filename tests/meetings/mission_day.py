"""A small mission whose meetings are to be chosen, as tests of the selection need it."""

from datetime import timedelta

from django.utils import timezone

from missions.meetings.models import (
    Booking,
    MatchingRules,
    MeetingRequest,
    ScoreRun,
    Wish,
)
from missions.models import Mission, Participation
from tests.factories import (
    BusinessFactory,
    MatchFactory,
    MeetingRequestFactory,
    MissionFactory,
    ParticipationFactory,
    ScoreRunFactory,
    SlotFactory,
)

Side = Participation.Side


class Day:
    """A scored mission with `slots` times and `tables` tables. Everybody is a verified UMKM and free
    at all times, unless said otherwise."""

    def __init__(self, slots=4, tables=10, floor=1, most_meetings=4):
        ahead = timezone.localdate() + timedelta(days=30)
        self.mission = MissionFactory(status=Mission.Status.CURATION, starts_on=ahead)
        self.slots = [
            SlotFactory(mission=self.mission, number=number) for number in range(slots)
        ]
        MatchingRules.objects.create(
            mission=self.mission,
            tables=tables,
            spare_percent=0,
            floor=floor,
            most_meetings=most_meetings,
        )
        self.run = ScoreRunFactory(mission=self.mission, finished_at=timezone.now())

    def seller(self, name="Penjual", **facts):
        return self._takes_part(Side.SELLER, name, **facts)

    def buyer(self, name="Pembeli", **facts):
        return self._takes_part(Side.BUYER, name, **facts)

    def _takes_part(self, side, name, *, free=None, verified=True, size="micro"):
        business = BusinessFactory(
            name=name, size=size, size_basis="sales", published=True
        )
        if verified:
            business.nib = f"{business.pk:013}"
            business.save()
            business.is_nib_verified = True
            business.save()
        slots = self.slots if free is None else free
        return ParticipationFactory(
            mission=self.mission,
            side=side,
            business=business,
            free=None if slots == "unstated" else slots,
        )

    def match(self, seller, buyer, score=500, commodity=100, conflicts=()):
        return MatchFactory(
            run=self.run,
            seller=seller,
            buyer=buyer,
            score=score,
            commodity=commodity,
            conflicts=list(conflicts),
        )

    def wish(self, by, about, level=Wish.Level.MUST):
        return Wish.objects.create(by=by, about=about, level=level)

    def agreed(self, one, other, slot=None):
        request = MeetingRequestFactory(
            sender=one,
            receiver=other,
            slot=slot,
            status=MeetingRequest.Status.ACCEPTED,
        )
        if slot:
            for participation in (one, other):
                Booking.objects.create(
                    participation=participation, slot=slot, request=request
                )
        return request

    def score_again(self):
        return ScoreRun.objects.filter(mission=self.mission).update(
            finished_at=timezone.now()
        )


def pairs(selection):
    """{(seller, buyer)} by name."""
    meetings = selection.meetings.select_related("seller__business", "buyer__business")
    return {(meeting.seller.name, meeting.buyer.name) for meeting in meetings}


def gaps(selection):
    """{name: (meetings, cause)}"""
    found = selection.gaps.select_related("participation__business")
    return {gap.participation.name: (gap.meetings, gap.cause) for gap in found}
