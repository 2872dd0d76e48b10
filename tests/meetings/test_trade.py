"""Earlier trade and earlier meetings, as the scores know them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from missions.deals.models import Deal
from missions.meetings.earlier_trade import earlier_trade
from missions.meetings.models import MeetingReport, MeetingRequest
from missions.meetings.points import Met
from missions.meetings.trade import deals_by_sector, met_by_pair
from missions.models import Mission
from tests.factories import (
    BusinessFactory,
    CommodityGroupFactory,
    DealFactory,
    MeetingRequestFactory,
    MissionCommodityFactory,
    MissionFactory,
    ParticipationFactory,
    SectorFactory,
    SlotFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LANE = {"35", "64"}
Rung = Deal.Rung


@pytest.fixture
def farming():
    sector = SectorFactory(slug="perkebunan")
    CommodityGroupFactory(name="Kopi", sector=sector)
    CommodityGroupFactory(name="Ikan segar dan beku", sector=SectorFactory(slug="ikan"))
    return sector


def test_deals_of_a_sector_count_from_one_province_to_the_other(farming):
    DealFactory(commodity="kopi 1.000 ton dan teh")
    DealFactory(commodity="Kopi bubuk", rung=Rung.VERIFIED)
    DealFactory(commodity="kopi", rung=Rung.REALISED)
    DealFactory(commodity="kopi", rung=Rung.CLAIMED)
    DealFactory(commodity="kopi", rung=Rung.VOID)
    DealFactory(commodity="kopi", mission__status=Mission.Status.DRAFT)
    DealFactory(commodity="kopi", mission__is_example=True)
    DealFactory(commodity="kopi", buyer_province=None)
    DealFactory(commodity="daging sapi beku")

    assert deals_by_sector(LANE) == {("35", "64", "perkebunan"): (2, 1)}


def test_what_reports_name_for_missions_helps_to_tell_the_sector(farming):
    MissionCommodityFactory(name="gula merah/semut", sector=farming)
    MissionCommodityFactory(name="apa saja", sector=None)
    DealFactory(commodity="gula merah tebu")

    assert deals_by_sector(LANE) == {("35", "64", "perkebunan"): (0, 1)}


@pytest.fixture
def pair():
    return [BusinessFactory(published=True) for _ in range(2)]


def agreed(pair, **mission):
    before = MissionFactory(**mission)
    return MeetingRequestFactory(
        sender=ParticipationFactory(mission=before, business=pair[0]),
        receiver=ParticipationFactory(mission=before, business=pair[1], side="buyer"),
        status=MeetingRequest.Status.ACCEPTED,
    )


def known(pair, mission=None):
    businesses = {business.pk for business in pair}
    mission = mission or MissionFactory()
    found = met_by_pair(
        businesses, businesses, is_example=mission.is_example, apart_from=mission
    )
    return found.get(frozenset(businesses))


def test_two_who_agreed_to_meet_in_another_mission_have_met(pair):
    request = agreed(pair)

    assert known(pair) == Met.MET
    assert known(pair, request.sender.mission) is None


@pytest.mark.parametrize(
    ("hours", "met"), [(24, None), (-24, Met.MET), (None, None)], ids=str
)
def test_a_meeting_still_to_come_is_no_earlier_one(pair, hours, met):
    """Without a time it is over with its mission."""
    request = agreed(pair, status=Mission.Status.RUNNING)
    if hours:
        starts_at = timezone.now() + timedelta(hours=hours)
        request.slot = SlotFactory(
            mission=request.sender.mission,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=20),
        )
        request.save()

    assert known(pair) == met


@pytest.mark.parametrize(
    "status",
    [MeetingRequest.Status.PENDING, MeetingRequest.Status.DECLINED],
)
def test_only_an_agreed_meeting_counts(pair, status):
    request = agreed(pair)
    MeetingRequestFactory._meta.model.objects.filter(pk=request.pk).delete()
    MeetingRequestFactory(
        sender=request.sender, receiver=request.receiver, status=status
    )

    assert known(pair) is None


def test_a_meeting_that_was_not_held_does_not_count(pair):
    request = agreed(pair)
    MeetingReport.objects.create(
        request=request,
        participation=request.sender,
        outcome=MeetingReport.Outcome.NOT_HELD,
        via="portal",
        reported_by=UserFactory(),
    )

    assert known(pair) is None


@pytest.mark.parametrize(
    "outcome",
    [one for one in MeetingReport.Outcome if one != MeetingReport.Outcome.NOT_HELD],
)
def test_what_one_said_about_a_meeting_cannot_be_told_from_the_score(pair, outcome):
    request = agreed(pair)
    MeetingReport.objects.create(
        request=request, participation=request.sender, outcome=outcome, via="portal"
    )

    assert known(pair) == Met.MET


def test_a_deal_between_the_two_counts_more_than_a_meeting(pair):
    agreed(pair)
    DealFactory(seller_business=pair[1], buyer_business=pair[0])

    assert known(pair) == Met.TRADED


@pytest.mark.parametrize("rung", [Rung.VOID, Rung.LAPSED])
def test_a_deal_that_came_to_nothing_does_not_count(pair, rung):
    DealFactory(seller_business=pair[0], buyer_business=pair[1], rung=rung)

    assert known(pair) is None


def test_meetings_of_examples_are_known_among_examples_only(pair):
    agreed(pair, is_example=True)

    assert known(pair) is None
    assert known(pair, MissionFactory(is_example=True)) == Met.MET
    assert known(pair, MissionFactory(is_example=False)) is None


def test_outside_missions_nothing_of_examples_is_known(pair):
    request = agreed(pair, is_example=True)
    one, other = pair

    assert earlier_trade(one, [one.pk, other.pk]).met == {}

    Mission.objects.filter(pk=request.sender.mission_id).update(is_example=False)
    assert earlier_trade(one, [one.pk, other.pk]).met == {
        frozenset([one.pk, other.pk]): Met.MET
    }
    assert earlier_trade(one, [one.pk]).met == {}
