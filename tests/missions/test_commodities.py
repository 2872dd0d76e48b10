import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from businesses.reference import load_reference
from missions.commodities import SECTORS, import_mission_commodities
from missions.models import MissionCommodity
from tests.csv_rows import COMMODITY, write_csv
from tests.factories import MissionFactory, SectorFactory
from umkm_portal.csv_files import BadFile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SHIPPED = settings.BASE_DIR / "missions/data/commodities.csv"


@pytest.fixture
def mission():
    SectorFactory(slug="perkebunan")
    return MissionFactory(slug="jatim-bali-2024")


@pytest.mark.usefixtures("shipped_missions")
def test_shipped_file_loads_and_a_second_run_changes_nothing(capsys):
    load_reference()

    call_command("import_mission_commodities", SHIPPED)
    assert capsys.readouterr().out == "Added 542 commodities.\n"

    call_command("import_mission_commodities", SHIPPED)
    assert "Nothing changed" in capsys.readouterr().out
    assert MissionCommodity.objects.count() == 542
    coffee = MissionCommodity.objects.filter(name="kopi")
    assert coffee.count() == 17
    assert {named.sector_id for named in coffee} == {"perkebunan"}


def test_every_sector_of_the_compilation_is_one_of_the_portals():
    load_reference()

    for sector in filter(None, SECTORS.values()):
        assert SectorFactory._meta.model.objects.filter(pk=sector).exists(), sector


def test_one_row_names_several_missions(tmp_path, mission):
    other = MissionFactory()
    row = COMMODITY | {"mission_slugs": f"{mission.slug};{other.slug}"}

    assert import_mission_commodities(write_csv(tmp_path, row)) == 2
    assert import_mission_commodities(write_csv(tmp_path, COMMODITY)) == 0


def test_commodity_without_a_sector_of_the_portal_has_none(tmp_path, mission):
    import_mission_commodities(write_csv(tmp_path, COMMODITY | {"sector": "lainnya"}))

    assert mission.commodities.get().sector is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("commodity", ""),
        ("commodity", "x" * 101),
        ("sector", "antariksa"),
        ("sector", "pertanian"),
        ("mission_count", "-1"),
        ("jatim_buys_count", "1.000"),
        ("mission_slugs", ""),
        ("mission_slugs", "jatim-bali-2024;tidak-ada"),
    ],
)
def test_bad_cell_is_named_and_nothing_is_written(tmp_path, mission, column, value):
    good = COMMODITY | {"commodity": "teh"}

    with pytest.raises(BadFile) as problem:
        import_mission_commodities(
            write_csv(tmp_path, good, COMMODITY | {column: value})
        )

    assert [(cell.line, cell.column) for cell in problem.value.cells] == [(3, column)]
    assert not MissionCommodity.objects.exists()


def test_commodity_that_stands_twice_is_named(tmp_path, mission):
    with pytest.raises(CommandError, match="line 3, column commodity"):
        call_command(
            "import_mission_commodities", write_csv(tmp_path, COMMODITY, COMMODITY)
        )
