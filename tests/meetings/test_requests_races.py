"""What happens to a request at the same moment, on real connections."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from missions.doors import Actor
from missions.meetings import requests
from missions.meetings.expiry import expire
from missions.meetings.models import Booking, MatchingRules, MeetingRequest
from missions.models import Mission
from tests.factories import MissionFactory, ParticipationFactory, SlotFactory
from tests.races import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
Status = MeetingRequest.Status


@pytest.fixture
def mission():
    return MissionFactory(
        status=Mission.Status.CURATION,
        starts_on=timezone.localdate() + timedelta(days=60),
    )


@pytest.fixture
def slot(mission):
    return SlotFactory(mission=mission)


def participants(slot, count):
    return [
        ParticipationFactory(mission=slot.mission, free=[slot]) for _ in range(count)
    ]


def owner(participation):
    return Actor(participation.business.memberships.first().user)


def send(sender, receiver, slot=None):
    return requests.send(sender, receiver, slot=slot, actor=owner(sender))


def accept(request):
    by = request.receiver
    return requests.accept(request, participation=by, actor=owner(by))


def run(step):
    return step()


def failures(outcomes):
    return [one for one in outcomes if isinstance(one, ValidationError)]


def consistent():
    """Bookings exist for accepted requests with a time, and for no others."""
    wanted = {
        (participation, request.slot_id, request.pk)
        for request in MeetingRequest.objects.accepted().filter(slot__isnull=False)
        for participation in (request.sender_id, request.receiver_id)
    }
    booked = Booking.objects.values_list("participation", "slot", "request")
    return set(booked) == wanted


def test_one_time_of_a_participant_is_agreed_once(slot):
    buyer, *sellers = participants(slot, 6)
    asked = [send(seller, buyer, slot) for seller in sellers]

    outcomes = all_at_once(accept, asked)

    assert len(failures(outcomes)) == 4
    assert all(isinstance(one, requests.TimeTaken) for one in failures(outcomes))
    assert buyer.bookings.count() == 1
    assert consistent()


def test_two_who_accept_each_others_partners_do_not_wait_in_a_ring(slot):
    one, other, third = participants(slot, 3)
    asked = [send(one, other, slot), send(other, third, slot), send(third, one, slot)]

    outcomes = all_at_once(accept, asked)

    assert len(failures(outcomes)) == 2
    assert consistent()


@pytest.mark.parametrize("other_step", ["withdraw", "decline", "accept"])
def test_a_request_is_answered_once(slot, other_step):
    seller, buyer = participants(slot, 2)
    request = send(seller, buyer, slot)
    steps = {
        "withdraw": lambda: requests.withdraw(
            request, participation=seller, actor=owner(seller)
        ),
        "decline": lambda: requests.decline(
            request, participation=buyer, reason="x", actor=owner(buyer)
        ),
        "accept": lambda: accept(request),
    }

    outcomes = all_at_once(run, [steps["accept"], steps[other_step]])

    assert len(failures(outcomes)) == 1
    assert consistent()
    assert request.events.count() == 2


def test_cancelling_twice_cancels_once(slot):
    seller, buyer = participants(slot, 2)
    request = accept(send(seller, buyer, slot))

    def cancel(one):
        return requests.cancel(request, participation=one, reason="x", actor=owner(one))

    outcomes = all_at_once(cancel, [seller, buyer])

    assert len(failures(outcomes)) == 1
    assert not Booking.objects.exists()
    assert request.events.count() == 3


def test_a_request_expires_or_is_accepted_never_both(slot):
    seller, buyer = participants(slot, 2)
    request = send(seller, buyer, slot)

    with time_machine.travel(request.expires_at - timedelta(milliseconds=30)):
        all_at_once(run, [lambda: expire(request.pk), lambda: accept(request)] * 2)

    request.refresh_from_db()
    assert consistent()
    assert request.events.count() == (1 if request.status == Status.PENDING else 2)


def test_the_sweep_and_the_worker_expire_it_once(slot):
    seller, buyer = participants(slot, 2)
    request = send(seller, buyer)

    with time_machine.travel(request.expires_at):
        all_at_once(run, [lambda: expire(request.pk), requests.expire_due] * 2)

    assert request.events.count() == 2


def test_crossing_requests_become_one(slot):
    seller, buyer = participants(slot, 2)

    outcomes = all_at_once(
        run, [lambda: send(seller, buyer), lambda: send(buyer, seller)] * 2
    )

    assert len(failures(outcomes)) == 3
    assert all(isinstance(one, requests.OpenAlready) for one in failures(outcomes))
    assert MeetingRequest.objects.count() == 1


def test_nobody_sends_more_than_the_quota(mission, slot):
    MatchingRules.objects.create(mission=mission, request_quota=2)
    seller, *buyers = participants(slot, 7)

    outcomes = all_at_once(lambda buyer: send(seller, buyer), buyers)

    assert len(failures(outcomes)) == 4
    assert seller.sent_requests.count() == 2


def test_the_last_table_is_given_once(mission, slot):
    MatchingRules.objects.create(mission=mission, tables=1)
    people = participants(slot, 8)
    asked = [
        send(one, other, slot)
        for one, other in zip(people[::2], people[1::2], strict=True)
    ]

    outcomes = all_at_once(accept, asked)

    assert len(failures(outcomes)) == 3
    assert Booking.objects.count() == 2
    assert consistent()


def test_who_leaves_while_a_request_is_accepted_leaves_nothing(slot):
    seller, buyer = participants(slot, 2)
    request = send(seller, buyer, slot)

    def leave():
        return requests.end_all_of(seller, reason="x", actor=owner(seller))

    all_at_once(run, [leave, lambda: accept(request), leave])

    request.refresh_from_db()
    assert request.status in (Status.CANCELLED, Status.WITHDRAWN)
    assert not Booking.objects.exists()


def test_a_time_is_taken_off_while_it_is_agreed(mission, slot):
    seller, buyer = participants(slot, 2)
    request = send(seller, buyer, slot)

    all_at_once(
        run, [lambda: accept(request), lambda: requests.take_off(mission, [slot])]
    )

    request.refresh_from_db()
    assert request.is_accepted
    assert consistent()


# A new time for an agreed meeting


def agreed_at(one, other, slot):
    return accept(send(one, other, slot))


def free_at(mission, count):
    slots = SlotFactory.create_batch(2, mission=mission)
    people = [ParticipationFactory(mission=mission, free=slots) for _ in range(count)]
    return slots, people


def ask_new_time(request, slot):
    by = request.sender
    return requests.ask_new_time(request, participation=by, slot=slot, actor=owner(by))


def agree_new_time(request):
    by = request.receiver
    return requests.agree_new_time(request, participation=by, actor=owner(by))


def test_a_new_time_and_another_meeting_take_it_once(mission):
    (old, new), (seller, buyer, third) = free_at(mission, 3)
    moving = ask_new_time(agreed_at(seller, buyer, old), new)
    other = send(third, buyer, new)

    outcomes = all_at_once(
        run, [lambda: agree_new_time(moving), lambda: accept(other)] * 2
    )

    assert len(failures(outcomes)) == 3
    assert buyer.bookings.filter(slot=new).count() == 1
    # Whoever lost keeps what it had.
    assert seller.bookings.count() == 1
    assert consistent()


def test_two_meetings_move_to_one_time_of_a_participant_once(mission):
    slots = SlotFactory.create_batch(3, mission=mission)
    buyer, one, other = (
        ParticipationFactory(mission=mission, free=slots) for _number in range(3)
    )
    moving = [
        ask_new_time(agreed_at(one, buyer, slots[0]), slots[2]),
        ask_new_time(agreed_at(other, buyer, slots[1]), slots[2]),
    ]

    outcomes = all_at_once(agree_new_time, moving)

    assert len(failures(outcomes)) == 1
    assert buyer.bookings.count() == 2
    assert consistent()


@pytest.mark.parametrize("other_step", ["cancel", "take_back", "leave", "take_off"])
def test_a_new_time_is_agreed_while_something_else_happens(mission, other_step):
    (old, new), (seller, buyer) = free_at(mission, 2)
    moving = ask_new_time(agreed_at(seller, buyer, old), new)
    facts = {"participation": seller, "actor": owner(seller)}
    steps = {
        "cancel": lambda: requests.cancel(moving, reason="x", **facts),
        "take_back": lambda: requests.take_back(moving, **facts),
        "leave": lambda: requests.end_all_of(seller, reason="x", actor=facts["actor"]),
        "take_off": lambda: requests.take_off(mission, [old]),
    }

    all_at_once(run, [lambda: agree_new_time(moving), steps[other_step]])

    moving.refresh_from_db()
    assert moving.new_slot_id is None
    assert consistent()


def test_two_officials_give_one_time_of_a_participant_once(mission):
    (slot, _other), (buyer, one, other) = free_at(mission, 3)
    agreed = [agreed_at(one, buyer, None), agreed_at(other, buyer, None)]

    outcomes = all_at_once(
        lambda request: requests.set_time(request, slot, by=None), agreed
    )

    [lost] = failures(outcomes)
    assert isinstance(lost, requests.TimeTaken)
    assert buyer.bookings.get().slot == slot
    assert consistent()


def test_the_last_table_goes_to_one_of_those_who_move_there(mission):
    MatchingRules.objects.create(mission=mission, tables=1)
    slots = SlotFactory.create_batch(4, mission=mission)
    people = [ParticipationFactory(mission=mission, free=slots) for _ in range(6)]
    pairs = zip(people[::2], people[1::2], slots[:3], strict=True)
    moving = [ask_new_time(agreed_at(*pair), slots[3]) for pair in pairs]

    outcomes = all_at_once(agree_new_time, moving)

    assert len(failures(outcomes)) == 2
    assert slots[3].bookings.count() == 2
    # Whoever lost keeps what it had.
    assert Booking.objects.count() == 6
    assert consistent()


def test_the_organiser_and_the_two_give_a_meeting_one_time(mission):
    (one_time, other_time), (seller, buyer) = free_at(mission, 2)
    moving = ask_new_time(agreed_at(seller, buyer, None), one_time)

    outcomes = all_at_once(
        run,
        [
            lambda: agree_new_time(moving),
            lambda: requests.set_time(moving, other_time, by=None),
        ],
    )

    assert len(failures(outcomes)) == 1
    assert Booking.objects.count() == 2
    assert consistent()
