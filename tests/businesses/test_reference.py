from decimal import Decimal

import pytest
from django.core.management import call_command

from businesses import reference
from businesses.models import (
    ClassificationCode,
    CommodityGroup,
    Province,
    Regency,
    Sector,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
MODELS = [Province, Regency, Sector, ClassificationCode, CommodityGroup]


def everything():
    rows = [list(model.objects.order_by("pk").values_list()) for model in MODELS]
    return [*rows, set(CommodityGroup.codes.through.objects.values_list())]


def test_whole_of_indonesia_is_loaded():
    loaded = reference.load_reference()

    assert [model.objects.count() for model in MODELS] == [38, 514, 13, 184, 47]
    assert list(loaded.values()) == [38, 514, 13, 184, 47]
    kinds = [Regency.objects.filter(kind=kind).count() for kind in Regency.Kind]
    assert kinds == [416, 98]
    assert Regency.objects.filter(is_administrative=True).count() == 6


def test_facts_of_a_province_are_the_shipped_ones():
    reference.load_reference()
    papua, west_kalimantan = (
        Province.objects.get(pk="96"),
        Province.objects.get(pk="61"),
    )

    assert (papua.name, papua.capital, papua.zone) == (
        "Papua Barat Daya",
        "Sorong",
        "WIT",
    )
    assert (papua.iso_code, papua.label) == ("ID-PD", "Southwest Papua")
    assert west_kalimantan.zone == "WIB"
    assert papua.latitude == Decimal("-1.31170")
    assert papua.regencies.count() == 6
    assert Province.objects.filter(regencies=None).count() == 0


def test_every_point_lies_inside_its_own_zone():
    """A swapped latitude and longitude would not pass the constraint; a wrong zone would."""
    reference.load_reference()
    edges = {"WIB": (95, 116), "WITA": (114, 126), "WIT": (124, 141.1)}

    for province in Province.objects.all():
        west, east = edges[province.zone]
        assert west <= province.longitude <= east, province
        assert west <= province.capital_longitude <= east, province


def test_codes_of_a_commodity_name_scheme_and_version():
    reference.load_reference()
    rice = CommodityGroup.objects.get(pk="padi-beras")

    assert [str(code) for code in rice.codes.all()] == [
        "HS 2022 10",
        "KBLI 2025 01",
        "KBLI 2025 10",
        "KBLI 2025 46",
    ]
    versions = {
        (code.scheme, code.version) for code in ClassificationCode.objects.all()
    }
    assert versions == {("HS", "2022"), ("KBLI", "2025")}
    assert not CommodityGroup.objects.exclude(codes__scheme="KBLI").exists()
    assert rice.sector.label == "Agriculture"


def test_second_run_changes_nothing_and_says_so(capsys):
    call_command("load_reference")
    assert "38 provinces" in capsys.readouterr().out
    before = everything()

    call_command("load_reference")

    assert capsys.readouterr().out == "Reference data: nothing changed.\n"
    assert everything() == before


def test_corrections_of_officials_survive_until_refreshed(capsys):
    call_command("load_reference")
    shipped = everything()
    Province.objects.filter(pk="35").update(capital="Malang")
    Sector.objects.filter(pk="fesyen").update(name="Busana")
    rice = CommodityGroup.objects.get(pk="padi-beras")
    rice.codes.clear()

    call_command("load_reference")

    assert Province.objects.get(pk="35").capital == "Malang"
    assert Sector.objects.get(pk="fesyen").name == "Busana"
    assert rice.codes.count() == 0

    call_command("load_reference", refresh=True)

    assert everything()[:-1] == shipped[:-1]
    assert rice.codes.count() == 4


def test_rows_that_officials_added_are_left_alone():
    reference.load_reference()
    own = Sector.objects.create(slug="wisata", name="Wisata", name_en="Tourism")

    reference.load_reference(refresh=True)

    assert Sector.objects.filter(pk=own.pk).exists()


def test_missing_rows_come_back():
    reference.load_reference()
    Regency.objects.filter(province="35").delete()

    loaded = reference.load_reference()

    assert list(loaded.values()) == [0, 38, 0, 0, 0]
    assert Regency.objects.count() == 514
