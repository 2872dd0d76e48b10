"""What the database itself refuses, whoever writes: each constraint is broken once."""

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from businesses.models import (
    Approval,
    Business,
    Check,
    Consent,
    Listing,
    MemberFirm,
    Photo,
    VerificationRequest,
)
from businesses.size import SizeClass
from businesses.units import Unit
from tests.factories import (
    BusinessFactory,
    CertificateFactory,
    ContactFactory,
    ListingFactory,
    MembershipFactory,
    ProductFactory,
    ProvinceFactory,
    RegencyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NIB = "9120001234567"


def consent(business, **facts):
    return Consent.objects.create(
        business=business, text="ya", via=Consent.Via.PORTAL, **facts
    )


def photo(business, **facts):
    size = {"width": 10, "height": 10}
    return Photo.objects.create(business=business, **size, **facts)


def check(business, **facts):
    return Check.objects.create(
        business=business,
        checked_by=UserFactory(),
        valid_until=timezone.localdate(),
        **{"source": Check.Source.OSS, **facts},
    )


def two_verified_with_one_nib(business):
    Business.objects.filter(pk=business.pk).update(nib=NIB, is_nib_verified=True)
    BusinessFactory(nib=NIB, is_nib_verified=True)


def regency_elsewhere(business):
    BusinessFactory(
        province=ProvinceFactory(code="51"), regency=RegencyFactory(code="35.78")
    )


def public_without_name(business):
    BusinessFactory(withholds_name=True, published_at=timezone.now())


def same_person_twice(business):
    membership = MembershipFactory(business=business)
    MembershipFactory(business=business, user=membership.user)


def active_consent_of_a_gone_contact(business):
    given = consent(
        business,
        purpose=Consent.Purpose.CONTACT,
        contact=ContactFactory(business=business),
        contact_kind="whatsapp",
    )
    Consent.objects.filter(pk=given.pk).update(contact=None)


def the_same_consent_twice(business):
    for _time in range(2):
        consent(business, purpose=Consent.Purpose.PROFILE)


def two_pending_approvals(business):
    for token in ("a", "b"):
        Approval.objects.create(
            business=business,
            name="Siti",
            phone="+628123456789",
            token_hash=token,
            created_by=UserFactory(),
            expires_at=timezone.now(),
        )


def two_undecided_requests(business):
    for _time in range(2):
        VerificationRequest.objects.create(business=business)


def decided_on_ones_own(business):
    siti = UserFactory()
    VerificationRequest.objects.create(
        business=business,
        submitted_by=siti,
        decided_by=siti,
        decided_at=timezone.now(),
        status=VerificationRequest.Status.APPROVED,
    )


BREAKERS = {
    "business_nib_unique_once_verified": two_verified_with_one_nib,
    "business_nib_has_13_digits": lambda business: BusinessFactory(nib="912000123456"),
    "business_verified_nib_present": lambda business: BusinessFactory(
        is_nib_verified=True
    ),
    "business_regency_in_province": regency_elsewhere,
    "business_size_has_basis": lambda business: BusinessFactory(size=SizeClass.MICRO),
    "business_public_with_its_name": public_without_name,
    "membership_once_per_person": same_person_twice,
    "membership_role_known": lambda business: MembershipFactory(role="boss"),
    "member_firm_registered_or_named": lambda business: MemberFirm.objects.create(
        association=business
    ),
    "member_firm_not_itself": lambda business: MemberFirm.objects.create(
        association=business, firm=business
    ),
    "member_firm_confirmed_by_a_business": lambda business: MemberFirm.objects.create(
        association=business, name="UD Maju", confirmed_at=timezone.now()
    ),
    "consent_of_a_gone_contact_is_withdrawn": active_consent_of_a_gone_contact,
    "consent_once_per_purpose": the_same_consent_twice,
    "consent_about_a_contact": lambda business: consent(
        business, purpose=Consent.Purpose.CONTACT
    ),
    "contact_not_empty": lambda business: ContactFactory(value=""),
    "approval_one_pending": two_pending_approvals,
    "product_amounts_possible": lambda business: ProductFactory(price=0),
    "product_amounts_have_a_unit": lambda business: ProductFactory(unit=""),
    "photo_of_a_product": lambda business: photo(business, kind=Photo.Kind.PRODUCT),
    "certificate_file_has_hash": lambda business: CertificateFactory(file="x.pdf"),
    "listing_kind_known": lambda business: ListingFactory(kind="gift"),
    "listing_open_until_a_date": lambda business: ListingFactory(
        status=Listing.Status.OPEN
    ),
    "listing_lowest_price_first": lambda business: ListingFactory(
        price_min=2, price_max=1
    ),
    "listing_amounts_possible": lambda business: ListingFactory(quantity=0),
    "listing_amounts_have_a_unit": lambda business: ListingFactory(unit=""),
    "verification_request_one_undecided": two_undecided_requests,
    "verification_request_decision_signed": lambda business: (
        VerificationRequest.objects.create(
            business=business, status=VerificationRequest.Status.APPROVED
        )
    ),
    "verification_request_refusal_has_reason": lambda business: (
        VerificationRequest.objects.create(
            business=business,
            status=VerificationRequest.Status.REJECTED,
            decided_by=UserFactory(),
            decided_at=timezone.now(),
        )
    ),
    "check_of_a_certificate": lambda business: check(
        business, subject=Check.Subject.CERTIFICATE, value="ID1"
    ),
    "check_of_something_stated": lambda business: check(
        business, subject=Check.Subject.ADDRESS
    ),
    "check_of_a_nib_in_oss": lambda business: check(
        business, subject=Check.Subject.NIB, value=NIB, source=Check.Source.VISIT
    ),
    "verification_request_decided_by_another": decided_on_ones_own,
    "check_revoked_with_reason": lambda business: check(
        business,
        subject=Check.Subject.ADDRESS,
        value="35.78",
        revoked_at=timezone.now(),
        revoked_by=UserFactory(),
    ),
}


@pytest.mark.parametrize("name", BREAKERS)
def test_the_database_refuses(name):
    constraints = {
        constraint.name: constraint
        for model in apps.get_app_config("businesses").get_models()
        for constraint in model._meta.constraints
    }
    business = BusinessFactory()

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        BREAKERS[name](business)

    assert name in constraints
    fields = getattr(constraints[name], "fields", ())
    message = str(refusal.value)
    # SQLite names the columns of a unique constraint, not the constraint.
    assert name in message or (fields and all(field in message for field in fields))


def test_a_nib_may_stand_twice_until_an_official_has_checked_one():
    first = BusinessFactory(nib=NIB)
    second = BusinessFactory(nib=NIB, is_nib_verified=True)

    assert {first, second} == set(Business.objects.filter(nib=NIB))


def test_units_of_listings_are_the_codes_of_un_cefact():
    assert Unit.TONNE == "TNE"
    assert all(2 <= len(code) <= 3 for code in Unit.values)
