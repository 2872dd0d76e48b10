from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone

from businesses import first_run, services
from businesses.certificates import keep_certificate, remove_certificate
from businesses.consents import give_consent, withdraw_consent
from businesses.forms.associations import NamedFirmForm
from businesses.forms.business import AboutForm
from businesses.forms.certificates import CertificateForm
from businesses.forms.contacts import ContactForm
from businesses.forms.products import ProductForm
from businesses.models import (
    Business,
    Certificate,
    Consent,
    Invitation,
    Listing,
    Membership,
    Photo,
    Product,
)
from businesses.photos import add_photo
from businesses.rights import close_business
from tests.factories import (
    BusinessFactory,
    CertificateFactory,
    ListingFactory,
    MembershipFactory,
    ProductFactory,
    ProvinceFactory,
    UserFactory,
)
from umkm_portal.uploads import CheckedFile

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def siti():
    return UserFactory(name="Siti")


def test_who_registers_a_business_owns_it(siti):
    business = services.register_business(
        Business(name="Kopi Ijen", province=ProvinceFactory(code="35")), by=siti
    )

    assert Business.objects.owned_by(siti).get() == business
    assert business.slug == "kopi-ijen"
    assert not business.is_public


def test_businesses_of_one_name_get_addresses_of_their_own():
    slugs = {BusinessFactory(name="Kopi Ijen").slug for _time in range(3)}

    assert len(slugs) == 3
    assert "kopi-ijen" in slugs
    assert BusinessFactory(name="咖啡").slug == "usaha"


def test_one_person_has_several_businesses_and_staff_own_none(siti):
    own = MembershipFactory(user=siti).business
    employer = MembershipFactory(user=siti, role=Role.STAFF).business
    BusinessFactory()

    assert set(Business.objects.of_member(siti)) == {own, employer}
    assert set(Business.objects.owned_by(siti)) == {own}


def test_an_invitation_makes_a_person_of_the_business_once(siti):
    business = MembershipFactory().business
    invitation, token = services.invite(
        business, role=Role.STAFF, for_whom="Siti", by=business.memberships.get().user
    )

    assert token not in str(vars(invitation))
    assert services.accept_invitation(token, by=siti) == business
    assert business.memberships.get(user=siti).role == Role.STAFF
    with pytest.raises(Invitation.DoesNotExist):
        services.accept_invitation(token, by=UserFactory())


def test_an_owner_who_follows_a_staff_link_stays_owner():
    owner = MembershipFactory()
    _invitation, token = services.invite(
        owner.business, role=Role.STAFF, for_whom="saya", by=owner.user
    )

    services.accept_invitation(token, by=owner.user)

    assert owner.business.memberships.get().role == Role.OWNER


def test_expired_and_revoked_invitations_open_nothing(siti):
    owner = MembershipFactory()
    facts = {"role": Role.OWNER, "for_whom": "Siti", "by": owner.user}
    invitation, revoked = services.invite(owner.business, **facts)
    services.revoke_invitation(invitation)
    with time_machine.travel(timezone.now() - timedelta(days=8)):
        _invitation, expired = services.invite(owner.business, **facts)

    for token in (revoked, expired, "", "tebakan"):
        with pytest.raises(Invitation.DoesNotExist):
            services.accept_invitation(token, by=siti)
    assert not Membership.objects.filter(user=siti).exists()


def test_the_last_owner_cannot_leave_or_step_down():
    owner = MembershipFactory()
    staff = MembershipFactory(business=owner.business, role=Role.STAFF)

    for leave in (
        services.remove_member,
        lambda membership: services.change_role(membership, Role.STAFF),
    ):
        with pytest.raises(ValidationError) as refusal:
            leave(owner)
        assert refusal.value.code == "last_owner"

    services.change_role(staff, Role.OWNER)
    services.remove_member(owner)
    assert owner.business.memberships.get() == staff


