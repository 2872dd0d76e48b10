"""Whoever comes after the last scoring of all pairs finds its best partners all the same."""

import pytest
from django.urls import reverse

from missions.meetings import best_partners
from missions.meetings.models import Match
from missions.models import Mission
from tests.factories import AppointmentFactory, CommodityGroupFactory, MissionFactory

from .scored import buyer_of, office, scored, seller_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NIGHTLY = "All pairs are scored anew every night when something has changed"


@pytest.fixture
def mission():
    return MissionFactory(status=Mission.Status.CURATION)


@pytest.fixture
def coffee():
    return CommodityGroupFactory(name="Kopi", slug="kopi")


def matches(client, participation, **query):
    client.force_login(participation.business.memberships.first().user)
    place = {"slug": participation.business.slug, "mission": participation.mission.slug}
    return client.get(reverse("meetings:own:matches", kwargs=place), query)


def scores(response):
    return {row["partner"]: row["match"].score for row in response.context["rows"]}


def test_a_newcomer_reads_what_the_next_scoring_will_say(client, mission, coffee):
    buyers = [
        buyer_of(mission, title="Kopi robusta", commodity=coffee, quantity=quantity)
        for quantity in (4, 900)
    ]
    buyer_of(mission, title="Mesin jahit")
    seller_of(mission, title="Kopi robusta", commodity=coffee)
    scored(mission)
    newcomer = seller_of(mission, title="Kopi robusta", commodity=coffee, quantity=6)
    stored = Match.objects.count()

    response = matches(client, newcomer)

    computed = scores(response)
    assert list(computed) == buyers
    assert response.context["left_out"] == 1
    assert NIGHTLY in response.text
    assert Match.objects.count() == stored
    assert set(scores(matches(client, newcomer, q=buyers[1].business.name))) == {
        buyers[1]
    }
    scored(mission)
    response = matches(client, newcomer)
    assert scores(response) == computed
    assert NIGHTLY not in response.text


def test_a_buyer_who_comes_later_too_and_conflicts_stand_last(client, mission, coffee):
    near = seller_of(mission, title="Kopi robusta", commodity=coffee)
    scored(mission)
    newcomer = buyer_of(mission, "35", title="Kopi robusta", commodity=coffee)

    [row] = matches(client, newcomer).context["rows"]

    assert row["partner"] == near
    assert row["conflicts"] == ["both are from the same province"]


def test_where_there_are_too_many_the_page_says_when(
    client, mission, coffee, monkeypatch
):
    for _each in range(2):
        buyer_of(mission, commodity=coffee)
    seller_of(mission, commodity=coffee)
    scored(mission)
    newcomer = seller_of(mission, commodity=coffee)
    monkeypatch.setattr(best_partners, "MOST_AT_ONCE", 1)

    response = matches(client, newcomer)

    assert response.context["rows"] == []
    assert f"{NIGHTLY}: look again tomorrow." in response.text


def test_where_nobody_is_on_the_other_side_the_page_says_so(client, mission):
    response = matches(client, seller_of(mission))

    assert "Nobody of the other side is accepted yet." in response.text


@pytest.mark.parametrize("partners", [1, 3])
def test_it_costs_the_same_whatever_their_number(
    client, mission, coffee, django_assert_num_queries, partners
):
    for _each in range(partners):
        buyer_of(mission, commodity=coffee)
    newcomer = seller_of(mission, commodity=coffee)
    client.force_login(newcomer.business.memberships.first().user)

    with django_assert_num_queries(46):
        response = matches(client, newcomer)

    assert len(response.context["rows"]) == partners


def test_officials_read_the_same_about_when_pairs_are_scored(client, mission):
    seller_of(mission)
    buyer_of(mission)
    client.force_login(AppointmentFactory(role="operator").user)
    assert NIGHTLY not in client.get(office(mission)).text

    scored(mission)

    assert NIGHTLY in client.get(office(mission)).text
