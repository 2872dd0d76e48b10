from datetime import date

import pytest
import time_machine
from django.core.files.storage import storages
from django.urls import reverse

from businesses import certificates
from businesses.certificates import impossible, unusual, written_plainly
from businesses.models import Certificate
from tests.businesses.test_owner_products import picture
from tests.factories import (
    BusinessFactory,
    CertificateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Kind = Certificate.Kind
HALAL = "ID35110000123456789"


@pytest.fixture
def siti(client):
    user = UserFactory(name="Siti")
    client.force_login(user)
    return user


@pytest.fixture
def business(siti):
    return BusinessFactory(name="Kopi Ijen", owner=siti)


def page(name, business, *args):
    return reverse(f"businesses:{name}", args=[business.slug, *args])


def add(client, business, **typed):
    data = {"kind": Kind.HALAL, "number": HALAL} | typed
    return client.post(page("certificate_add", business), data)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (Kind.HALAL, "id 3511 0000 1234 56789", HALAL),
        (Kind.PIRT, "P-IRT No. 2063578010123-27", "2063578010123-27"),
        (Kind.PIRT, "PIRT 206357801012327", "206357801012327"),
        (Kind.BPOM, "BPOM RI MD 867028001234", "MD867028001234"),
        (Kind.SNI, " LSPr-007 A.12 ", "LSPr-007 A.12"),
    ],
)
def test_numbers_are_kept_as_the_register_has_them(kind, typed, kept):
    assert written_plainly(kind, typed) == kept
    assert not impossible(kind, kept)
    assert not unusual(kind, kept)


@pytest.mark.parametrize(
    "number", ["KH12345", "35110000123456789", "ID123", "ID" + "1" * 21, "IDx" * 5]
)
def test_a_number_that_is_no_halal_certificate_is_refused(client, business, number):
    response = add(client, business, number=number)

    form = response.context["form"]
    assert list(form.errors) == ["number"]
    assert form["number"].value() == number
    assert not business.certificates.exists()


def test_the_number_of_a_fatwa_is_explained():
    assert impossible(Kind.HALAL, "KH123") != impossible(Kind.HALAL, "X123")


@pytest.mark.parametrize(
    ("kind", "number"), [(Kind.PIRT, "123"), (Kind.BPOM, "XX123456789")]
)
def test_an_unusual_number_is_asked_about_once(client, business, kind, number):
    asked = add(client, business, kind=kind, number=number)
    assert list(asked.context["form"].errors) == ["number"]
    assert "is_right" in asked.context["form"].fields

    response = add(client, business, kind=kind, number=number, is_right="on")

    assert response.status_code == 302
    assert business.certificates.get().number == number


@time_machine.travel("2026-11-25 10:00+07:00", tick=False)
def test_an_expired_certificate_is_refused(client, business):
    response = add(client, business, expires_on="2026-11-24")

    assert list(response.context["form"].errors) == ["expires_on"]
    assert add(client, business, expires_on="2026-11-25").status_code == 302
    assert business.certificates.get().expires_on == date(2026, 11, 25)


def test_the_same_certificate_twice_is_said_beside_it(client, business):
    add(client, business)

    response = add(client, business, number=HALAL.lower())

    assert list(response.context["form"].errors) == ["number"]
    assert business.certificates.count() == 1


def test_the_file_is_private_and_downloads_for_its_people(client, business):
    add(client, business, document=picture(name="../../rahasia.jpg"))

    certificate = business.certificates.get()
    assert certificate.media_type == "image/webp"
    assert len(certificate.sha256) == 64
    assert "rahasia" not in certificate.file.name
    response = client.get(page("certificate_download", business, certificate.pk))
    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content)


def test_another_file_takes_the_place_of_the_former(
    client, business, django_capture_on_commit_callbacks
):
    add(client, business, document=picture())
    certificate = business.certificates.get()
    former = certificate.file.name
    edit = page("certificate_edit", business, certificate.pk)
    data = {"kind": Kind.HALAL, "number": HALAL}

    client.post(edit, data | {"issuer": "BPJPH"})
    certificate.refresh_from_db()
    assert (certificate.file.name, certificate.issuer) == (former, "BPJPH")

    with django_capture_on_commit_callbacks(execute=True):
        client.post(edit, data | {"document": picture()})
    certificate.refresh_from_db()
    assert certificate.file.name != former
    assert not storages["private"].exists(former)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("certificate_delete", business, certificate.pk))
    assert not business.certificates.exists()
    assert not storages["private"].exists(certificate.file.name)


def test_certificates_are_not_kept_without_end(client, business, monkeypatch):
    monkeypatch.setattr(certificates, "MOST", 1)
    add(client, business)

    response = add(client, business, kind=Kind.HACCP, number="H-1")

    assert response.context["form"].non_field_errors()
    assert business.certificates.count() == 1


def test_a_file_that_is_no_document_is_refused(client, business):
    bad = picture()
    bad.file.seek(0)
    bad.file.truncate(100)

    response = add(client, business, document=bad)

    assert list(response.context["form"].errors) == ["document"]
    assert not business.certificates.exists()


def test_without_a_file_there_is_nothing_to_download(client, business):
    certificate = CertificateFactory(business=business)

    download = page("certificate_download", business, certificate.pk)
    assert client.get(download).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_certificates_in_a_fixed_number_of_queries(
    client, business, count, django_assert_num_queries
):
    CertificateFactory.create_batch(count, business=business)

    with django_assert_num_queries(5):
        response = client.get(page("certificates", business))

    assert len(response.context["certificates"]) == count
