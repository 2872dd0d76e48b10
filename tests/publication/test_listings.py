"""/peluang/: what is open, and to whom; never a contact that nobody agreed to publish."""

import csv
import io
import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from businesses import consents
from businesses.models import Certificate, Consent, Listing, ListingCertificate
from businesses.services import close_listing
from missions.publication import paging
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CommodityGroupFactory,
    ContactFactory,
    ListingFactory,
    MembershipFactory,
    ProvinceFactory,
    RegencyFactory,
    SectorFactory,
    UserFactory,
)
from tests.publication.results import heading, notes

pytestmark = pytest.mark.django_db
LIST = reverse("publication:listing_list")
FEED = reverse("publication:listing_feed")
ATOM = "{http://www.w3.org/2005/Atom}"
SECRET = "+6281299900011"


def download(extension):
    return reverse("publication:listing_download", args=[extension])


@pytest.fixture
def business():
    return BusinessFactory(published=True)


def shown(client, **query):
    return {listing.title for listing in client.get(LIST, query).context["page"]}


def expire(listing):
    yesterday = timezone.localdate() - timedelta(days=1)
    Listing.objects.filter(pk=listing.pk).update(expires_on=yesterday)


def withdraw_page(business):
    consent = business.consents.active().get(purpose=Consent.Purpose.PROFILE)
    consents.withdraw_consent(consent, by=consent.given_by)


@pytest.fixture
def every_state(business):
    """{state: listing}"""
    made = {
        state: ListingFactory(
            business=BusinessFactory() if state == "unpublished" else business,
            title=f"Peluang {state}",
            open=state != "draft",
        )
        for state in ("open", "draft", "closed", "expired", "unpublished")
    }
    close_listing(made["closed"])
    expire(made["expired"])
    return made


def test_list_download_and_feed_show_open_ones_only(client, every_state):
    texts = [
        client.get(address).getvalue().decode()
        for address in (LIST, download("csv"), download("json"), FEED, "/")
    ]

    for text in texts:
        assert "Peluang open" in text
        for state in ("draft", "closed", "expired", "unpublished"):
            assert f"Peluang {state}" not in text


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("open", 200),
        ("closed", 410),
        ("expired", 410),
        ("draft", 404),
        ("unpublished", 404),
    ],
)
def test_strangers_see_a_listing_while_it_is_open(client, every_state, state, status):
    response = client.get(every_state[state].get_absolute_url())

    assert response.status_code == status


def test_page_of_a_closed_one_leads_on_to_similar_ones(client, business):
    coffee = CommodityGroupFactory()
    over = ListingFactory(
        business=business, commodity=coffee, title="Kopi rahasia", open=True
    )
    close_listing(over)
    similar = ListingFactory(business=business, commodity=coffee, open=True)
    other = ListingFactory(
        business=business, commodity=CommodityGroupFactory(), open=True
    )
    need = ListingFactory(business=business, commodity=coffee, kind="need", open=True)

    html = client.get(over.get_absolute_url()).content.decode()

    assert similar.get_absolute_url() in html
    assert other.get_absolute_url() not in html
    assert need.get_absolute_url() not in html
    assert business.get_absolute_url() in html
    assert over.title not in html


def test_people_and_officials_see_what_is_not_open(every_state):
    business = every_state["open"].business
    visitors = {
        "owner": business.memberships.get().user,
        "official": AppointmentFactory(province=business.province).user,
        "elsewhere": AppointmentFactory(province=ProvinceFactory(code="51")).user,
        "stranger": MembershipFactory(business=BusinessFactory()).user,
    }
    seen = {}
    for name, user in visitors.items():
        client = Client()
        client.force_login(user)
        response = client.get(every_state["draft"].get_absolute_url())
        seen[name] = response.status_code
        if seen[name] == 200:
            assert "noindex" in response.content.decode()

    assert seen == {"owner": 200, "official": 200, "elsewhere": 404, "stranger": 404}


