"""What several people do at the same moment, each in a database connection of their own."""

import pytest
from django.db import connection

from missions.deals.imports import ImportResult, import_reported_deals
from missions.deals.models import Deal
from missions.imports import import_missions
from missions.models import CountSnapshot, Mission
from missions.services import AlreadyRecorded, record_count
from tests.csv_rows import DEAL, MISSION, write_csv
from tests.factories import CountSnapshotFactory, MissionFactory, ProvinceFactory
from tests.races import all_at_once
from umkm_portal.csv_files import BadFile

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("committed")]
OFFICIALS = 6


@pytest.fixture
def committed(transactional_db):
    """Rows that other connections see. The counts are taken away behind the triggers' back,
    since flushing the tables after the test would be refused."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE missions_countsnapshot DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM missions_countsnapshot")
        cursor.execute("ALTER TABLE missions_countsnapshot ENABLE TRIGGER USER")


def test_officials_counting_at_once_get_positions_without_gap():
    mission = MissionFactory()

    outcomes = all_at_once(
        record_count,
        [
            CountSnapshotFactory.build(mission=mission, total=total)
            for total in range(OFFICIALS)
        ],
    )

    assert sorted(count.position for count in outcomes) == list(range(1, OFFICIALS + 1))
    assert mission.counts.count() == OFFICIALS


def test_same_count_sent_many_times_at_once_is_recorded_once():
    mission = MissionFactory()
    source = "https://contoh.id/satu"

    outcomes = all_at_once(
        record_count,
        [
            CountSnapshotFactory.build(mission=mission, source_url=source)
            for _turn in range(OFFICIALS)
        ],
    )

    assert mission.counts.count() == 1
    assert sum(isinstance(one, AlreadyRecorded) for one in outcomes) == OFFICIALS - 1


def test_same_file_imported_twice_at_once_is_taken_once(tmp_path):
    for code in ("35", "51"):
        ProvinceFactory(code=code)
    rows = [MISSION, MISSION | {"as_of": "quoted later"}, MISSION | {"slug": "lain"}]
    path = write_csv(tmp_path, *rows)

    outcomes = all_at_once(import_missions, [path] * 3)

    assert (Mission.objects.count(), CountSnapshot.objects.count()) == (2, 3)
    assert sorted(one.counts for one in outcomes) == [0, 0, 3]
    assert sorted(one.unchanged for one in outcomes) == [0, 3, 3]


def test_same_deals_imported_at_once_are_taken_once(tmp_path):
    MissionFactory(slug=DEAL["mission_slug"], host_province=ProvinceFactory(code="51"))
    path = write_csv(tmp_path, DEAL, DEAL | {"commodity": "beras"})

    outcomes = all_at_once(import_reported_deals, [path] * 3)

    assert Deal.objects.count() == 2
    taken = [one for one in outcomes if isinstance(one, ImportResult)]
    assert sum(one.deals for one in taken) == 2
    refused = [str(one) for one in outcomes if isinstance(one, BadFile)]
    assert all("berkas" in reason for reason in refused)
