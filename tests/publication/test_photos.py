"""/foto/…: a photo is as public as the page of its business."""

from uuid import uuid4

import pytest

from businesses import consents
from businesses.models import Photo
from businesses.photos import remove_photo
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    PhotoFactory,
    ProvinceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def statuses(client, photo):
    return {
        client.get(address).status_code
        for address in (photo.get_absolute_url(), photo.thumbnail_address)
    }


def test_photo_of_a_public_business_is_a_picture_that_does_nothing_else(client):
    photo = PhotoFactory(business=BusinessFactory(published=True))

    response = client.get(photo.get_absolute_url())

    assert statuses(client, photo) == {200}
    assert response["Content-Type"] == "image/webp"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response.content[8:12] == b"WEBP"


@pytest.mark.parametrize("number", [1, 3])
def test_photo_takes_one_query(client, django_assert_num_queries, number):
    business = BusinessFactory(published=True)
    photo = PhotoFactory.create_batch(number, business=business)[0]

    with django_assert_num_queries(1):
        client.get(photo.get_absolute_url())


def test_photo_of_a_draft_opens_for_its_people_and_officials_only(client):
    owner = UserFactory()
    business = BusinessFactory(owner=owner)
    photo = PhotoFactory(business=business)
    assert statuses(client, photo) == {404}
    seen = {}
    for name, user in {
        "owner": owner,
        "official": AppointmentFactory(province=business.province).user,
        "elsewhere": AppointmentFactory(province=ProvinceFactory(code="51")).user,
        "stranger": UserFactory(),
    }.items():
        client.force_login(user)
        seen[name] = statuses(client, photo)
        if seen[name] == {200}:
            kept = client.get(photo.get_absolute_url())["Cache-Control"]
            assert "no-store" in kept

    assert seen == {
        "owner": {200},
        "official": {200},
        "elsewhere": {404},
        "stranger": {404},
    }


def test_photo_is_gone_with_the_consent_to_the_page(client):
    photo = PhotoFactory(business=BusinessFactory(published=True))
    consent = photo.business.consents.get()

    consents.withdraw_consent(consent, by=consent.given_by)

    assert statuses(client, photo) == {404}


def test_deleted_photo_is_gone(client):
    photo = PhotoFactory(business=BusinessFactory(published=True))
    address = photo.get_absolute_url()

    remove_photo(photo)

    assert client.get(address).status_code == 404


def test_file_that_no_photo_knows_is_not_served(client):
    photo = PhotoFactory(business=BusinessFactory(published=True))
    Photo.objects.filter(pk=photo.pk).update(image=f"foto/{uuid4().hex}.webp")

    assert statuses(client, photo) == {404}


@pytest.mark.parametrize(
    "name",
    ["tidak-ada.webp", f"{'0a' * 16}.webp", f"{'0a' * 16}.png", "..%2fmanage.py"],
)
def test_other_names_are_not_found(client, name):
    assert client.get(f"/foto/{name}").status_code == 404


def test_nothing_can_be_sent_to_a_photo(client):
    photo = PhotoFactory(business=BusinessFactory(published=True))

    assert client.post(photo.get_absolute_url()).status_code == 405
