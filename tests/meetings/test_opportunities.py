"""Open listings of others that fit what a business offers and needs, between missions."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from businesses.models import Listing
from missions.meetings import opportunities
from missions.meetings.best_opportunities import KEPT, best_opportunities_of
from missions.meetings.explain import reasons
from missions.meetings.opportunities import (
    candidates,
    newest_of,
    open_listings_of_others,
    opportunities_for,
    own_items,
)
from missions.meetings.points import Conflict
from missions.meetings.scoring import Kind
from tests.factories import (
    BusinessFactory,
    CommodityGroupFactory,
    ListingFactory,
    MeetingRequestFactory,
    MembershipFactory,
    MissionFactory,
    ParticipationFactory,
    ProductFactory,
    ProvinceFactory,
)

pytestmark = pytest.mark.django_db
NEED, OFFER = Listing.Kind.NEED, Listing.Kind.OFFER
FIELDS = [
    field
    for field in Listing._meta.concrete_fields
    if not field.primary_key and field.name != "commodity"
]


@pytest.fixture
def kopi():
    return CommodityGroupFactory(slug="kopi", name="Kopi", name_en="Coffee")


@pytest.fixture
def business():
    return BusinessFactory(published=True, sells="", seeks="")


def lists(kind=OFFER, commodity=None, business=None, province="64", **facts):
    business = business or BusinessFactory(
        published=True, province=ProvinceFactory(code=province)
    )
    return ListingFactory(
        business=business, kind=kind, commodity=commodity, open=True, **facts
    )


def found(business):
    return [one.listing for one in opportunities_for(business)]


def test_an_offer_finds_needs_and_a_need_finds_offers(business, kopi):
    lists(OFFER, kopi, business)
    need, offer = lists(NEED, kopi), lists(OFFER, kopi)
    assert found(business) == [need]

    lists(NEED, kopi, business)
    assert set(found(business)) == {need, offer}


def test_other_goods_do_not_fit(business, kopi):
    lists(OFFER, kopi, business)
    lists(NEED, CommodityGroupFactory(), title="Beras premium")
    lists(NEED, None, title="Beras premium")

    assert found(business) == []


def test_only_what_is_open_and_public_is_found(business, kopi):
    lists(OFFER, kopi, business)
    ListingFactory(kind=NEED, commodity=kopi, business=BusinessFactory(published=True))
    closed, expired, withdrawn = (lists(NEED, kopi) for _each in range(3))
    yesterday = timezone.localdate() - timedelta(days=1)
    closed.status = Listing.Status.CLOSED
    closed.save()
    Listing.objects.filter(pk=expired.pk).update(expires_on=yesterday)
    withdrawn.business.published_at = None
    withdrawn.business.save()

    assert found(business) == []


def test_the_own_ones_and_those_of_the_same_owner_are_left_out(business, kopi):
    lists(OFFER, kopi, business)
    lists(NEED, kopi, business)
    sister = BusinessFactory(owner=business.memberships.get().user, published=True)
    lists(NEED, kopi, sister)
    lists(OFFER, kopi, sister)

    assert found(business) == []


def test_who_only_works_for_both_is_named_as_a_conflict(business, kopi):
    lists(OFFER, kopi, business)
    need = lists(NEED, kopi)
    staff = MembershipFactory(business=business, role="staff").user
    MembershipFactory(business=need.business, user=staff, role="staff")
    other = lists(NEED, kopi)

    assert found(business) == [other, need]
    assert opportunities_for(business)[1].conflicts == [Conflict.SAME_PEOPLE]


@pytest.mark.parametrize("is_example", [True, False])
def test_examples_are_for_examples_only(kopi, is_example):
    business = BusinessFactory(published=True, is_example=is_example)
    lists(OFFER, kopi, business)
    needs = {
        example: lists(NEED, kopi, BusinessFactory(published=True, is_example=example))
        for example in (True, False)
    }

    assert found(business) == [needs[is_example]]


def test_the_best_come_first_and_those_with_a_conflict_last(business, kopi):
    lists(OFFER, kopi, business, quantity=6, price_min=50_000)
    small = lists(NEED, kopi, quantity=2, price_max=60_000)
    large = lists(NEED, kopi, quantity=60, price_max=40_000)
    demanding = lists(NEED, kopi, quantity=2, price_max=60_000)
    demanding.certificates.create(kind="halal")

    assert found(business) == [small, large, demanding]
    best, second, last = opportunities_for(business)
    assert best.score > second.score
    assert last.conflicts == [Conflict.CERTIFICATE]


def test_a_neighbour_is_an_opportunity_too(business, kopi):
    lists(OFFER, kopi, business)
    lists(NEED, kopi, province="35")

    assert opportunities_for(business)[0].conflicts == []


def test_without_listings_products_count(business, kopi):
    ProductFactory(business=business, commodity=kopi, name="Robusta")
    need = lists(NEED, kopi)
    lists(OFFER, kopi)

    assert found(business) == [need]


def test_without_anything_the_words_of_the_business_count(kopi):
    business = BusinessFactory(
        published=True, sells="kopi sangrai, gula semut", seeks="pengopian"
    )
    need, offer = lists(NEED, kopi), lists(OFFER, kopi)

    assert set(found(business)) == {need, offer}
    assert {item.commodity for item in own_items(business)} >= {"kopi"}


def test_long_names_of_commodities_win(business):
    CommodityGroupFactory(slug="kelapa", name="Kelapa dan turunannya")
    CommodityGroupFactory(slug="kelapa-sawit", name="Kelapa sawit dan minyak nabati")
    business.sells = "cangkang kelapa sawit"

    assert [item.commodity for item in own_items(business)] == ["kelapa-sawit"]


def test_a_listing_without_a_commodity_is_found_by_its_words(business):
    lists(OFFER, None, business, title="Keripik tempe")
    need = lists(NEED, None, title="keripik tempe")

    assert found(business) == [need]


def test_a_business_that_says_nothing_finds_nothing(business, kopi):
    lists(NEED, kopi)

    assert found(business) == []


def test_the_reasons_are_told_to_the_owner(business, kopi, english):
    lists(OFFER, kopi, business, title="Kopi robusta", quantity=6)
    lists(NEED, kopi, title="Kopi robusta", quantity=4)

    [one] = opportunities_for(business)
    words = {reason.component: reason.words for reason in reasons(one, business)}

    assert (
        words["quantity"] == "They need 4 ton a month, your capacity is 6 ton: enough."
    )
    assert words["commodity"].startswith("You offer “Kopi robusta”")


def test_having_met_before_counts(business, kopi):
    lists(OFFER, kopi, business)
    need = lists(NEED, kopi)
    [new] = opportunities_for(business)
    mission = MissionFactory()
    MeetingRequestFactory(
        sender=ParticipationFactory(mission=mission, business=need.business),
        receiver=ParticipationFactory(mission=mission, business=business),
        status="accepted",
    )

    [known] = opportunities_for(business)

    assert (new.facts["met"], known.facts["met"]) == ("new", "met")
    assert known.score < new.score


# On the dashboard


def best(business):
    return [one.listing for one in best_opportunities_of(business)]


def test_the_dashboard_shows_what_the_page_shows_and_compares_once(
    business, kopi, monkeypatch
):
    lists(OFFER, kopi, business)
    needs = [lists(NEED, kopi) for _each in range(3)]
    whole = [(one.listing, one.score) for one in opportunities_for(business)]

    assert [
        (one.listing, one.score) for one in best_opportunities_of(business)
    ] == whole
    with monkeypatch.context() as patched:
        patched.setattr(opportunities, "score_pair", None)
        assert set(best(business)) == set(needs)


def test_what_is_closed_or_ones_own_counts_there_at_once(business, kopi):
    lists(OFFER, kopi, business)
    need, other = lists(NEED, kopi), lists(NEED, kopi)
    assert set(best(business)) == {need, other}

    Listing.objects.filter(pk=other.pk).update(status=Listing.Status.CLOSED)
    assert best(business) == [need]

    offer = lists(OFFER, CommodityGroupFactory(), business)
    fits = lists(NEED, offer.commodity)
    assert set(best(business)) == {need, fits}


def test_what_others_publish_is_there_a_little_later(business, kopi):
    lists(OFFER, kopi, business)
    need = lists(NEED, kopi)
    assert best(business) == [need]
    later = lists(NEED, kopi)

    with time_machine.travel(timezone.now() + KEPT + timedelta(seconds=1)):
        assert set(best(business)) == {need, later}


# The bound


def test_the_newest_of_a_commodity_are_compared(business, kopi, monkeypatch):
    monkeypatch.setattr(opportunities, "NEWEST", 2)
    lists(OFFER, kopi, business)
    needs = [lists(NEED, kopi) for _each in range(3)]
    earlier = needs[0].expires_on - timedelta(days=1)
    Listing.objects.filter(pk=needs[0].pk).update(expires_on=earlier)

    assert set(found(business)) == set(needs[1:])


def test_no_more_than_asked_for_are_returned(business, kopi):
    lists(OFFER, kopi, business)
    for _each in range(3):
        lists(NEED, kopi)

    assert len(opportunities_for(business, limit=2)) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_as_many_queries_for_one_as_for_three(
    business, kopi, django_assert_num_queries, count
):
    for _each in range(count):
        lists(OFFER, kopi, business)
        lists(NEED, kopi)
    cache.clear()
    opportunities_for(business)

    with django_assert_num_queries(18):
        assert len(opportunities_for(business)) == count


@pytest.mark.parametrize("commodity", ["kopi", None])
def test_an_index_answers_in_order(business, kopi, commodity):
    """Not one row is read that is not wanted, and nothing is sorted, however many there are."""
    lists(OFFER, kopi, business)
    one = lists(NEED, kopi)
    Listing.objects.bulk_create(
        copied(one, commodity=wanted) for wanted in (kopi, None) * 300
    )
    others = newest_of(open_listings_of_others(business), Kind.NEED, commodity)
    plan = explain(others)

    assert "listing_open_by_commodity" in plan or "listing_open_without" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def copied(listing, **changes):
    values = {field.attname: getattr(listing, field.attname) for field in FIELDS}
    return Listing(**values | changes)


def explain(rows):
    if connection.vendor == "sqlite":
        return rows.explain()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        # A table of a few rows is read as a whole.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    return rows.explain()


def test_each_commodity_is_asked_for_once(
    business, kopi, django_assert_max_num_queries
):
    for _each in range(3):
        lists(OFFER, kopi, business)
    own = own_items(business)

    # Who else the owners own, needs of the commodity, needs without one.
    with django_assert_max_num_queries(3):
        list(candidates(business, own))
