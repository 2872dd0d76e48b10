import csv
import io
import json

import openpyxl
import pytest
from django.urls import reverse

from missions.deals.figures import CUMULATIVE, WITHOUT_VALUE, LineKey, cumulative
from missions.models import CountSnapshot, Mission
from tests.factories import (
    CountSnapshotFactory,
    MissionCommodityFactory,
    MissionFactory,
    ProvinceFactory,
    SectorFactory,
)

pytestmark = pytest.mark.django_db
LIST = reverse("publication:mission_list")
Stage, Basis = CountSnapshot.Stage, CountSnapshot.Basis


def found(client, **query):
    return list(client.get(LIST, query).context["page"])


def download_url(extension):
    return reverse("publication:mission_download", args=[extension])


@pytest.mark.parametrize("mission_count", [1, 3])
def test_list_needs_ten_queries_however_many_missions(
    client, django_assert_num_queries, mission_count
):
    missions = {CountSnapshotFactory().mission for _number in range(mission_count)}
    MissionFactory(status=Mission.Status.DRAFT)

    with django_assert_num_queries(10):
        response = client.get(LIST)

    assert set(response.context["page"]) == missions


@pytest.mark.parametrize("extension", ["csv", "json"])
@pytest.mark.parametrize("mission_count", [1, 3])
def test_download_needs_three_queries_however_many_missions(
    client, django_assert_num_queries, mission_count, extension
):
    for _number in range(mission_count):
        CountSnapshotFactory()

    with django_assert_num_queries(3):
        client.get(download_url(extension))


@pytest.mark.parametrize("role", ["initiator_province", "host_province"])
def test_province_filter_finds_initiator_and_host(client, role):
    bali = ProvinceFactory(code="51")
    mission = MissionFactory(**{role: bali}, partner_provinces=[])
    MissionFactory()

    assert found(client, provinsi="51") == [mission]


def test_province_filter_finds_each_of_several_partners_once(client):
    partners = [ProvinceFactory(code="73"), ProvinceFactory(code="52")]
    mission = MissionFactory(partner_provinces=partners)
    MissionFactory()

    assert found(client, provinsi="52") == [mission]


def test_year_sector_and_status_narrow_together(client):
    sector = SectorFactory()
    mission = MissionFactory(starts_on="2024-06-25")
    MissionCommodityFactory(mission=mission, sector=sector)
    MissionCommodityFactory(mission=mission, sector=sector)
    MissionCommodityFactory(mission=MissionFactory(), sector=sector)
    MissionFactory(starts_on="2024-01-01")
    MissionCommodityFactory(
        mission=MissionFactory(starts_on="2024-02-02", status=Mission.Status.RUNNING),
        sector=sector,
    )

    query = {"tahun": "2024", "sektor": sector.slug, "status": Mission.Status.CLOSED}

    assert found(client, **query) == [mission]


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        (CUMULATIVE, {}),
        (LineKey.FOREIGN, {"foreign": 300}),
        (LineKey.INTERIM, {"stage": Stage.INTERIM}),
        (LineKey.YEAR_TOTAL, {"stage": Stage.QUOTED, "basis": Basis.YEAR_TOTAL}),
        (LineKey.POTENTIAL, {"stage": Stage.QUOTED, "basis": Basis.POTENTIAL}),
        (LineKey.RETAIL, {"stage": Stage.QUOTED, "basis": Basis.RETAIL}),
        (WITHOUT_VALUE, {"stage": Stage.NO_VALUE, "total": None}),
    ],
)
def test_each_line_of_the_value_opens_into_its_missions(client, key, facts):
    mission = CountSnapshotFactory(**{"total": 1000} | facts).mission
    other = LineKey.RETAIL if key != LineKey.RETAIL else LineKey.POTENTIAL
    CountSnapshotFactory(stage=Stage.QUOTED, basis=other)

    assert found(client, bagian=key) == [mission]


def test_shipped_missions_lie_in_exactly_one_line(client, shipped_missions):
    lines = [CUMULATIVE, *set(LineKey) - {LineKey.FOREIGN}, WITHOUT_VALUE]

    counts = [
        client.get(LIST, {"bagian": line}).context["page"].paginator.count
        for line in lines
    ]

    assert sum(counts) == Mission.objects.count() == 70


@pytest.mark.parametrize("words", ["kopi balikpapan", "BALIKPAPAN KOPI", "timur kopi"])
def test_search_wants_every_word_somewhere(client, words):
    mission = MissionCommodityFactory(name="kopi bubuk").mission
    MissionFactory(city="Samarinda")
    MissionFactory()

    assert found(client, q=words) == [mission]


