"""What is published of the matchmaking of a mission, and what is not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from missions.meetings.agreed import Held
from missions.meetings.figures import (
    FEWEST,
    GOOD_SCORE,
    Breakdown,
    Tally,
    results,
)
from missions.meetings.models import MeetingReport, MeetingRequest, ScoreRun, Wish
from missions.meetings.reweighing import give_weights
from missions.meetings.weights import Component
from missions.models import (
    Mission,
    Participation,
    ParticipationConsent,
    Registration,
    Side,
)
from tests.factories import (
    BusinessFactory,
    CommodityGroupFactory,
    ListingFactory,
    MatchFactory,
    MeetingRequestFactory,
    MissionFactory,
    ParticipationFactory,
    ProductFactory,
    ProvinceFactory,
    RegistrationFactory,
    ScoreRunFactory,
)

pytestmark = pytest.mark.django_db
Status, Outcome = MeetingRequest.Status, MeetingReport.Outcome
Purpose = ParticipationConsent.Purpose


@pytest.fixture
def mission():
    return MissionFactory(status=Mission.Status.COUNTING)


def takes_part(mission, side=Side.SELLER, province="35", listings=(), **facts):
    business = BusinessFactory(published=True, province=ProvinceFactory(code=province))
    return ParticipationFactory(
        mission=mission, side=side, business=business, listings=listings, **facts
    )


def agree(seller, buyer, *outcomes, status=Status.ACCEPTED):
    request = MeetingRequestFactory(sender=seller, receiver=buyer, status=status)
    for outcome, participation in zip(outcomes, (seller, buyer), strict=False):
        report(request, participation, outcome)
    return request


def report(request, participation, outcome):
    MeetingReport.objects.create(
        request=request, participation=participation, outcome=outcome, via="portal"
    )


def consent(participation, purpose=Purpose.PAIRS):
    return ParticipationConsent.objects.create(
        participation=participation, purpose=purpose, text="ya", via="portal"
    )


def many(mission, count, commodity=None, outcomes=(), **provinces):
    """`count` sellers, each of whom has agreed to meet a buyer of its own."""
    for _number in range(count):
        offers = [ListingFactory(commodity=commodity)] if commodity else []
        seller = takes_part(
            mission, province=provinces.get("seller", "35"), listings=offers
        )
        buyer = takes_part(mission, Side.BUYER, provinces.get("buyer", "64"))
        agree(seller, buyer, *outcomes)


def numbers(found):
    return [step.number for step in (*found.businesses, *found.talks)]


def by_key(found, kind):
    return {row.key: row for row in found.breakdowns[kind] if not row.is_rest}


def rest(found, kind):
    return [row.tally for row in found.breakdowns[kind] if row.is_rest]


def test_nothing_that_is_not_recorded_is_zero(mission):
    found = results(mission)

    assert numbers(found) == [None] * 5
    assert found.matches is None
    assert found.requests is None
    assert not any(found.breakdowns.values())
    assert found.pairs == []


def test_zero_is_said_once_it_is_known():
    mission = RegistrationFactory().mission

    assert results(mission).applications == 0
    Registration.objects.update(opens_at=timezone.now() + timedelta(hours=1))
    mission.refresh_from_db()
    assert results(mission).applications is None


def test_each_step_is_known_once_somebody_took_it(mission):
    applied = Participation.Status.APPLIED
    seller = takes_part(mission, status=applied)
    buyer = takes_part(mission, Side.BUYER, "64", status=applied)
    assert numbers(results(mission)) == [2, None, None, None, None]

    for participation in (seller, buyer):
        participation.status = Participation.Status.ACCEPTED
        participation.decided_at = timezone.now()
        participation.save()
    found = results(mission)
    assert found.accepted == {Side.SELLER: 1, Side.BUYER: 1}
    assert numbers(found) == [2, 2, None, None, None]
    assert found.breakdowns[Breakdown.SELLERS][0].tally.agreed is None

    request = agree(seller, buyer, status=Status.PENDING)
    assert numbers(results(mission)) == [2, 2, 1, 0, None]

    MeetingRequest.objects.update(status=Status.ACCEPTED, closed_at=timezone.now())
    assert numbers(results(mission)) == [2, 2, 1, 1, None]

    report(request, seller, Outcome.DEAL)
    assert numbers(results(mission)) == [2, 2, 1, 1, 1]


def test_everybody_who_applied_counts_and_only_who_is_accepted_takes_part(mission):
    for status in Participation.Status:
        takes_part(mission, status=status, reason="Kuota penuh")
    takes_part(MissionFactory())

    found = results(mission)

    assert found.applications == len(Participation.Status)
    assert found.accepted == {Side.SELLER: 1, Side.BUYER: 0}


def test_matches_are_the_good_ones_of_the_latest_scoring(mission):
    old, run = ScoreRunFactory(mission=mission), ScoreRunFactory(mission=mission)
    ScoreRunFactory(mission=mission, state=ScoreRun.State.FAILED)
    MatchFactory(run=run, score=GOOD_SCORE)
    MatchFactory(run=run, score=GOOD_SCORE - 1)
    MatchFactory(run=run, score=900, conflicts=["certificate"])
    MatchFactory(run=old, score=900)

    assert results(mission).matches == 1


def test_requests_are_counted_by_how_they_stand_now(mission):
    for status in Status:
        agree(takes_part(mission), takes_part(mission, Side.BUYER), status=status)
    late = agree(
        takes_part(mission), takes_part(mission, Side.BUYER), status=Status.PENDING
    )
    MeetingRequest.objects.filter(pk=late.pk).update(expires_at=timezone.now())
    agree(takes_part(MissionFactory()), takes_part(MissionFactory(), Side.BUYER))

    found = results(mission)

    assert found.requests == dict.fromkeys(Status, 1) | {Status.EXPIRED: 2}
    assert found.request_count == len(Status) + 1


def test_wishes_are_counted_nowhere(mission):
    seller, buyer = takes_part(mission), takes_part(mission, Side.BUYER)
    before = results(mission)
    for level in Wish.Level:
        Wish.objects.update_or_create(by=seller, about=buyer, defaults={"level": level})

        assert results(mission) == before


@pytest.mark.parametrize(
    ("outcomes", "held", "counted"),
    [
        ([], Held.UNREPORTED, {}),
        ([Outcome.DEAL], Held.ONE, {"held": 1, "deals": 1}),
        ([Outcome.DEAL] * 2, Held.BOTH, {"held": 1, "deals": 1}),
        ([Outcome.FOLLOW_UP] * 2, Held.BOTH, {"held": 1, "follow_ups": 1}),
        ([Outcome.NO_INTEREST], Held.ONE, {"held": 1, "no_interest": 1}),
        ([Outcome.DEAL, Outcome.FOLLOW_UP], Held.BOTH, {"held": 1, "differing": 1}),
        ([Outcome.NOT_HELD] * 2, Held.NOT, {}),
        ([Outcome.NOT_HELD], Held.NOT, {}),
        ([Outcome.DEAL, Outcome.NOT_HELD], Held.DISPUTED, {}),
    ],
)
def test_what_the_sides_reported(mission, outcomes, held, counted):
    agree(takes_part(mission), takes_part(mission, Side.BUYER), *outcomes)

    found = results(mission)

    assert found.held_by == {held: 1}
    names = ("held", "deals", "follow_ups", "no_interest", "differing")
    nothing = dict.fromkeys(names, 0 if outcomes else None)
    tally = {name: getattr(found.meetings, name) for name in names}
    assert tally == nothing | counted
    assert found.meetings.agreed == 1


def test_each_step_says_its_share_of_the_one_before(mission):
    pair = takes_part(mission), takes_part(mission, Side.BUYER)
    takes_part(mission, status=Participation.Status.WAITING)
    takes_part(mission, status=Participation.Status.WAITING)
    agree(*pair)
    agree(takes_part(mission), pair[1], status=Status.EXPIRED)

    found = results(mission)

    assert [step.share for step in found.businesses] == [None, 0.6]
    assert [step.share for step in found.talks] == [None, 0.5, None]


# By commodity and by province


def test_lines_of_each_breakdown_add_up_to_the_whole(mission):
    kopi, rajungan = CommodityGroupFactory(), CommodityGroupFactory()
    many(mission, 3, kopi, [Outcome.DEAL] * 2, seller="35", buyer="64")
    many(mission, 4, rajungan, [Outcome.FOLLOW_UP], seller="51", buyer="64")

    found = results(mission)

    commodities = by_key(found, Breakdown.COMMODITY)
    assert commodities[kopi.pk].tally.agreed == 3
    assert commodities[kopi.pk].tally.deals == 3
    assert commodities[rajungan.pk].tally.held == 4
    assert commodities[rajungan.pk].sellers == 4
    # Buyers who chose no listing.
    assert commodities[""].buyers == 7
    sellers = by_key(found, Breakdown.SELLERS)
    assert {key: row.tally.agreed for key, row in sellers.items()} == {"35": 3, "51": 4}
    assert by_key(found, Breakdown.BUYERS)["64"].tally.agreed == 7
    for rows in found.breakdowns.values():
        assert sum(row.tally.agreed for row in rows) == 7


def test_a_line_behind_which_few_stand_is_counted_with_others_only(mission):
    kopi, rajungan, tenun = (CommodityGroupFactory() for _each in range(3))
    many(mission, 5, kopi)
    many(mission, 3, rajungan)
    many(mission, 1, tenun)

    found = results(mission)

    lines = by_key(found, Breakdown.COMMODITY)
    assert lines[kopi.pk].tally.agreed == 5
    # Without it the one meeting would be what is missing from the total.
    assert lines[rajungan.pk].tally is None
    assert lines[tenun.pk].tally is None
    assert [tally.agreed for tally in rest(found, Breakdown.COMMODITY)] == [4]


def test_one_business_with_many_meetings_is_few(mission):
    kopi = CommodityGroupFactory()
    seller = takes_part(mission, listings=[ListingFactory(commodity=kopi)])
    for _number in range(FEWEST + 1):
        agree(seller, takes_part(mission, Side.BUYER))

    found = results(mission)

    assert by_key(found, Breakdown.COMMODITY)[kopi.pk].tally is None


@pytest.mark.parametrize(("named", "is_shown"), [(False, False), (True, True)])
def test_where_everybody_met_everybody_the_number_names_them(mission, named, is_shown):
    kopi = CommodityGroupFactory()
    sellers = [
        takes_part(mission, listings=[ListingFactory(commodity=kopi)])
        for _each in range(FEWEST)
    ]
    buyers = [takes_part(mission, Side.BUYER) for _each in range(FEWEST)]
    for seller in sellers:
        for buyer in buyers:
            agree(seller, buyer)
    if named:
        for participation in (*sellers, *buyers):
            consent(participation)

    line = by_key(results(mission), Breakdown.COMMODITY)[kopi.pk]

    assert (line.tally is not None) == is_shown


def brought(mission, commodity, sellers, buyers):
    for side, count in ((Side.SELLER, sellers), (Side.BUYER, buyers)):
        for _each in range(count):
            takes_part(mission, side, listings=[ListingFactory(commodity=commodity)])


@pytest.mark.parametrize(
    ("sellers", "buyers", "is_shown"), [(3, 3, True), (3, 2, False), (2, 3, False)]
)
def test_a_line_without_meetings_says_so_unless_few_stand_in_it(
    mission, sellers, buyers, is_shown
):
    kopi, tenun = CommodityGroupFactory(), CommodityGroupFactory()
    many(mission, 3, kopi)
    brought(mission, tenun, sellers, buyers)

    line = by_key(results(mission), Breakdown.COMMODITY)[tenun.pk]

    assert line.sellers == sellers
    assert (line.tally and line.tally.agreed) == (0 if is_shown else None)


def test_a_small_line_looks_the_same_with_and_without_a_meeting(mission):
    kopi, tenun, beras = (CommodityGroupFactory() for _each in range(3))
    many(mission, 3, kopi)
    many(mission, 5, beras)
    brought(mission, tenun, 1, 1)

    def told():
        lines = by_key(results(mission), Breakdown.COMMODITY)
        return {key: row.tally and row.tally.agreed for key, row in lines.items()}

    before = told()
    seller, buyer = (
        Participation.objects.get(side=side, listings__commodity=tenun) for side in Side
    )
    agree(seller, buyer)

    assert told() == before
    assert (before[tenun.pk], before[beras.pk]) == (None, 5)


def test_where_nobody_met_at_all_zero_tells_nothing_more(mission):
    tenun = CommodityGroupFactory()
    brought(mission, tenun, 1, 1)
    agree(*Participation.objects.order_by("-side"), status=Status.DECLINED)

    found = results(mission)

    assert by_key(found, Breakdown.COMMODITY)[tenun.pk].tally.agreed == 0
    assert found.meetings.agreed == 0


def test_the_commodity_of_a_meeting_is_that_of_what_fits_best(mission):
    kopi, tenun, beras = (CommodityGroupFactory() for _each in range(3))
    offers = [ListingFactory(commodity=one) for one in (kopi, tenun)]
    run = ScoreRunFactory(mission=mission)
    fits, named, alone, unknown = (
        (takes_part(mission, listings=listings), takes_part(mission, Side.BUYER))
        for listings in (offers, offers, offers[:1], offers)
    )
    MatchFactory(run=run, seller=fits[0], buyer=fits[1], offer=offers[1])
    agree(*fits)
    # Sent by the buyer, as any may be.
    product = ProductFactory(business=named[0].business, commodity=beras)
    agree(*reversed(named)).products.add(product)
    agree(*alone)
    agree(*unknown)

    pairs = [consent(one) for each in (fits, named, alone, unknown) for one in each]

    assert len(pairs) == 8
    found = {pair.seller: pair for pair in results(mission).pairs}
    commodities = [
        found[seller.business].commodity
        for seller, _buyer in (fits, named, alone, unknown)
    ]
    assert commodities == [tenun.pk, beras.pk, kopi.pk, ""]
    assert found[named[0].business].buyer == named[1].business


# What came of meetings that are named


def named(mission, count, outcomes, commodity=None):
    """`count` pairs that are named, of sellers who bring the commodity; the first of `outcomes` is
    what came of the first one, …"""
    for number in range(count):
        offers = [ListingFactory(commodity=commodity)] if commodity else []
        pair = takes_part(mission, listings=offers), takes_part(mission, Side.BUYER)
        agree(*pair, *outcomes[number : number + 1])
        for participation in pair:
            consent(participation)


@pytest.mark.parametrize(
    ("outcomes", "is_withheld"),
    [
        ([Outcome.NO_INTEREST] * 3, True),
        ([Outcome.NOT_HELD] * 3, True),
        ([Outcome.NO_INTEREST, Outcome.NO_INTEREST, Outcome.DEAL], False),
        ([Outcome.NO_INTEREST], False),
        ([], False),
    ],
)
def test_an_outcome_that_all_share_is_withheld(mission, outcomes, is_withheld):
    kopi = CommodityGroupFactory()
    named(mission, FEWEST, outcomes, kopi)

    found = results(mission)

    line = by_key(found, Breakdown.COMMODITY)[kopi.pk].tally
    for tally in (line, found.meetings, found.talks[-1]):
        assert tally.is_withheld == is_withheld
    assert line.agreed == found.meetings.agreed == FEWEST
    assert bool(found.held_by) != is_withheld
    if is_withheld:
        assert (line.held, line.no_interest, found.meetings.no_interest) == (None,) * 3


def test_the_outcome_of_few_named_meetings_is_withheld(mission):
    named(mission, FEWEST - 1, [Outcome.NO_INTEREST, Outcome.DEAL])

    assert results(mission).meetings == Tally(FEWEST - 1, is_withheld=True)


def test_no_difference_tells_an_outcome_that_is_withheld(mission):
    kopi, tenun, beras = (CommodityGroupFactory() for _each in range(3))
    named(mission, 3, [Outcome.NO_INTEREST] * 3, kopi)
    many(mission, 4, tenun, [Outcome.DEAL])
    many(mission, 5, beras, [Outcome.FOLLOW_UP])

    found = results(mission)

    assert not found.meetings.is_withheld
    lines = by_key(found, Breakdown.COMMODITY)
    withheld = {key for key, row in lines.items() if row.tally.is_withheld}
    assert withheld == {kopi.pk, tenun.pk}
    assert lines[beras.pk].tally.follow_ups == 5


# Who is named


def test_a_pair_is_named_where_both_agreed_and_both_have_a_page(mission):
    agreed, one_sided, listed, gone, declined = (
        (takes_part(mission), takes_part(mission, Side.BUYER)) for _each in range(5)
    )
    for pair in (agreed, one_sided, listed, gone):
        agree(*pair)
    agree(*declined, status=Status.DECLINED)
    for participation in (*agreed, one_sided[0], *gone, *declined):
        consent(participation)
    for participation in listed:
        consent(participation, Purpose.LIST)
    gone[1].business.published_at = None
    gone[1].business.save()

    pairs = results(mission).pairs

    assert [(pair.seller, pair.buyer) for pair in pairs] == [
        (agreed[0].business, agreed[1].business)
    ]


def test_a_withdrawn_consent_ends_it_at_once(mission):
    pair = takes_part(mission), takes_part(mission, Side.BUYER)
    agree(*pair)
    consents = [consent(participation) for participation in pair]
    assert len(results(mission).pairs) == 1

    consents[1].withdrawn_at = timezone.now()
    consents[1].save()

    assert results(mission).pairs == []


def test_filters_narrow_lines_and_pairs_and_count_nothing_anew(mission):
    kopi, tenun = CommodityGroupFactory(), CommodityGroupFactory()
    many(mission, 3, kopi, seller="35", buyer="64")
    many(mission, 3, tenun, seller="51", buyer="64")
    for participation in mission.participations.all():
        consent(participation)
    found = results(mission)

    narrowed = found.narrowed(commodity=kopi.pk)
    assert narrowed.breakdowns == {
        Breakdown.COMMODITY: [by_key(found, Breakdown.COMMODITY)[kopi.pk]]
    }
    assert {pair.commodity for pair in narrowed.pairs} == {kopi.pk}
    assert numbers(narrowed) == numbers(found)

    narrowed = found.narrowed(province="51")
    assert Breakdown.COMMODITY not in narrowed.breakdowns
    assert [row.key for row in narrowed.breakdowns[Breakdown.SELLERS]] == ["51"]
    assert narrowed.breakdowns[Breakdown.BUYERS] == []
    assert len(narrowed.pairs) == 3
    assert found.narrowed(commodity=kopi.pk, province="51").pairs == []
    assert found.narrowed() is found


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_as_many_queries_for_one_as_for_three(
    mission, django_assert_num_queries, count
):
    ScoreRunFactory(mission=mission)
    many(mission, count, CommodityGroupFactory(), [Outcome.DEAL])
    for participation in mission.participations.all():
        consent(participation)
    mission = Mission.objects.select_related("registration").get()

    with django_assert_num_queries(12):
        found = results(mission)

    assert len(found.pairs) == count


def test_pairs_that_fit_well_are_counted_once_until_something_changes_them(
    mission, django_assert_num_queries
):
    run = ScoreRunFactory(mission=mission)
    matches = [MatchFactory(run=run, score=GOOD_SCORE) for _each in range(3)]
    mission = Mission.objects.select_related("registration").get()
    with django_assert_num_queries(11):
        assert results(mission).matches == 3
    with django_assert_num_queries(10):
        assert results(mission).matches == 3

    matches[0].seller.status = Participation.Status.WITHDRAWN
    matches[0].seller.save()
    assert results(mission).matches == 2
    matches[1].buyer.delete()
    assert results(mission).matches == 1
    weights = dict.fromkeys(Component, 0) | {Component.MET: 1}
    give_weights(run, weights)
    assert results(mission).matches == 0
    MatchFactory(run=ScoreRunFactory(mission=mission), score=GOOD_SCORE)
    assert results(mission).matches == 1
