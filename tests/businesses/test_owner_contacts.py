import pytest
from django.urls import reverse

from businesses.consents import WORDS
from businesses.models import Consent, Contact
from tests.factories import (
    BusinessFactory,
    ContactFactory,
    ListingFactory,
    MembershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Purpose = Consent.Purpose


@pytest.fixture
def siti(client):
    user = UserFactory(name="Siti")
    client.force_login(user)
    return user


@pytest.fixture
def business(siti):
    return BusinessFactory(owner=siti, published=True)


def page(name, business, *args):
    return reverse(f"businesses:{name}", args=[business.slug, *args])


def test_a_new_contact_is_private(client, business):
    data = {"kind": "whatsapp", "value": "0812 3456 7890"}

    client.post(page("contacts", business), data)

    contact = business.contacts.get()
    assert (contact.value, contact.shown) == ("+6281234567890", "0812-3456-7890")
    assert not Contact.objects.public().exists()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("whatsapp", "123"),
        ("email", "siti"),
        ("website", "javascript:alert(1)"),
        ("person", ""),
    ],
)
def test_a_contact_that_leads_nowhere_is_refused(client, business, kind, value):
    response = client.post(page("contacts", business), {"kind": kind, "value": value})

    assert list(response.context["form"].errors) == ["value"]
    assert not business.contacts.exists()


def test_the_same_contact_twice_is_said_beside_it(client, business):
    data = {"kind": "email", "value": "a@contoh.id"}
    client.post(page("contacts", business), data)

    response = client.post(page("contacts", business), data)

    assert list(response.context["form"].errors) == ["value"]
    assert business.contacts.count() == 1


def test_each_contact_is_published_and_withdrawn_by_itself(client, business, siti):
    first, second = ContactFactory.create_batch(2, business=business)

    client.post(page("contact_publish", business, first.pk))

    consent = business.consents.get(contact=first)
    assert consent.text == str(WORDS[Purpose.CONTACT])
    assert consent.given_by == siti
    assert set(Contact.objects.public()) == {first}

    response = client.post(
        page("own_consent_withdraw", business, consent.pk), {"from": "contacts"}
    )
    assert response.url == page("contacts", business)
    assert not Contact.objects.public().exists()
    client.post(page("contact_publish", business, second.pk))
    client.post(page("contact_delete", business, second.pk))
    assert set(business.contacts.all()) == {first}
    assert business.consents.filter(purpose=Purpose.CONTACT).count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_contacts_in_a_fixed_number_of_queries(
    client, business, siti, count, django_assert_num_queries
):
    ContactFactory.create_batch(count, business=business, public_by=siti)

    with django_assert_num_queries(6):
        response = client.get(page("contacts", business))

    assert len(response.context["contacts"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_consents_in_a_fixed_number_of_queries(
    client, business, siti, count, django_assert_num_queries
):
    ContactFactory.create_batch(count, business=business, public_by=siti)

    with django_assert_num_queries(5):
        response = client.get(page("consents", business))

    assert len(response.context["consents"]) == count + 1


def test_every_consent_is_listed_with_its_words_the_withdrawn_last(
    client, business, siti
):
    contact = ContactFactory(business=business, public_by=siti)
    profile = business.consents.get(purpose=Purpose.PROFILE)
    client.post(page("own_consent_withdraw", business, profile.pk))
    client.post(page("consent_give", business, Purpose.DEALS))

    response = client.get(page("consents", business))

    listed = response.context["consents"]
    assert {consent.purpose for consent in listed[:-1]} == {"contact", "deals"}
    assert listed[-1] == profile
    assert all(consent.text in response.text for consent in listed)
    assert contact.shown in response.text
    assert [purpose for purpose, *_words in response.context["offered"]] == [
        Purpose.PROFILE,
        Purpose.ASSISTANCE,
    ]
    business.refresh_from_db()
    assert business.shows_deals
    assert not business.is_public


@pytest.mark.parametrize("purpose", ["contact", "nonsense"])
def test_no_other_consent_can_be_given_here(client, business, purpose):
    assert client.post(page("consent_give", business, purpose)).status_code == 404


def test_the_page_can_be_published_together_with_a_waiting_listing(client, siti):
    business = BusinessFactory(owner=siti)
    listing = ListingFactory(business=business)
    address = f"{page('profile_publish', business)}?peluang={listing.pk}"
    shown = client.get(address)
    assert str(WORDS[Purpose.PROFILE]) in shown.text
    assert shown.context["listing"] == listing

    client.post(page("profile_publish", business), {"peluang": listing.pk})

    business.refresh_from_db()
    assert business.is_public
    assert set(business.listings.open()) == {listing}


def test_a_foreign_listing_is_not_published_along(client, siti):
    business = BusinessFactory(owner=siti)
    foreign = ListingFactory(business=MembershipFactory().business)

    for waiting in (foreign.pk, "x", ""):
        client.post(page("profile_publish", business), {"peluang": waiting})

    foreign.refresh_from_db()
    assert foreign.status == foreign.Status.DRAFT


@pytest.mark.parametrize("listing", ["9" * 5000, "9" * 19, "١٢", "x"])
def test_a_listing_that_is_no_number_is_none(client, business, listing):
    address = page("profile_publish", business)

    assert client.get(address, {"peluang": listing}).context["listing"] is None
