"""/petugas/misi/<mission>/permintaan/"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from businesses.consents import give_consent
from businesses.models import Consent
from missions.doors import Actor
from missions.meetings import requests
from missions.meetings.chasing import CHASES
from missions.meetings.models import MeetingRequest, RequestEvent
from tests.factories import (
    AppointmentFactory,
    MeetingRequestFactory,
    ParticipationFactory,
    ProvinceFactory,
    SlotFactory,
)

pytestmark = pytest.mark.django_db
Status, Step = MeetingRequest.Status, RequestEvent.Step


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


def test_a_side_restarts_the_clock_and_the_programme_does_not(client, mission):
    """In the list, its order and count, and in whom one is to remind."""
    now, day = timezone.now(), timedelta(days=1)
    long = {"created_at": now - 3 * day, "expires_at": now + 3 * day}
    fresh, lost = (request_in(mission, **long) for _number in range(2))
    new_slot = SlotFactory(mission=mission)
    moving = request_in(mission, **long, status=Status.ACCEPTED, new_slot=new_slot)
    for request, step, by, ago in (
        (fresh, Step.SENT, fresh.sender, 3 * day),
        (fresh, Step.PROPOSED, fresh.receiver, timedelta(hours=1)),
        (lost, Step.SENT, lost.sender, 2 * day),
        (lost, Step.TIME_LOST, None, timedelta(hours=1)),
        (moving, Step.MOVING, moving.sender, day + timedelta(hours=1)),
    ):
        facts = {"request": request, "participation": by, "at": now - ago}
        RequestEvent.objects.create(step=step, **facts)
    client.force_login(official(mission.initiator_province))

    rows = shown(client, mission, {"keadaan": "menunggu"})
    assert rows == [lost, moving, fresh]
    assert rows[0].waits_since == now - 2 * day
    assert shown(client, mission, {"keadaan": "lama"}) == [lost, moving]
    assert list(MeetingRequest.objects.waiting_long().order_by("pk")) == [lost, moving]
    reminded = CHASES["permintaan"].rows(mission)
    assert list(reminded) == [lost.receiver, moving.receiver]
    assert reminded[0].since == now - 2 * day


@pytest.mark.parametrize("many", [1, 3])
def test_it_takes_the_same_queries(client, mission, many, django_assert_num_queries):
    for _number in range(many):
        request_in(mission)
        request_in(mission, status=Status.ACCEPTED)
    client.force_login(official(mission.initiator_province))
    address(mission)

    with django_assert_num_queries(12):
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
    client.force_login(user)
    page = client.get(
        reverse(
            "meetings:own:request",
            args=[sender.business.slug, mission.slug, request.pk],
        )
    )
    assert helper.name.encode() in page.content


# A time for those who agreed without one


def agreed_without_time(mission, slots):
    sender, receiver = (
        ParticipationFactory(mission=mission, free=slots, side=side)
        for side in ("seller", "buyer")
    )
    return MeetingRequestFactory(
        sender=sender, receiver=receiver, status=Status.ACCEPTED
    )


def time_of(request):
    mission = request.sender.mission
    return reverse("meetings:office_time", args=[mission.slug, request.pk])


@pytest.fixture
def slots(mission):
    mission.starts_on = timezone.localdate() + timedelta(days=60)
    mission.save()
    return SlotFactory.create_batch(3, mission=mission)


def test_meetings_without_a_time_are_counted_found_and_given_one(
    client, mission, slots
):
    asked = agreed_without_time(mission, slots[:2])
    request_in(mission, status=Status.ACCEPTED, slot=slots[0])
    request_in(mission)
    client.force_login(official(mission.initiator_province))

    page = client.get(address(mission))
    assert page.context["without_time"] == 1
    assert time_of(asked) in page.text
    assert shown(client, mission, {"keadaan": "tanpa-jam"}) == [asked]
    form = client.get(time_of(asked)).context["form"]
    assert list(form.fields["slot"].queryset) == slots[:2]
    client.post(time_of(asked), {"slot": slots[1].pk})

    asked.refresh_from_db()
    assert asked.slot == slots[1]
    assert asked.bookings.count() == 2
    assert shown(client, mission, {"keadaan": "tanpa-jam"}) == []
    assert client.get(time_of(asked)).status_code == 302


def test_a_time_that_does_not_suit_both_is_refused(client, mission, slots):
    asked = agreed_without_time(mission, slots[:1])
    client.force_login(official(mission.initiator_province))

    page = client.post(time_of(asked), {"slot": slots[2].pk})

    assert page.context["form"].errors
    asked.refresh_from_db()
    assert asked.slot is None


def test_without_a_common_time_it_says_who_has_not_said_when_it_can_come(
    client, mission, slots
):
    asked = agreed_without_time(mission, [])
    silent = asked.receiver
    type(silent).objects.filter(pk=silent.pk).update(availability_at=None)
    client.force_login(official(mission.initiator_province))

    page = client.get(time_of(asked))

    assert page.context["silent"] == [silent]
    assert reverse("meetings:chasing", args=[mission.slug]) in page.text


def test_only_the_organiser_gives_a_time(client, mission, slots):
    kaltim = ProvinceFactory(code="64")
    mission.partner_provinces.add(kaltim)
    asked = agreed_without_time(mission, slots)
    client.force_login(official(kaltim))

    assert client.post(time_of(asked), {"slot": slots[0].pk}).status_code == 404
    assert time_of(asked) not in client.get(address(mission)).text
    asked.refresh_from_db()
    assert asked.slot is None
