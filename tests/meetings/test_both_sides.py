"""Nobody speaks for both sides of a meeting: neither an official who works for one of them, nor one
who helps both."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from missions.doors import Actor, Via
from missions.meetings import requests
from missions.meetings.agreed import Held
from missions.meetings.figures import results
from missions.meetings.models import (
    MeetingReport,
    MeetingRequest,
    RequestEvent,
    Wish,
)
from missions.meetings.wishes import set_wish
from tests.factories import (
    AppointmentFactory,
    MeetingRequestFactory,
    MembershipFactory,
    MissionFactory,
    ParticipationFactory,
    SlotFactory,
)
from tests.meetings.doors import Doors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
Status, Outcome = MeetingRequest.Status, MeetingReport.Outcome


@pytest.fixture
def mission():
    in_a_month = timezone.localdate() + timedelta(days=30)
    return MissionFactory(status="curation", starts_on=in_a_month)


@pytest.fixture
def slots(mission):
    return SlotFactory.create_batch(3, mission=mission)


@pytest.fixture
def helped(mission, slots):
    return ParticipationFactory(mission=mission, free=slots)


@pytest.fixture
def own(mission, slots):
    """A business for which the official works."""
    return ParticipationFactory(mission=mission, side="buyer", free=slots)


@pytest.fixture
def official(mission, own):
    official = AppointmentFactory(
        role="operator", province=mission.initiator_province
    ).user
    MembershipFactory(business=own.business, user=official)
    return official


def agreed(one, other, **facts):
    return MeetingRequestFactory(
        sender=one, receiver=other, status=Status.ACCEPTED, **facts
    )


def yesterday(mission):
    begins = timezone.now() - timedelta(days=1)
    return SlotFactory(
        mission=mission, starts_at=begins, ends_at=begins + timedelta(minutes=20)
    )


def asked(one, other, slot=None):
    request = MeetingRequestFactory(sender=one, receiver=other, slot=slot)
    RequestEvent.objects.create(
        request=request, step=RequestEvent.Step.SENT, participation=one
    )
    return request


STEPS = {
    "accept": (lambda helped, own, slots: asked(own, helped), {}),
    "decline": (lambda helped, own, slots: asked(own, helped), {"reason": "Penuh"}),
    "propose": (lambda helped, own, slots: asked(own, helped), {"slot": 1}),
    "withdraw": (lambda helped, own, slots: asked(helped, own), {}),
    "cancel": (lambda helped, own, slots: agreed(own, helped), {"reason": "Sakit"}),
    "ask_new_time": (lambda helped, own, slots: agreed(own, helped), {"slot": 1}),
    "agree_new_time": (
        lambda helped, own, slots: agreed(own, helped, new_slot=slots[0]),
        {},
    ),
    "refuse_new_time": (
        lambda helped, own, slots: agreed(own, helped, new_slot=slots[0]),
        {},
    ),
    "take_back": (
        lambda helped, own, slots: agreed(
            helped, own, new_slot=slots[0], turn="receiver"
        ),
        {},
    ),
    "report": (
        lambda helped, own, slots: agreed(own, helped, slot=yesterday(own.mission)),
        {"outcome": Outcome.DEAL},
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_an_official_takes_no_step_against_the_own_business(
    name, helped, own, slots, official
):
    make, facts = STEPS[name]
    request = make(helped, own, slots)
    if "slot" in facts:
        facts = {"slot": slots[facts["slot"]]}
    step, before = getattr(requests, name), request.events.count()

    with pytest.raises(ValidationError) as refused:
        step(
            request, participation=helped, actor=Actor(official, Via.ASSISTED), **facts
        )

    assert refused.value.code == "both_sides"
    assert own.name in refused.value.messages[0]
    assert request.events.count() == before
    # Another official may.
    other = AppointmentFactory(
        role="operator", province=helped.mission.initiator_province
    ).user
    step(request, participation=helped, actor=Actor(other, Via.ASSISTED), **facts)
    assert request.events.count() == before + 1


def test_every_step_is_tried_above():
    named = {name for name in requests.__all__ if name[0].islower()}
    without_side = {"send", "common_free_slots", "end_all_of", "expire_due", "set_time"}

    assert named - without_side == STEPS.keys()


def test_an_official_asks_nothing_of_the_own_business(helped, own, official):
    with pytest.raises(ValidationError) as refused:
        requests.send(helped, own, actor=Actor(official, Via.ASSISTED))

    assert refused.value.code == "both_sides"
    requests.send(own, helped, actor=Actor(official))
    assert MeetingRequest.objects.get().sender == own


def test_an_official_notes_no_wish_about_the_own_business(helped, own, official):
    with pytest.raises(ValidationError) as refused:
        set_wish(helped, own, Wish.Level.MUST, actor=Actor(official, Via.ASSISTED))

    assert refused.value.code == "both_sides"
    assert not Wish.objects.exists()


def test_the_page_says_why(helped, own, official):
    doors = Doors(helped, official)
    request = asked(own, helped)
    address = doors.url("assisted", "request_accept", pk=request.pk)

    page = doors.browser("assisted").post(address, follow=True)

    assert f"You work for {own.name}, so another official helps here." in page.text
    request.refresh_from_db()
    assert request.status == Status.PENDING


# What is reported


def report(request, participation, actor, outcome=Outcome.DEAL):
    requests.report(request, participation=participation, outcome=outcome, actor=actor)


@pytest.fixture
def held(mission, helped):
    other = ParticipationFactory(mission=mission, side="buyer")
    return agreed(helped, other, slot=yesterday(mission))


def helper(mission):
    return AppointmentFactory(role="operator", province=mission.initiator_province).user


def test_what_one_official_reports_for_both_is_one_word(mission, held):
    same = Actor(helper(mission), Via.ASSISTED)
    for side in held.parties:
        report(held, side, same)

    assert results(mission).held_by == {Held.ONE: 1}


def test_two_who_report_for_them_are_two(mission, held):
    for side in held.parties:
        report(held, side, Actor(helper(mission), Via.ASSISTED))

    assert results(mission).held_by == {Held.BOTH: 1}


def test_an_owner_and_an_official_are_two(mission, held):
    official = helper(mission)
    MembershipFactory(business=held.sender.business, user=official)
    report(held, held.sender, Actor(official))
    report(held, held.receiver, Actor(helper(mission), Via.ASSISTED))

    assert results(mission).held_by == {Held.BOTH: 1}


def test_officials_whose_accounts_are_gone_are_one(mission, held):
    for side in held.parties:
        report(held, side, Actor(helper(mission), Via.ASSISTED))
    MeetingReport.objects.update(reported_by=None)

    assert results(mission).held_by == {Held.ONE: 1}


def test_what_one_official_denies_for_one_side_stays_disputed(mission, held):
    same = Actor(helper(mission), Via.ASSISTED)
    report(held, held.sender, same)
    report(held, held.receiver, same, Outcome.NOT_HELD)

    assert results(mission).held_by == {Held.DISPUTED: 1}
