import pytest
from django.http import Http404

from businesses.consents import (
    WORDS,
    delete_contact,
    give_consent,
    withdraw_consent,
)
from businesses.models import Business, Consent, Contact, DirectoryEntry
from tests.factories import ContactFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
Purpose = Consent.Purpose


@pytest.fixture
def siti():
    return UserFactory(name="Siti")


@pytest.fixture
def business(siti):
    return MembershipFactory(user=siti).business


def test_a_business_is_public_while_its_owner_agrees(business, siti):
    assert not Business.objects.published().exists()

    consent = give_consent(business, Purpose.PROFILE, by=siti)
    assert Business.objects.published().get() == business
    assert DirectoryEntry.objects.filter(business=business).exists()

    withdraw_consent(consent, by=siti)
    assert not Business.objects.published().exists()
    assert not DirectoryEntry.objects.exists()


def test_the_record_tells_who_agreed_to_which_words_and_when(business, siti):
    consent = give_consent(business, Purpose.DEALS, by=siti)
    withdraw_consent(consent, by=siti)

    consent.refresh_from_db()
    assert consent.given_by == consent.withdrawn_by == siti
    assert consent.text == str(WORDS[Purpose.DEALS])
    assert consent.given_at <= consent.withdrawn_at


def test_agreeing_twice_is_recorded_once_and_again_after_a_withdrawal(business, siti):
    first = give_consent(business, Purpose.PROFILE, by=siti)
    assert give_consent(business, Purpose.PROFILE, by=siti) == first

    withdraw_consent(first, by=siti)
    withdraw_consent(first, by=UserFactory())
    first.refresh_from_db()
    assert first.withdrawn_by == siti

    assert give_consent(business, Purpose.PROFILE, by=siti) != first
    assert business.consents.count() == 2


def test_a_contact_is_public_only_by_its_own_consent(business, siti):
    give_consent(business, Purpose.PROFILE, by=siti)
    agreed = ContactFactory(business=business)
    ContactFactory(business=business, kind=Contact.Kind.ADDRESS, value="Jl. Mawar 1")

    consent = give_consent(business, Purpose.CONTACT, by=siti, contact=agreed)
    assert Contact.objects.public().get() == agreed

    withdraw_consent(consent, by=siti)
    assert not Contact.objects.public().exists()


def test_no_contact_is_public_without_a_public_page(business, siti):
    ContactFactory(business=business, public_by=siti)

    assert not Contact.objects.public().exists()


def test_the_consent_to_a_deleted_contact_stays_on_record_as_withdrawn(business, siti):
    contact = ContactFactory(business=business, public_by=siti)

    delete_contact(contact, by=siti)

    consent = business.consents.get()
    assert consent.contact is None
    assert consent.contact_kind == Contact.Kind.WHATSAPP
    assert consent.withdrawn_by == siti


def test_nobody_agrees_to_a_contact_that_was_deleted_meanwhile(business, siti):
    contact = ContactFactory(business=business)
    delete_contact(Contact.objects.get(pk=contact.pk), by=siti)

    with pytest.raises(Http404):
        give_consent(business, Purpose.CONTACT, by=siti, contact=contact)

    assert not business.consents.exists()


def test_nobody_agrees_to_the_contact_of_another_business(business, siti):
    with pytest.raises(Http404):
        give_consent(business, Purpose.CONTACT, by=siti, contact=ContactFactory())


def test_whether_deals_are_shown_follows_the_consent(business, siti):
    consent = give_consent(business, Purpose.DEALS, by=siti)
    business.refresh_from_db()
    assert business.shows_deals

    withdraw_consent(consent, by=siti)
    business.refresh_from_db()
    assert not business.shows_deals


@pytest.mark.parametrize("purpose", Purpose)
def test_every_purpose_has_its_words(purpose):
    assert WORDS[purpose]
