"""What officials and owners do at the same moment, each in a database connection of their own."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from businesses import assistance, tasks, verification
from businesses.claims import Finding, claims
from businesses.models import Approval, Business, Check, DailyRun, VerificationRequest
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CheckFactory,
    MembershipFactory,
    ProvinceFactory,
    UserFactory,
    VerificationRequestFactory,
)
from tests.races import all_at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PEOPLE = 5
NIB = "9120001234567"
Status = VerificationRequest.Status


def verifiers(number):
    return [AppointmentFactory(role="verifier").user for _turn in range(number)]


def approve(request, by):
    claim = claims(request.business)[0]
    found = Finding(claim, claim.sources[0], claim.latest_day)
    return verification.decide(
        request, by=by, outcome=Status.APPROVED, findings=[found]
    )


def refusals(outcomes):
    return [found for found in outcomes if isinstance(found, Exception)]


def test_officials_who_decide_at_once_decide_once():
    request = VerificationRequestFactory()

    outcomes = all_at_once(lambda user: approve(request, user), verifiers(PEOPLE))

    assert len(refusals(outcomes)) == PEOPLE - 1
    assert Check.objects.count() == 1


def test_one_of_many_businesses_gets_a_nib_verified():
    requests = [
        VerificationRequestFactory(business=BusinessFactory(nib=NIB))
        for _turn in range(PEOPLE)
    ]
    [official] = verifiers(1)

    outcomes = all_at_once(lambda request: approve(request, official), requests)

    assert {refused.code for refused in refusals(outcomes)} == {"nib_taken"}
    assert len(refusals(outcomes)) == PEOPLE - 1
    assert Business.objects.filter(is_nib_verified=True).count() == 1
    assert Check.objects.count() == 1


def test_a_business_that_asks_many_times_at_once_waits_once():
    owners = MembershipFactory.create_batch(PEOPLE, business=BusinessFactory(nib=NIB))

    outcomes = all_at_once(
        lambda owner: verification.submit(owner.business, by=owner.user), owners
    )

    assert len(refusals(outcomes)) == PEOPLE - 1
    assert VerificationRequest.objects.count() == 1


def test_withdrawing_and_deciding_at_once_end_in_one_of_the_two():
    request = VerificationRequestFactory()
    [official] = verifiers(1)

    all_at_once(
        lambda action: action(),
        [
            lambda: verification.withdraw(request),
            lambda: approve(request, official),
        ],
    )

    request.refresh_from_db()
    ended = {Status.WITHDRAWN: 0, Status.APPROVED: 1}
    assert Check.objects.count() == ended[request.status]


def test_a_check_is_revoked_once():
    check = CheckFactory()

    outcomes = all_at_once(
        lambda user: verification.revoke(check, by=user, because="salah"),
        verifiers(PEOPLE),
    )

    assert len(refusals(outcomes)) == PEOPLE - 1


# Assisted registration


@pytest.fixture
def approval():
    """With the code 123456, and without a text on its way."""
    return make_approval(BusinessFactory(), UserFactory())


def make_approval(business, by):
    return Approval.objects.create(
        business=business,
        name="Siti",
        phone="+6281234567890",
        purposes=["assistance", "profile"],
        code_hash=make_password("123456"),
        token_hash=str(business.pk),
        created_by=by,
        expires_at=timezone.now() + timedelta(days=7),
    )


def test_an_owner_who_agrees_many_times_at_once_agrees_once(approval, texts):
    outcomes = all_at_once(
        lambda code: assistance.approve_by_code(approval, code), ["123456"] * PEOPLE
    )

    assert len(refusals(outcomes)) == PEOPLE - 1
    assert approval.business.memberships.count() == 1
    assert approval.business.consents.count() == 2
    assert len(texts) == 1


def test_codes_guessed_at_once_are_all_counted(approval):
    guesses = [f"{guess:06}" for guess in range(Approval.MOST_ATTEMPTS + 2)]

    outcomes = all_at_once(
        lambda code: assistance.approve_by_code(approval, code), guesses
    )

    codes = [refused.code for refused in outcomes]
    assert codes.count("wrong_code") == Approval.MOST_ATTEMPTS
    assert codes.count("too_many_attempts") == 2


def test_a_yes_and_a_no_at_once_end_in_one_of_the_two(approval, texts):
    outcomes = all_at_once(
        lambda action: action(),
        [
            lambda: assistance.approve_by_code(approval, "123456"),
            lambda: assistance.refuse(approval),
            lambda: assistance.approve_by_link(approval, []),
        ],
    )

    assert len(refusals(outcomes)) == 2
    business = Business.objects.filter(pk=approval.business_id).first()
    assert business is None or business.memberships.count() == 1


def test_businesses_of_one_owner_approved_at_once_share_one_account(texts):
    approvals = [
        make_approval(BusinessFactory(), UserFactory()) for _turn in range(PEOPLE)
    ]

    outcomes = all_at_once(
        lambda one: assistance.approve_by_code(one, "123456"), approvals
    )

    assert refusals(outcomes) == []
    owners = {one.business.memberships.get().user for one in approvals}
    assert len(owners) == 1


# Every day


def test_workers_at_once_do_a_daily_job_once():
    done = []

    def job():
        done.append("ya")

    all_at_once(tasks.run_once_today, [job] * PEOPLE)

    assert done == ["ya"]
    assert DailyRun.objects.count() == 1


def test_a_nib_that_comes_free_while_another_asks_for_it_is_verified_once():
    """A revocation and another business's approval of the same NIB."""
    check = CheckFactory(business=BusinessFactory(nib=NIB))
    request = VerificationRequestFactory(
        business=BusinessFactory(nib=NIB, province=ProvinceFactory(code="35"))
    )
    first, second = verifiers(2)

    outcomes = all_at_once(
        lambda action: action(),
        [
            lambda: verification.revoke(check, by=first, because="salah"),
            lambda: approve(request, second),
        ],
    )

    verified = Business.objects.filter(is_nib_verified=True).count()
    assert verified == 1 - len(refusals(outcomes))
    assert all(isinstance(one, ValidationError) for one in refusals(outcomes))
