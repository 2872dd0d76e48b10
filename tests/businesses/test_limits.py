import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from businesses import associations
from businesses.limits import LIMITS
from businesses.models import Business, Contact, Listing, MemberFirm, Product
from tests.factories import (
    BusinessFactory,
    ContactFactory,
    ListingFactory,
    ProductFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def business(client):
    siti = UserFactory(name="Siti")
    client.force_login(siti)
    form = Business.LegalForm.COOPERATIVE
    return BusinessFactory(owner=siti, legal_form=form, published=True)


@pytest.fixture
def room_for_one(monkeypatch):
    for model, (owner, _most, said) in list(LIMITS.items()):
        monkeypatch.setitem(LIMITS, model, (owner, 1, said))


def named_firm(*, business):
    return MemberFirm.objects.create(association=business, name="Tani Jaya")


def test_what_a_business_may_have_at_most():
    assert {model: most for model, (_owner, most, _said) in LIMITS.items()} == {
        Product: 200,
        Listing: 100,
        Contact: 20,
        MemberFirm: 1_000,
    }


@pytest.mark.parametrize(
    ("make", "name", "sent"),
    [
        (ProductFactory, "product_add", {"name": "Teh"}),
        (ListingFactory, "offer_add", {"title": "Teh"}),
        (ListingFactory, "need_add", {"title": "Teh"}),
        (ContactFactory, "contacts", {"kind": Contact.Kind.PERSON, "value": "Budi"}),
        (named_firm, "member_firms", {"name": "Koperasi Tani"}),
    ],
)
@pytest.mark.usefixtures("room_for_one")
def test_nobody_fills_the_portal(client, business, make, name, sent):
    first = make(business=business)
    address = reverse(f"businesses:{name}", args=[business.slug])

    response = client.post(address, sent)

    assert response.status_code == 200
    (said,) = response.context["form"].non_field_errors()
    assert said in response.text
    assert next(iter(sent.values())) in response.text
    assert type(first).objects.count() == 1

    first.delete()
    assert client.post(address, sent).status_code == 302
    assert type(first).objects.count() == 1


@pytest.mark.usefixtures("room_for_one")
def test_what_is_there_can_be_changed_when_there_is_no_room(client, business):
    product = ProductFactory(business=business)
    address = reverse("businesses:product_edit", args=[business.slug, product.pk])

    assert client.post(address, {"name": "Teh"}).status_code == 302
    assert Product.objects.get().name == "Teh"


@pytest.mark.usefixtures("room_for_one")
def test_registered_members_count_too(business):
    named_firm(business=business)
    firm = BusinessFactory(published=True)

    with pytest.raises(ValidationError):
        associations.list_firm(business, firm)

    MemberFirm.objects.all().delete()
    listed = associations.list_firm(business, firm)
    assert associations.list_firm(business, firm) == listed


@pytest.mark.usefixtures("room_for_one")
@pytest.mark.parametrize("name", ["sells", "seeks"])
def test_the_first_run_adds_no_more_than_there_is_room_for(client, business, name):
    Business.objects.update(published_at=None)
    ListingFactory(business=business)
    address = reverse(f"businesses:start_{name}", args=[business.slug])

    response = client.post(address, {name: "kopi"})

    assert response.context["form"].non_field_errors()
    assert Listing.objects.count() == 1
    assert not Product.objects.exists()
    business.refresh_from_db()
    assert getattr(business, name) != "kopi"
