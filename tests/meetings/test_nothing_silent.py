"""Every change of a participation, a request or a time tells whom it concerns. A service that is added
and stands in none of these tables fails."""

from collections import Counter
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Count
from django.utils import timezone

from businesses.consents import give_consent
from businesses.models import Consent, Membership
from businesses.rights import close_business
from missions import joining
from missions.doors import Actor, Via
from missions.meetings import programme, requests, selection, wishes
from missions.meetings.models import Booking, MeetingReport, Wish
from missions.models import Mission, Participation, Quota
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    ListingFactory,
    MeetingRequestFactory,
    MembershipFactory,
    MissionFactory,
    ParticipationFactory,
    RegistrationFactory,
    SlotFactory,
)
from tests.meetings.mission_day import Day
from tests.portal.test_health import work
from umkm_portal.outbox.models import Message

pytestmark = pytest.mark.django_db
Side, Status = Participation.Side, Participation.Status
REASON = "Kapal tidak jalan"


class Fair:
    """A seller and a buyer of one mission, each with an owner and a colleague."""

    def __init__(self):
        self.mission = MissionFactory(
            status=Mission.Status.REGISTRATION,
            starts_on=timezone.localdate() + timedelta(days=60),
        )
        RegistrationFactory(mission=self.mission)
        self.slots = [SlotFactory(mission=self.mission, number=one) for one in range(3)]
        self.seller = self.takes_part(Side.SELLER)
        self.buyer = self.takes_part(Side.BUYER)
        self.operator = AppointmentFactory(
            role="operator", province=self.mission.initiator_province
        ).user
        give_consent(
            self.seller.business, Consent.Purpose.ASSISTANCE, by=self.owner.user
        )

    def takes_part(self, side, **facts):
        business = BusinessFactory(
            published=True, province=self.mission.initiator_province
        )
        MembershipFactory(business=business, role=Membership.Role.STAFF)
        return ParticipationFactory(
            mission=self.mission,
            side=side,
            business=business,
            free=self.slots,
            **facts,
        )

    @property
    def owner(self):
        return actor_of(self.seller)

    @property
    def helper(self):
        return Actor(self.operator, Via.ASSISTED)

    def asked(self, **facts):
        """A request of the seller, about which nobody was told yet."""
        facts = {"slot": self.slots[0]} | facts
        return MeetingRequestFactory(sender=self.seller, receiver=self.buyer, **facts)

    def agreed(self):
        request = self.asked(status=requests.Status.ACCEPTED)
        for one in (self.seller, self.buyer):
            Booking.objects.create(
                participation=one, slot=request.slot, request=request
            )
        return request


@pytest.fixture
def fair():
    return Fair()


def actor_of(participation):
    owners = participation.business.memberships.filter(role=Membership.Role.OWNER)
    return Actor(owners.get().user)


def told():
    """{business: of how many of its people, each told once}"""
    people = Counter(
        Message.objects.values_list("letter__participation__business", "recipient")
    )
    assert set(people.values()) <= {1}, "nobody is told twice of one change"
    return Counter(business for business, _person in people)


def by_buyer(step, request, **facts):
    return step(
        request,
        participation=request.receiver,
        actor=actor_of(request.receiver),
        **facts,
    )


def by_seller(step, request, **facts):
    return step(
        request, participation=request.sender, actor=actor_of(request.sender), **facts
    )


def moving(fair):
    """An agreed meeting for which the buyer has proposed a new time; nobody was told yet."""
    request = fair.agreed()
    request.new_slot, request.turn = fair.slots[1], request.Turn.SENDER
    request.save()
    return request


def untimed(fair):
    return fair.asked(status=requests.Status.ACCEPTED, slot=None)


def new_time_overdue(fair):
    request = moving(fair)
    request.expires_at = timezone.now() - timedelta(minutes=1)
    request.save()
    requests.expire_due()


def new_time_off_the_programme(fair):
    gone = moving(fair).new_slot
    stay = [slot for slot in fair.slots if slot != gone]
    times = [(slot.starts_at, slot.ends_at) for slot in stay]
    programme.lay_out(fair.mission, times, by=fair.operator)


def once_held(fair):
    request = fair.agreed()
    past = timezone.now() - timedelta(hours=1)
    for slot in fair.slots:
        slot.starts_at, slot.ends_at = past, past + timedelta(minutes=20)
        past -= timedelta(hours=1)
        slot.save()
    request.refresh_from_db()
    return request


def overdue(fair):
    fair.asked(expires_at=timezone.now() - timedelta(minutes=1))
    requests.expire_due()