def test_everything_of_a_business_is_gone_with_its_consent(client, business):
    listing = ListingFactory(business=business, open=True)
    withdraw_page(business)

    assert shown(client) == set()
    assert client.get(listing.get_absolute_url()).status_code == 404
    for address in (download("csv"), download("json"), FEED, "/"):
        assert listing.title not in client.get(address).getvalue().decode()


def test_no_contact_appears_anywhere_without_consent(client, business):
    listing = ListingFactory(business=business, open=True, note=f"Hubungi {SECRET}")
    contact = ContactFactory(business=business, value="+6281211112222")
    owner = business.memberships.get().user
    addresses = [LIST, FEED, *map(download, ("csv", "json"))]
    pages = [*addresses, listing.get_absolute_url()]

    def texts(addresses):
        return "".join(client.get(a).getvalue().decode() for a in addresses)

    assert "81211112222" not in texts(pages)
    assert SECRET not in texts(addresses)
    consent = consents.give_consent(
        business, Consent.Purpose.CONTACT, by=owner, contact=contact
    )
    assert "wa.me/6281211112222" in texts([listing.get_absolute_url()])
    assert "81211112222" not in texts(addresses)
    consents.withdraw_consent(consent, by=owner)
    assert "81211112222" not in texts(pages)


def test_page_shows_quantity_price_delivery_and_certificates(client, business):
    bali = ProvinceFactory(code="51")
    listing = ListingFactory(
        business=business,
        price_min=80_000,
        price_max=95_000,
        delivers_everywhere=False,
        note="Petik merah.\n\nSortir tangan.",
        commodity=CommodityGroupFactory(name="Kopi"),
        open=True,
    )
    listing.delivery_provinces.add(bali)
    ListingCertificate.objects.create(listing=listing, kind=Certificate.Kind.HALAL)

    html = client.get(listing.get_absolute_url()).content.decode()

    for text in (
        "2 ton",
        "Rp80.000–Rp95.000",
        "Bali",
        "Halal",
        "Kopi",
        "<p>Petik merah.</p>",
        business.get_absolute_url(),
    ):
        assert text in html


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"price_min": 5_000}, "Rp5.000"),
        ({"price_max": 7_000}, "Rp7.000"),
        ({"price_min": 5_000, "price_max": 5_000}, "Rp5.000"),
    ],
)
def test_price_may_be_half_known(client, business, facts, text):
    listing = ListingFactory(business=business, open=True, **facts)

    html = client.get(listing.get_absolute_url()).content.decode()

    assert html.count("Rp") == 1
    assert text in html


@pytest.fixture
def choice(business):
    """Three listings that differ in everything one can filter by."""
    food, craft = SectorFactory(slug="pangan"), SectorFactory(slug="kriya")
    coffee = CommodityGroupFactory(slug="kopi", name="Kopi", sector=food)
    bali = ProvinceFactory(code="51")
    weaver = BusinessFactory(published=True, province=bali, name="Tenun Bali Jaya")
    weaver.sectors.add(craft)
    offer = ListingFactory(
        business=business, title="Robusta", commodity=coffee, open=True
    )
    ListingCertificate.objects.create(listing=offer, kind=Certificate.Kind.HALAL)
    need = ListingFactory(
        business=business,
        title="Dicari: jasa pengiriman",
        kind=Listing.Kind.NEED,
        delivers_everywhere=False,
        open=True,
    )
    cloth = ListingFactory(
        business=weaver, title="Kain", delivers_everywhere=False, open=True
    )
    cloth.delivery_provinces.add(bali)
    return {"offer": offer, "need": need, "cloth": cloth}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"offer", "need", "cloth"}),
        ({"jenis": "penawaran"}, {"offer", "cloth"}),
        ({"jenis": "kebutuhan"}, {"need"}),
        ({"provinsi": "51"}, {"cloth"}),
        ({"kirim": "51"}, {"offer", "cloth"}),
        ({"kirim": "35"}, {"offer"}),
        ({"sektor": "pangan"}, {"offer"}),
        ({"sektor": "kriya"}, {"cloth"}),
        ({"komoditas": "kopi"}, {"offer"}),
        ({"sertifikat": "halal"}, {"offer"}),
        ({"q": "KAIN"}, {"cloth"}),
        ({"q": "kopi robusta"}, {"offer"}),
        ({"q": "mengirim"}, {"need"}),
        ({"q": "tenun bali"}, {"cloth"}),
        ({"q": "tidak ada"}, set()),
        ({"jenis": "salah"}, set()),
        ({"provinsi": "99"}, set()),
    ],
)
def test_list_and_download_are_filtered_alike(client, choice, query, found):
    titles = {choice[name].title for name in found}
    response = client.get(download("csv"), query)

    assert shown(client, **query) == titles
    if response.status_code == 200:
        rows = csv.DictReader(io.StringIO(response.getvalue().decode()))
        assert {row["title"] for row in rows} == titles
    else:
        assert response.status_code == 400
        assert not titles