def test_a_listing_is_open_for_ninety_days_and_renewed_from_today():
    listing = ListingFactory(business=BusinessFactory(published=True))
    assert not Listing.objects.open().exists()

    listing = services.publish_listing(listing)
    assert Listing.objects.open().get() == listing
    assert listing.days_left == 90

    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert not Listing.objects.open().exists()
        assert Listing.objects.expired().get() == listing
        assert not listing.is_open
        services.publish_listing(listing)
        assert Listing.objects.open().get() == listing

    services.close_listing(listing)
    assert not Listing.objects.open().exists()


def test_listings_of_a_business_without_a_public_page_are_not_published():
    ListingFactory(open=True)

    assert not Listing.objects.open().exists()


def test_a_consent_withdrawn_meanwhile_stays_withdrawn():
    owner = UserFactory()
    business = BusinessFactory(owner=owner)
    consent = give_consent(business, Consent.Purpose.PROFILE, by=owner)
    form = AboutForm({"sells": "kopi"}, instance=Business.objects.get(pk=business.pk))
    assert form.is_valid()

    withdraw_consent(consent, by=owner)
    services.save_facts(form, form.instance)

    business.refresh_from_db()
    assert (business.sells, business.published_at) == ("kopi", None)


def test_nothing_is_added_to_a_business_that_was_closed_meanwhile():
    business = BusinessFactory(name="Kopi Ijen")
    form = AboutForm({"sells": "kopi"}, instance=Business.objects.get(pk=business.pk))
    assert form.is_valid()
    listing = ListingFactory(business=business)
    photo = CheckedFile(b"x", "image/webp")
    photo.width = photo.height = 1

    close_business(business)

    for late in (
        lambda: services.save_facts(form, form.instance),
        lambda: services.publish_listing(listing),
        lambda: add_photo(business, photo, kind=Photo.Kind.PLACE),
        lambda: keep_certificate(CertificateFactory.build(business=business), by=None),
        lambda: first_run.move(business, name="Kopi", to=business.province),
    ):
        with pytest.raises(PermissionDenied):
            late()
    business.refresh_from_db()
    assert (business.name, business.sells) == ("", "")
    assert not business.photos.exists()
    assert not business.certificates.exists()


def typed_twice(form_class, business, **typed):
    forms = [form_class(typed, business=business) for _time in range(2)]
    assert all(form.is_valid() for form in forms)
    return forms


@pytest.mark.parametrize(
    ("form_class", "typed", "field"),
    [
        (ProductForm, {"name": "Kopi bubuk"}, "name"),
        (ContactForm, {"kind": "email", "value": "a@contoh.id"}, "value"),
        (NamedFirmForm, {"name": "Tani Makmur"}, "name"),
    ],
)
def test_what_was_sent_twice_at_once_is_kept_once(form_class, typed, field):
    business = BusinessFactory()
    first, second = typed_twice(form_class, business, **typed)

    assert services.save_facts(first, business)
    assert services.save_facts(second, business) is None

    assert list(second.errors) == [field]
    assert type(first.instance).objects.count() == 1


def test_a_certificate_sent_twice_at_once_is_kept_once():
    business, siti = BusinessFactory(), UserFactory()
    typed = {"kind": "halal", "number": "ID35110000123456789"}
    first, second = typed_twice(CertificateForm, business, **typed)

    assert keep_certificate(first.instance, by=siti).added_by == siti
    with pytest.raises(ValidationError) as again:
        keep_certificate(second.instance, by=siti)

    second.refuse(again.value)
    assert list(second.errors) == ["number"]


def test_what_was_deleted_meanwhile_does_not_come_back():
    product = ProductFactory()
    business = product.business
    certificate = CertificateFactory(business=business)
    form = ProductForm({"name": "Kopi"}, instance=product, business=business)
    assert form.is_valid()
    services.remove_product(Product.objects.get())
    remove_certificate(Certificate.objects.get())

    assert services.save_facts(form, business) is None
    with pytest.raises(ValidationError):
        keep_certificate(certificate, by=None)

    assert form.non_field_errors()
    assert not Product.objects.exists()
    assert not Certificate.objects.exists()


def test_a_listing_deleted_meanwhile_is_neither_published_nor_closed():
    listing = ListingFactory()
    services.remove_listing(Listing.objects.get())

    for late in (services.publish_listing, services.close_listing):
        with pytest.raises(Http404):
            late(listing)
