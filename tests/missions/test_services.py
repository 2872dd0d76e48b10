from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from missions.models import CountSnapshot, DatePrecision
from missions.services import AlreadyRecorded, is_recorded, record_count
from tests.factories import CountSnapshotFactory, MissionFactory, UserFactory

pytestmark = pytest.mark.django_db


def unsaved(mission, **facts):
    return CountSnapshotFactory.build(mission=mission, **facts)


def test_counts_are_numbered_within_their_mission():
    one, other = MissionFactory.create_batch(2)

    positions = [
        record_count(unsaved(mission)).position
        for mission in (one, other, one, one, other)
    ]

    assert positions == [1, 1, 2, 3, 2]


def test_recorder_is_kept():
    official = UserFactory()

    assert record_count(unsaved(MissionFactory()), by=official).recorded_by == official
    assert CountSnapshotFactory().recorded_by is None


def test_same_count_is_recorded_once_per_mission():
    facts = {"total": 5, "source_url": "https://contoh.id/satu"}
    mission = MissionFactory()
    record_count(unsaved(mission, **facts))

    assert is_recorded(unsaved(mission, **facts))
    with pytest.raises(AlreadyRecorded):
        record_count(unsaved(mission, **facts))
    record_count(unsaved(MissionFactory(), **facts))

    assert mission.counts.count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"total": 6},
        {"buy": 1},
        {"foreign": 0},
        {"participants": 1},
        {"stage": CountSnapshot.Stage.QUOTED},
        {"as_of_text": "final; 17.00 WITA"},
        {"as_of_at": datetime(2025, 5, 8, 9, tzinfo=UTC)},
        {"source_url": "https://contoh.id/dua"},
        {
            "source_date": datetime(2025, 1, 1, tzinfo=UTC).date(),
            "source_date_precision": DatePrecision.YEAR,
        },
    ],
)
def test_any_other_fact_makes_another_count(changed):
    facts = {"total": 5, "source_url": "https://contoh.id/satu"}
    mission = MissionFactory()
    record_count(unsaved(mission, **facts))

    record_count(unsaved(mission, **facts | changed))

    assert mission.counts.count() == 2


def test_hour_derived_from_the_words_does_not_make_another_count():
    """An official may correct the mission's date, from which the import computes the instant."""
    count = unsaved(MissionFactory(), as_of_text="final; 17.00 WITA")
    fingerprint = count.compute_fingerprint()
    count.as_of_at = datetime(2025, 5, 8, 9, tzinfo=UTC)

    assert count.compute_fingerprint() == fingerprint


@pytest.mark.parametrize(
    "broken",
    [{"total": -1}, {"total": None}, {"source_url": "bukan alamat"}, {"stage": "x"}],
)
def test_broken_count_is_refused_and_takes_no_position(broken):
    mission = MissionFactory()

    with pytest.raises(ValidationError):
        record_count(unsaved(mission, **broken))

    assert record_count(unsaved(mission)).position == 1


def test_count_of_an_unknown_mission_is_refused():
    with pytest.raises(KeyError):
        record_count(CountSnapshot(mission_id=0, total=1))


def test_recorded_count_cannot_be_recorded_over():
    count = CountSnapshotFactory()
    count.total = 1

    with pytest.raises(IntegrityError), transaction.atomic():
        record_count(count)