def test_order_by_end(client, business):
    late, soon = ListingFactory.create_batch(2, business=business, open=True)
    Listing.objects.filter(pk=soon.pk).update(expires_on=timezone.localdate())

    page = client.get(LIST, {"urut": "berakhir"}).context["page"]

    assert list(page) == [soon, late]


def test_newest_come_first(client, business):
    older, newer = ListingFactory.create_batch(2, business=business, open=True)

    assert list(client.get(LIST).context["page"]) == [newer, older]


def test_list_counts_no_further_than_anyone_reads(client, business, monkeypatch):
    monkeypatch.setattr(paging, "MOST", 30)
    ListingFactory.create_batch(35, business=business, open=True)

    first = client.get(LIST).context["page"]
    last = client.get(LIST, {"halaman": "2"}).context["page"]

    assert first.paginator.has_more
    assert first.paginator.count == 30
    assert len(last) == 10
    assert not last.has_next()


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_as_many_queries_for_one_as_for_three(
    client, django_assert_num_queries, number
):
    for _ in range(number):
        ListingFactory(
            business=BusinessFactory(published=True),
            commodity=CommodityGroupFactory(),
            open=True,
        )

    with django_assert_num_queries(7):
        client.get(LIST)
    with django_assert_num_queries(1):
        client.get(FEED)
    with django_assert_num_queries(3):
        client.get(download("json")).getvalue()


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_as_many_queries_for_one_as_for_three(
    client, django_assert_num_queries, number
):
    coffee = CommodityGroupFactory()
    listing, *_others = (
        ListingFactory(
            business=BusinessFactory(published=True), commodity=coffee, open=True
        )
        for _ in range(1 + number)
    )
    for code in ("51", "64", "35")[:number]:
        listing.delivery_provinces.add(ProvinceFactory(code=code))

    with django_assert_num_queries(5):
        client.get(listing.get_absolute_url())


def test_download_says_all_that_the_list_says(client, business):
    bali = ProvinceFactory(code="51")
    listing = ListingFactory(
        business=business, price_min=80_000, title="=HYPERLINK()", open=True
    )
    listing.delivery_provinces.add(bali)
    ListingCertificate.objects.create(listing=listing, kind=Certificate.Kind.HALAL)

    (row,) = json.loads(client.get(download("json")).getvalue())
    table = client.get(download("csv")).getvalue().decode()

    assert row["quantity_per_month"] == "2.000"
    assert row["unit_code"] == "TNE"
    assert row["price_min_idr"] == 80_000
    assert row["delivery_province_codes"] == "51"
    assert row["certificates"] == "halal"
    assert row["business_slug"] == business.slug
    assert "'=HYPERLINK()" in table
    xlsx = client.get(download("xlsx"))
    assert xlsx.getvalue().startswith(b"PK")


def test_feed_has_the_newest_and_takes_the_filters_of_the_list(client, choice):
    def titles(**query):
        feed = ElementTree.fromstring(client.get(FEED, query).content)
        return [entry.find(f"{ATOM}title").text for entry in feed.iter(f"{ATOM}entry")]

    assert len(titles()) == 3
    (only,) = titles(provinsi="51")
    assert only.endswith(": Kain")


