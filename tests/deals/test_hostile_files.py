"""What is sent instead of a good file: every importer says so and leaves the database alone."""

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from tests.csv_rows import COMMODITY, DEAL, MISSION, write_csv
from tests.factories import MissionFactory, SectorFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("provinces", "english"),
]
IMPORTERS = {
    "import_missions": MISSION | {"slug": "jatim-lain-2024"},
    "import_reported_deals": DEAL,
    "import_mission_commodities": COMMODITY,
}
# {what arrives: (how it is made of a good file, what the message says)}
HOSTILE = {
    "cut in a row": (lambda good: good.rstrip().rpartition(b",")[0], "be cut short"),
    "cut in its last cell": (lambda good: good.rstrip()[:-1], "be cut short"),
    "cut in a quotation": (lambda good: good + b'"jatim-ba', "quotation mark"),
    "binary": (lambda good: b"\x89PNG\r\n\x1a\n\x00\x00" + good, "not a CSV text file"),
    "zipped": (
        lambda good: b"PK\x03\x04\x14\x00\x08\x00" + good,
        "not a CSV text file",
    ),
    "wrong header": (lambda good: b"x" + good, "unknown columns: x"),
    "other file": (lambda good: b"nama,nilai\nkopi,1\n", "unknown columns: nama"),
    "no header": (lambda good: good.partition(b"\n")[2], "not the expected header"),
    "header only": (lambda good: good.partition(b"\n")[0] + b"\n", "no rows"),
    "empty": (lambda good: b"", "empty"),
    "blank": (lambda good: b"\n \r\n", "empty"),
    "row twice": (lambda good: good + good.partition(b"\n")[2], "repeats line 2"),
    "UTF-16": (lambda good: good.decode().encode("utf-16"), "CSV UTF-8"),
    "latin-1": (lambda good: good + b"kaf\xe9\n", "not UTF-8 text (line 3"),
    "NUL": (lambda good: good.replace(b"jatim", b"jatim\x00"), "not a CSV text file"),
    "HTML": (lambda good: b"<!DOCTYPE html>\n<p>404\n", "not the expected header"),
    "extra cell": (lambda good: good.rstrip() + b",1\n", "columns instead of"),
    "tabs": (lambda good: good.replace(b",", b"\t"), "not the expected header"),
}


def everything():
    return {
        model._meta.label: list(model.objects.order_by("pk").values_list())
        for app in ("missions", "deals", "businesses")
        for model in apps.get_app_config(app).get_models()
    }


@pytest.fixture(params=IMPORTERS)
def importer(request):
    """(command, good row), with all that the row names in the database."""
    SectorFactory(slug="perkebunan")
    MissionFactory(slug=DEAL["mission_slug"])
    return request.param, IMPORTERS[request.param]


def refused(command, path):
    before = everything()
    with pytest.raises(CommandError) as problem:
        call_command(command, path)
    assert everything() == before
    return str(problem.value)


def test_good_file_is_taken(tmp_path, importer):
    command, row = importer
    before = everything()

    call_command(command, write_csv(tmp_path, row))

    assert everything() != before


@pytest.mark.parametrize(("spoil", "said"), HOSTILE.values(), ids=HOSTILE)
def test_spoiled_file_is_refused(tmp_path, importer, spoil, said):
    command, row = importer
    path = write_csv(tmp_path, row)
    path.write_bytes(spoil(path.read_bytes()))

    assert said in refused(command, path)


def test_300_megabytes_are_refused(tmp_path, importer):
    path = tmp_path / "besar.csv"
    with path.open("wb") as file:
        file.truncate(300 * 1024**2)

    assert "10 MB" in refused(importer[0], path)


def test_missing_file_and_folder_are_refused(tmp_path, importer):
    assert "tidak-ada.csv" in refused(importer[0], tmp_path / "tidak-ada.csv")
    assert str(tmp_path) in refused(importer[0], tmp_path)
