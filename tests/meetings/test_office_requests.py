"""/petugas/misi/<mission>/permintaan/"""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from businesses.consents import give_consent
from businesses.models import Consent
from missions.doors import Actor
from missions.meetings import requests
from missions.meetings.models import MeetingRequest
from tests.factories import (
    AppointmentFactory,
    MeetingRequestFactory,
    ParticipationFactory,
    ProvinceFactory,
)

pytestmark = pytest.mark.django_db
Status = MeetingRequest.Status


@pytest.fixture
def mission():
    return ParticipationFactory().mission


def address(mission, query=None):
    return reverse("meetings:office_requests", args=[mission.slug], query=query)


def official(province, role="operator"):
    return AppointmentFactory(role=role, province=province).user


def request_in(mission, **kwargs):
    sender = ParticipationFactory(mission=mission)
    return MeetingRequestFactory(sender=sender, **kwargs)


def shown(client, mission, query=None):
    return list(client.get(address(mission, query)).context["page"])


def test_the_one_that_waits_longest_comes_first(client, mission):
    now = timezone.now()
    closed = request_in(mission, status=Status.DECLINED)
    late = request_in(mission, expires_at=now, created_at=now - timedelta(hours=48))
    new = request_in(mission)
    old = request_in(mission, created_at=now - timedelta(hours=30))
    client.force_login(official(mission.initiator_province))

    assert shown(client, mission) == [old, new, closed, late]
    for state, wanted in (
        ("menunggu", [old, new]),
        ("lama", [old]),
        (Status.EXPIRED, [late]),
        (Status.DECLINED, [closed]),
    ):
        assert shown(client, mission, {"keadaan": state}) == wanted
    named = {"q": new.sender.business.name}
    assert shown(client, mission, named) == [new]


@pytest.mark.parametrize("many", [1, 3])
def test_it_takes_the_same_queries(client, mission, many, django_assert_num_queries):
    for _number in range(many):
        request_in(mission)
        request_in(mission, status=Status.ACCEPTED)
    client.force_login(official(mission.initiator_province))
    address(mission)

    with django_assert_num_queries(11):
        assert len(shown(client, mission)) == 2 * many


def test_help_is_offered_only_where_the_owner_agreed(client, mission):
    request = request_in(mission)
    user = official(request.receiver.business.province)
    client.force_login(user)
    door = reverse(
        "meetings:assisted:request",
        args=[mission.slug, request.receiver.pk, request.pk],
    )
    assert door.encode() not in client.get(address(mission)).content
    assert client.get(door).status_code == 404

    business = request.receiver.business
    owner = business.memberships.first().user
    give_consent(business, Consent.Purpose.ASSISTANCE, by=owner)

    assert door.encode() in client.get(address(mission)).content
    assert client.get(door).status_code == 200


def test_another_province_sees_those_of_its_own_businesses(client, mission):
    kaltim = ProvinceFactory(code="64")
    mission.partner_provinces.add(kaltim)
    own = request_in(mission)
    own.receiver.business.province = kaltim
    own.receiver.business.regency = None
    own.receiver.business.save()
    request_in(mission)

    client.force_login(official(kaltim, "auditor"))

    assert shown(client, mission) == [own]


def test_officials_of_no_province_in_it_find_nothing(client, mission):
    client.force_login(official(ProvinceFactory(code="51")))

    assert client.get(address(mission)).status_code == 404


def test_what_an_official_does_bears_its_name(client, mission):
    receiver = ParticipationFactory(mission=mission)
    sender = ParticipationFactory(mission=mission)
    user = sender.business.memberships.first().user
    request = requests.send(sender, receiver, actor=Actor(user))
    business = receiver.business
    give_consent(
        business,
        Consent.Purpose.ASSISTANCE,
        by=business.memberships.first().user,
    )
    helper = official(business.province)
    client.force_login(helper)

    client.post(
        reverse(
            "meetings:assisted:request_accept",
            args=[mission.slug, receiver.pk, request.pk],
        )
    )

    event = request.events.last()
    assert event.actor == helper
    assert event.participation == receiver
    with time_machine.travel(timezone.now()):
        client.force_login(user)
        page = client.get(
            reverse(
                "meetings:own:request",
                args=[sender.business.slug, mission.slug, request.pk],
            )
        )
    assert helper.name.encode() in page.content
