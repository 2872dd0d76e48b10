import gzip

import pytest
from django.urls import reverse

from businesses import first_run
from businesses.consents import WORDS
from businesses.models import Business, Consent, Contact, Listing
from businesses.units import Unit
from tests.factories import (
    BusinessFactory,
    MembershipFactory,
    ProvinceFactory,
    RegencyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
# Slow 3G: 400 kbit a second, and 400 ms until an answer begins.
BYTES_A_SECOND = 50_000
SECONDS_A_REQUEST = 0.4


@pytest.fixture
def siti(client):
    user = UserFactory(name="Siti", email=None, phone="081234567890")
    client.force_login(user)
    return user


@pytest.fixture
def business(siti):
    return BusinessFactory(name="Kopi Ijen", owner=siti, sells="")


def step(name, business):
    return reverse(f"businesses:start_{name}", args=[business.slug])


def start(client, **changes):
    facts = {"name": "Kopi Ijen", "province": ProvinceFactory(code="35").pk}
    return client.post(reverse("businesses:start"), facts | changes)


def test_a_newcomer_is_led_into_the_first_run(client, siti):
    response = client.get(reverse("businesses:dashboard"))

    assert response.url == reverse("businesses:start")


def test_name_and_province_make_a_private_business(client, siti):
    response = start(client)

    business = Business.objects.owned_by(siti).get()
    assert (business.name, business.province_id) == ("Kopi Ijen", "35")
    assert not business.is_public
    assert response.url == step("sells", business)


def test_the_same_form_sent_twice_makes_one_business(client, siti):
    assert start(client).url == start(client).url
    assert Business.objects.count() == 1


def test_nobody_owns_businesses_without_end(client, siti, monkeypatch):
    monkeypatch.setattr(first_run, "MOST_OWNED", 1)
    BusinessFactory(owner=siti)

    response = start(client)

    assert response.context["form"].non_field_errors()
    assert Business.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"), [({"name": ""}, "name"), ({"province": ""}, "province")]
)
def test_what_is_missing_is_said_beside_the_field(client, siti, changes, field):
    response = start(client, **changes)

    form = response.context["form"]
    assert list(form.errors) == [field]
    assert form["name"].value() == changes.get("name", "Kopi Ijen")
    assert not Business.objects.exists()


def test_going_back_shows_and_changes_what_was_typed(client, business):
    business.regency = RegencyFactory()
    business.save()
    page = reverse("businesses:start_again", args=[business.slug])

    form = client.get(page).context["form"]
    assert (form["name"].value(), form["province"].value()) == ("Kopi Ijen", "35")

    response = client.post(
        page, {"name": "Kopi Raung", "province": ProvinceFactory(code="64").pk}
    )

    business.refresh_from_db()
    assert response.url == step("sells", business)
    assert (business.name, business.province_id) == ("Kopi Raung", "64")
    assert business.regency is None


def test_what_is_sold_becomes_words_a_product_and_a_draft_offer(client, business):
    regency = RegencyFactory()

    response = client.post(
        step("sells", business),
        {
            "sells": "kopi sangrai 250 g",
            "quantity": "1.500",
            "unit": Unit.KILOGRAM,
            "price": "Rp85.000",
            "regency": regency.pk,
        },
    )

    assert response.url == step("seeks", business)
    business.refresh_from_db()
    assert (business.sells, business.regency) == ("kopi sangrai 250 g", regency)
    product = business.products.get()
    assert (product.capacity, product.unit) == (1500, Unit.KILOGRAM)
    offer = business.listings.get()
    assert (offer.kind, offer.status) == (Listing.Kind.OFFER, Listing.Status.DRAFT)
    assert (offer.title, offer.product) == ("kopi sangrai 250 g", product)
    assert (offer.quantity, offer.price_min, offer.price_max) == (1500, 85_000, 85_000)


def test_sending_a_step_again_changes_the_same_product_and_offer(client, business):
    page = step("sells", business)
    client.post(page, {"sells": "kopi", "quantity": "2,5", "unit": Unit.TONNE})

    form = client.get(page).context["form"]
    assert form["sells"].value() == "kopi"
    assert form["quantity"].value() == "2,5"
    client.post(page, {"sells": "kopi robusta", "price": "85000", "unit": "KGM"})

    assert business.products.get().name == "kopi robusta"
    offer = business.listings.get()
    assert (offer.title, offer.quantity, offer.price_min) == (
        "kopi robusta",
        None,
        85_000,
    )


