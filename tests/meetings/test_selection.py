"""Which meetings are chosen for a mission, and why some UMKM stay below the floor."""

import pytest
from django.core.exceptions import ValidationError

from missions.meetings import choosing, selection as selecting
from missions.meetings.models import FloorGap, ScoreRun, Selection, Wish
from missions.meetings.programme import capacity
from missions.meetings.selection import coverage, select, start
from missions.models import Mission, Participation
from tests.factories import MissionFactory, SlotFactory, UserFactory

from .mission_day import Day, gaps, pairs

pytestmark = pytest.mark.django_db
Cause, Level = FloorGap.Cause, Wish.Level


def choose(day):
    return select(day.mission, by=UserFactory())


def test_the_floor_comes_before_value_and_its_cost_is_known():
    day = Day(most_meetings=1)
    a, b = day.seller("A"), day.seller("B")
    x, y = day.buyer("X", verified=False), day.buyer("Y", verified=False)
    for seller, buyer, score in ((a, x, 900), (a, y, 300), (b, x, 500)):
        day.match(seller, buyer, score)

    found = choose(day)

    assert pairs(found) == {("A", "Y"), ("B", "X")}
    assert (found.value, found.value_without_floor) == (800, 900)
    assert found.cost_of_floor == pytest.approx(1 / 9)
    assert gaps(found) == {}


def test_without_verified_umkm_only_value_counts():
    day = Day(most_meetings=1)
    a, b = day.seller("A", size="large"), day.seller("B", verified=False)
    x = day.buyer("X", verified=False)
    day.match(a, x, 900)
    day.match(b, x, 899)

    found = choose(day)

    assert pairs(found) == {("A", "X")}
    assert gaps(found) == {}


def test_the_floor_holds_for_buyers_too():
    day = Day(most_meetings=1)
    a = day.seller("A", verified=False)
    day.match(a, day.buyer("X", verified=False), 900)
    day.match(a, day.buyer("Y"), 100)

    assert pairs(choose(day)) == {("A", "Y")}


def test_no_more_meetings_than_tables_hold():
    day = Day(slots=2, tables=1)
    for _number in range(3):
        day.match(day.seller(), day.buyer())

    found = choose(day)

    assert found.meetings.count() == found.capacity == capacity(day.mission) == 2
    assert [cause for _met, cause in gaps(found).values()] == [Cause.TABLES_FULL] * 2


def test_nobody_meets_more_often_than_it_can_come():
    day = Day()
    a = day.seller("A", free=day.slots[:2])
    for _number in range(4):
        day.match(a, day.buyer())

    assert choose(day).meetings.count() == 2


def test_two_who_can_never_come_at_the_same_time_do_not_meet():
    day = Day()
    day.match(day.seller(free=day.slots[:2]), day.buyer(free=day.slots[2:]))

    found = choose(day)

    assert pairs(found) == set()
    assert {cause for _met, cause in gaps(found).values()} == {Cause.TOO_FEW_SLOTS}


@pytest.mark.parametrize("by_buyer", [True, False])
def test_a_no_of_either_side_is_kept(by_buyer):
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, x, 1000)
    day.wish(a, x, Level.MUST if by_buyer else Level.NO)
    day.wish(x, a, Level.NO if by_buyer else Level.MUST)

    assert pairs(choose(day)) == set()


def test_no_cause_tells_that_somebody_said_no():
    """One partner is taken by others, the other one said no: the words are the same."""
    day = Day(most_meetings=1)
    taken, refused = day.seller("Kalah"), day.seller("Ditolak")
    x, y = day.buyer("X", verified=False), day.buyer("Y", verified=False)
    day.match(day.seller("Menang"), x, 900)
    day.match(taken, x, 100)
    day.match(refused, y, 100)
    day.wish(y, refused, Level.NO)

    found = choose(day)

    assert gaps(found) == {
        "Kalah": (0, Cause.PARTNERS_FULL),
        "Ditolak": (0, Cause.PARTNERS_FULL),
    }


@pytest.mark.parametrize("level", [Level.MUST, Level.WOULD])
def test_a_wish_lifts_a_pair_and_that_of_both_lifts_it_more(level):
    day = Day(most_meetings=1, floor=0)
    a, b, x = day.seller("A"), day.seller("B"), day.buyer("X")
    day.match(a, x, 550)
    day.match(b, x, 540)
    assert pairs(choose(day)) == {("A", "X")}

    day.wish(b, x, level)
    assert pairs(choose(day)) == {("B", "X")}

    day.wish(a, x, level)
    day.wish(x, a, level)
    assert pairs(choose(day)) == {("A", "X")}


def test_a_conflict_keeps_two_apart_unless_both_wish_it():
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, x, conflicts=["certificate"])
    found = choose(day)
    assert (pairs(found), gaps(found)["A"]) == (set(), (0, Cause.CONFLICTS))

    day.wish(a, x)
    assert pairs(choose(day)) == set()

    day.wish(x, a, Level.WOULD)
    assert pairs(choose(day)) == {("A", "X")}


def test_what_has_nothing_in_common_meets_only_if_somebody_wishes_it():
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, x, commodity=0)
    found = choose(day)
    assert (pairs(found), gaps(found)["A"]) == (set(), (0, Cause.NO_NEED))

    day.wish(a, x)
    assert pairs(choose(day)) == {("A", "X")}


