"""What officials see of businesses in the admin. Who sees what stands in tests/test_access.py."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from businesses.models import Business, DirectoryEntry
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CertificateFactory,
    CheckFactory,
    ContactFactory,
    ListingFactory,
    MembershipFactory,
    UserFactory,
    VerificationRequestFactory,
)

pytestmark = pytest.mark.django_db


def page_of(model, page="changelist", *args):
    return reverse(f"admin:businesses_{model}_{page}", args=args)


@pytest.fixture
def office(client):
    """The browser of an operator of Jawa Timur."""
    client.force_login(AppointmentFactory(role="operator").user)
    return client


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("model", "make", "queries"),
    [
        ("business", BusinessFactory, 8),
        ("listing", ListingFactory, 8),
        ("certificate", CertificateFactory, 8),
        ("check", CheckFactory, 8),
        ("verificationrequest", VerificationRequestFactory, 8),
    ],
)
def test_lists_take_as_many_queries_for_one_as_for_three(
    office, django_assert_num_queries, model, make, queries, number
):
    for _turn in range(number):
        make()
    office.get(page_of(model))

    with django_assert_num_queries(queries):
        response = office.get(page_of(model))

    assert len(response.context["cl"].result_list) == number


@pytest.mark.parametrize("number", [1, 3])
def test_a_business_takes_as_many_queries_for_one_row_as_for_three(
    office, django_assert_num_queries, number
):
    business = BusinessFactory()
    for _turn in range(number):
        ContactFactory(business=business)
        CertificateFactory(business=business)
        MembershipFactory(business=business)
        CheckFactory(business=business, subject="capacity", value="6 ton")
    page = page_of("business", "change", business.pk)
    office.get(page)

    with django_assert_num_queries(15):
        office.get(page)


def test_businesses_are_searched_and_filtered(office):
    coffee = BusinessFactory(name="Kopi Ijen", nib="9120001234567")
    public = BusinessFactory(name="Teh Wonosari", published=True)

    def found(**query):
        return set(office.get(page_of("business"), query).context["cl"].queryset)

    assert found(q="ijen") == found(q="9120001234567") == {coffee}
    assert found(published_at__isempty="0") == {public}
    assert found(q="'; DROP TABLE") == set()


def test_contacts_are_seen_but_not_changed(office):
    contact = ContactFactory(value="+6281234567890")
    page = page_of("business", "change", contact.business.pk)

    html = office.get(page).content.decode()

    assert contact.value in html
    assert "contacts-0-value" not in html


def test_contacts_are_not_seen_from_another_province(client):
    contact = ContactFactory(value="+6281234567890")
    client.force_login(AppointmentFactory(province__code="64").user)

    answer = client.get(page_of("business", "change", contact.business.pk))

    assert answer.status_code == 302
    assert contact.value not in answer.content.decode()


def test_a_file_is_not_linked_from_the_admin(office):
    certificate = CertificateFactory(
        file=ContentFile(b"%PDF-1.7", "rahasia.pdf"), sha256="0" * 64
    )

    html = office.get(page_of("certificate", "change", certificate.pk)).content.decode()

    assert certificate.number in html
    assert certificate.file.name not in html


def test_what_a_superuser_changes_reaches_the_directory(client):
    business = BusinessFactory(published=True)
    client.force_login(UserFactory(is_superuser=True))
    found_by = DirectoryEntry.objects.values().get()
    page = page_of("business", "change", business.pk)
    sent = {"name": "Teh Wonosari", "province": "35", "sells": "teh"}
    for inline in client.get(page).context["inline_admin_formsets"]:
        form = inline.formset.management_form
        sent |= {form.add_prefix(name): form[name].value() for name in form.fields}

    answer = client.post(page, sent)

    assert answer.status_code == 302, answer.context["adminform"].errors
    assert Business.objects.get().name == "Teh Wonosari"
    assert DirectoryEntry.objects.values().get() != found_by
