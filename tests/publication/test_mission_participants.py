"""/misi/<slug>/peserta/: who agreed to be named, and nobody else."""

import csv
import io
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from businesses import directory
from businesses.services import close_listing
from missions.models import Mission, Participation, ParticipationConsent, Side
from missions.publication import matchmaking
from tests.factories import (
    BusinessFactory,
    CommodityGroupFactory,
    ContactFactory,
    ListingFactory,
    MissionFactory,
    ParticipationFactory,
    ProvinceFactory,
    RegistrationFactory,
)

pytestmark = pytest.mark.django_db
SECRET = "+6281299900011"


@pytest.fixture
def mission():
    mission = MissionFactory(status=Mission.Status.CURATION)
    RegistrationFactory(mission=mission)
    return mission


@pytest.fixture
def kopi():
    return CommodityGroupFactory(slug="kopi", name="Kopi", name_en="Coffee")


def takes_part(mission, name, *, named=True, province="35", commodity=None, **facts):
    business = BusinessFactory(
        name=name, published=True, province=ProvinceFactory(code=province)
    )
    listings = facts.pop("listings", None)
    if commodity:
        listings = [
            ListingFactory(
                business=business, commodity=commodity, title=f"Biji {name}", open=True
            )
        ]
    participation = ParticipationFactory(
        mission=mission, business=business, listings=listings or [], **facts
    )
    if named:
        ParticipationConsent.objects.create(
            participation=participation, purpose="list", text="ya", via="portal"
        )
    directory.refresh(business)
    return participation


def address(mission):
    return reverse("publication:mission_participants", args=[mission.slug])


def download(mission, extension="csv"):
    return reverse(
        "publication:mission_participants_download", args=[mission.slug, extension]
    )


def shown(client, mission, **chosen):
    page = client.get(address(mission), chosen).context["page"]
    return [participation.name for participation in page]


def test_only_accepted_ones_who_agreed_are_named(client, mission):
    takes_part(mission, "Kopi Ijen")
    takes_part(mission, "Belum Setuju", named=False)
    takes_part(mission, "Sudah Mundur", status=Participation.Status.WITHDRAWN)
    takes_part(MissionFactory(), "Misi Lain")
    gone = takes_part(mission, "Tanpa Halaman")
    gone.business.published_at = None
    gone.business.save()

    response = client.get(address(mission))

    assert [one.name for one in response.context["page"]] == ["Kopi Ijen"]
    assert response.context["others"] == 2
    texts = [response.content.decode(), client.get(download(mission)).text]
    for name in ("Belum Setuju", "Sudah Mundur", "Misi Lain", "Tanpa Halaman"):
        assert not any(name in text for text in texts)


def test_a_withdrawn_consent_ends_it_at_once(client, mission):
    participation = takes_part(mission, "Kopi Ijen")
    participation.consents.update(withdrawn_at=timezone.now())

    response = client.get(address(mission))

    assert "Kopi Ijen" not in response.content.decode()
    assert (response.context["named"], response.context["others"]) == (0, 1)


def test_agreeing_to_be_paired_is_not_agreeing_to_be_listed(client, mission):
    participation = takes_part(mission, "Kopi Ijen", named=False)
    ParticipationConsent.objects.create(
        participation=participation, purpose="pairs", text="ya", via="portal"
    )

    assert "Kopi Ijen" not in client.get(address(mission)).content.decode()


def test_filters_are_the_permalink_of_page_and_download(client, mission, kopi):
    takes_part(mission, "Kopi Ijen", commodity=kopi)
    takes_part(mission, "Kayu Mahakam", province="64", side=Side.BUYER)
    takes_part(mission, "Tersembunyi", named=False, province="51")

    for chosen, names in (
        ({"sisi": "penjual"}, ["Kopi Ijen"]),
        ({"sisi": "pembeli"}, ["Kayu Mahakam"]),
        ({"provinsi": "64"}, ["Kayu Mahakam"]),
        ({"komoditas": "kopi"}, ["Kopi Ijen"]),
        ({"q": "mahakm"}, ["Kayu Mahakam"]),
        ({"q": "ijen", "provinsi": "64"}, []),
        ({}, ["Kayu Mahakam", "Kopi Ijen"]),
    ):
        assert shown(client, mission, **chosen) == names
        rows = csv.DictReader(io.StringIO(client.get(download(mission), chosen).text))
        assert [row["business"] for row in rows] == names


