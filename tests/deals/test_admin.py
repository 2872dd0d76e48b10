import pytest
from django.urls import reverse

from tests.factories import AppointmentFactory, CountSnapshotFactory, DealFactory

pytestmark = pytest.mark.django_db
DEALS = reverse("admin:deals_deal_changelist")


@pytest.fixture
def office(client):
    client.force_login(AppointmentFactory(role="operator").user)
    return client


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_as_many_queries_for_one_as_for_three(
    office, django_assert_num_queries, number
):
    DealFactory.create_batch(number)
    office.get(DEALS)

    with django_assert_num_queries(8):
        response = office.get(DEALS)

    assert response.content.decode().count("Rp1.500.000.000") == number


def test_deals_are_searched_and_filtered(office):
    coffee = DealFactory(commodity="kopi arabika", seller_name="PT Kopi Jaya")
    other = DealFactory(commodity="beras", direction="purchase", value=None)

    def found(**query):
        return set(office.get(DEALS, query).context["cl"].queryset)

    assert found(q="jaya") == {coffee}
    assert found(direction__exact="purchase") == {other}
    assert found(q="tidak ada") == set()


def test_a_deal_shows_what_its_source_said(office):
    deal = DealFactory(seller_name="PT Kopi Jaya")

    html = office.get(
        reverse("admin:deals_deal_change", args=[deal.pk])
    ).content.decode()

    assert "PT Kopi Jaya" in html
    assert deal.source_url in html
    assert 'name="_save"' not in html


def test_officials_see_why_a_deal_is_flagged(office):
    mission = CountSnapshotFactory(total=1_000_000_000).mission
    deal = DealFactory(mission=mission, value=1_500_000_000)

    html = office.get(reverse("admin:deals_deal_change", args=[deal.pk]))

    assert "Transaksi ini saja sudah melebihi total" in html.content.decode()
