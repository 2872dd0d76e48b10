import pytest
from django.urls import reverse

from missions.deals.guards import review_parties
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CountSnapshotFactory,
    DealFactory,
    ProvinceFactory,
)

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

    with django_assert_num_queries(9):
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


@pytest.fixture
def admin_of_east_java(client):
    client.force_login(AppointmentFactory().user)
    return client


def send(client, deal, **facts):
    address = reverse("admin:deals_deal_change", args=[deal.pk])
    response = client.post(address, {"compared": "on", **facts})
    deal.refresh_from_db()
    return response


def test_an_official_links_a_party_of_the_own_province(admin_of_east_java):
    deal = DealFactory()
    seller = BusinessFactory()

    response = send(admin_of_east_java, deal, seller_business=seller.pk)

    assert response.status_code == 302
    assert deal.seller_business == seller
    assert deal.seller_name != seller.name


def test_linking_takes_a_comparison(admin_of_east_java):
    deal = DealFactory()
    seller = BusinessFactory()

    response = send(admin_of_east_java, deal, seller_business=seller.pk, compared="")

    assert response.context["adminform"].form.errors.keys() == {"compared"}
    assert deal.seller_business is None


def test_parties_of_other_provinces_are_left_alone(admin_of_east_java):
    kaltim = BusinessFactory(province=ProvinceFactory(code="64"))
    linked = DealFactory(buyer_business=kaltim)
    free = DealFactory()

    send(admin_of_east_java, linked, buyer_business="")
    send(admin_of_east_java, free, buyer_business=kaltim.pk)

    assert linked.buyer_business == kaltim
    assert free.buyer_business is None


def test_a_business_of_another_province_cannot_be_chosen(admin_of_east_java):
    bali = BusinessFactory(province=ProvinceFactory(code="51"), published=True)
    deal = DealFactory(seller_province=None)

    response = send(admin_of_east_java, deal, seller_business=bali.pk)

    assert response.context["adminform"].form.errors.keys() == {"seller_business"}
    assert deal.seller_business is None


def test_nothing_else_of_a_deal_can_be_changed(admin_of_east_java):
    deal = DealFactory(value=5_000, seller_name="PT Kopi Jaya")

    send(admin_of_east_java, deal, value="9000", seller_name="PT Lain", rung="verified")

    assert (deal.value, deal.seller_name, deal.rung) == (
        5_000,
        "PT Kopi Jaya",
        "reported",
    )


def test_a_party_that_moved_is_flagged_for_officials(office, client):
    deal = DealFactory(seller_business=BusinessFactory(name="Kopi Pindah"))
    business = deal.seller_business
    business.province = ProvinceFactory(code="51")
    business.save()

    (flag,) = review_parties(deal)
    html = office.get(reverse("admin:deals_deal_change", args=[deal.pk]))

    assert flag.reason in html.content.decode().replace("&amp;", "&")
    public = client.get(deal.mission.get_absolute_url()).content.decode()
    assert flag.reason not in public


def test_suggestions_name_only_businesses_of_the_own_province(admin_of_east_java):
    own = BusinessFactory(name="Kopi Ijen")
    BusinessFactory(
        name="Kopi Bali", province=ProvinceFactory(code="51"), published=True
    )
    field = {
        "app_label": "deals",
        "model_name": "deal",
        "field_name": "seller_business",
    }

    response = admin_of_east_java.get(
        reverse("admin:autocomplete"), field | {"term": "kopi"}
    )

    assert [found["id"] for found in response.json()["results"]] == [str(own.pk)]
