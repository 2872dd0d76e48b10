import pytest

from missions.deals.guards import OUTLIER_FACTOR, review_deals
from missions.deals.models import Deal
from missions.guards import Kind
from missions.models import Mission
from tests.factories import DealFactory, MissionFactory

pytestmark = pytest.mark.django_db


def kinds(deals, **options):
    return [
        [flag.kind for flag in flags]
        for flags in review_deals(deals, **options).values()
    ]


@pytest.fixture
def mission():
    return MissionFactory()


def test_clean_deals_have_no_flags(mission):
    deals = [DealFactory(mission=mission, value=value) for value in (1, 2, 3, 4, None)]

    assert kinds(deals, total=10) == [[], [], [], [], []]


def test_deal_above_the_total_of_its_mission_is_flagged(mission):
    deals = [DealFactory(mission=mission, value=value) for value in (10, 11)]

    assert kinds(deals, total=10) == [[], [Kind.SUM]]
    assert kinds(deals) == [[], []]


def test_deal_far_above_the_middle_one_is_flagged(mission):
    middle = 1_000_000
    values = [middle, middle, middle, middle * OUTLIER_FACTOR]
    deals = [DealFactory(mission=mission, value=value) for value in values]
    assert kinds(deals) == [[], [], [], []]

    Deal.objects.filter(pk=deals[3].pk).update(value=middle * OUTLIER_FACTOR + 1)

    assert kinds(Deal.objects.all()) == [[], [], [], [Kind.OUTLIER]]


def test_few_deals_have_no_middle(mission):
    deals = [DealFactory(mission=mission, value=value) for value in (1, 1, 10**12)]

    assert kinds(deals) == [[], [], []]


def test_same_trade_twice_is_flagged(mission):
    parties = {"seller_name": "PT A", "buyer_name": "PT B"}
    deals = [
        DealFactory(mission=mission, commodity="Kopi", **parties),
        DealFactory(mission=mission, commodity="kopi", **parties),
        DealFactory(mission=mission, commodity="teh", **parties),
        DealFactory(mission=mission, seller_name="", buyer_name=""),
        DealFactory(mission=mission, seller_name="", buyer_name=""),
    ]

    assert kinds(deals) == [[Kind.REPEATED], [Kind.REPEATED], [], [], []]


@pytest.mark.usefixtures("shipped_deals")
def test_real_deals_raise_no_flags():
    groups = [
        (mission.deals.all(), mission.headline and mission.headline.total)
        for mission in Mission.objects.all()
    ]
    groups += [
        (Deal.objects.filter(event=event), None)
        for event in {deal.event for deal in Deal.objects.filter(mission=None)}
    ]

    flagged = [flags for deals, total in groups for flags in kinds(deals, total=total)]

    assert len(flagged) == 80
    assert not any(flagged)
