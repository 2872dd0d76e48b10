"""What a person of a business sends twice at the same moment."""

from copy import copy

import pytest

from businesses import first_run
from businesses.forms.products import ProductForm
from businesses.models import Business, Photo
from businesses.photos import add_photo
from businesses.services import remove_product, save_facts
from tests.factories import (
    BusinessFactory,
    ProductFactory,
    ProvinceFactory,
    UserFactory,
)
from tests.races import all_at_once
from umkm_portal.uploads import CheckedFile

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_a_first_step_sent_at_once_makes_one_business():
    siti, province = UserFactory(), ProvinceFactory(code="35")

    started = all_at_once(
        lambda _time: first_run.start_business(
            Business(name="Kopi Ijen", province=province), by=siti
        ),
        range(5),
    )

    assert set(started) == {Business.objects.get()}


def test_photos_sent_at_once_do_not_pass_the_limit():
    business = BusinessFactory()
    for number in range(Photo.MOST_PER_BUSINESS - 1):
        business.photos.create(
            kind="place", image=f"foto/{number}.webp", width=1, height=1
        )

    def send(_time):
        picture = CheckedFile(b"x", "image/webp")
        picture.width = picture.height = 1
        picture.thumbnail = CheckedFile(b"x", "image/webp")
        return add_photo(business, picture, kind=Photo.Kind.PLACE)

    outcomes = all_at_once(send, range(5))

    refused = [found for found in outcomes if isinstance(found, Exception)]
    assert len(refused) == 4
    assert business.photos.count() == Photo.MOST_PER_BUSINESS


def test_a_product_sent_many_times_at_once_is_kept_once():
    business = BusinessFactory()

    def send(_time):
        form = ProductForm({"name": "Kopi bubuk"}, business=business)
        return form.is_valid() and save_facts(form, business)

    assert len([kept for kept in all_at_once(send, range(5)) if kept]) == 1
    assert business.products.count() == 1


def test_a_product_changed_and_deleted_at_once_is_gone():
    product = ProductFactory()

    def change():
        form = ProductForm(
            {"name": "Kopi"}, instance=copy(product), business=product.business
        )
        return form.is_valid() and save_facts(form, product.business)

    all_at_once(
        lambda action: action(), [change, lambda: remove_product(copy(product))]
    )

    assert not product.business.products.exists()
