import pytest

from missions.guards import Kind
from missions.history import Change, headcounts, steps
from missions.models import CountSnapshot, Mission
from tests.factories import CountSnapshotFactory, MissionFactory

pytestmark = pytest.mark.django_db
Stage, Basis = CountSnapshot.Stage, CountSnapshot.Basis


@pytest.mark.usefixtures("shipped_missions", "english")
def test_kaltim_2025_shows_its_four_counts_and_the_reclassification():
    found = steps(Mission.objects.get(slug="jatim-kaltim-2025"))

    assert [step.count.total for step in found] == [
        400_000_000_000,
        666_000_000_000,
        834_496_700_000,
        1_053_146_943_500,
    ]
    assert [step.is_headline for step in found] == [False, False, False, True]
    assert [step.change for step in found] == [
        Change(),
        Change(total=266_000_000_000),
        Change(total=168_496_700_000),
        Change(
            total=218_650_243_500,
            sell=17_582_300_000,
            buy=-23_027_000_000,
            investment=224_094_000_000,
        ),
    ]
    assert [step.change.reclassified for step in found] == [False, False, False, True]
    assert "purchases Rp23 billion" in found[3].change.sentence
    assert (
        "sales Rp17.6 billion, investment Rp224.1 billion" in found[3].change.sentence
    )
    assert found[0].count.is_at_least
    assert not found[1].count.is_at_least


@pytest.mark.usefixtures("shipped_missions")
def test_slipped_count_is_shown_but_nothing_is_compared_with_it():
    slip, final = steps(Mission.objects.get(slug="jatim-sultra-2025"))

    assert [flag.kind for flag in slip.flags] == [Kind.THOUSANDS]
    assert final.change == Change()
    assert final.is_headline


def test_counts_stand_in_the_order_of_counting_not_of_recording():
    mission = MissionFactory()
    stages = [
        Stage.QUOTED,
        Stage.CORRECTED,
        Stage.FINAL,
        Stage.INTERIM,
        Stage.INTERIM,
        Stage.NO_VALUE,
    ]
    for turn, stage in enumerate(stages):
        total = None if stage == Stage.NO_VALUE else 100 + turn
        CountSnapshotFactory(mission=mission, stage=stage, total=total)

    found = steps(mission)

    assert [step.count.position for step in found] == [6, 4, 5, 3, 2, 1]
    assert [step.change.total for step in found] == [None, None, 1, -2, -1, -1]


def test_count_without_value_interrupts_no_comparison():
    mission = MissionFactory()
    CountSnapshotFactory(mission=mission, stage=Stage.NO_VALUE, total=None)
    CountSnapshotFactory(mission=mission, stage=Stage.INTERIM, total=5)
    CountSnapshotFactory(mission=mission, total=8)

    assert [step.change.total for step in steps(mission)] == [None, None, 3]


def test_different_bases_are_not_compared():
    mission = MissionFactory()
    CountSnapshotFactory(mission=mission, total=5)
    CountSnapshotFactory(mission=mission, basis=Basis.POTENTIAL, total=8)

    assert [step.change.total for step in steps(mission)] == [None, None]


def test_growth_in_every_part_is_no_reclassification():
    mission = MissionFactory()
    CountSnapshotFactory(mission=mission, stage=Stage.INTERIM, total=5, sell=3, buy=2)
    CountSnapshotFactory(mission=mission, total=9, sell=5, buy=4)

    _first, second = steps(mission)

    assert second.change == Change(total=4, sell=2, buy=2)
    assert not second.change.reclassified
    assert second.change.sentence == ""


def test_parts_stated_for_the_first_time_are_no_change():
    mission = MissionFactory()
    CountSnapshotFactory(mission=mission, stage=Stage.INTERIM, total=5)
    CountSnapshotFactory(mission=mission, total=9, sell=5, buy=3, investment=1)

    assert steps(mission)[1].change == Change(total=4)


def test_part_that_vanishes_is_not_called_a_fall():
    mission = MissionFactory()
    CountSnapshotFactory(
        mission=mission, stage=Stage.INTERIM, total=6, sell=3, buy=2, investment=1
    )
    CountSnapshotFactory(mission=mission, total=9)

    assert steps(mission)[1].change == Change(total=3)


def test_mission_without_counts_has_no_steps():
    assert steps(MissionFactory()) == []


def test_steps_cost_the_same_however_many_counts_there_are(django_assert_num_queries):
    mission = MissionFactory()
    for total in (1, 2, 3):
        CountSnapshotFactory(mission=mission, total=total)
        fresh = Mission.objects.get(pk=mission.pk)

        with django_assert_num_queries(3):
            steps(fresh)


def test_headcounts_come_from_the_count_that_stands_else_from_the_latest():
    mission = MissionFactory()
    CountSnapshotFactory(mission=mission, total=8, sellers=72, buyers=None)
    CountSnapshotFactory(
        mission=mission, stage=Stage.INTERIM, total=5, sellers=70, buyers=90
    )
    CountSnapshotFactory(
        mission=mission, stage=Stage.INTERIM, total=6, sellers=71, buyers=100
    )

    assert headcounts(steps(mission)) == {"sellers": 72, "buyers": 100}
