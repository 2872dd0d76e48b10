"""Once a mission is over nothing is asked of its participants but how their meetings went."""

import pytest
from django.urls import reverse

from missions.meetings.models import MeetingRequest
from missions.meetings.selection import publish, select
from missions.models import Mission, Participation
from tests.factories import MeetingRequestFactory, MissionFactory, ParticipationFactory

from .mission_day import Day
from .scored import buyer_of, scored, seller_of

pytestmark = pytest.mark.django_db
OPEN, OVER = Mission.Status.CURATION, Mission.Status.COUNTING


@pytest.fixture
def mission():
    return MissionFactory(status=OPEN)


@pytest.fixture
def pair(mission):
    found = seller_of(mission), buyer_of(mission)
    scored(mission)
    return found


def page(client, participation, name, **kwargs):
    client.force_login(participation.business.memberships.first().user)
    return client.get(own(participation, name, **kwargs))


def own(participation, name, **kwargs):
    place = {"slug": participation.business.slug, "mission": participation.mission.slug}
    return reverse(f"meetings:own:{name}", kwargs=place | kwargs)


def end(mission, status=OVER):
    Mission.objects.filter(pk=mission.pk).update(status=status)


@pytest.mark.parametrize("name", ["home", "matches", "partners", "match"])
def test_no_page_offers_what_cannot_be_done_any_more(client, pair, name):
    """And all of it is there before."""
    seller, buyer = pair
    place = {"pk": buyer.pk} if name == "match" else {}
    offered = [
        own(seller, "withdraw"),
        own(seller, "wish", pk=buyer.pk),
        own(seller, "request_new", pk=buyer.pk),
    ]
    offered = offered[:1] if name == "home" else offered[1:]

    before = page(client, seller, name, **place).content.decode()
    end(seller.mission)
    after = page(client, seller, name, **place).content.decode()

    for button in offered:
        assert f'"{button}"' in before
        assert f'"{button}"' not in after
    assert buyer.name in after or name == "home"


@pytest.mark.parametrize("status", [OVER, Mission.Status.CLOSED])
def test_the_first_page_says_that_it_is_over_and_asks_for_nothing(
    client, mission, status, english
):
    participation = ParticipationFactory(mission=mission)
    assert page(client, participation, "home").context["steps"]
    end(mission, status)

    response = page(client, participation, "home")

    assert "This mission is over." in response.content.decode()
    assert "choose whom to meet" not in response.content.decode()
    assert response.context["steps"] == []


def test_who_left_before_still_reads_so(client, mission, english):
    gone = ParticipationFactory(mission=mission, status=Participation.Status.WITHDRAWN)
    end(mission)

    text = page(client, gone, "home").content.decode()

    assert "You no longer take part" in text


def test_a_request_between_two_can_still_be_read(client, pair):
    seller, buyer = pair
    agreed = MeetingRequestFactory(
        sender=seller, receiver=buyer, status=MeetingRequest.Status.ACCEPTED
    )
    end(seller.mission)

    for name in ("matches", "partners"):
        text = page(client, seller, name).content.decode()
        assert own(seller, "request", pk=agreed.pk) in text


def test_nothing_is_proposed_any_more(client):
    day = Day()
    seller, buyer = day.seller("A"), day.buyer("X")
    day.match(seller, buyer)
    publish(select(day.mission, by=None), by=None)
    assert page(client, seller, "home").context["proposals"] == [buyer]
    end(day.mission)

    assert page(client, seller, "home").context["proposals"] == []


def test_unscored_pairs_are_not_promised_any_more(client, mission, english):
    participation = ParticipationFactory(mission=mission)
    end(mission)

    text = page(client, participation, "matches").content.decode()

    assert "has not had the pairs scored yet" not in text
    assert own(participation, "partners") in text
    assert "was not scored" in text
    assert "Nobody of the other side took part" not in text


def test_the_page_to_withdraw_does_not_claim_that_it_took_no_part(
    client, mission, english
):
    there = ParticipationFactory(mission=mission)
    end(mission)

    text = page(client, there, "withdraw").content.decode()

    assert "This mission is over" in text
    assert "no longer takes part" not in text
