from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from businesses.models import Certificate, Listing
from businesses.units import Unit
from tests.factories import (
    BusinessFactory,
    CommodityGroupFactory,
    ListingFactory,
    MembershipFactory,
    ProductFactory,
    ProvinceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Kind = Listing.Kind
Status = Listing.Status


@pytest.fixture
def siti(client):
    user = UserFactory(name="Siti")
    client.force_login(user)
    return user


@pytest.fixture
def business(siti):
    return BusinessFactory(name="Kopi Ijen", owner=siti, published=True)


def page(name, business, *args):
    return reverse(f"businesses:{name}", args=[business.slug, *args])


def test_an_offer_with_everything(client, business):
    product = ProductFactory(business=business)
    commodity = CommodityGroupFactory()
    bali, kaltim = ProvinceFactory(code="51"), ProvinceFactory(code="64")

    response = client.post(
        page("offer_add", business),
        {
            "title": "Kopi robusta",
            "product": product.pk,
            "commodity": commodity.pk,
            "quantity": "1.500,5",
            "unit": Unit.KILOGRAM,
            "price_min": "80.000",
            "price_max": "Rp90.000",
            "delivery_provinces": [bali.pk, kaltim.pk],
            "certificates": [Certificate.Kind.HALAL, Certificate.Kind.PIRT],
            "note": "Kirim tiap Senin.",
        },
    )

    assert response.url == page("listings", business)
    listing = business.listings.get()
    assert (listing.kind, listing.status) == (Kind.OFFER, Status.DRAFT)
    assert listing.quantity == Decimal("1500.5")
    assert (listing.price_min, listing.price_max) == (80_000, 90_000)
    assert (listing.product, listing.commodity) == (product, commodity)
    assert set(listing.delivery_provinces.all()) == {bali, kaltim}
    assert {row.kind for row in listing.certificates.all()} == {"halal", "pirt"}


def test_a_need_asks_for_no_product(client, business):
    form = client.get(page("need_add", business)).context["form"]
    assert "product" not in form.fields

    client.post(page("need_add", business), {"title": "Kemasan"})

    assert business.listings.get().kind == Kind.NEED


def test_editing_shows_and_changes_what_is_there(client, business):
    listing = ListingFactory(
        business=business, quantity=Decimal("1500.000"), delivers_everywhere=True
    )
    listing.certificates.create(kind="halal")
    edit = page("listing_edit", business, listing.pk)

    form = client.get(edit).context["form"]
    assert form["quantity"].value() == "1.500"
    assert form["certificates"].value() == ["halal"]

    client.post(edit, {"title": "Kopi luwak", "certificates": ["sni"]})
    listing.refresh_from_db()
    assert (listing.title, listing.quantity) == ("Kopi luwak", None)
    assert [row.kind for row in listing.certificates.all()] == ["sni"]


def test_everywhere_needs_no_list_of_provinces(client, business):
    bali = ProvinceFactory(code="51")
    data = {"title": "Kopi", "delivery_provinces": [bali.pk]}

    client.post(page("offer_add", business), data | {"delivers_everywhere": "on"})

    assert not business.listings.get().delivery_provinces.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": ""}, "title"),
        ({"price_min": "9000", "price_max": "8000"}, "price_min"),
        ({"unit": ""}, "unit"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "1.5.0"}, "quantity"),
        ({"price_min": "0"}, "price_min"),
        ({"product": "999999"}, "product"),
        ({"certificates": ["x"]}, "certificates"),
    ],
)
def test_what_is_wrong_is_said_beside_it(client, business, typed, field):
    data = {"title": "Kopi", "quantity": "1", "unit": "KGM"} | typed

    response = client.post(page("offer_add", business), data)

    assert list(response.context["form"].errors) == [field]
    assert not business.listings.exists()


def test_a_product_of_somebody_else_cannot_be_offered(client, business):
    foreign = ProductFactory(business=MembershipFactory().business)

    response = client.post(
        page("offer_add", business), {"title": "x", "product": foreign.pk}
    )

    assert list(response.context["form"].errors) == ["product"]


@time_machine.travel("2026-11-25 10:00+07:00", tick=False)
def test_one_tap_publishes_renews_and_closes(client, business):
    listing = ListingFactory(business=business)
    publish = page("listing_publish", business, listing.pk)
    last_day = timezone.localdate() + timedelta(days=Listing.DAYS)

    client.post(publish)
    listing.refresh_from_db()
    assert (listing.status, listing.expires_on) == (Status.OPEN, last_day)

    Listing.objects.update(expires_on=timezone.localdate())
    client.post(publish)
    listing.refresh_from_db()
    assert listing.expires_on == last_day

    client.post(page("listing_close", business, listing.pk))
    listing.refresh_from_db()
    assert listing.status == Status.CLOSED


def test_saving_and_publishing_at_once(client, business):
    client.post(page("offer_add", business), {"title": "Kopi", "publish": "1"})

    assert business.listings.open().get().title == "Kopi"


def test_a_private_business_is_asked_to_publish_its_page_first(client, siti):
    business = BusinessFactory(owner=siti)

    response = client.post(
        page("offer_add", business), {"title": "Kopi", "publish": "1"}
    )

    listing = business.listings.get()
    assert listing.status == Status.DRAFT
    consent = page("profile_publish", business)
    assert response.url == f"{consent}?peluang={listing.pk}"


def test_staff_cannot_make_the_page_public(client, siti):
    business = MembershipFactory(user=siti, role="staff").business
    listing = ListingFactory(business=business)

    response = client.post(page("listing_publish", business, listing.pk))

    assert response.url == page("listings", business)
    listing.refresh_from_db()
    assert listing.status == Status.DRAFT


def test_a_listing_can_be_deleted(client, business):
    listing = ListingFactory(business=business, open=True)

    client.post(page("listing_delete", business, listing.pk))

    assert not business.listings.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_listings_in_a_fixed_number_of_queries(
    client, business, count, django_assert_num_queries
):
    ListingFactory.create_batch(count, business=business, open=True)

    with django_assert_num_queries(6):
        response = client.get(page("listings", business))

    assert len(response.context["listings"]) == count


def test_a_listing_without_quantity_and_price_starts_with_its_day(client, business):
    ListingFactory(
        business=business,
        open=True,
        quantity=None,
        unit="",
        price_min=None,
        price_max=None,
    )

    shown = client.get(page("listings", business)).content.decode()

    assert "·" not in shown.split("card-plain")[1].split("</p>")[0]
