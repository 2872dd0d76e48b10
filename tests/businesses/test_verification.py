"""What officials check, what everyone reads of it, and when that ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from businesses import directory, verification
from businesses.badges import badges
from businesses.claims import CERTIFICATE_SOURCES, SOURCES, Finding, claims, missing
from businesses.models import Business, Check, DirectoryEntry, VerificationRequest
from businesses.models.verification import a_year_after
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CertificateFactory,
    CheckFactory,
    MembershipFactory,
    ProvinceFactory,
    RegencyFactory,
    UserFactory,
    VerificationRequestFactory,
)

pytestmark = pytest.mark.django_db
Source = Check.Source
Status = VerificationRequest.Status
Subject = Check.Subject
NIB = "9120001234567"


@pytest.fixture
def verifier():
    return AppointmentFactory(role="verifier").user


def asked(**facts):
    """A request of a business with an owner."""
    business = BusinessFactory(**{"nib": NIB, **facts})
    return VerificationRequestFactory(business=business)


def finding(business, subject=Subject.NIB, source=None, until=None):
    claim = next(one for one in claims(business) if one.subject == subject)
    return Finding(claim, source or claim.sources[0], until or claim.latest_day)


def approve(request, by, *subjects, **how):
    findings = [
        finding(request.business, subject, **how)
        for subject in subjects or [Subject.NIB]
    ]
    return verification.decide(
        request, by=by, outcome=Status.APPROVED, findings=findings
    )


def refused(error, code):
    return error.value.code == code or code in [
        one.code for one in error.value.error_list
    ]


# What can be checked


def test_all_that_is_stated_can_be_checked_but_nothing_expired():
    business = BusinessFactory(nib=NIB, regency=RegencyFactory(), capacity="6 ton")
    MembershipFactory(business=business)
    CertificateFactory(business=business)
    yesterday = timezone.localdate() - timedelta(days=1)
    CertificateFactory(business=business, expires_on=yesterday)

    found = claims(business)

    assert [claim.subject for claim in found] == [
        Subject.NIB,
        Subject.CERTIFICATE,
        Subject.ADDRESS,
        Subject.CAPACITY,
        Subject.OWNER,
    ]


def test_every_subject_has_sources():
    assert SOURCES.keys() | {Subject.CERTIFICATE} == set(Subject)
    assert SOURCES[Subject.NIB] == [Source.OSS]
    assert CERTIFICATE_SOURCES["halal"] == [Source.BPJPH]


# Asking


def test_a_business_asks_once_until_it_is_decided():
    business = BusinessFactory(nib=NIB)
    owner = MembershipFactory(business=business).user

    request = verification.submit(business, by=owner, note="Lihat halaman 2")
    with pytest.raises(ValidationError) as again:
        verification.submit(business, by=owner)

    assert refused(again, "already_waiting")
    assert (request.status, request.submitted_by) == (Status.WAITING, owner)
    assert VerificationRequest.objects.get().note == "Lihat halaman 2"


def test_who_has_nothing_to_check_is_told_what_is_missing():
    business = BusinessFactory()
    owner = MembershipFactory(business=business).user

    with pytest.raises(ValidationError) as nothing:
        verification.submit(business, by=owner)

    assert nothing.value.messages == missing(business)


def test_after_more_was_needed_the_same_request_is_sent_again(verifier):
    request = asked()
    owner = request.submitted_by
    verification.decide(
        request, by=verifier, outcome=Status.MORE_NEEDED, reason="missing", message="?"
    )

    again = verification.submit(request.business, by=owner, note="Sudah ditambah")

    assert again == request
    assert (again.status, again.message) == (Status.WAITING, "?")
    approve(again, verifier)


def test_after_a_no_one_can_ask_anew(verifier):
    request = asked()
    verification.decide(
        request, by=verifier, outcome=Status.REJECTED, reason="not_found", message="!"
    )

    again = verification.submit(request.business, by=request.submitted_by)

    assert again != request


def test_a_withdrawn_request_is_decided_by_nobody(verifier):
    request = asked()
    verification.withdraw(request)

    with pytest.raises(ValidationError) as late:
        approve(request, verifier)

    assert refused(late, "not_decidable")
    assert not Check.objects.exists()


# Deciding


def test_an_approval_records_a_check_per_thing_looked_at(verifier):
    request = asked(capacity="6 ton")
    tomorrow = timezone.localdate() + timedelta(days=1)
    certificate = CertificateFactory(business=request.business, expires_on=tomorrow)

    decided = approve(request, verifier, Subject.NIB, Subject.CERTIFICATE)

    nib = Check.objects.get(subject=Subject.NIB)
    halal = Check.objects.get(subject=Subject.CERTIFICATE)
    assert (nib.value, nib.source, nib.checked_by) == (NIB, Source.OSS, verifier)
    assert nib.valid_until == a_year_after(timezone.localdate())
    assert (halal.value, halal.valid_until) == (certificate.number, tomorrow)
    assert set(request.business.checks.valid()) == {nib, halal}
    assert (decided.status, decided.decided_by) == (Status.APPROVED, verifier)
    assert Business.objects.get().is_nib_verified


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"source": Source.VISIT}, "wrong_source"),
        ({"until": date(2099, 1, 1)}, "too_long"),
        ({"until": date(2020, 1, 1)}, "too_long"),
    ],
)
def test_a_check_needs_a_fitting_source_and_holds_a_year_at_most(verifier, how, code):
    request = asked()

    with pytest.raises(ValidationError) as wrong:
        approve(request, verifier, **how)

    assert refused(wrong, code)
    assert not Check.objects.exists()
    request.refresh_from_db()
    assert request.status == Status.WAITING


def test_what_changed_meanwhile_is_not_approved(verifier):
    request = asked()
    seen = finding(request.business)
    request.business.nib = "1234567890123"
    request.business.save()

    with pytest.raises(ValidationError) as changed:
        verification.decide(
            request, by=verifier, outcome=Status.APPROVED, findings=[seen]
        )

    assert refused(changed, "changed")


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        ({"outcome": Status.APPROVED}, "nothing_checked"),
        ({"outcome": Status.REJECTED, "reason": "missing"}, "no_reason"),
        ({"outcome": Status.MORE_NEEDED, "message": "Apa?"}, "no_reason"),
        ({"outcome": Status.WITHDRAWN}, "no_outcome"),
    ],
)
def test_half_a_decision_is_none(verifier, decision, code):
    request = asked()

    with pytest.raises(ValidationError) as half:
        verification.decide(request, by=verifier, **decision)

    assert refused(half, code)


def test_nothing_is_checked_by_rejecting(verifier):
    request = asked()

    with pytest.raises(ValidationError) as both:
        verification.decide(
            request,
            by=verifier,
            outcome=Status.REJECTED,
            reason="other",
            message="!",
            findings=[finding(request.business)],
        )

    assert refused(both, "rejected_with_checks")


def test_a_nib_is_verified_for_one_business_only(verifier):
    approve(asked(), verifier)

    with pytest.raises(ValidationError) as taken:
        approve(asked(), verifier)

    assert refused(taken, "nib_taken")
    assert Business.objects.filter(is_nib_verified=True).count() == 1


# Who


@pytest.mark.parametrize(
    ("role", "province", "may"),
    [
        ("verifier", "35", True),
        ("province_admin", "35", True),
        ("operator", "35", False),
        ("auditor", "35", False),
        ("verifier", "64", False),
    ],
)
def test_who_may_decide(role, province, may):
    request = asked()
    user = AppointmentFactory(role=role, province=ProvinceFactory(code=province)).user

    decidable = VerificationRequest.objects.decidable_by(user)

    assert (request in decidable) == may
    if not may:
        with pytest.raises(ValidationError):
            approve(request, user)


def test_a_superuser_may_decide_and_an_owner_may_not():
    request = asked()

    decidable = VerificationRequest.objects.decidable_by

    assert request in decidable(UserFactory(is_superuser=True))
    assert request not in decidable(request.submitted_by)
    assert request not in decidable(UserFactory())


@pytest.mark.parametrize("role", ["owner", "staff"])
def test_no_official_checks_the_business_one_works_for(verifier, role):
    request = asked()
    MembershipFactory(business=request.business, user=verifier, role=role)
    check = CheckFactory(business=request.business)

    assert request not in VerificationRequest.objects.decidable_by(verifier)
    with pytest.raises(ValidationError):
        approve(request, verifier)
    with pytest.raises(ValidationError):
        verification.revoke(check, by=verifier, because="salah")


def test_no_official_decides_on_a_request_of_ones_own(verifier):
    request = asked()
    VerificationRequest.objects.update(submitted_by=verifier)

    with pytest.raises(ValidationError):
        approve(request, verifier)


# Badges


@time_machine.travel(datetime(2027, 1, 12, 2, tzinfo=UTC), tick=False)
def test_a_badge_says_what_was_checked_where_and_when(english, verifier):
    request = asked(capacity="6 ton sebulan")
    CertificateFactory(
        business=request.business,
        kind="sni",
        name="SNI 2891:2014",
        number="123",
        expires_on=date(2027, 3, 1),
    )

    approve(request, verifier, Subject.NIB, Subject.CERTIFICATE, Subject.CAPACITY)

    assert badges(request.business) == [
        "NIB checked in OSS, 12 January 2027 (valid until 12 January 2028)",
        "SNI (SNI 2891:2014) 123 checked in the BSN register, 12 January 2027 "
        "(valid until 1 March 2027)",
        "Capacity “6 ton sebulan” checked during a visit, 12 January 2027 "
        "(valid until 12 January 2028)",
    ]


def test_a_newer_check_replaces_the_sentence_of_the_older(verifier):
    business = CheckFactory().business
    CheckFactory(business=business)

    assert len(badges(business)) == 1


def test_an_expired_check_shows_nowhere():
    with time_machine.travel(datetime(2027, 1, 12, 2, tzinfo=UTC), tick=False) as clock:
        business = CheckFactory(valid_until=date(2027, 1, 13)).business
        clock.shift(timedelta(days=1))
        assert badges(business)
        clock.shift(timedelta(days=1))
        assert not badges(Business.objects.get())


@pytest.mark.parametrize(
    ("field", "value"), [("nib", "1234567890123"), ("name", "PT Nama Lain")]
)
def test_who_changes_nib_or_name_loses_the_check_of_it(field, value):
    business = CheckFactory().business

    setattr(business, field, value)
    business.save()

    assert badges(Business.objects.get()) == []


def test_a_nib_changed_through_any_door_is_no_longer_verified():
    business = CheckFactory(business__nib=NIB).business

    business.nib = "1234567890123"
    business.save(update_fields=["nib"])
    assert not Business.objects.get().is_nib_verified

    # Changing it back brings nothing back: another business may have it by now.
    business.nib = NIB
    business.save()
    assert not Business.objects.get().is_nib_verified
    assert badges(Business.objects.get()) == []


def test_other_changes_keep_the_nib_verified():
    business = CheckFactory().business

    business.sells = "teh"
    business.save()
    business.save(update_fields=["sells"])

    assert Business.objects.get().is_nib_verified


@pytest.mark.parametrize(
    ("field", "value"), [("number", "X-1"), ("kind", "bpom"), ("name", "lain")]
)
def test_who_changes_a_certificate_loses_the_check_of_it(verifier, field, value):
    request = asked()
    certificate = CertificateFactory(business=request.business)
    approve(request, verifier, Subject.CERTIFICATE)

    setattr(certificate, field, value)
    certificate.save()

    assert badges(request.business) == []


def test_place_capacity_and_owner_are_compared_with_what_is_stated_now(verifier):
    request = asked(regency=RegencyFactory(), capacity="6 ton")
    business = request.business
    approve(request, verifier, Subject.ADDRESS, Subject.CAPACITY, Subject.OWNER)
    assert len(badges(business)) == 3

    business.regency, business.capacity = RegencyFactory(), "60 ton"
    business.save()
    business.memberships.update(user=UserFactory())

    assert not business.checks.valid().exists()


@pytest.mark.parametrize("number", [1, 3])
def test_badges_of_a_list_take_two_queries(django_assert_num_queries, number):
    CheckFactory.create_batch(number)

    with django_assert_num_queries(2):
        found = [badges(one) for one in Business.objects.all().with_badges()]

    assert [len(badges) for badges in found] == [1] * number


# Revoking


def test_a_revoked_check_is_gone_from_the_page_but_not_from_the_record(verifier):
    check = CheckFactory(business=BusinessFactory(nib=NIB, published=True))

    verification.revoke(check, by=verifier, because="Nomor milik usaha lain")

    check.refresh_from_db()
    assert (check.revoked_by, check.revoked_because) == (
        verifier,
        "Nomor milik usaha lain",
    )
    assert not Business.objects.get().is_nib_verified
    assert badges(Business.objects.get()) == []
    assert directory.facet(directory.VERIFIED, directory.YES) not in (
        DirectoryEntry.objects.get().facets
    )


def test_revoking_takes_a_reason_and_happens_once(verifier):
    check = CheckFactory()
    with pytest.raises(ValidationError):
        verification.revoke(check, by=verifier, because=" ")

    verification.revoke(check, by=verifier, because="salah")

    with pytest.raises(ValidationError) as twice:
        verification.revoke(check, by=verifier, because="lagi")
    assert refused(twice, "not_revocable")


def test_the_older_of_two_checks_holds_on_when_the_newer_is_revoked(verifier):
    older = CheckFactory()
    newer = CheckFactory(business=older.business)

    verification.revoke(newer, by=verifier, because="salah ketik")

    assert list(older.business.checks.valid()) == [older]


# Look-alikes


def test_look_alikes_have_the_same_nib_or_name_and_place():
    business = BusinessFactory(nib=NIB, name="Kopi Ijen")
    same_nib = BusinessFactory(nib=NIB, province=ProvinceFactory(code="64"))
    same_name = BusinessFactory(name="KOPI IJEN")
    BusinessFactory(name="Kopi Ijen", province=ProvinceFactory(code="64"))
    BusinessFactory(nib="", name="Teh")

    assert set(verification.look_alikes(business)) == {same_nib, same_name}


def test_a_check_that_ends_soon_can_be_put_into_the_queue_again(verifier):
    check = CheckFactory()

    request = verification.recheck(check.business)

    assert verification.recheck(check.business) == request
    approve(request, verifier)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2027, 1, 12), date(2028, 1, 12)),
        (date(2027, 3, 1), date(2028, 3, 1)),
        (date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_a_check_holds_until_the_same_day_of_the_next_year(day, last):
    with time_machine.travel(datetime(day.year, day.month, day.day, 5, tzinfo=UTC)):
        [claim] = claims(BusinessFactory(nib=NIB))

        assert claim.latest_day == last
