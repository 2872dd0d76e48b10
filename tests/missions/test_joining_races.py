"""What happens to places when several people act at the same moment."""

import pytest
from django.core.exceptions import ValidationError

from businesses.rights import close_business
from missions.doors import Actor
from missions.joining import apply_for, decide, promote, set_quota, withdraw
from missions.models import Participation, Side
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    ParticipationFactory,
    RegistrationFactory,
)
from tests.races import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
Status = Participation.Status


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
