import csv
import io
import json

import pytest
from django.urls import reverse

from businesses.reference import load_reference
from missions.deals.guards import OUTLIER_FACTOR
from missions.models import CountSnapshot, Mission
from missions.publication.provenance import licences, sources
from missions.publication.tables import TABLES
from tests.factories import (
    CountSnapshotFactory,
    DealFactory,
    MissionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def table_url(name, extension):
    return reverse("publication:table_download", args=[name, extension])


def read_csv(response):
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_data_page_names_every_source_its_licence_and_every_file(client):
    page = client.get(reverse("publication:data")).content.decode()

    for source in sources():
        assert source.name in page
        assert source.licence in page
        assert all(name in page for name in source.file_names)
    for name in TABLES:
        for extension in ("csv", "xlsx", "json"):
            assert table_url(name, extension) in page
    assert all("Permission is hereby granted" in text for text in licences().values())


def test_every_shipped_data_file_has_a_source(settings):
    shipped = {
        path.name
        for folder in ("businesses/data", "missions/data", "missions/deals/data")
        for path in (settings.BASE_DIR / folder).glob("*.csv")
    }

    assert shipped - {"sources.csv"} == {
        name for source in sources() for name in source.file_names
    }


@pytest.mark.parametrize("extension", ["csv", "xlsx", "json"])
@pytest.mark.parametrize("name", TABLES)
def test_every_table_of_an_empty_portal_can_be_downloaded(client, name, extension):
    response = client.get(table_url(name, extension))

    assert f'filename="{name}.{extension}"' in response["Content-Disposition"]
    assert response["Content-Type"].startswith(("text/csv", "application/"))


def test_reference_tables_hold_the_reference_data(client):
    load_reference()

    rows = {
        name: json.loads(client.get(table_url(name, "json")).content) for name in TABLES
    }

    assert len(rows["provinsi"]) == 38
    assert len(rows["kabupaten-kota"]) == 514
    assert len(rows["kelompok-komoditas"]) == 47
    assert {(row["scheme"], row["version"]) for row in rows["kode-hs-kbli"]} == {
        ("HS", "2022"),
        ("KBLI", "2025"),
    }


def test_counts_and_deals_can_be_recomputed_from_the_download(client, shipped_deals):
    counts = read_csv(client.get(table_url("hitungan", "csv")))
    deals = read_csv(client.get(table_url("transaksi-dilaporkan", "csv")))

    assert len(counts) == 124
    assert len(deals) == 80
    kaltim = [
        row["total_idr"] for row in counts if row["mission_slug"] == "jatim-kaltim-2025"
    ]
    assert kaltim == ["400000000000", "666000000000", "834496700000", "1053146943500"]
    assert {row["evidence"] for row in deals} == {"reported"}


def test_control_characters_of_old_rows_do_no_harm_in_downloads(client):
    DealFactory(commodity="ko\x0bpi")

    for extension in ("xlsx", "csv", "json"):
        response = client.get(table_url("transaksi-dilaporkan", extension))
        assert response.status_code == 200
    assert "kopi" in response.content.decode()


def test_downloads_leave_drafts_and_who_recorded_out(client):
    official = UserFactory(name="Nama Rahasia", email="rahasia@contoh.id")
    draft = MissionFactory(status=Mission.Status.DRAFT, slug="misi-rahasia")
    CountSnapshotFactory(mission=draft)
    DealFactory(mission=draft)
    CountSnapshotFactory(recorded_by=official)

    texts = [
        client.get(table_url(name, "csv")).content.decode()
        for name in ("hitungan", "transaksi-dilaporkan")
    ]
    texts.append(
        client.get(
            reverse("publication:mission_download", args=["csv"])
        ).content.decode()
    )

    assert not any("ahasia" in text for text in texts)


@pytest.mark.parametrize("rows", [1, 3])
def test_tables_need_one_query_however_many_rows(
    client, django_assert_num_queries, rows
):
    for _number in range(rows):
        DealFactory(mission=CountSnapshotFactory().mission)

    for name in ("hitungan", "transaksi-dilaporkan"):
        with django_assert_num_queries(1):
            client.get(table_url(name, "csv"))


def test_methodology_compares_with_the_official_totals(client, shipped_missions):
    response = client.get(reverse("publication:methodology"))

    rows = [
        (row.label, row.official_missions, row.our_missions, row.our_value)
        for row in response.context["comparison"]
    ]
    assert rows == [
        ("2023", 8, 8, 2_208_100_000_000),
        ("2019–2023", None, 34, 10_147_587_806_625),
        ("2019 sampai 29 September 2025", 43, 42, 17_439_872_549_125),
    ]
    page = response.content.decode()
    for shown in (
        "Rp2,208 triliun",
        "Rp10,148 triliun",
        "Rp17,44 triliun",
        "detik.com",
    ):
        assert shown in page


def test_methodology_shows_the_code_and_limits_that_are_in_force(client):
    page = client.get(reverse("publication:methodology")).content.decode()

    assert "def cumulative(missions):" in page
    assert "def best_first(self):" in page
    assert "def traceable(missions):" in page
    assert f"lebih dari {OUTLIER_FACTOR} kali" in page
    assert CountSnapshot.__module__ in page
