from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from businesses.models import Check, Listing, VerificationRequest
from businesses.next_steps import next_steps
from tests.factories import (
    BusinessFactory,
    CertificateFactory,
    ContactFactory,
    ListingFactory,
    MembershipFactory,
    RegencyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Status = VerificationRequest.Status


@pytest.fixture
def siti(client):
    user = UserFactory(name="Siti")
    client.force_login(user)
    return user


@pytest.fixture
def business(siti):
    business = BusinessFactory(owner=siti, published=True)
    business.is_owned = True
    return business


def dashboard(business):
    return reverse("businesses:business_dashboard", args=[business.slug])


def steps(business):
    return next_steps(business, list(business.listings.all()))


def leads(business):
    """The names of the pages that the steps lead to, in their order."""
    return [step.url.removeprefix(dashboard(business)) for step in steps(business)]


def checked(business, **facts):
    defaults = {
        "subject": Check.Subject.NIB,
        "value": business.nib,
        "stated": business.name,
        "source": Check.Source.OSS,
        "checked_by": UserFactory(),
        "valid_until": timezone.localdate() + timedelta(days=300),
    }
    type(business).objects.filter(pk=business.pk).update(is_nib_verified=True)
    return business.checks.create(**defaults | facts)


def test_one_business_opens_at_once_and_several_are_listed(client, siti, business):
    home = reverse("businesses:dashboard")
    assert client.get(home).url == dashboard(business)

    MembershipFactory(user=siti, role="staff")
    assert len(client.get(home).context["memberships"]) == 2


def test_a_private_business_is_first_asked_to_become_public(siti):
    business = BusinessFactory(owner=siti)
    business.is_owned = True

    assert leads(business)[0] == "terbitkan/"


def test_an_association_is_first_asked_for_its_members(siti):
    association = BusinessFactory(legal_form="asosiasi", owner=siti)
    association.is_owned = True
    members = reverse("businesses:member_firms", args=[association.slug])

    assert next_steps(association, [])[0].url == members

    association.member_firms.create(name="Tani Makmur")
    assert members not in [step.url for step in next_steps(association, [])]


def test_a_bare_public_business_is_told_what_helps(business):
    assert leads(business) == [
        "kontak/",
        "peluang/baru/penawaran/",
        "peluang/baru/kebutuhan/",
        "identitas/",
        "sertifikat/baru/",
        "foto/",
        "lokasi/",
        "skala/",
        "profil/",
    ]
    assert all(step.what and step.why and step.button for step in steps(business))


def test_nothing_is_left_when_all_is_there(business, siti):
    ContactFactory(business=business, public_by=siti)
    ListingFactory(business=business, open=True)
    ListingFactory(business=business, open=True, kind=Listing.Kind.NEED)
    CertificateFactory(business=business)
    business.photos.create(kind="logo", image="foto/a.webp", width=1, height=1)
    business.nib = "9120001234567"
    business.regency = RegencyFactory()
    business.size, business.size_basis = "micro", "sales"
    business.description = "Sejak 1998."
    business.save()
    checked(business)

    assert leads(business) == []


@pytest.mark.parametrize(("days", "is_asked"), [(-1, True), (14, True), (15, False)])
def test_a_listing_that_ends_soon_is_renewed_by_one_tap(business, days, is_asked):
    listing = ListingFactory(business=business, open=True)
    Listing.objects.update(expires_on=timezone.localdate() + timedelta(days=days))

    renewals = [step for step in steps(business) if step.is_post]

    url = reverse("businesses:listing_publish", args=[business.slug, listing.pk])
    assert [step.url for step in renewals] == ([url] if is_asked else [])


def test_a_draft_of_a_public_business_is_published_by_one_tap(business):
    listing = ListingFactory(business=business)

    assert f"peluang/{listing.pk}/terbitkan/" in leads(business)


@pytest.mark.parametrize(("days", "is_asked"), [(30, True), (31, False)])
def test_a_check_that_ends_soon_is_asked_for_again(business, days, is_asked):
    business.nib = "9120001234567"
    business.save()
    checked(business, valid_until=timezone.localdate() + timedelta(days=days))

    assert ("verifikasi/" in leads(business)) == is_asked


def test_a_business_with_a_nib_is_led_to_the_trade_office_once(business, siti):
    business.nib = "9120001234567"
    business.save()
    assert "verifikasi/" in leads(business)

    request = business.verification_requests.create(submitted_by=siti)
    assert "verifikasi/" not in leads(business)

    request.status = Status.MORE_NEEDED
    request.reason = VerificationRequest.Reason.UNREADABLE
    request.message = "Foto NIB buram."
    request.decided_by, request.decided_at = UserFactory(), timezone.now()
    request.save()
    assert steps(business)[0].why == "Foto NIB buram."


def test_an_expiring_certificate_is_named(business):
    soon = timezone.localdate() + timedelta(days=30)
    certificate = CertificateFactory(business=business, expires_on=soon)

    assert f"sertifikat/{certificate.pk}/" in leads(business)


def test_staff_are_shown_what_staff_can_do(business):
    business.is_owned = False

    assert not {"kontak/", "identitas/", "skala/"} & set(leads(business))
    assert "foto/" in leads(business)


@pytest.mark.parametrize("count", [1, 3])
def test_the_dashboard_in_a_fixed_number_of_queries(
    client, business, siti, count, django_assert_num_queries
):
    business.nib = "9120001234567"
    business.save()
    ListingFactory.create_batch(count, business=business, open=True)
    CertificateFactory.create_batch(count, business=business)
    for _number in range(count):
        association = BusinessFactory(legal_form="asosiasi", published=True)
        association.member_firms.create(firm=business)

    with django_assert_num_queries(26):
        response = client.get(dashboard(business))

    assert len(response.context["listings"]) == count
    assert len(response.context["associations"]) == count
