import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from businesses.models import Business
from tests.factories import BusinessFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def siti(client):
    user = UserFactory(name="Siti")
    client.force_login(user)
    return user


@pytest.fixture
def cooperative(siti):
    form = Business.LegalForm.COOPERATIVE
    return BusinessFactory(
        name="Koperasi Ijen", legal_form=form, owner=siti, published=True
    )


def page(name, business, *args):
    return reverse(f"businesses:{name}", args=[business.slug, *args])


def test_only_those_with_members_have_the_page(client, siti):
    firm = BusinessFactory(owner=siti, legal_form=Business.LegalForm.CV)
    other = BusinessFactory(published=True)

    assert client.get(page("member_firms", firm)).status_code == 404
    assert client.post(page("member_firm_ask", firm, other.slug)).status_code == 404


def test_only_public_businesses_are_found_by_name(client, cooperative):
    public = BusinessFactory(name="Kopi Raung", published=True)
    private = BusinessFactory(name="Kopi Rahasia")

    found = client.get(page("member_firms", cooperative), {"q": "kopi r"})

    assert set(found.context["found"]) == {public}
    assert private.name not in found.text
    assert (
        client.post(page("member_firm_ask", cooperative, private.slug)).status_code
        == 404
    )


def test_a_registered_member_counts_once_its_owner_confirms(client, cooperative, siti):
    budi = UserFactory(name="Budi")
    firm = BusinessFactory(name="Kopi Raung", owner=budi, published=True)
    for _time in range(2):
        client.post(page("member_firm_ask", cooperative, firm.slug))
    listed = cooperative.member_firms.get()
    assert listed.confirmed_at is None
    # The association cannot say yes for its member.
    assert (
        client.post(page("membership_confirm", cooperative, listed.pk)).status_code
        == 404
    )

    client.force_login(budi)
    asked = client.get(page("business_dashboard", firm))
    assert list(asked.context["associations"]) == [listed]
    client.post(page("membership_confirm", firm, listed.pk))

    listed.refresh_from_db()
    assert listed.confirmed_at is not None
    assert not client.get(page("business_dashboard", firm)).context["associations"]


def test_an_association_without_a_public_page_tells_no_firm_its_name(client, siti):
    form = Business.LegalForm.COOPERATIVE
    secret = BusinessFactory(name="Koperasi Rahasia", legal_form=form, owner=siti)
    budi = UserFactory(name="Budi")
    firm = BusinessFactory(owner=budi, published=True)

    assert 'role="search"' not in client.get(page("member_firms", secret)).text
    client.post(page("member_firm_ask", secret, firm.slug))
    assert not secret.member_firms.exists()

    # One that was public when it asked.
    secret.member_firms.create(firm=firm)
    client.force_login(budi)
    assert secret.name not in client.get(page("business_dashboard", firm)).text


def test_a_firm_declines_and_an_association_removes(client, cooperative, siti):
    firm = BusinessFactory(owner=siti, published=True)
    declined = cooperative.member_firms.create(firm=firm)
    client.post(page("membership_decline", firm, declined.pk))
    named = cooperative.member_firms.create(name="Tani Makmur")
    client.post(page("member_firm_remove", cooperative, named.pk))

    assert not cooperative.member_firms.exists()


def test_a_firm_that_is_not_registered_is_listed_once_by_name(client, cooperative):
    client.post(page("member_firms", cooperative), {"name": "Tani Makmur"})
    again = client.post(page("member_firms", cooperative), {"name": "Tani Makmur"})

    assert list(again.context["form"].errors) == ["name"]
    assert str(cooperative.member_firms.get()) == "Tani Makmur"
    with pytest.raises(IntegrityError), transaction.atomic():
        cooperative.member_firms.create(name="Tani Makmur")


@pytest.mark.parametrize("count", [1, 3])
def test_members_in_a_fixed_number_of_queries(
    client, cooperative, count, django_assert_num_queries
):
    for _number in range(count):
        cooperative.member_firms.create(firm=BusinessFactory(published=True))
        BusinessFactory(name="Madu Rinjani", published=True)

    with django_assert_num_queries(6):
        response = client.get(page("member_firms", cooperative), {"q": "madu"})

    assert len(response.context["firms"]) == len(response.context["found"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_businesses_of_one_person_in_a_fixed_number_of_queries(
    client, siti, count, django_assert_num_queries
):
    MembershipFactory.create_batch(count + 1, user=siti)

    with django_assert_num_queries(4):
        response = client.get(reverse("businesses:dashboard"))

    assert len(response.context["memberships"]) == count + 1
