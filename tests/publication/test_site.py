"""Feed, sitemap, robots and what visitors get when something is wrong."""

from xml.etree import ElementTree

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse

from missions.models import Mission
from tests.factories import (
    BusinessFactory,
    CountSnapshotFactory,
    ListingFactory,
    MissionFactory,
)
from umkm_portal.urls import urlpatterns as portal_urls

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def fail(request):
    raise RuntimeError


def refuse(request):
    raise PermissionDenied


def change(request):
    return HttpResponse(status=204)


urlpatterns = [
    path("gagal/", fail),
    path("tolak/", refuse),
    path("ubah/", change),
    *portal_urls,
]


@pytest.mark.django_db
def test_feed_lists_missions_with_their_value(client):
    mission = CountSnapshotFactory(total=666_000_000_000).mission
    MissionFactory(status=Mission.Status.DRAFT)

    response = client.get(reverse("publication:mission_feed"))

    (entry,) = ElementTree.fromstring(response.content).iter(f"{ATOM}entry")
    assert response["Content-Type"].startswith("application/atom+xml")
    assert (
        entry.find(f"{ATOM}title").text == "Jawa Timur – Kalimantan Timur, 8 Mei 2025"
    )
    assert "Rp666 miliar" in entry.find(f"{ATOM}summary").text
    link = f"http://testserver{mission.get_absolute_url()}"
    assert entry.find(f"{ATOM}link").attrib["href"] == link
    count = mission.counts.get()
    assert entry.find(f"{ATOM}updated").text.startswith(
        count.recorded_at.strftime("%Y-%m-%d")
    )


@pytest.mark.django_db
@pytest.mark.parametrize("mission_count", [1, 3])
def test_feed_needs_three_queries_however_many_missions(
    client, django_assert_num_queries, mission_count
):
    for _number in range(mission_count):
        CountSnapshotFactory()

    with django_assert_num_queries(3):
        client.get(reverse("publication:mission_feed"))


@pytest.mark.django_db
def test_entry_of_a_mission_without_count_has_the_time_it_was_added(client):
    mission = MissionFactory()

    response = client.get(reverse("publication:mission_feed"))

    (entry,) = ElementTree.fromstring(response.content).iter(f"{ATOM}entry")
    added = mission.history.earliest().history_date
    assert entry.find(f"{ATOM}updated").text.startswith(added.strftime("%Y-%m-%dT"))
    assert entry.find(f"{ATOM}published") is not None


@pytest.mark.django_db
def test_correction_of_an_old_mission_comes_first_in_the_feed(client):
    old, new = MissionFactory(starts_on="2019-01-01"), MissionFactory()
    for mission in (new, old):
        CountSnapshotFactory(mission=mission)

    response = client.get(reverse("publication:mission_feed"))

    entries = ElementTree.fromstring(response.content).iter(f"{ATOM}entry")
    links = [entry.find(f"{ATOM}link").attrib["href"] for entry in entries]
    assert links[0].endswith(old.get_absolute_url())


@pytest.mark.django_db
def test_sitemap_names_every_public_page_in_both_languages(client):
    mission = MissionFactory()
    draft = MissionFactory(status=Mission.Status.DRAFT)

    index = client.get("/sitemap.xml")
    sections = [
        element.text
        for element in ElementTree.fromstring(index.content).iter(f"{SITEMAP}loc")
    ]
    texts = [client.get(section).content.decode() for section in sections]

    places = {
        element.text
        for text in texts
        for element in ElementTree.fromstring(text).iter(f"{SITEMAP}loc")
    }
    pages = ["", "misi/", "usaha/", "peluang/", "metodologi/", "data/", "privasi/"]
    pages += [f"misi/{mission.slug}/", f"misi/{mission.slug}/riwayat-angka/"]
    assert places == {
        f"http://testserver/{prefix}{page}" for prefix in ("", "en/") for page in pages
    }
    assert draft.slug not in "".join(texts)


@pytest.mark.django_db
def test_sitemap_names_public_businesses_and_listings_but_no_examples(client):
    shown = ListingFactory(business=BusinessFactory(published=True), open=True)
    example = BusinessFactory(published=True, is_example=True)
    hidden = [
        ListingFactory(business=business, open=True)
        for business in (example, BusinessFactory())
    ]

    texts = "".join(
        client.get(f"/sitemap-{section}.xml").content.decode()
        for section in ("businesses", "listings")
    )

    for page in (shown, shown.business):
        assert f"<loc>http://testserver{page.get_absolute_url()}</loc>" in texts
    for listing in hidden:
        assert f"{listing.get_absolute_url()}<" not in texts
        assert f"{listing.business.get_absolute_url()}<" not in texts


def test_robots_keeps_crawlers_out_of_the_admin_and_names_the_sitemap(client):
    lines = client.get("/robots.txt").content.decode().splitlines()

    for folder in ("admin", "akun", "berhenti", "dasbor", "petugas", "t", "undangan"):
        assert f"Disallow: /{folder}/" in lines
        assert f"Disallow: /en/{folder}/" in lines
    assert "Sitemap: http://testserver/sitemap.xml" in lines


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "heading"),
    [("/tidak-ada/", "Halaman ini tidak ada"), ("/en/no/", "This page does not exist")],
)
def test_unknown_page_says_what_to_do_in_the_visitors_language(client, path, heading):
    response = client.get(path)

    assert response.status_code == 404
    assert f"<h1>{heading}</h1>" in response.content.decode()
    assert "Content-Security-Policy" in response


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("path", "status"), [("/tolak/", 403), ("/gagal/", 500), ("/tidak/", 404)]
)
def test_error_pages_have_a_heading_a_way_on_and_a_strict_policy(path, status):
    response = Client(raise_request_exception=False).get(path)

    page = response.content.decode()
    assert response.status_code == status
    assert f'<p class="eyebrow">{status}</p>' in page
    assert "<h1></h1>" not in page
    assert f'href="{reverse("publication:mission_list")}"' in page
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_expired_form_is_explained():
    response = Client(enforce_csrf_checks=True).post("/ubah/")

    assert response.status_code == 403
    assert "<h1>Formulir ini sudah kedaluwarsa</h1>" in response.content.decode()


@pytest.mark.django_db
def test_foreign_host_name_is_refused_with_our_page(settings):
    settings.ALLOWED_HOSTS = ["portal.example"]

    response = Client(headers={"host": "jahat.example"}).get("/")

    assert response.status_code == 400
    assert "<h1>" in response.content.decode()
    assert "jahat" not in response.content.decode()


@pytest.mark.django_db
def test_page_names_itself_in_the_other_language(client):
    page = client.get("/misi/?provinsi=35").content.decode()

    assert (
        '<link rel="alternate" hreflang="en" href="http://testserver/en/misi/?provinsi=35">'
        in page
    )
    assert 'href="/en/misi/?provinsi=35" lang="en"' in page