def test_two_who_were_never_scored_meet_if_both_wish_it():
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.wish(a, x)
    assert pairs(choose(day)) == set()

    day.wish(x, a)
    found = choose(day)
    assert pairs(found) == {("A", "X")}
    assert found.meetings.get().score is None


def test_what_is_agreed_stays_in_whatever_speaks_against_it():
    day = Day(slots=1, tables=1, most_meetings=1)
    a, x, b = day.seller("A"), day.buyer("X"), day.seller("B")
    day.match(a, x, 10, commodity=0, conflicts=["same_province"])
    day.match(b, x, 1000)
    day.wish(a, x, Level.NO)
    day.agreed(x, a, day.slots[0])

    found = choose(day)

    assert pairs(found) == {("A", "X")}
    assert found.meetings.get().is_agreed


def test_agreed_meetings_take_room_and_count_towards_the_floor():
    day = Day(slots=2, floor=2, most_meetings=2)
    a = day.seller("A")
    buyers = [day.buyer(name, verified=False) for name in "XYZ"]
    for buyer in buyers:
        day.match(a, buyer)
    day.agreed(a, buyers[0], day.slots[0])

    found = choose(day)

    assert found.meetings.count() == 2
    assert found.meetings.filter(is_agreed=True).count() == 1
    assert gaps(found) == {}


def test_an_agreed_meeting_without_a_time_keeps_one_free():
    day = Day(slots=1)
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, day.buyer("Y"))
    day.agreed(a, x)

    assert pairs(choose(day)) == {("A", "X")}


def test_a_meeting_within_a_side_takes_time_and_is_not_proposed():
    day = Day(slots=1)
    a, b = day.seller("A"), day.seller("B")
    day.match(a, day.buyer("X"))
    day.agreed(a, b, day.slots[0])

    assert pairs(choose(day)) == set()


def test_who_has_not_said_when_it_comes_counts_as_free_and_is_asked_when_it_fails():
    day = Day(most_meetings=1)
    a = day.seller("A", free="unstated")
    x = day.buyer("X", verified=False)
    day.match(a, x, 100)
    assert pairs(choose(day)) == {("A", "X")}

    day.match(day.seller("B"), x, 900)
    assert gaps(choose(day)) == {"A": (0, Cause.NO_AVAILABILITY)}


def test_who_left_is_not_chosen():
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, x)
    a.status = Participation.Status.WITHDRAWN
    a.save()

    assert pairs(choose(day)) == set()


def test_a_trial_says_whether_all_meetings_find_a_time():
    day = Day(slots=3, tables=1)
    for number in range(3):
        day.match(day.seller(free=day.slots[:1]), day.buyer(f"X{number}"))

    found = choose(day)

    assert found.meetings.count() == 3
    assert found.unplaced == 2


def test_coverage_counts_verified_umkm_by_their_meetings():
    day = Day(floor=2)
    a = day.seller("A")
    day.seller("B")
    for name in "XYZ":
        day.match(a, day.buyer(name, verified=False))
    assert coverage(day.mission) is None
    choose(day)

    found = coverage(day.mission)

    assert [(band.meetings, band.firms) for band in found.bands] == [
        (0, 1),
        (1, 0),
        (2, 1),
    ]
    assert (found.covered, found.firms, found.share) == (1, 2, 0.5)


def test_a_new_selection_replaces_one_that_nobody_was_shown():
    day = Day()
    day.match(day.seller(), day.buyer())

    first, second = choose(day), choose(day)

    assert list(Selection.objects.all()) == [second]
    assert second.pk != first.pk


def test_without_times_or_scores_the_reason_is_said():
    mission = MissionFactory(status=Mission.Status.CURATION)
    for prepare in (
        lambda: None,
        lambda: SlotFactory(mission=mission),
    ):
        prepare()
        with pytest.raises(ValidationError, match=r"\w+"):
            select(mission, by=UserFactory())
    ScoreRun.objects.create(mission=mission, state=ScoreRun.State.DONE)

    assert select(mission, by=UserFactory()).is_done


def test_a_fault_in_what_was_chosen_is_found_and_nothing_kept(monkeypatch):
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, x)
    monkeypatch.setattr(choosing, "choose", lambda task: [*task.pairs, *task.pairs])

    found = choose(day)

    assert (found.state, found.problem) == (Selection.State.FAILED, "Wrong")
    assert not found.meetings.exists()


def test_a_large_mission_is_left_to_the_worker(monkeypatch):
    monkeypatch.setattr(selecting, "MOST_PAIRS_AT_ONCE", 0)
    day = Day()
    day.match(day.seller("A"), day.buyer("X"))

    queued = start(day.mission, by=UserFactory())
    assert queued.state == Selection.State.QUEUED
    with pytest.raises(ValidationError):
        start(day.mission, by=UserFactory())

    choosing.finish(queued.pk)
    choosing.finish(queued.pk)
    queued.refresh_from_db()
    assert queued.is_done
    assert pairs(queued) == {("A", "X")}


def test_one_whose_worker_ended_does_not_block_the_next():
    day = Day()
    day.match(day.seller("A"), day.buyer("X"))
    lost = Selection.objects.create(mission=day.mission, state=Selection.State.RUNNING)
    Selection.objects.filter(pk=lost.pk).update(
        made_at=lost.made_at - selecting.GIVEN_UP_AFTER * 2
    )

    assert choose(day).is_done
    choosing.finish(lost.pk)
    assert not Selection.objects.filter(pk=lost.pk, state=Selection.State.DONE).exists()
