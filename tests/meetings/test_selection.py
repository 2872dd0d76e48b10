"""Which meetings are chosen for a mission, and why some UMKM stay below the floor."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from missions.doors import Actor
from missions.meetings import choosing, requests, selection as selecting, situation
from missions.meetings.models import (
    FloorGap,
    MeetingRequest,
    ScoreRun,
    Selection,
    Wish,
)
from missions.meetings.rules import room_of
from missions.meetings.selection import coverage, publish, select, start
from missions.models import Mission, Participation
from missions.reasons import NO_LONGER
from tests.factories import (
    AppointmentFactory,
    MeetingRequestFactory,
    MissionFactory,
    SlotFactory,
    UserFactory,
)

from .mission_day import Day, gaps, pairs

pytestmark = pytest.mark.django_db
Cause, Level = FloorGap.Cause, Wish.Level


def choose(day):
    return select(day.mission, by=None)


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

    assert (
        found.meetings.count() == found.capacity == room_of(day.mission).capacity == 2
    )
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


def test_a_conflict_keeps_two_apart_whatever_they_wish_until_they_agree():
    """A proposal would tell each of them that the other wishes it too."""
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, x, conflicts=["certificate"])
    found = choose(day)
    assert (pairs(found), gaps(found)["A"]) == (set(), (0, Cause.CONFLICTS))

    day.wish(a, x)
    day.wish(x, a)
    assert pairs(choose(day)) == set()

    day.agreed(x, a)
    assert pairs(choose(day)) == {("A", "X")}


def test_what_has_nothing_in_common_meets_only_if_somebody_wishes_it():
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, x, commodity=0)
    found = choose(day)
    assert (pairs(found), gaps(found)["A"]) == (set(), (0, Cause.NO_NEED))

    day.wish(a, x)
    assert pairs(choose(day)) == {("A", "X")}


def test_two_who_were_never_scored_are_chosen_once_they_agree():
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.wish(a, x)
    day.wish(x, a)
    assert pairs(choose(day)) == set()

    day.agreed(a, x)
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
    assert found.meetings.agreed().count() == 1


def test_who_declined_the_other_is_not_chosen_with_it_before_it_is_asked_again():
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, x)
    declined = MeetingRequestFactory(
        sender=x, receiver=a, status=MeetingRequest.Status.DECLINED, reason="Stok habis"
    )
    assert pairs(choose(day)) == set()

    MeetingRequestFactory(sender=a, receiver=x)
    assert pairs(choose(day)) == {("A", "X")}
    MeetingRequest.objects.exclude(pk=declined.pk).delete()
    # It left, and has come back since.
    MeetingRequest.objects.update(reason=NO_LONGER)
    assert pairs(choose(day)) == {("A", "X")}


def test_who_called_a_meeting_off_is_not_chosen_with_the_other_again():
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, x)
    owner = Actor(x.business.memberships.get(role="owner").user)
    agreed = day.agreed(a, x, day.slots[0])
    requests.cancel(agreed, participation=x, reason="Sudah sepakat", actor=owner)
    assert pairs(choose(day)) == set()

    # Asked again it agrees, then leaves, and has come back since.
    MeetingRequest.objects.all().delete()
    day.agreed(a, x, day.slots[0])
    requests.end_all_of(x, reason="Panen gagal", actor=owner)
    assert "Panen gagal" in MeetingRequest.objects.get().reason
    assert pairs(choose(day)) == {("A", "X")}


def begin(slot, ago=timedelta(hours=2)):
    slot.starts_at = timezone.now() - ago
    slot.ends_at = slot.starts_at + timedelta(minutes=20)
    slot.save()


def test_on_a_running_mission_only_the_times_still_to_come_are_given_out():
    day = Day(slots=3, tables=1, floor=3)
    begin(day.slots[0])
    a = day.seller("A")
    met, late, *others = (
        day.buyer(name, verified=False, free=free)
        for name, free in (
            ("Sudah", None),
            ("Terlambat", day.slots[:1]),
            ("Y", None),
            ("Z", None),
        )
    )
    day.match(a, late, 900)
    for buyer in (met, *others):
        day.match(a, buyer, 100)
    day.agreed(a, met, day.slots[0])

    found = choose(day)

    assert pairs(found) == {("A", "Sudah"), ("A", "Y"), ("A", "Z")}
    assert (found.capacity, found.unplaced, gaps(found)) == (2, 0, {})


def test_causes_count_what_was_met_and_the_times_still_to_come():
    day = Day(slots=2, tables=1, floor=2)
    begin(day.slots[0])
    a, b = day.seller("A"), day.seller("B", free=day.slots[:1])
    x, y, z = (day.buyer(name, verified=False) for name in "XYZ")
    for seller, buyer in ((a, x), (a, y), (b, x), (b, y)):
        day.match(seller, buyer)
    day.agreed(a, x, day.slots[0])
    day.agreed(day.seller("C", verified=False), z, day.slots[1])

    assert gaps(choose(day)) == {
        "A": (1, Cause.TABLES_FULL),
        "B": (0, Cause.TOO_FEW_SLOTS),
    }


def test_once_all_times_have_begun_nothing_is_chosen():
    day = Day(slots=1)
    day.match(day.seller("A"), day.buyer("X"))
    begin(day.slots[0])

    with pytest.raises(ValidationError):
        choose(day)


def test_agreed_meetings_take_room_and_count_towards_the_floor():
    day = Day(slots=2, floor=2, most_meetings=2)
    a = day.seller("A")
    buyers = [day.buyer(name, verified=False) for name in "XYZ"]
    for buyer in buyers:
        day.match(a, buyer)
    day.agreed(a, buyers[0], day.slots[0])

    found = choose(day)

    assert found.meetings.count() == 2
    assert found.meetings.agreed().count() == 1
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
        lambda: SlotFactory(
            mission=mission,
            starts_at=timezone.now() + timedelta(days=1),
            ends_at=timezone.now() + timedelta(days=2),
        ),
    ):
        prepare()
        with pytest.raises(ValidationError, match=r"\w+"):
            select(mission, by=None)
    ScoreRun.objects.create(mission=mission, state=ScoreRun.State.DONE)

    assert select(mission, by=None).is_done


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

    queued = start(day.mission, by=None)
    assert queued.state == Selection.State.QUEUED
    with pytest.raises(ValidationError):
        start(day.mission, by=None)

    choosing.finish(queued.pk)
    choosing.finish(queued.pk)
    queued.refresh_from_db()
    assert queued.is_done
    assert pairs(queued) == {("A", "X")}


def lost(day, state, late=2):
    """One on which nobody works any more."""
    began = timezone.now() - Selection.DEAD_AFTER[state] * late
    return Selection.objects.create(mission=day.mission, state=state, made_at=began)


@pytest.mark.parametrize("state", Selection.UNFINISHED)
def test_one_whose_worker_ended_does_not_block_the_next(state):
    day = Day()
    day.match(day.seller("A"), day.buyer("X"))
    dead = lost(day, state)

    assert choose(day).is_done
    choosing.finish(dead.pk)
    assert not Selection.objects.filter(pk=dead.pk, state=Selection.State.DONE).exists()


def test_every_day_those_whose_worker_ended_are_given_up_and_living_ones_left_alone():
    states = Selection.State
    dead = [lost(Day(), state) for state in Selection.UNFINISHED]
    living = [lost(Day(), state, late=0.5) for state in Selection.UNFINISHED]
    assert [one.is_dead for one in [*dead, *living]] == [True, True, False, False]

    assert selecting.end_dead() == 2

    assert set(Selection.objects.filter(state=states.FAILED)) == set(dead)
    assert set(Selection.objects.unfinished()) == set(living)


def test_one_that_waited_long_for_the_worker_is_alive_once_it_runs(monkeypatch):
    day = Day()
    day.match(day.seller("A"), day.buyer("X"))
    waiting = lost(day, Selection.State.QUEUED, late=0.9)
    alive = []
    read = choosing.read

    def look(*arguments):
        alive.append(Selection.objects.get().is_alive)
        return read(*arguments)

    monkeypatch.setattr(choosing, "read", look)
    choosing.finish(waiting.pk)

    assert alive == [True]


def test_who_changed_sides_after_the_scoring_stands_on_one_side_only():
    """A match of the former side would make it meet another of its own side."""
    day = Day(floor=0)
    a, b, x = day.seller("A"), day.seller("B"), day.buyer("X")
    day.match(a, x)
    day.match(b, x)
    before = choose(day)
    publish(before, by=None)
    b.side = Participation.Side.BUYER
    b.save()
    day.wish(x, b)
    day.wish(b, x)
    day.wish(a, b)
    day.wish(b, a)
    assert list(before.meetings.standing()) == [before.meetings.get(seller=a)]

    assert pairs(choose(day)) == {("A", "X")}


def test_whoever_comes_or_changes_sides_while_it_is_read_is_left_out(monkeypatch):
    day = Day(floor=0)
    a, b, x = day.seller("A"), day.seller("B"), day.buyer("X")
    late = day.seller("Susulan")
    for seller in (a, b, late):
        day.match(seller, x)
    accepted = Participation.objects.filter(pk=late.pk)
    accepted.update(status=Participation.Status.WITHDRAWN)
    Participation.objects.filter(pk=b.pk).update(side=Participation.Side.BUYER)
    wishes = situation._wishes

    def meanwhile(firms):
        accepted.update(status=Participation.Status.ACCEPTED)
        Participation.objects.filter(pk=b.pk).update(side=Participation.Side.SELLER)
        return wishes(firms)

    monkeypatch.setattr(situation, "_wishes", meanwhile)

    assert pairs(choose(day)) == {("A", "X")}


def test_only_those_who_run_the_mission_choose_and_show():
    day = Day()
    day.match(day.seller("A"), day.buyer("X"))
    stranger = AppointmentFactory(role="operator", province__code="51").user
    auditor = AppointmentFactory(role="auditor", province__code="35").user
    operator = AppointmentFactory(role="operator", province__code="35").user
    for by in (stranger, auditor, UserFactory()):
        with pytest.raises(PermissionDenied):
            start(day.mission, by=by)
    assert not Selection.objects.exists()

    chosen = start(day.mission, by=operator)

    for by in (stranger, auditor):
        with pytest.raises(PermissionDenied):
            publish(chosen, by=by)
    assert publish(chosen, by=operator) == 2
    day.mission.status = Mission.Status.CLOSED
    day.mission.save()
    with pytest.raises(ValidationError):
        select(day.mission, by=operator)
