"""What bin/prepare makes of an empty database, and of one that officials have corrected."""

import shutil
import sqlite3
import urllib.request
from contextlib import closing

import pytest

from .sites import run

pytestmark = pytest.mark.browser


def test_the_prepared_portal_is_healthy(site):
    with urllib.request.urlopen(f"{site}/sehat/", timeout=10) as response:
        assert response.status == 200
    with urllib.request.urlopen(f"{site}/misi/", timeout=10) as response:
        assert b"/misi/contoh-jatim-kaltim/" in response.read()


@pytest.mark.once
def test_what_ships_is_the_beginning_and_undoes_no_correction(
    environment, shared, tmp_path
):
    path = shutil.copy(shared / "site/data/portal.sqlite3", tmp_path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DELETE FROM missions_missioncommodity WHERE name = 'kopi'")
        database.execute(
            "UPDATE missions_mission SET slug = 'jatim-kaltim-mei-2025' WHERE slug = 'jatim-kaltim-2025'"
        )
        database.commit()

    run("bin/prepare", environment | {"DATABASE_URL": f"sqlite:///{path}"})

    with closing(sqlite3.connect(path)) as database:
        count = "SELECT count(*) FROM missions_mission WHERE NOT is_example"
        assert database.execute(count).fetchone() == (70,)
        coffee = "SELECT count(*) FROM missions_missioncommodity WHERE name = 'kopi'"
        assert database.execute(coffee).fetchone() == (0,)
