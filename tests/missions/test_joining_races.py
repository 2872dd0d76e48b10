"""What happens to places when several people act at the same moment."""

from datetime import timedelta
from threading import Event
from time import sleep

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from businesses.rights import close_business, delete_account
from missions.doors import Actor
from missions.joining import apply_for, decide, promote, set_quota, withdraw
from missions.locking import lock_mission
from missions.meetings import requests
from missions.meetings.models import MeetingRequest
from missions.models import Mission, Participation, Side
from missions.registering import set_window
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    MeetingRequestFactory,
    MissionFactory,
    ParticipationFactory,
    RegistrationFactory,
)
from tests.races import all_at_once
from umkm_portal.accounts.models import User
from umkm_portal.outbox.models import Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
Status = Participation.Status
# Seconds, in which the other one gets to where it has to wait.
TO_GET_STUCK = 0.5


@pytest.fixture
def mission():
    return RegistrationFactory().mission


@pytest.fixture
def official(mission):
    return AppointmentFactory(province=mission.initiator_province).user


def several(mission, status, number=2):
    return [ParticipationFactory(mission=mission, status=status) for _ in range(number)]


def owner_of(business):
    return Actor(business.memberships.get().user)


def refused(outcomes):
    return [one for one in outcomes if isinstance(one, ValidationError)]


def count(mission, status):
    return mission.participations.filter(status=status).count()


def test_two_officials_give_the_last_place_away_once(mission, official):
    mission.quotas.create(side=Side.SELLER, seats=1)
    rows = several(mission, Status.APPLIED)

    outcomes = all_at_once(
        lambda row: decide([row], Status.ACCEPTED, by=official), rows
    )

    assert len(refused(outcomes)) == 1
    assert count(mission, Status.ACCEPTED) == 1


def test_a_business_applies_once_however_often_the_button_is_pressed(mission):
    business = BusinessFactory(published=True)
    actor = owner_of(business)

    outcomes = all_at_once(
        lambda side: apply_for(mission, business, side=side, listings=[], actor=actor),
        ["seller", "buyer", "seller"],
    )

    assert len(refused(outcomes)) == 2
    assert mission.participations.count() == 1


def test_a_withdrawal_and_an_acceptance_do_not_both_hold(mission, official):
    [row] = several(mission, Status.APPLIED, 1)
    actor = owner_of(row.business)

    all_at_once(
        lambda act: act(),
        [
            lambda: decide([row], Status.ACCEPTED, by=official),
            lambda: withdraw(row, reason="Sakit", actor=actor),
        ],
    )

    row.refresh_from_db()
    assert row.status == Status.WITHDRAWN


def test_a_freed_place_is_given_to_one_of_the_waiting_list_once(mission, official):
    quota = mission.quotas.create(seats=2)
    leavers = several(mission, Status.ACCEPTED)
    several(mission, Status.WAITING, 3)

    all_at_once(
        lambda act: act(),
        [
            *(
                lambda row=row: withdraw(
                    row, reason="Sakit", actor=owner_of(row.business)
                )
                for row in leavers
            ),
            lambda: promote(mission),
            lambda: set_quota(quota, by=official),
        ],
    )

    assert count(mission, Status.ACCEPTED) == 2
    assert count(mission, Status.WAITING) == 1
    moved = mission.participations.accepted()
    kinds = [letter.message.kind for row in moved for letter in row.letters.all()]
    assert kinds == ["moved_up", "moved_up"]


def test_a_business_that_ends_while_it_applies_or_is_accepted(mission, official):
    applying, accepted = (
        BusinessFactory(published=True),
        several(mission, Status.APPLIED, 1),
    )
    actor = owner_of(applying)

    all_at_once(
        lambda act: act(),
        [
            lambda: apply_for(
                mission, applying, side="seller", listings=[], actor=actor
            ),
            lambda: close_business(applying),
            lambda: decide(accepted, Status.ACCEPTED, by=official),
            lambda: close_business(accepted[0].business),
        ],
    )

    assert not mission.participations.in_play().exists()


def test_an_account_is_deleted_while_a_partner_accepts_a_request_of_it():
    """Whoever holds the mission writes to the account, and looks at its row at the very end."""
    sender = ParticipationFactory()
    receiver = ParticipationFactory(mission=sender.mission, side=Side.BUYER)
    request = MeetingRequestFactory(sender=sender, receiver=receiver)
    leaver, partner = owner_of(sender.business).user, owner_of(receiver.business)
    answered = Event()

    def answer():
        with transaction.atomic():
            requests.accept(request, participation=receiver, actor=partner)
            answered.set()
            sleep(TO_GET_STUCK)

    def leave():
        answered.wait(10)
        delete_account(leaver, by=leaver)

    assert all_at_once(lambda act: act(), [answer, leave]) == [None, None]

    request.refresh_from_db()
    assert request.status == MeetingRequest.Status.CANCELLED
    assert not User.objects.filter(pk=leaver.pk).exists()
    assert Message.objects.exists()
    assert not Message.objects.exclude(recipient=partner.user).exists()


def test_an_account_leaves_its_missions_in_the_order_of_their_keys():
    """As a job does that goes through all missions, whatever the order of its businesses."""
    first, second = ParticipationFactory(), ParticipationFactory()
    later = BusinessFactory(published=True, owner=owner_of(second.business).user)
    Participation.objects.filter(pk=first.pk).update(business=later)
    leaver = owner_of(second.business).user
    assert first.mission.pk < second.mission.pk
    assert second.business.pk < later.pk
    begun = Event()

    def in_order():
        with transaction.atomic():
            lock_mission(first.mission.pk)
            begun.set()
            sleep(TO_GET_STUCK)
            lock_mission(second.mission.pk)

    def leave():
        begun.wait(10)
        delete_account(leaver, by=leaver)

    assert all_at_once(lambda act: act(), [in_order, leave]) == [None, None]

    assert not Participation.objects.in_play().exists()


def test_several_who_open_registration_leave_one_window():
    now = timezone.now()
    mission = MissionFactory(
        status=Mission.Status.DRAFT, starts_on=now.date() + timedelta(days=60)
    )

    official = AppointmentFactory(province=mission.initiator_province).user

    outcomes = all_at_once(
        lambda days: set_window(
            mission, opens_at=now, closes_at=now + timedelta(days=days), by=official
        ),
        [1, 2, 3],
    )

    assert not refused(outcomes)
    assert mission.registration in outcomes