def test_examples_are_named_so_and_stay_out_of_the_feed(client):
    example = BusinessFactory(published=True, is_example=True)
    listing = ListingFactory(business=example, open=True)

    assert shown(client) == {listing.title}
    assert "noindex" in client.get(listing.get_absolute_url()).content.decode()
    assert listing.title not in client.get(FEED).content.decode()
    (row,) = json.loads(client.get(download("json")).getvalue())
    assert row["is_example"] is True


@pytest.mark.parametrize(
    ("real", "said"), [(0, "0 offers and needs, 2 examples"), (1, "1 offer or need")]
)
def test_no_number_but_their_own_counts_examples(client, real, said):
    for number in range(real + 2):
        business = BusinessFactory(published=True, is_example=number >= real)
        ListingFactory(business=business, open=True)

    page = client.get(f"/en{LIST}").content.decode()

    (note,) = notes(page)
    assert heading(page) == said
    assert note.startswith("2 examples are shown")
    assert page.count('class="row-title"') == real + 2


@pytest.mark.parametrize(
    ("real", "said"),
    [(0, "At least 3 examples"), (2, "At least 2 offers and needs")],
)
def test_a_cut_list_says_that_there_are_at_least_as_many(
    client, monkeypatch, real, said
):
    monkeypatch.setattr(paging, "MOST", 3)
    for number in range(4):
        business = BusinessFactory(published=True, is_example=number >= real)
        ListingFactory(business=business, open=True)
    Listing.objects.filter(business__is_example=False).update(
        expires_on=timezone.localdate() + timedelta(days=Listing.DAYS + 1)
    )

    page = client.get(f"/en{LIST}").content.decode()

    assert heading(page) == said


@pytest.mark.parametrize(
    "text", ["udng", "vanamee", "udang vanname beku", "membekukan", "UDANG  lamongn"]
)
def test_words_may_be_mistyped_and_have_affixes(client, text):
    place = RegencyFactory(name="Kabupaten Lamongan")
    fishers = BusinessFactory(published=True, name="Bahari", regency=place)
    shrimp = ListingFactory(business=fishers, title="Udang vaname beku", open=True)
    ListingFactory(business=fishers, title="Rajungan", open=True)

    assert shown(client, q=text) == {shrimp.title}


@pytest.mark.parametrize(
    ("title", "text"), [("Penenun songket", "tenun"), ("Kain tenun", "penenun")]
)
def test_a_root_may_have_lost_its_first_letter(client, business, title, text):
    ListingFactory(business=business, title=title, open=True)

    assert shown(client, q=text) == {title}


def test_a_mistyped_word_is_answered_with_what_was_meant(client, business):
    listing = ListingFactory(business=business, title="Udang vaname", open=True)

    page = client.get(LIST, {"q": "udng"}).content.decode()
    close_listing(listing)
    empty = client.get(LIST, {"q": "udng"}).content.decode()

    assert "<b>udang</b>" in page
    assert "“udng”" in page
    assert "“udng”" not in empty


def test_words_common_to_many_businesses_are_found_too(client, monkeypatch):
    monkeypatch.setattr("businesses.search.MOST", 1)
    listings = [
        ListingFactory(
            business=BusinessFactory(published=True), title="Kopi", open=True
        )
        for _ in range(3)
    ]

    page = client.get(LIST, {"q": "kopi"}).context["page"]

    assert list(page) == listings[::-1]


@pytest.mark.parametrize("number", [1, 3])
def test_search_takes_as_many_queries_for_one_as_for_three(
    client, django_assert_num_queries, number
):
    for _ in range(number):
        business = BusinessFactory(published=True)
        ListingFactory(business=business, title="Udang vaname", open=True)

    with django_assert_num_queries(13):
        client.get(LIST, {"q": "udng vaname"})


@pytest.mark.parametrize("path", ["0/", "999999999999999999999999/", "abc/"])
def test_unknown_listing_is_not_found(client, path):
    assert client.get(LIST + path).status_code == 404


def test_nothing_can_be_sent(client):
    client.force_login(UserFactory())

    assert client.post(LIST).status_code == 405