def test_filters_offer_only_what_is_known_of_those_who_are_named(client, mission, kopi):
    takes_part(mission, "Kopi Ijen", commodity=kopi)
    other = CommodityGroupFactory()
    takes_part(mission, "Tersembunyi", named=False, province="51", commodity=other)

    form = client.get(address(mission)).context["form"]

    assert [value for value, _label in form.fields["provinsi"].choices] == ["", "35"]
    assert [value for value, _label in form.fields["komoditas"].choices] == ["", "kopi"]


@pytest.mark.parametrize(
    "chosen", [{"sisi": "x"}, {"provinsi": "51"}, {"komoditas": "emas"}]
)
def test_a_filter_that_cannot_be_read_widens_nothing(client, mission, chosen):
    takes_part(mission, "Kopi Ijen")

    response = client.get(address(mission), chosen)

    assert list(response.context["page"]) == []
    assert response.context["form"].errors
    assert client.get(download(mission), chosen).status_code == 400


def test_a_closed_listing_leaves_its_commodity_only(client, mission, kopi):
    participation = takes_part(mission, "Kopi Ijen", commodity=kopi)
    assert "Biji Kopi Ijen" in client.get(address(mission)).content.decode()

    close_listing(participation.listings.get())

    content = client.get(address(mission)).content.decode()
    assert "Biji Kopi Ijen" not in content
    assert shown(client, mission, komoditas="kopi") == ["Kopi Ijen"]


def test_a_draft_listing_is_not_told(client, mission, kopi):
    draft = ListingFactory(commodity=kopi, title="Masih Draf")
    takes_part(mission, "Kopi Ijen", listings=[draft])

    response = client.get(address(mission))

    assert "Masih Draf" not in response.content.decode()
    assert shown(client, mission, komoditas="kopi") == []


def test_no_contact_is_on_the_page_or_in_a_download(client, mission):
    participation = takes_part(mission, "Kopi Ijen")
    owner = participation.business.memberships.get().user
    ContactFactory(business=participation.business, value=SECRET, public_by=owner)

    texts = [
        client.get(page).getvalue().decode(errors="ignore")
        for page in (address(mission), *(download(mission, e) for e in ("csv", "json")))
    ]

    assert not any(part in text for text in texts for part in (SECRET[1:], owner.email))


def test_json_says_what_the_page_does(client, mission, kopi):
    takes_part(mission, "Kopi Ijen", commodity=kopi)

    [row] = json.loads(client.get(download(mission, "json")).content)

    assert row == {
        "mission_slug": mission.slug,
        "side": "seller",
        "business_slug": "kopi-ijen",
        "business": "Kopi Ijen",
        "province_code": "35",
        "regency_code": None,
        "commodity_slugs": "kopi",
        "is_example": False,
    }


def test_a_long_list_has_pages(client, mission, monkeypatch):
    monkeypatch.setattr(matchmaking, "PARTICIPANTS_PER_PAGE", 2)
    for number in range(3):
        takes_part(mission, f"Usaha {number}")

    assert shown(client, mission, halaman=2) == ["Usaha 2"]
    assert "halaman=2" in client.get(address(mission)).content.decode()


def test_an_empty_list_says_how_many_take_part(client, mission, english):
    assert "Nobody is accepted yet." in client.get(address(mission)).text
    takes_part(mission, "Tersembunyi", named=False)

    page = " ".join(client.get(address(mission)).text.split())

    assert "1 business takes part. It has not agreed to be named." in page


def test_examples_are_marked(client):
    mission = MissionFactory(is_example=True)
    participation = takes_part(mission, "Kopi Ijen")
    participation.business.is_example = True
    participation.business.save()

    content = client.get(address(mission)).content.decode()

    assert content.count("chip chip-promised") == 1
    assert 'name="robots" content="noindex"' in content


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_one_as_for_three(
    client, mission, kopi, django_assert_num_queries, count
):
    for number in range(count):
        takes_part(mission, f"Usaha {number}", commodity=kopi)

    with django_assert_num_queries(10):
        response = client.get(address(mission))
    with django_assert_num_queries(8):
        client.get(download(mission))

    assert len(response.context["page"]) == count
