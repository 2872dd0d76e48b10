"""What a mission puts on the pages where officials and owners begin."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from businesses.next_steps import next_steps
from missions.models import Mission, Participation
from missions.waiting import applications
from tests.factories import (
    AppointmentFactory,
    MeetingRequestFactory,
    MissionFactory,
    ParticipationFactory,
)

pytestmark = pytest.mark.django_db
Status, Side = Participation.Status, Participation.Side
HOME = reverse("businesses:official_home")


def apply(mission, province="35", status=Status.APPLIED):
    return ParticipationFactory(
        mission=mission, status=status, business__province__code=province
    )


# Officials


def test_an_official_finds_the_applications_that_wait(client):
    mission = MissionFactory(status=Mission.Status.CURATION)
    over = MissionFactory(status=Mission.Status.COUNTING)
    for each in (mission, mission, over):
        apply(each)
    apply(mission, status=Status.ACCEPTED)
    client.force_login(AppointmentFactory(role="operator").user)

    page = client.get(HOME)

    [waiting] = page.context["elsewhere"]
    assert "2" in waiting.what
    assert mission.title in waiting.what
    board = reverse("missions:board", args=[mission.slug])
    assert waiting.url == f"{board}?status=applied"
    assert f'href="{waiting.url}"' in page.text


@pytest.mark.parametrize(
    ("role", "province", "count"),
    [
        ("operator", "35", 2),
        ("verifier", "64", 1),
        ("auditor", "35", 0),
        ("operator", "51", 0),
    ],
)
def test_everybody_sees_what_they_may_decide(role, province, count):
    mission = MissionFactory(status=Mission.Status.CURATION)
    apply(mission, "35")
    apply(mission, "64")
    user = AppointmentFactory(role=role, province__code=province).user

    found = list(applications(user))

    assert len(found) == bool(count)
    assert all(str(count) in one.what for one in found)


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_as_many_queries_for_one_as_for_three(
    count, django_assert_num_queries
):
    user = AppointmentFactory(role="operator").user
    for _each in range(count):
        apply(MissionFactory(status=Mission.Status.CURATION))

    with django_assert_num_queries(4):
        assert len(list(applications(user))) == count


# Owners


def steps_of(participation):
    business = participation.business
    business.is_owned = True
    return next_steps(business, [])


def test_an_owner_is_first_told_of_requests_to_answer(english):
    mission = MissionFactory(status=Mission.Status.CURATION)
    asked = ParticipationFactory(mission=mission, side=Side.BUYER)
    for hours in (30, 20):
        MeetingRequestFactory(
            sender=ParticipationFactory(mission=mission),
            receiver=asked,
            expires_at=timezone.now() + timedelta(hours=hours),
        )

    first = steps_of(asked)[0]

    assert first.what.startswith("Answer 2 requests, the first until ")
    place = [asked.business.slug, mission.slug]
    assert first.url == reverse("meetings:own:requests", args=place)
    home = reverse("meetings:own:home", args=place)
    assert home in [step.url for step in steps_of(asked)[:3]]


def test_a_mission_that_is_over_asks_for_nothing():
    mission = MissionFactory(status=Mission.Status.COUNTING)
    asked = ParticipationFactory(mission=mission, side=Side.BUYER)
    MeetingRequestFactory(sender=ParticipationFactory(mission=mission), receiver=asked)

    assert not [step for step in steps_of(asked) if mission.slug in step.url]
