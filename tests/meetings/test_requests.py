"""Asking, answering, and everything in between."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from missions.doors import Actor, Via
from missions.meetings import requests
from missions.meetings.models import (
    Booking,
    MatchingRules,
    MeetingRequest,
    RequestEvent,
)
from missions.meetings.new_times import can_take_back
from missions.models import Mission, Participation
from tests.factories import (
    AppointmentFactory,
    MeetingRequestFactory,
    MembershipFactory,
    MissionFactory,
    ParticipationFactory,
    ProductFactory,
    SlotFactory,
    UserFactory,
)
from umkm_portal.outbox.models import Message

pytestmark = pytest.mark.django_db
Status, Turn = MeetingRequest.Status, MeetingRequest.Turn
Step = RequestEvent.Step


@pytest.fixture
def mission():
    return MissionFactory(
        status=Mission.Status.CURATION,
        starts_on=timezone.localdate() + timedelta(days=60),
    )


@pytest.fixture
def slots(mission):
    return SlotFactory.create_batch(3, mission=mission)


@pytest.fixture
def seller(mission, slots):
    return ParticipationFactory(mission=mission, free=slots)


@pytest.fixture
def buyer(mission, slots):
    return ParticipationFactory(
        mission=mission, side=Participation.Side.BUYER, free=slots
    )


@pytest.fixture
def third(mission, slots):
    return ParticipationFactory(
        mission=mission, side=Participation.Side.BUYER, free=slots
    )


def owner(participation):
    return Actor(participation.business.memberships.first().user)


def send(sender, receiver, **facts):
    return requests.send(sender, receiver, actor=owner(sender), **facts)


def act(step, request, participation, **facts):
    return step(
        request, participation=participation, actor=owner(participation), **facts
    )


def letters_of(participation):
    """[(kind, path), …] written to its people, in order."""
    found = Message.objects.filter(letter__participation=participation).order_by("pk")
    return list(found.values_list("kind", "path"))


def steps_of(request):
    return list(request.events.values_list("step", flat=True))


def refusal(action):
    with pytest.raises(ValidationError) as refused:
        action()
    return refused.value.code


# Asking


def test_a_request_waits_and_holds_no_time(seller, buyer, slots):
    request = send(seller, buyer, message="Kopi", slot=slots[0])

    assert request.status == Status.PENDING
    assert request.turn == Turn.RECEIVER
    assert not Booking.objects.exists()
    assert slots[0] in requests.common_free_slots(seller, buyer)
    hours = (request.expires_at - timezone.now()) / timedelta(hours=1)
    assert 47.9 < hours <= 48
    assert letters_of(buyer) == [("request_received", f"permintaan/{request.pk}/")]
    # Whoever sent it knows, and nobody else works there.
    assert letters_of(seller) == []


def test_colleagues_are_told_what_one_of_them_did(seller, buyer):
    colleague = MembershipFactory(business=seller.business).user

    send(seller, buyer)

    told = Message.objects.get(letter__participation=seller)
    assert told.recipient == colleague
    assert told.kind == "request_own_step"


def test_what_an_official_does_is_told_to_everybody_of_the_business(seller, buyer):
    official = UserFactory(name="Budi")

    request = requests.send(seller, buyer, actor=Actor(official, Via.ASSISTED))

    told = Message.objects.get(letter__participation=seller)
    assert told.recipient == owner(seller).user
    assert "Budi" in told.text
    event = request.events.get()
    assert (event.actor, event.via) == (official, Via.ASSISTED)


def test_the_hours_to_answer_are_those_of_the_organiser(mission, seller, buyer):
    MatchingRules.objects.create(mission=mission, request_hours=5)

    request = send(seller, buyer)

    hours = (request.expires_at - timezone.now()) / timedelta(hours=1)
    assert 4.9 < hours <= 5


def test_an_answer_is_of_use_only_before_the_proposed_time(seller, buyer, slots):
    with time_machine.travel(slots[0].starts_at - timedelta(hours=3), tick=False):
        assert send(seller, buyer, slot=slots[0]).expires_at == slots[0].starts_at


def test_own_products_go_with_it_and_no_others(seller, buyer):
    own = ProductFactory(business=seller.business)
    foreign = ProductFactory(business=buyer.business)

    assert refusal(lambda: send(seller, buyer, products=[foreign])) == "foreign_product"
    request = send(seller, buyer, products=[own])

    assert list(request.products.all()) == [own]


def test_only_accepted_participants_of_the_same_mission_ask(seller, buyer):
    elsewhere = ParticipationFactory()
    waiting = ParticipationFactory(
        mission=seller.mission, status=Participation.Status.WAITING
    )

    assert refusal(lambda: send(seller, elsewhere)) == "gone"
    assert refusal(lambda: send(seller, waiting)) == "gone"
    assert refusal(lambda: send(waiting, buyer)) == "not_accepted"
    assert not MeetingRequest.objects.exists()


@pytest.mark.parametrize("status", [Mission.Status.COUNTING, Mission.Status.CLOSED])
def test_nobody_asks_once_the_mission_is_over(seller, buyer, status):
    Mission.objects.filter(pk=seller.mission.pk).update(status=status)

    assert refusal(lambda: send(seller, buyer)) == "over"


def test_a_second_request_leads_to_the_first(seller, buyer):
    first = send(seller, buyer)

    for sender, receiver in ((seller, buyer), (buyer, seller)):
        with pytest.raises(requests.OpenAlready) as refused:
            send(sender, receiver)
        assert refused.value.request == first
    act(requests.accept, first, buyer)
    with pytest.raises(requests.OpenAlready):
        send(buyer, seller)


def test_so_many_requests_may_wait_and_no_more(mission, seller, buyer, third):
    MatchingRules.objects.create(mission=mission, request_quota=1)
    first = send(seller, buyer)

    assert refusal(lambda: send(seller, third)) == "quota"
    act(requests.withdraw, first, seller)
    send(seller, third)


def test_those_that_nobody_answered_in_time_do_not_count(mission, seller, buyer, third):
    MatchingRules.objects.create(mission=mission, request_quota=1)
    send(seller, buyer)

    with time_machine.travel(timezone.now() + timedelta(hours=49)):
        assert send(seller, third).is_pending


def test_a_time_that_does_not_suit_both_is_refused(mission, seller, buyer, slots):
    buyer.free_slots.remove(slots[0])

    with pytest.raises(requests.TimeTaken) as refused:
        send(seller, buyer, slot=slots[0])

    assert refused.value.slots == slots[1:]


# Answering


def test_accepting_books_the_time_for_both(seller, buyer, slots):
    request = send(seller, buyer, slot=slots[0])

    request = act(requests.accept, request, buyer)

    assert request.is_accepted
    booked = Booking.objects.values_list("participation", "slot")
    assert set(booked) == {(seller.pk, slots[0].pk), (buyer.pk, slots[0].pk)}
    assert letters_of(seller)[-1] == (
        "request_accepted",
        f"permintaan/{request.pk}/",
    )
    assert steps_of(request) == [Step.SENT, Step.ACCEPTED]


def test_without_a_time_the_organiser_finds_one(seller, buyer):
    request = act(requests.accept, send(seller, buyer), buyer)

    assert request.is_accepted
    assert not Booking.objects.exists()


def test_a_time_that_went_meanwhile_is_named_with_others(seller, buyer, third, slots):
    to_seller = send(buyer, seller, slot=slots[0])
    act(requests.accept, send(third, seller, slot=slots[0]), seller)

    with pytest.raises(requests.TimeTaken) as refused:
        act(requests.accept, to_seller, seller)

    assert refused.value.slots == slots[1:]
    to_seller.refresh_from_db()
    assert to_seller.is_pending
    act(requests.propose, to_seller, seller, slot=slots[1])
    assert act(requests.accept, to_seller, buyer).slot == slots[1]


def test_no_meeting_without_a_table(mission, seller, buyer, slots):
    MatchingRules.objects.create(mission=mission, tables=1)
    one, other = ParticipationFactory.create_batch(2, mission=mission, free=slots)
    act(requests.accept, send(one, other, slot=slots[0]), other)

    assert slots[0] not in requests.common_free_slots(seller, buyer)
    assert refusal(lambda: send(seller, buyer, slot=slots[0])) == "time_taken"


def test_nobody_meets_more_often_than_the_organiser_allows(
    mission, seller, buyer, third
):
    MatchingRules.objects.create(mission=mission, most_meetings=1, floor=1)
    act(requests.accept, send(buyer, seller), seller)
    second = send(third, seller)

    assert refusal(lambda: act(requests.accept, second, seller)) == "too_many_meetings"


def test_whose_turn_it_is_answers(seller, buyer, slots):
    request = send(seller, buyer, slot=slots[0])

    assert refusal(lambda: act(requests.accept, request, seller)) == "not_your_turn"
    first_deadline = request.expires_at
    request = act(requests.propose, request, buyer, slot=slots[1])

    assert request.turn == Turn.SENDER
    assert request.slot == slots[1]
    assert request.expires_at >= first_deadline
    assert refusal(lambda: act(requests.accept, request, buyer)) == "not_your_turn"
    assert letters_of(seller)[-1][0] == "request_countered"
    act(requests.accept, request, seller)
    assert {one.slot for one in Booking.objects.all()} == {slots[1]}


def test_the_proposed_time_is_no_other_time(seller, buyer, slots):
    request = send(seller, buyer, slot=slots[0])

    again = lambda: act(requests.propose, request, buyer, slot=slots[0])  # noqa: E731
    assert refusal(again) == "same_time"


def test_declining_needs_a_reason_that_the_other_side_reads(seller, buyer):
    request = send(seller, buyer)

    assert refusal(lambda: act(requests.decline, request, buyer, reason=" ")) == (
        "no_reason"
    )
    request = act(requests.decline, request, buyer, reason="Stok habis")

    assert request.status == Status.DECLINED
    assert request.reason == "Stok habis"
    told = Message.objects.filter(letter__participation=seller).latest("pk")
    assert "Stok habis" in told.text
    send(seller, buyer)


def test_whoever_asked_withdraws_and_the_other_is_told(seller, buyer):
    request = send(seller, buyer)

    assert refusal(lambda: act(requests.withdraw, request, buyer)) == "not_yours"
    act(requests.withdraw, request, seller)

    assert letters_of(buyer)[-1][0] == "request_withdrawn"
    assert refusal(lambda: act(requests.accept, request, buyer)) == "not_pending"


def test_a_stranger_takes_no_step(seller, buyer, third):
    request = send(seller, buyer)

    for step, facts in (
        (requests.accept, {}),
        (requests.withdraw, {}),
        (requests.decline, {"reason": "x"}),
        (requests.cancel, {"reason": "x"}),
    ):
        with pytest.raises(PermissionDenied):
            act(step, request, third, **facts)


@pytest.mark.parametrize("who", ["seller", "buyer"])
def test_cancelling_frees_the_time_and_tells_why(seller, buyer, slots, who):
    request = act(requests.accept, send(seller, buyer, slot=slots[0]), buyer)
    mine, partner = (seller, buyer) if who == "seller" else (buyer, seller)

    request = act(requests.cancel, request, mine, reason="Kapal batal")

    assert request.status == Status.CANCELLED
    assert not Booking.objects.exists()
    assert slots[0] in requests.common_free_slots(seller, buyer)
    told = Message.objects.filter(letter__participation=partner).latest("pk")
    assert told.kind == "request_cancelled"
    assert "Kapal batal" in told.text
    send(partner, mine, slot=slots[0])


def test_what_is_over_cannot_be_cancelled(seller, buyer, slots):
    request = act(requests.accept, send(seller, buyer, slot=slots[0]), buyer)

    with time_machine.travel(slots[0].ends_at):
        late = lambda: act(requests.cancel, request, buyer, reason="x")  # noqa: E731
        assert refusal(late) == "time_is_over"


# Time passes


def test_what_nobody_answers_expires_and_can_be_asked_again(seller, buyer, slots):
    request = send(seller, buyer, slot=slots[0])

    requests.expire_due()
    request.refresh_from_db()
    assert request.status == Status.PENDING
    with time_machine.travel(timezone.now() + timedelta(hours=49)):
        assert refusal(lambda: act(requests.accept, request, buyer)) == "not_pending"
        requests.expire_due()
        requests.expire_due()
        request.refresh_from_db()
        assert request.status == Status.EXPIRED
        assert steps_of(request) == [Step.SENT, Step.EXPIRED]
        for one in (seller, buyer):
            assert [kind for kind, _path in letters_of(one)].count(
                "request_expired"
            ) == 1
        send(seller, buyer)


def test_asking_again_needs_not_wait_for_the_sweep(seller, buyer):
    first = send(seller, buyer)

    with time_machine.travel(timezone.now() + timedelta(hours=49)):
        send(buyer, seller)

    first.refresh_from_db()
    assert first.status == Status.EXPIRED


def test_a_new_proposal_gives_new_time(seller, buyer, slots):
    request = send(seller, buyer, slot=slots[0])
    now = timezone.now()
    with time_machine.travel(now + timedelta(hours=40)):
        act(requests.propose, request, buyer, slot=slots[1])
    with time_machine.travel(now + timedelta(hours=60)):
        requests.expire_due()

    request.refresh_from_db()
    assert request.status == Status.PENDING


def test_the_sweep_takes_missions_in_the_order_of_their_keys(monkeypatch):
    """As everybody who holds several of them does, so that nobody waits in a ring."""
    overdue = []
    for slug in ("b", "a"):
        sender = ParticipationFactory(mission__slug=slug)
        partner = ParticipationFactory(mission=sender.mission, side="buyer")
        an_hour_ago = timezone.now() - timedelta(hours=1)
        overdue.append(
            MeetingRequestFactory(
                sender=sender, receiver=partner, expires_at=an_hour_ago
            ).pk
        )
    swept = []
    monkeypatch.setattr("missions.meetings.expiry.expire", swept.append)

    requests.expire_due()

    assert swept == overdue


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_asked_to_look_when_the_time_is_over(seller, buyer):
    request = send(seller, buyer)

    [task] = DBTaskResult.objects.filter(task_path__endswith="expire_request")
    assert task.args_kwargs["args"] == [request.pk]
    assert task.run_after >= request.expires_at


# Somebody leaves, or a time goes


def test_who_leaves_meets_nobody_and_the_partners_are_told_once(
    mission, seller, buyer, third, slots
):
    fourth = ParticipationFactory(mission=mission, free=slots)
    agreed = act(requests.accept, send(seller, buyer, slot=slots[0]), buyer)
    sent = send(seller, third, slot=slots[1])
    received = send(fourth, seller)

    requests.end_all_of(seller, reason="Pabrik tutup", actor=owner(seller))

    for request in (agreed, sent, received):
        request.refresh_from_db()
    assert [one.status for one in (agreed, sent, received)] == [
        Status.CANCELLED,
        Status.WITHDRAWN,
        Status.DECLINED,
    ]
    assert not Booking.objects.exists()
    for partner in (buyer, third, fourth):
        told = Message.objects.filter(letter__participation=partner)
        kinds = told.filter(kind__startswith="request_ended")
        assert kinds.count() == 1
        # Why is for those who had agreed to meet it.
        is_for_them = partner == buyer
        assert ("Pabrik tutup" in kinds.get().text) == is_for_them
    for request, said in ((agreed, True), (sent, False), (received, False)):
        assert ("Pabrik tutup" in request.reason) == said
        assert ("Pabrik tutup" in request.events.last().reason) == said


def test_a_time_taken_off_the_programme_leaves_the_meeting(seller, buyer, slots):
    request = act(requests.accept, send(seller, buyer, slot=slots[0]), buyer)

    requests.take_off(seller.mission, slots[:1], by=UserFactory())

    request.refresh_from_db()
    assert request.is_accepted
    assert request.slot is None
    assert not Booking.objects.exists()
    lost = request.events.last()
    assert lost.step == Step.TIME_LOST
    assert lost.starts_at == slots[0].starts_at


# Another time


def booked_slots():
    return {booking.slot for booking in Booking.objects.select_related("slot")}


@pytest.fixture
def agreed(seller, buyer, slots):
    return act(requests.accept, send(seller, buyer, slot=slots[0]), buyer)


@pytest.mark.parametrize("who", ["seller", "buyer"])
def test_a_new_time_frees_the_old_one_only_once_it_is_agreed(
    seller, buyer, slots, agreed, who
):
    mine, partner = (seller, buyer) if who == "seller" else (buyer, seller)

    asked = act(requests.ask_new_time, agreed, mine, slot=slots[1])

    assert asked.is_accepted
    assert (asked.slot, asked.new_slot) == (slots[0], slots[1])
    assert booked_slots() == {slots[0]}
    assert letters_of(partner)[-1][0] == "meeting_moving"
    assert list(MeetingRequest.objects.awaiting(partner)) == [asked]
    assert not MeetingRequest.objects.awaiting(mine).exists()
    own = lambda: act(requests.agree_new_time, asked, mine)  # noqa: E731
    assert refusal(own) == "not_your_turn"

    moved = act(requests.agree_new_time, asked, partner)

    assert (moved.slot, moved.new_slot) == (slots[1], None)
    assert booked_slots() == {slots[1]}
    assert Booking.objects.count() == 2
    assert letters_of(mine)[-1][0] == "meeting_moved"
    assert slots[0] in requests.common_free_slots(seller, buyer)


def test_a_meeting_without_a_time_gets_one_that_both_agree_on(seller, buyer, slots):
    agreed = act(requests.accept, send(seller, buyer), buyer)

    act(requests.ask_new_time, agreed, seller, slot=slots[2])
    assert not Booking.objects.exists()
    act(requests.agree_new_time, agreed, buyer)

    assert booked_slots() == {slots[2]}


@pytest.mark.parametrize(
    ("step", "who"), [("refuse_new_time", "buyer"), ("take_back", "seller")]
)
def test_a_new_time_that_is_off_leaves_what_was_agreed(
    seller, buyer, slots, agreed, step, who
):
    act(requests.ask_new_time, agreed, seller, slot=slots[1])
    mine, partner = (seller, buyer) if who == "seller" else (buyer, seller)

    act(getattr(requests, step), agreed, mine)

    agreed.refresh_from_db()
    assert (agreed.slot, agreed.new_slot) == (slots[0], None)
    assert booked_slots() == {slots[0]}
    assert letters_of(partner)[-1][0] == "meeting_not_moved"
    late = lambda: act(requests.agree_new_time, agreed, buyer)  # noqa: E731
    assert refusal(late) == "not_pending"


def test_a_new_time_that_nobody_answers_lapses_and_the_meeting_stays(
    seller, buyer, slots, agreed
):
    act(requests.ask_new_time, agreed, seller, slot=slots[1])

    with time_machine.travel(timezone.now() + timedelta(hours=49)):
        late = lambda: act(requests.agree_new_time, agreed, buyer)  # noqa: E731
        assert refusal(late) == "not_pending"
        requests.expire_due()
        requests.expire_due()

    agreed.refresh_from_db()
    assert (agreed.slot, agreed.new_slot) == (slots[0], None)
    assert agreed.is_accepted
    assert steps_of(agreed)[-1] == Step.LAPSED
    for one in (seller, buyer):
        told = Message.objects.filter(letter__participation=one)
        assert told.filter(kind="meeting_not_moved").count() == 1


def test_a_new_time_is_answered_before_the_agreed_one_begins(
    seller, buyer, slots, agreed
):
    with time_machine.travel(slots[0].starts_at - timedelta(hours=2), tick=False):
        asked = act(requests.ask_new_time, agreed, seller, slot=slots[2])
        assert asked.expires_at == slots[0].starts_at
    with time_machine.travel(slots[0].starts_at):
        late = lambda: act(requests.ask_new_time, agreed, buyer, slot=slots[1])  # noqa: E731
        assert refusal(late) == "time_is_over"


def test_a_new_time_that_went_meanwhile_is_named_with_others(
    seller, buyer, third, slots, agreed
):
    act(requests.ask_new_time, agreed, seller, slot=slots[1])
    act(requests.accept, send(third, buyer, slot=slots[1]), buyer)

    with pytest.raises(requests.TimeTaken) as refused:
        act(requests.agree_new_time, agreed, buyer)

    assert refused.value.slots == [slots[2]]
    assert Booking.objects.filter(request=agreed, slot=slots[0]).count() == 2


def test_the_other_side_answers_a_new_time_with_another(seller, buyer, slots, agreed):
    act(requests.ask_new_time, agreed, seller, slot=slots[1])

    again = lambda: act(requests.ask_new_time, agreed, seller, slot=slots[2])  # noqa: E731
    assert refusal(again) == "not_your_turn"
    act(requests.ask_new_time, agreed, buyer, slot=slots[2])
    act(requests.agree_new_time, agreed, seller)

    assert booked_slots() == {slots[2]}


def test_a_new_time_may_be_proposed_and_taken_back_again_and_again(
    seller, buyer, slots, agreed
):
    for _time in range(3):
        asked = act(requests.ask_new_time, agreed, seller, slot=slots[1])
        assert can_take_back(asked, seller)
        assert not can_take_back(asked, buyer)
        act(requests.take_back, agreed, seller)

    agreed.refresh_from_db()
    assert (agreed.slot, agreed.new_slot) == (slots[0], None)


def test_a_meeting_that_is_cancelled_has_no_new_time(seller, buyer, slots, agreed):
    act(requests.ask_new_time, agreed, seller, slot=slots[1])

    cancelled = act(requests.cancel, agreed, buyer, reason="x")

    assert cancelled.new_slot is None
    assert not Booking.objects.exists()


def test_a_counter_proposal_is_taken_back_to_what_was_asked(seller, buyer, slots):
    asked = send(seller, buyer, slot=slots[0])
    none = lambda: act(requests.take_back, asked, seller)  # noqa: E731
    assert refusal(none) == "nothing_to_take_back"
    act(requests.propose, asked, buyer, slot=slots[1])
    of_others = lambda: act(requests.take_back, asked, seller)  # noqa: E731
    assert refusal(of_others) == "nothing_to_take_back"

    back = act(requests.take_back, asked, buyer)

    assert (back.slot, back.turn) == (slots[0], Turn.RECEIVER)
    assert letters_of(seller)[-1][0] == "request_taken_back"
    act(requests.propose, asked, buyer, slot=slots[2])
    act(requests.propose, asked, seller, slot=slots[1])
    back = act(requests.take_back, asked, seller)
    assert (back.slot, back.turn) == (slots[2], Turn.SENDER)
    act(requests.accept, asked, seller)
    assert booked_slots() == {slots[2]}


@pytest.mark.parametrize("countered", [False, True])
def test_whose_proposal_lost_its_time_proposes_another(seller, buyer, slots, countered):
    asked, mine, partner = send(seller, buyer, slot=slots[0]), seller, buyer
    if countered:
        mine, partner = buyer, seller
        act(requests.propose, asked, buyer, slot=slots[1])
    too_early = lambda: act(requests.propose, asked, mine, slot=slots[2])  # noqa: E731
    assert refusal(too_early) == "not_your_turn"
    requests.take_off(seller.mission, slots[:2])

    again = act(requests.propose, asked, mine, slot=slots[2])

    assert (again.slot, again.answerer) == (slots[2], partner)
    once_more = lambda: act(requests.propose, asked, mine, slot=slots[1])  # noqa: E731
    assert refusal(once_more) == "not_your_turn"
    if countered:
        back = act(requests.take_back, asked, mine)
        assert (back.slot, back.answerer) == (slots[0], buyer)
    else:
        none = lambda: act(requests.take_back, asked, mine)  # noqa: E731
        assert refusal(none) == "nothing_to_take_back"
        act(requests.accept, asked, partner)
        assert booked_slots() == {slots[2]}


def test_who_left_the_time_open_waits_for_an_answer(seller, buyer, slots):
    asked = send(seller, buyer)
    step = lambda: act(requests.propose, asked, seller, slot=slots[0])  # noqa: E731
    assert refusal(step) == "not_your_turn"


def test_what_was_asked_may_be_gone_when_the_answer_is_taken_back(seller, buyer, slots):
    asked = send(seller, buyer, slot=slots[0])
    act(requests.propose, asked, buyer, slot=slots[1])
    requests.take_off(seller.mission, slots[:1])
    slots[0].delete()

    back = act(requests.take_back, asked, buyer)

    assert (back.slot, back.turn) == (None, Turn.RECEIVER)


def test_the_organiser_gives_a_time_to_a_meeting_without_one(
    mission, seller, buyer, slots
):
    organiser = AppointmentFactory(
        role="operator", province=mission.initiator_province
    ).user
    agreed = act(requests.accept, send(seller, buyer), buyer)

    with pytest.raises(PermissionDenied):
        requests.set_time(agreed, slots[0], by=UserFactory())
    buyer.free_slots.remove(slots[1])
    unfit = lambda: requests.set_time(agreed, slots[1], by=organiser)  # noqa: E731
    assert refusal(unfit) == "time_taken"
    requests.set_time(agreed, slots[0], by=organiser)

    assert booked_slots() == {slots[0]}
    for one in (seller, buyer):
        assert letters_of(one)[-1][0] == "meeting_time_set"
    again = lambda: requests.set_time(agreed, slots[2], by=organiser)  # noqa: E731
    assert refusal(again) == "has_time"


# After the meeting


def test_each_side_says_how_it_went_once_it_was(seller, buyer, slots):
    request = act(requests.accept, send(seller, buyer, slot=slots[0]), buyer)
    deal, missed = "deal", "not_held"

    early = lambda: act(requests.report, request, buyer, outcome=deal)  # noqa: E731
    assert refusal(early) == "too_early"
    with time_machine.travel(slots[0].ends_at):
        act(requests.report, request, buyer, outcome=deal)
        act(requests.report, request, buyer, outcome=deal)
        assert letters_of(seller)[-1][0] == "request_reported"

        act(requests.report, request, seller, outcome=missed)
        assert letters_of(buyer)[-1][0] == "request_reported"
    assert steps_of(request).count(Step.REPORTED) == 2


def test_without_a_time_one_can_say_it_from_the_first_day_on(mission, seller, buyer):
    request = act(requests.accept, send(seller, buyer), buyer)

    with time_machine.travel(f"{mission.starts_on} 10:00+07:00"):
        act(requests.report, request, seller, outcome="follow_up")
    assert request.reports.count() == 1


def test_nothing_is_reported_of_a_meeting_that_was_not_agreed():
    request = MeetingRequestFactory()

    early = lambda: act(requests.report, request, request.sender, outcome="deal")  # noqa: E731
    assert refusal(early) == "too_early"
