"""What keeps a published figure published, and keeps out what cannot have been counted yet."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import given, strategies as st

from missions.as_of import read_as_of
from missions.guards import Kind, review_new
from missions.history import steps
from missions.imports import import_missions
from missions.models import CountSnapshot, Mission
from missions.services import record_count
from tests.csv_rows import MISSION, write_csv
from tests.factories import CountSnapshotFactory, MissionFactory, ProvinceFactory
from umkm_portal.csv_files import BadFile
from umkm_portal.validators import MAX_RUPIAH

Stage, Basis = CountSnapshot.Stage, CountSnapshot.Basis
pytestmark = pytest.mark.django_db


@time_machine.travel(datetime(2025, 5, 7, 15, tzinfo=UTC))
@pytest.mark.parametrize("stage", [Stage.INTERIM, Stage.FINAL, Stage.CORRECTED])
def test_no_commitment_is_counted_before_the_mission_begins(stage):
    mission = MissionFactory(starts_on=date(2025, 5, 8))

    with pytest.raises(ValidationError):
        CountSnapshotFactory(mission=mission, stage=stage)
    CountSnapshotFactory(mission=mission, stage=Stage.QUOTED, basis=Basis.POTENTIAL)

    assert mission.counts.count() == 1


def test_the_day_begins_in_the_zone_of_the_mission():
    mission = MissionFactory(starts_on=date(2025, 5, 8), host_province__code="91")

    with time_machine.travel(datetime(2025, 5, 7, 14, 59, tzinfo=UTC), tick=False):
        assert mission.is_ahead
    with time_machine.travel(datetime(2025, 5, 7, 15, 0, tzinfo=UTC), tick=False):
        assert not mission.is_ahead


@time_machine.travel(datetime(2025, 5, 8, 9, tzinfo=UTC))
def test_an_hour_to_come_cannot_have_been_counted():
    later = datetime(2025, 5, 8, 10, tzinfo=UTC)

    with pytest.raises(ValidationError) as problem:
        CountSnapshotFactory(as_of_at=later)

    assert set(problem.value.message_dict) == {"as_of_at"}


@time_machine.travel(datetime(2024, 6, 1, tzinfo=UTC))
def test_import_refuses_commitments_of_the_future_and_schedules_the_mission(tmp_path):
    for code in ("35", "51"):
        ProvinceFactory(code=code)

    with pytest.raises(BadFile) as problem:
        import_missions(write_csv(tmp_path, MISSION))
    assert [(cell.line, cell.column) for cell in problem.value.cells] == [(2, "as_of")]
    assert not Mission.objects.exists()

    amounts = dict.fromkeys(("total_value_idr", "sell_value_idr", "buy_value_idr"), "")
    planned = MISSION | amounts | {"as_of": "participants only"}
    import_missions(write_csv(tmp_path, planned))
    assert Mission.objects.get().status == Mission.Status.SCHEDULED


def test_mission_with_counts_never_becomes_a_draft_again():
    mission = CountSnapshotFactory().mission
    mission.status = Mission.Status.DRAFT

    with pytest.raises(ValidationError) as problem:
        mission.full_clean()

    assert set(problem.value.message_dict) == {"status"}


def test_address_of_a_published_mission_stays():
    published = MissionFactory()
    draft = MissionFactory(status=Mission.Status.DRAFT)
    published.slug, draft.slug = "lain-satu", "lain-dua"

    draft.full_clean()
    with pytest.raises(ValidationError) as problem:
        published.full_clean()

    assert set(problem.value.message_dict) == {"slug"}


@pytest.mark.parametrize("name", ["theme", "venue", "city"])
def test_text_that_would_break_files_is_refused(name):
    mission = MissionFactory()
    setattr(mission, name, "Ko\x08ta")

    with pytest.raises(ValidationError) as problem:
        mission.full_clean()

    assert set(problem.value.message_dict) == {name}


def test_time_zone_follows_the_host_province():
    mission = MissionFactory(host_province__code="35")
    assert mission.zone == "WIB"

    mission.host_province = ProvinceFactory(code="91")
    mission.save()

    assert Mission.objects.get().zone == "WIT"


def test_of_interim_counts_the_one_of_the_latest_hour_stands():
    mission = MissionFactory()
    hours = (6, 3, None)
    for total, hour in enumerate(hours, start=1):
        at = hour and datetime(2025, 5, 8, hour, tzinfo=UTC)
        CountSnapshotFactory(
            mission=mission, stage=Stage.INTERIM, total=total, as_of_at=at
        )

    assert Mission.objects.get().headline.total == 1
    assert [step.count.total for step in steps(mission)] == [2, 1, 3]


@pytest.mark.parametrize(
    ("total", "kind"),
    [
        (1_053_146_943, Kind.THOUSANDS),
        (1_503_146_943_500, Kind.SWAPPED_DIGITS),
        (1_100_000_000_000, Kind.CONFLICT),
    ],
)
def test_a_new_count_is_questioned_before_it_is_recorded(total, kind):
    mission = CountSnapshotFactory(total=1_053_146_943_500).mission
    new = CountSnapshot(mission=mission, stage=Stage.FINAL, total=total)

    assert [flag.kind for flag in review_new(new)] == [kind]
    assert mission.counts.count() == 1


def test_a_count_at_the_limit_is_taken_and_one_above_is_not():
    mission = MissionFactory()
    CountSnapshotFactory(mission=mission, total=MAX_RUPIAH)

    with pytest.raises(ValidationError):
        record_count(
            CountSnapshot(
                mission=mission,
                stage=Stage.FINAL,
                total=MAX_RUPIAH + 1,
                source_url="https://contoh.id/",
            )
        )

    assert mission.counts.count() == 1


openings = st.sampled_from(["interim; ", "final; target ", "letter of intent of Rp"])
words = st.text(alphabet="0123456789.,; targetmilrupjwWITAB\u0661\u00b2()", max_size=60)


@given(opening=openings, text=words)
def test_words_of_a_source_are_read_or_not_but_never_break(opening, text):
    read = read_as_of(f"final {opening}{text}")

    assert read.target is None or 0 <= read.target <= MAX_RUPIAH