def test_words_that_name_another_product_do_not_break(client, business):
    page = step("sells", business)
    client.post(page, {"sells": "kopi"})
    business.products.create(name="teh")

    client.post(page, {"sells": "teh"})

    assert set(business.products.values_list("name", flat=True)) == {"kopi", "teh"}


def test_amounts_need_a_unit_and_a_regency_of_the_province(client, business):
    elsewhere = RegencyFactory(code="64.71", province=ProvinceFactory(code="64"))

    response = client.post(
        step("sells", business),
        {"sells": "kopi", "quantity": "0", "price": "5", "regency": elsewhere.pk},
    )

    assert set(response.context["form"].errors) == {"quantity", "unit", "regency"}
    assert not business.listings.exists()


def test_what_is_looked_for_becomes_a_draft_need(client, business):
    page = step("seeks", business)
    data = {"seeks": "kemasan", "quantity": "500", "unit": Unit.PIECE}
    assert client.post(page, data).url == step("publish", business)
    client.post(page, data | {"seeks": "kemasan aluminium"})

    business.refresh_from_db()
    need = business.listings.get()
    assert business.seeks == need.title == "kemasan aluminium"
    assert (need.kind, need.status) == (Listing.Kind.NEED, Listing.Status.DRAFT)
    assert client.get(page).context["form"]["quantity"].value() == "500"


def test_publishing_records_exactly_the_words_that_were_shown(client, business, siti):
    client.post(step("sells", business), {"sells": "kopi"})
    shown = client.get(step("publish", business))
    assert str(WORDS[Consent.Purpose.PROFILE]) in shown.text

    response = client.post(
        step("publish", business), {"profile": "on", "contact": "on", "listings": "on"}
    )

    assert response.url == reverse(
        "businesses:business_dashboard", args=[business.slug]
    )
    business.refresh_from_db()
    assert business.is_public
    assert business.listings.open().count() == 1
    contact = business.contacts.public().get()
    assert (contact.kind, contact.value) == (Contact.Kind.WHATSAPP, siti.phone)
    assert {consent.text for consent in business.consents.active()} == {
        str(WORDS[Consent.Purpose.PROFILE]),
        str(WORDS[Consent.Purpose.CONTACT]),
    }


def test_nothing_personal_is_published_unless_it_is_ticked(client, business):
    client.post(step("sells", business), {"sells": "kopi"})
    form = client.get(step("publish", business)).context["form"]
    assert not form["profile"].value()
    assert not form["contact"].value()

    refused = client.post(step("publish", business), {"listings": "on"})
    assert list(refused.context["form"].errors) == ["profile"]
    business.refresh_from_db()
    assert not business.is_public

    client.post(step("publish", business), {"profile": "on"})
    business.refresh_from_db()
    assert business.is_public
    assert not business.contacts.exists()
    assert business.listings.get().status == Listing.Status.DRAFT


def test_once_public_the_first_run_is_over(client, siti):
    business = BusinessFactory(owner=siti, published=True)

    for name in ("again", "sells", "seeks", "publish"):
        response = client.get(step(name, business))
        assert response.url == reverse(
            "businesses:business_dashboard", args=[business.slug]
        )


def test_staff_do_not_run_it(client, siti):
    business = MembershipFactory(user=siti, role="staff").business

    assert client.get(step("publish", business)).status_code == 403


def test_the_whole_run_takes_seconds_on_slow_3g(client, siti, provinces):
    """Pages as they are sent, compressed; what is read and typed comes on top."""
    sizes = []

    def sent(response):
        sizes.append(len(gzip.compress(response.content, 6)))

    sent(client.get(reverse("businesses:start")))
    sent(start(client))
    business = Business.objects.get()
    RegencyFactory.create_batch(38, province_id="35")
    data = {
        "sells": {"sells": "kopi", "quantity": "2", "unit": "TNE"},
        "seeks": {"seeks": "kemasan"},
        "publish": {"profile": "on", "contact": "on", "listings": "on"},
    }
    for name, typed in data.items():
        sent(client.get(step(name, business)))
        sent(client.post(step(name, business), typed))
    sent(client.get(reverse("businesses:business_dashboard", args=[business.slug])))

    assert max(sizes) <= 20_000
    seconds = sum(sizes) / BYTES_A_SECOND + len(sizes) * SECONDS_A_REQUEST
    assert seconds < 10, sizes
