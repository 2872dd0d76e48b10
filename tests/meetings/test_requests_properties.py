"""Whatever people do in whatever order, the books stay right."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies as st

from missions.doors import Actor
from missions.meetings import requests
from missions.meetings.models import (
    Booking,
    MatchingRules,
    MeetingRequest,
    RequestEvent,
)
from missions.models import Mission
from tests.factories import MissionFactory, ParticipationFactory, SlotFactory

Status, Step = MeetingRequest.Status, RequestEvent.Step
PEOPLE, TIMES, QUOTA = 4, 3, 3
LAST_STEPS = {
    Status.PENDING: {Step.SENT, Step.PROPOSED, Step.TAKEN_BACK, Step.TIME_LOST},
    Status.ACCEPTED: {
        Step.ACCEPTED,
        Step.TIME_LOST,
        Step.MOVING,
        Step.MOVED,
        Step.NOT_MOVED,
        Step.TAKEN_BACK,
        Step.LAPSED,
        Step.TIME_SET,
    },
    Status.DECLINED: {Step.DECLINED},
    Status.EXPIRED: {Step.EXPIRED},
    Status.WITHDRAWN: {Step.WITHDRAWN},
    Status.CANCELLED: {Step.CANCELLED},
}
numbers = st.integers(0, 11)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "send",
                "send",
                "accept",
                "accept",
                "propose",
                "decline",
                "withdraw",
                "cancel",
                "expire",
                "leave",
                "take_off",
                "take_back",
                "ask_new_time",
                "ask_new_time",
                "agree_new_time",
                "agree_new_time",
                "refuse_new_time",
                "set_time",
            ]
        ),
        numbers,
        numbers,
        numbers,
    ),
    max_size=14,
)


class World:
    def __init__(self):
        self.mission = MissionFactory(
            status=Mission.Status.CURATION,
            starts_on=timezone.localdate() + timedelta(days=60),
        )
        MatchingRules.objects.create(
            mission=self.mission, request_quota=QUOTA, tables=1
        )
        self.slots = SlotFactory.create_batch(TIMES, mission=self.mission)
        self.people = [
            ParticipationFactory(mission=self.mission, free=self.slots)
            for _number in range(PEOPLE)
        ]
        self.now = timezone.now()

    def slot(self, number):
        """One of the times, or none."""
        return [*self.slots, None][number % (TIMES + 1)]

    def request(self, number):
        found = MeetingRequest.objects.order_by("pk").with_parties()
        return found[number % len(found)] if found else None

    def take(self, name, first, second, third):
        one = self.people[first % PEOPLE]
        actor = Actor(one.business.memberships.first().user)
        if name == "send":
            other = self.people[second % PEOPLE]
            if one != other:
                requests.send(one, other, slot=self.slot(third), actor=actor)
        elif name == "expire":
            self.now += timedelta(hours=10 * (first + 1))
            with time_machine.travel(self.now, tick=False):
                requests.expire_due()
        elif name == "leave":
            requests.end_all_of(one, reason="x", actor=actor)
        elif name == "take_off":
            requests.take_off(self.mission, [self.slots[first % TIMES]])
        else:
            self.answer(name, self.request(second), first, third)

    def answer(self, name, request, first, third):
        if request is None:
            return
        side = request.sender if first % 2 else request.receiver
        owner = Actor(side.business.memberships.first().user)
        facts = {"participation": side, "actor": owner}
        if name in ("propose", "ask_new_time"):
            if slot := self.slot(third):
                getattr(requests, name)(request, slot=slot, **facts)
        elif name == "set_time":
            if slot := self.slot(third):
                requests.set_time(request, slot, by=None)
        elif name in ("decline", "cancel"):
            getattr(requests, name)(request, reason="x", **facts)
        else:
            getattr(requests, name)(request, **facts)

    def check(self):
        booked = list(Booking.objects.values_list("participation", "slot", "request"))
        assert len({(who, when) for who, when, _request in booked}) == len(booked)
        wanted = set()
        for request in MeetingRequest.objects.prefetch_related("events"):
            events = [event.step for event in request.events.all()]
            assert events[0] == Step.SENT
            assert events[-1] in LAST_STEPS[request.status]
            self.check_turn(request)
            if request.new_slot_id:
                assert request.is_accepted
                assert request.new_slot_id != request.slot_id
            if request.is_accepted and request.slot_id:
                wanted |= {
                    (request.sender_id, request.slot_id, request.pk),
                    (request.receiver_id, request.slot_id, request.pk),
                }
        assert set(booked) == wanted
        self.check_limits()

    def check_turn(self, request):
        """Whoever proposes a time waits for the other, and who takes it back answers. Once it is
        agreed, whoever proposes a new time waits as well."""
        events, turn = list(request.events.all()), MeetingRequest.Turn
        if request.is_accepted:
            if request.new_slot_id:
                asked = [one for one in events if one.step == Step.MOVING][-1]
                assert asked.participation_id != request.answerer.pk
            return
        if any(one.step == Step.ACCEPTED for one in events):
            return
        handing = (Step.SENT, Step.PROPOSED, Step.TAKEN_BACK)
        last = [one for one in events if one.step in handing][-1]
        is_own = last.participation_id == request.sender_id
        back = last.step == Step.TAKEN_BACK
        assert request.turn == (turn.SENDER if is_own == back else turn.RECEIVER)

    def check_limits(self):
        for slot in self.slots:
            assert slot.bookings.count() <= 2
        for one in self.people:
            assert one.sent_requests.pending().count() <= QUOTA
        live = MeetingRequest.objects.live().values_list("sender", "receiver")
        pairs = [frozenset(pair) for pair in live]
        assert len(pairs) == len(set(pairs))


@pytest.mark.django_db(transaction=False)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_the_books_stay_right(db, steps):
    with transaction.atomic():
        world = World()
        for step in steps:
            try:
                with time_machine.travel(world.now, tick=False), transaction.atomic():
                    world.take(*step)
            except ValidationError:
                pass
            with time_machine.travel(world.now, tick=False):
                world.check()
        transaction.set_rollback(True)