def test_search_without_a_hit_says_what_to_do(client):
    MissionFactory()

    response = client.get(LIST, {"q": "tidak-ada"})

    assert response.context["page"].paginator.count == 0
    assert f'href="{LIST}">Tampilkan semua misi' in response.content.decode()


def test_orders(client):
    small = CountSnapshotFactory(
        total=1, mission=MissionFactory(starts_on="2023-01-01")
    ).mission
    large = CountSnapshotFactory(
        total=9, mission=MissionFactory(starts_on="2024-01-01")
    ).mission
    unknown = MissionFactory(starts_on="2025-01-01")

    assert found(client) == [unknown, large, small]
    assert found(client, urut="terbaru") == [unknown, large, small]
    assert found(client, urut="terlama") == [small, large, unknown]
    assert found(client, urut="terbesar") == [large, small, unknown]
    assert found(client, urut="terkecil") == [small, large, unknown]


def test_wrong_filter_values_are_named_beside_their_field_and_nothing_is_lost(client):
    MissionFactory()

    response = client.get(
        LIST, {"tahun": "dua ribu", "q": "Balikpapan", "provinsi": "99"}
    )

    assert set(response.context["filter"].form.errors) == {"tahun", "provinsi"}
    page = response.content.decode()
    assert 'value="Balikpapan"' in page
    assert "invalid-feedback" in page
    assert list(response.context["page"]) == []


@pytest.mark.parametrize("query", [{"tahun": "1900"}, {"q": "x" * 101}])
def test_download_with_a_wrong_filter_is_refused_not_widened(client, query):
    MissionFactory()

    response = client.get(download_url("csv"), query)

    assert response.status_code == 400
    assert next(iter(query)) in response.content.decode()


def test_missions_without_a_date_can_be_listed(client):
    MissionFactory()
    undated = MissionFactory(starts_on=None, date_precision="unknown")

    assert found(client, tahun="tanpa") == [undated]


def test_pages_keep_the_filter(client):
    for _number in range(21):
        MissionFactory()

    response = client.get(LIST, {"provinsi": "35", "halaman": "2"})

    assert len(response.context["page"]) == 1
    assert '?provinsi=35&amp;halaman=1"' in response.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "999", "x"])
def test_page_numbers_out_of_range_show_a_page(client, page):
    mission = MissionFactory()

    assert found(client, halaman=page) == [mission]


def test_cumulative_value_is_of_the_filter(client, shipped_missions):
    response = client.get(LIST, {"provinsi": "64", "tahun": "2025"})

    missions = Mission.objects.with_province("64").filter(starts_on__year=2025)
    assert response.context["cumulative"] == cumulative(missions)
    assert response.context["cumulative"].value == 1_053_146_943_500


def read(response, extension):
    if extension == "csv":
        return list(csv.DictReader(io.StringIO(response.content.decode())))
    if extension == "json":
        return json.loads(response.content)
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize("extension", ["csv", "xlsx", "json"])
def test_download_is_exactly_the_filter_in_its_order(
    client, shipped_missions, extension
):
    query = {"provinsi": "35", "bagian": CUMULATIVE, "urut": "terbesar"}

    rows = read(client.get(download_url(extension), query), extension)

    value = client.get(LIST, query).context["cumulative"].value
    assert sum(int(row["value_idr"]) for row in rows) == value
    amounts = [int(row["value_idr"]) for row in rows]
    assert amounts == sorted(amounts, reverse=True)
    kaltim = next(row for row in rows if row["slug"] == "jatim-kaltim-2025")
    assert str(kaltim["total_idr"]) == "1053146943500"
    assert kaltim["starts_on"] == "2025-05-08"
    assert kaltim["partner_province_codes"] == "64"


def test_download_links_carry_the_filter_but_not_the_page(client):
    MissionFactory()

    page = client.get(LIST, {"provinsi": "35", "halaman": "1"}).content.decode()

    assert f'{download_url("xlsx")}?provinsi=35"' in page


def test_download_of_nothing_has_only_the_header(client):
    response = client.get(download_url("csv"), {"q": "tidak-ada"})

    assert response.content.decode().startswith("slug,title,")
    assert read(response, "csv") == []


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_spreadsheets_do_not_run_a_formula(client, extension):
    MissionFactory(theme='=HYPERLINK("https://jahat.example")', venue="+62", city="-1")

    (row,) = read(client.get(download_url(extension)), extension)

    assert row["theme"] == '\'=HYPERLINK("https://jahat.example")'
    assert (row["venue"], row["city"]) == ("'+62", "'-1")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_list_only_answers_reading(client, method):
    assert getattr(client, method)(LIST).status_code == 405


def test_unknown_format_is_not_found(client):
    assert client.get(f"{LIST}data.exe").status_code == 404
