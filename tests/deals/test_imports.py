from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from missions.deals.imports import import_reported_deals
from missions.deals.models import Deal
from tests.csv_rows import DEAL, write_csv
from tests.factories import MissionFactory, UserFactory
from umkm_portal.csv_files import BadFile

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("provinces", "english"),
]
SHIPPED = settings.BASE_DIR / "missions/deals/data/deals.csv"


@pytest.fixture
def mission():
    return MissionFactory(slug=DEAL["mission_slug"])


@pytest.mark.usefixtures("shipped_missions")
def test_shipped_file_loads_whole_and_a_second_run_changes_nothing(capsys):
    call_command("import_reported_deals", SHIPPED)
    assert capsys.readouterr().out == "Added 80 reported deals; 0 were there.\n"
    before = list(Deal.objects.values_list())

    call_command("import_reported_deals", SHIPPED)

    assert (
        capsys.readouterr().out == "Nothing changed: all 80 deals are already there.\n"
    )
    assert list(Deal.objects.values_list()) == before


@pytest.mark.usefixtures("shipped_deals")
def test_shipped_facts_are_kept_as_they_are():
    kaltim = Deal.objects.get(mission__slug="jatim-kaltim-2025")
    foreign = Deal.objects.filter(mission=None)
    roasted = Deal.objects.get(quantity=Decimal("1.5"))

    assert {deal.rung for deal in Deal.objects.all()} == {Deal.Rung.REPORTED}
    assert (kaltim.seller_name, kaltim.seller_province_id) == (
        "PT Matahari Sakti (Surabaya)",
        "35",
    )
    assert (kaltim.buyer_name, kaltim.buyer_province_id) == ("UD Novan Budidaya", "64")
    assert (kaltim.value, kaltim.direction, kaltim.duration) == (
        124_000_000_000,
        Deal.Direction.SALE,
        "1 tahun",
    )
    assert {deal.event for deal in foreign} == {
        "foreign-hongkong-2023",
        "foreign-malaysia-loi-2025-11",
    }
    assert all(deal.is_foreign for deal in foreign)
    assert (roasted.unit, roasted.value) == ("ton per bulan", None)
    assert Deal.objects.filter(seller_name="", buyer_name="").exists()


def test_recorder_and_missing_values_are_kept(tmp_path, mission):
    row = DEAL | dict.fromkeys(
        [*("seller", "seller_province_code", "buyer", "buyer_province_code")], ""
    )
    row |= {"volume": "", "unit": "", "value_idr": "", "duration": ""}
    official = UserFactory()

    result = import_reported_deals(write_csv(tmp_path, row), by=official)

    deal = mission.deals.get()
    assert (result.deals, result.unchanged) == (1, 0)
    assert (deal.seller_name, deal.seller_province, deal.quantity, deal.value) == (
        "",
        None,
        None,
        None,
    )
    assert deal.recorded_by == official


def test_foreign_letter_of_intent_needs_no_mission(tmp_path):
    row = DEAL | {"mission_slug": "foreign-hongkong-2023", "buyer_province_code": ""}

    import_reported_deals(write_csv(tmp_path, row))

    deal = Deal.objects.get()
    assert (deal.mission, deal.event) == (None, "foreign-hongkong-2023")


def test_written_quantity_does_not_make_another_deal(tmp_path, mission):
    import_reported_deals(write_csv(tmp_path, DEAL))

    again = import_reported_deals(write_csv(tmp_path, DEAL | {"volume": "1.50"}))

    assert (again.deals, again.unchanged) == (0, 1)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("mission_slug", ""),
        ("mission_slug", "tidak-ada"),
        ("mission_slug", "bukan slug"),
        ("seller", "x" * 201),
        ("seller_province_code", "99"),
        ("seller_province_code", "35;64"),
        ("buyer", "x" * 201),
        ("buyer_province_code", "0"),
        ("commodity", ""),
        ("commodity", "x" * 301),
        ("volume", "0"),
        ("volume", "-1"),
        ("volume", "1.000"),
        ("volume", "1,5"),
        ("volume", "1e3"),
        ("volume", "NaN"),
        ("volume", "9" * 30),
        ("unit", "x" * 41),
        ("value_idr", "0"),
        ("value_idr", "-1500000000"),
        ("value_idr", "1.500.000.000"),
        ("value_idr", "1.000"),
        ("value_idr", "9" * 30),
        ("kind", ""),
        ("kind", "barter"),
        ("duration", "x" * 41),
        ("source_url", ""),
        ("source_url", "bukan alamat"),
    ],
)
def test_bad_cell_is_named_and_nothing_is_written(tmp_path, mission, column, value):
    path = write_csv(tmp_path, DEAL | {"commodity": "teh"}, DEAL | {column: value})

    with pytest.raises(BadFile) as problem:
        import_reported_deals(path)

    assert [(cell.line, cell.column) for cell in problem.value.cells] == [(3, column)]
    assert not Deal.objects.exists()


def test_deal_that_stands_twice_is_named(tmp_path, mission):
    with pytest.raises(
        CommandError, match=r"line 3, column mission_slug.*repeats line 2"
    ):
        call_command(
            "import_reported_deals",
            write_csv(tmp_path, DEAL, DEAL | {"volume": "1.50"}),
        )
    assert not Deal.objects.exists()


def test_one_pass_names_everything_wrong(tmp_path, mission):
    path = write_csv(tmp_path, DEAL, DEAL | {"value_idr": "-1", "kind": "barter"}, DEAL)
    path.write_text(path.read_text() + "cut,short")

    with pytest.raises(BadFile) as problem:
        import_reported_deals(path)

    found = [(cell.line, cell.column) for cell in problem.value.cells]
    assert sorted(found) == [
        (3, "kind"),
        (3, "value_idr"),
        (4, "mission_slug"),
        (5, "seller"),
    ]
