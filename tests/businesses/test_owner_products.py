from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from businesses.models import Photo
from businesses.units import Unit
from tests.factories import (
    BusinessFactory,
    CommodityGroupFactory,
    ListingFactory,
    MembershipFactory,
    ProductFactory,
    UserFactory,
)
from umkm_portal.uploads import thumbnail_name

pytestmark = pytest.mark.django_db


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


def picture(size=(800, 600), name="foto.jpg"):
    file = BytesIO()
    Image.new("RGB", size, "brown").save(file, "JPEG")
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


def send_photo(client, business, **changes):
    data = {"image": picture(), "shows": "place", "caption": ""} | changes
    return client.post(page("photos", business), data)


def test_a_product_is_added_and_changed(client, business):
    commodity = CommodityGroupFactory()
    data = {
        "name": "Kopi bubuk",
        "capacity": "2,5",
        "unit": Unit.TONNE,
        "price": "Rp85.000.000",
        "commodity": commodity.pk,
    }

    response = client.post(page("product_add", business), data)

    assert response.url == page("products", business)
    product = business.products.get()
    assert (float(product.capacity), product.price) == (2.5, 85_000_000)
    assert product.commodity == commodity
    form = client.get(page("product_edit", business, product.pk)).context["form"]
    assert form["capacity"].value() == "2,5"
    client.post(page("product_edit", business, product.pk), data | {"price": ""})
    product.refresh_from_db()
    assert product.price is None


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "Kopi luwak"}, "name"),
        ({"name": ""}, "name"),
        ({"unit": ""}, "unit"),
        ({"price": "1.500,000"}, "price"),
        ({"capacity": "-1"}, "capacity"),
        ({"capacity": "banyak"}, "capacity"),
    ],
)
def test_what_is_wrong_is_said_beside_it(client, business, typed, field):
    ProductFactory(business=business, name="Kopi luwak")
    data = {"name": "Kopi", "capacity": "1", "unit": "KGM", "price": "1"} | typed

    response = client.post(page("product_add", business), data)

    assert list(response.context["form"].errors) == [field]
    assert business.products.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_products_in_a_fixed_number_of_queries(
    client, business, count, django_assert_num_queries
):
    ProductFactory.create_batch(count, business=business)

    with django_assert_num_queries(6):
        response = client.get(page("products", business))

    assert len(response.context["products"]) == count


def test_a_photo_is_kept_small_and_described(client, business):
    response = send_photo(client, business, image=picture((3000, 2000)))

    assert response.url == page("photos", business)
    photo = business.photos.get()
    assert (photo.kind, photo.width, photo.caption) == ("place", 1600, "Kopi Ijen")
    assert default_storage.exists(thumbnail_name(photo.image.name))
    small = client.get(page("photo_small", business, photo.pk))
    assert small["Content-Type"] == "image/webp"
    assert "no-store" in small["Cache-Control"]


def test_a_photo_of_a_product_and_its_own_words(client, business):
    product = ProductFactory(business=business)

    send_photo(client, business, shows=str(product.pk))
    send_photo(client, business, shows=str(product.pk), caption="Biji sangrai")

    captions = set(product.photos.values_list("caption", flat=True))
    assert captions == {product.name, "Biji sangrai"}


def test_a_new_logo_takes_the_place_of_the_former(
    client, business, django_capture_on_commit_callbacks
):
    send_photo(client, business, shows="logo")
    former = business.photos.get().image.name

    with django_capture_on_commit_callbacks(execute=True):
        send_photo(client, business, shows="logo")

    assert business.photos.get().image.name != former
    assert not default_storage.exists(former)
    assert not default_storage.exists(thumbnail_name(former))


@pytest.mark.parametrize(
    "changes",
    [
        {"image": SimpleUploadedFile("foto.jpg", b"<svg onload='alert(1)'/>")},
        {"image": ""},
        {"shows": "999999"},
        {"shows": "product"},
    ],
)
def test_what_is_no_photo_of_the_business_is_refused(client, business, changes):
    response = send_photo(client, business, **changes)

    field = "image" if "image" in changes else "shows"
    assert list(response.context["form"].errors) == [field]
    assert not business.photos.exists()


def test_a_product_of_somebody_else_cannot_be_shown(client, business):
    foreign = ProductFactory(business=MembershipFactory().business)

    response = send_photo(client, business, shows=str(foreign.pk))

    assert list(response.context["form"].errors) == ["shows"]


def fill_up(business):
    for number in range(Photo.MOST_PER_BUSINESS):
        business.photos.create(
            kind="place", image=f"foto/{number}.webp", width=1, height=1
        )


def test_there_is_room_for_a_dozen_photos(client, business, monkeypatch):
    fill_up(business)
    # Unpacking a picture is work, so one that has no room is not even looked at.
    monkeypatch.delattr("umkm_portal.uploads.fields.photo_of")

    response = send_photo(client, business)

    assert list(response.context["form"].errors) == ["image"]
    assert business.photos.count() == Photo.MOST_PER_BUSINESS


def test_a_logo_may_be_replaced_when_there_is_no_more_room(client, business):
    fill_up(business)
    business.photos.filter(image="foto/0.webp").update(kind="logo")

    assert send_photo(client, business, shows="logo").status_code == 302

    assert business.photos.count() == Photo.MOST_PER_BUSINESS
    assert business.photos.get(kind="logo").image != "foto/0.webp"


def test_captions_are_changed_and_never_emptied(client, business):
    send_photo(client, business)
    photo = business.photos.get()
    edit = page("photo_edit", business, photo.pk)

    client.post(edit, {"caption": "Gudang kami"})
    refused = client.post(edit, {"caption": ""})

    photo.refresh_from_db()
    assert photo.caption == "Gudang kami"
    assert list(refused.context["form"].errors) == ["caption"]


def test_deleting_a_product_deletes_its_photos_and_keeps_its_listings(
    client, business, django_capture_on_commit_callbacks
):
    product = ProductFactory(business=business)
    listing = ListingFactory(business=business, product=product)
    send_photo(client, business, shows=str(product.pk))
    stored = product.photos.get().image.name

    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("product_delete", business, product.pk))

    assert not default_storage.exists(stored)
    assert not business.photos.exists()
    listing.refresh_from_db()
    assert listing.product is None


def test_deleting_a_photo_deletes_its_files(
    client, business, django_capture_on_commit_callbacks
):
    send_photo(client, business)
    photo = business.photos.get()

    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("photo_delete", business, photo.pk))

    assert not default_storage.exists(photo.image.name)
    assert not business.photos.exists()


def test_the_script_that_shrinks_photos_comes_only_where_files_are_sent(
    client, business
):
    with_files = ("photos", "certificate_add")
    without = ("products", "product_add", "business_dashboard", "about")

    for name in with_files:
        assert "js/shrink-photo.js" in client.get(page(name, business)).text
    for name in without:
        assert "<script" not in client.get(page(name, business)).text


@pytest.mark.parametrize("count", [1, 3])
def test_photos_in_a_fixed_number_of_queries(
    client, business, count, django_assert_num_queries
):
    for number in range(count):
        product = ProductFactory(business=business)
        business.photos.create(
            kind="product",
            product=product,
            image=f"foto/{number}.webp",
            width=1,
            height=1,
        )

    with django_assert_num_queries(6):
        response = client.get(page("photos", business))

    assert len(response.context["photos"]) == count