# What each step does to the people of (seller, buyer): 2 is all of them, 1 all but who did it.
REQUEST_STEPS = {
    "send": (
        lambda fair: requests.send(fair.seller, fair.buyer, actor=fair.owner),
        (1, 2),
    ),
    "propose": (
        lambda fair: by_buyer(requests.propose, fair.asked(), slot=fair.slots[1]),
        (2, 1),
    ),
    "accept": (lambda fair: by_buyer(requests.accept, fair.asked()), (2, 1)),
    "decline": (
        lambda fair: by_buyer(requests.decline, fair.asked(), reason=REASON),
        (2, 1),
    ),
    "withdraw": (lambda fair: by_seller(requests.withdraw, fair.asked()), (1, 2)),
    "cancel": (
        lambda fair: by_seller(requests.cancel, fair.agreed(), reason=REASON),
        (1, 2),
    ),
    "report": (
        lambda fair: by_seller(
            requests.report,
            once_held(fair),
            outcome=MeetingReport.Outcome.values[0],
        ),
        (1, 2),
    ),
    "expire_due": (overdue, (2, 2)),
    "ask_new_time": (
        lambda fair: by_buyer(requests.ask_new_time, fair.agreed(), slot=fair.slots[1]),
        (2, 1),
    ),
    "agree_new_time": (
        lambda fair: by_seller(requests.agree_new_time, moving(fair)),
        (1, 2),
    ),
    "refuse_new_time": (
        lambda fair: by_seller(requests.refuse_new_time, moving(fair)),
        (1, 2),
    ),
    "take_back": (lambda fair: by_buyer(requests.take_back, moving(fair)), (2, 1)),
    "set_time": (
        lambda fair: requests.set_time(untimed(fair), fair.slots[2], by=fair.operator),
        (2, 2),
    ),
    # Called by what ends a participation, which tells the business itself: see PARTICIPATIONS.
    "end_all_of": (
        lambda fair: requests.end_all_of(
            fair.agreed().sender, reason=REASON, actor=fair.owner
        ),
        (0, 2),
    ),
}


def test_every_step_of_a_request_is_in_the_table():
    services = {
        name
        for name in requests.__all__
        if callable(getattr(requests, name))
        and not isinstance(getattr(requests, name), type)
    }
    only_read = {"common_free_slots"}

    assert services - only_read == REQUEST_STEPS.keys()


@pytest.mark.parametrize("step", REQUEST_STEPS)
def test_each_step_of_a_request_tells_both_sides(fair, step):
    act, (of_seller, of_buyer) = REQUEST_STEPS[step]

    act(fair)

    found = told()
    assert found[fair.seller.business_id] == of_seller
    assert found[fair.buyer.business_id] == of_buyer


@pytest.mark.parametrize(
    "come_to_nothing",
    [
        new_time_overdue,
        new_time_off_the_programme,
    ],
)
def test_a_new_time_that_comes_to_nothing_is_told_to_both(fair, come_to_nothing):
    come_to_nothing(fair)

    assert told() == {fair.seller.business_id: 2, fair.buyer.business_id: 2}


def test_a_counter_proposal_that_is_taken_back_is_told(fair):
    first, second = fair.slots[:2]
    request = requests.send(fair.seller, fair.buyer, slot=first, actor=fair.owner)
    request = by_buyer(requests.propose, request, slot=second)
    Message.objects.all().delete()

    by_buyer(requests.take_back, request)

    assert told() == {fair.seller.business_id: 2, fair.buyer.business_id: 1}


def test_an_official_who_helps_is_no_colleague(fair):
    """Then all people of the own side learn of it."""
    requests.send(fair.seller, fair.buyer, actor=fair.helper)

    assert told() == {fair.seller.business_id: 2, fair.buyer.business_id: 2}


# Participations


def applies(fair):
    business = BusinessFactory(published=True, province=fair.mission.initiator_province)
    owner = Actor(business.memberships.get().user)
    joining.apply_for(
        fair.mission, business, side=Side.SELLER, listings=[], actor=owner
    )
    return {business.pk: 1}


def an_official_applies(fair):
    business = BusinessFactory(published=True, province=fair.mission.initiator_province)
    owner = business.memberships.get().user
    give_consent(business, Consent.Purpose.ASSISTANCE, by=owner)
    joining.apply_for(
        fair.mission, business, side=Side.SELLER, listings=[], actor=fair.helper
    )
    return {business.pk: 1}


def decided(status, reason="", before=Status.APPLIED):
    def change(fair):
        row = fair.takes_part(Side.SELLER, status=before)
        joining.decide([row], status, reason=reason, by=fair.operator)
        return {row.business_id: 2}

    return change


def turned_away(fair):
    fair.agreed()
    joining.decide([fair.seller], Status.DECLINED, reason=REASON, by=fair.operator)
    return {fair.seller.business_id: 2, fair.buyer.business_id: 2}


def leaves(fair):
    fair.agreed()
    joining.withdraw(fair.seller, reason=REASON, actor=fair.owner)
    return {fair.seller.business_id: 2, fair.buyer.business_id: 2}


def is_deleted(fair):
    """Its people are told elsewhere: the business, and its name, are gone."""
    fair.agreed()
    close_business(fair.seller.business)
    return {fair.buyer.business_id: 2}


def without_room(fair):
    """Somebody waits for the only place, which the seller has."""
    quota = Quota.objects.create(mission=fair.mission, side=Side.SELLER, seats=1)
    return fair.takes_part(Side.SELLER, status=Status.WAITING), quota


def quota_grows(fair):
    waiting, quota = without_room(fair)
    quota.seats = 2
    joining.set_quota(quota, by=fair.operator)
    return {waiting.business_id: 2}


