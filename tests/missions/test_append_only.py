import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from missions.models import CountSnapshot, Mission
from tests.factories import CountSnapshotFactory, MissionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def count():
    return CountSnapshotFactory()


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def change_through_the_model(count):
    count.total = 1
    count.save()


@pytest.mark.parametrize(
    "attempt",
    [
        change_through_the_model,
        lambda count: CountSnapshot.objects.update(total=1),
        lambda count: CountSnapshot.objects.bulk_update([count], ["total"]),
        lambda count: count.delete(),
        lambda count: CountSnapshot.objects.all().delete(),
        lambda count: sql("UPDATE missions_countsnapshot SET position = 1"),
        lambda count: sql("DELETE FROM missions_countsnapshot"),
    ],
)
def test_recorded_count_is_never_changed_or_deleted(count, attempt):
    before = CountSnapshot.objects.values().get()

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        attempt(count)

    assert CountSnapshot.objects.values().get() == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own statement")
def test_recorded_count_is_not_replaced_either(count):
    replace = "REPLACE INTO missions_countsnapshot SELECT * FROM missions_countsnapshot"

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        sql(replace)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    ["TRUNCATE missions_countsnapshot", "TRUNCATE missions_mission CASCADE"],
)
def test_table_with_counts_cannot_be_truncated(count, statement):
    connection.check_constraints()

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        sql(statement)

    assert CountSnapshot.objects.count() == 1


@pytest.mark.postgres
def test_table_without_counts_can_be_truncated():
    sql("TRUNCATE missions_countsnapshot")


def test_mission_with_counts_cannot_be_deleted(count):
    with pytest.raises(ProtectedError):
        count.mission.delete()

    assert Mission.objects.get() == count.mission
    assert (
        count.mission.history.count()
        == count.mission.history.exclude(history_type="-").count()
    )


def test_mission_without_counts_can_be_deleted_and_leaves_its_history():
    mission = MissionFactory()

    mission.delete()

    assert not Mission.objects.exists()
    assert Mission.history.filter(slug=mission.slug, history_type="-").count() == 1


def test_changing_the_mission_leaves_its_counts_alone(count):
    count.mission.slug = "jatim-kaltim-lain"
    count.mission.save()

    assert CountSnapshot.objects.get().mission.slug == "jatim-kaltim-lain"


@pytest.mark.postgres
def test_migration_can_be_reversed_and_applied_again(count):
    connection.check_constraints()
    call_command("migrate", "missions", "0001", verbosity=0)
    CountSnapshot.objects.update(total=1)

    call_command("migrate", "missions", verbosity=0)

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        CountSnapshot.objects.update(total=2)