def place_is_free(fair):
    Quota.objects.create(mission=fair.mission, side=Side.SELLER, seats=5)
    waiting = fair.takes_part(Side.SELLER, status=Status.WAITING)
    joining.promote(fair.mission)
    return {waiting.business_id: 2}


def night_falls(fair):
    Quota.objects.create(mission=fair.mission, side=Side.SELLER, seats=5)
    waiting = fair.takes_part(Side.SELLER, status=Status.WAITING)
    joining.promote_everywhere()
    work()
    return {waiting.business_id: 2}


def listings_by_an_official(fair):
    listing = ListingFactory(business=fair.seller.business, open=True)
    joining.choose_listings(
        fair.seller, side=Side.SELLER, listings=[listing], actor=fair.helper
    )
    return {fair.seller.business_id: 2}


def times_by_an_official(fair):
    joining.state_availability(fair.seller, fair.slots[:1], actor=fair.helper)
    return {fair.seller.business_id: 2}


def wish_by_an_official(fair):
    wishes.set_wish(fair.seller, fair.buyer, Wish.Level.MUST, actor=fair.helper)
    return {fair.seller.business_id: 2}


PARTICIPATIONS = {
    "apply_for": [applies, an_official_applies],
    "decide": [
        decided(Status.ACCEPTED),
        decided(Status.WAITING, REASON),
        decided(Status.DECLINED, REASON),
        turned_away,
    ],
    "withdraw": [leaves],
    "leave_all": [is_deleted],
    "promote": [place_is_free],
    "promote_everywhere": [night_falls],
    "set_quota": [quota_grows],
    "choose_listings": [listings_by_an_official],
    "state_availability": [times_by_an_official],
}
# Nobody but who does it is concerned: a quota that goes moves nobody, and only an owner can agree.
CONCERNS_NOBODY_ELSE = {"remove_quota", "set_consent"}
ONLY_READ = {"booked_slots", "obstacle_of", "provinces_of"}


def test_every_change_of_a_participation_is_in_the_table():
    services = {name for name in joining.__all__ if callable(getattr(joining, name))}

    assert services - ONLY_READ - CONCERNS_NOBODY_ELSE == PARTICIPATIONS.keys()


@pytest.mark.parametrize(
    "change",
    [change for changes in PARTICIPATIONS.values() for change in changes]
    + [wish_by_an_official],
    ids=lambda change: change.__qualname__,
)
def test_each_change_of_a_participation_tells_whom_it_concerns(fair, change):
    expected = change(fair)

    found = Counter(
        dict(
            Message.objects.values_list("letter__participation__business").annotate(
                people=Count("recipient", distinct=True)
            )
        )
    )
    assert {business: found[business] for business in expected} == expected


def test_who_got_a_place_from_somebody_is_told(fair):
    waiting, _quota = without_room(fair)
    joining.withdraw(fair.seller, reason=REASON, actor=fair.owner)

    assert (
        Message.objects.filter(letter__participation=waiting, kind="moved_up").count()
        == 2
    )


def test_a_name_that_goes_is_still_in_the_message_that_says_so(fair, texts):
    fair.agreed()
    partner = actor_of(fair.buyer).user
    partner.confirm_phone("+6281234567890")
    name = fair.seller.name

    close_business(fair.seller.business)
    work()

    assert any(phone == partner.phone and name in text for phone, text in texts)
    assert not Message.objects.filter(text__contains=name).exists()


# Times


def test_a_new_programme_tells_each_once_of_all_that_it_changes(fair):
    agreed = fair.agreed()
    other = fair.takes_part(Side.BUYER)
    MeetingRequestFactory(sender=other, receiver=fair.seller, slot=fair.slots[1])
    zone = ZoneInfo(fair.mission.timezone)
    begins = datetime.combine(fair.mission.starts_on, time(14), zone)
    times = [(begins, begins + timedelta(minutes=20))]

    effect = programme.lay_out(fair.mission, times, by=fair.operator)

    everybody = (fair.seller, fair.buyer, other)
    assert told() == {one.business_id: 2 for one in everybody}
    assert effect.told == len(everybody)
    for message in Message.objects.filter(letter__participation=fair.seller):
        for partner in (fair.buyer, other):
            assert message.text.count(partner.name) == 1
        assert agreed.slot.hours in message.text


def test_who_has_said_nothing_is_told_of_the_meeting_that_lost_its_time(fair):
    fair.agreed()
    Participation.objects.update(availability_at=None)

    programme.lay_out(fair.mission, [], by=fair.operator)

    assert told() == {fair.seller.business_id: 2, fair.buyer.business_id: 2}


def test_proposals_that_are_shown_tell_both_sides():
    day = Day()
    seller, buyer = day.seller(), day.buyer()
    day.match(seller, buyer)
    operator = AppointmentFactory(
        role="operator", province=day.mission.initiator_province
    ).user
    selection.select(day.mission, by=operator)

    selection.publish(selection.latest(day.mission), by=operator)

    assert set(Message.objects.values_list("letter__participation", flat=True)) == {
        seller.pk,
        buyer.pk,
    }
