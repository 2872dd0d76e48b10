"""The choice of pairs against every possible choice, on instances small enough to try them all."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings, strategies as st

from missions.meetings.flow import (
    SidesOverlap,
    Task,
    TooLarge,
    choose,
    faults,
)

SELLERS, BUYERS = (1, 2, 3), (11, 12, 13)
PAIRS = [(seller, buyer) for seller in SELLERS for buyer in BUYERS]


@st.composite
def tasks(draw):
    pairs = draw(st.lists(st.sampled_from(PAIRS), unique=True, max_size=9))
    who = [*SELLERS, *BUYERS]
    guaranteed = draw(st.sets(st.sampled_from(who)))
    return Task(
        pairs={pair: draw(st.integers(0, 40)) for pair in pairs},
        most={one: draw(st.integers(0, 3)) for one in who},
        capacity=draw(st.integers(0, 7)),
        wanted={one: draw(st.integers(0, 3)) for one in sorted(guaranteed)},
    )


def floor_meetings(task, chosen):
    """How many of the meetings that the floor asks for are among the chosen ones."""
    met = Counter(who for pair in chosen for who in pair)
    return sum(min(met[who], wanted) for who, wanted in task.wanted.items())


def rank(task, chosen):
    """The floor first, then as evenly as possible, then value."""
    met = {one: sum(one in pair for pair in chosen) for one in task.wanted}
    lacking = [max(0, wanted - met[one]) for one, wanted in task.wanted.items()]
    spread = sum(one * (one + 1) for one in lacking)
    return (
        floor_meetings(task, chosen),
        -spread,
        sum(task.pairs[pair] for pair in chosen),
    )


def best_of_all(task):
    every = (
        chosen
        for size in range(min(len(task.pairs), task.capacity) + 1)
        for chosen in combinations(sorted(task.pairs), size)
    )
    return max(rank(task, chosen) for chosen in every if not faults(task, chosen))


@settings(max_examples=300)
@given(tasks())
def test_no_other_choice_is_better(task):
    assert rank(task, choose(task)) == best_of_all(task)


@given(tasks())
def test_no_limit_is_exceeded(task):
    assert faults(task, choose(task)) == []


@given(tasks(), st.randoms())
def test_the_order_of_input_changes_nothing(task, random):
    def shuffled(facts):
        rows = list(facts.items())
        random.shuffle(rows)
        return dict(rows)

    other = Task(
        shuffled(task.pairs), shuffled(task.most), task.capacity, shuffled(task.wanted)
    )

    assert choose(other) == choose(task)


@given(tasks(), st.integers(0, 3))
def test_a_higher_floor_never_means_fewer_meetings_towards_it(task, floor):
    def reached(wanted):
        own = Task(
            task.pairs, task.most, task.capacity, dict.fromkeys(task.wanted, wanted)
        )
        return floor_meetings(own, choose(own))

    assert reached(floor) <= reached(floor + 1)


def test_the_floor_comes_before_value_and_costs_what_it_must():
    pairs = {(1, 11): 900, (1, 12): 800, (2, 11): 10}
    most = {1: 2, 2: 2, 11: 1, 12: 1}

    assert choose(Task(pairs, most, 5)) == [(1, 11), (1, 12)]
    assert choose(Task(pairs, most, 5, {2: 1})) == [(1, 12), (2, 11)]


def test_nobody_stays_without_a_meeting_so_that_another_gets_its_second():
    pairs = {(1, 11): 900, (1, 12): 900, (2, 13): 1}
    most = dict.fromkeys([1, 2, 11, 12, 13], 3)

    chosen = choose(Task(pairs, most, 2, {1: 2, 2: 2}))

    assert (2, 13) in chosen
    assert len(chosen) == 2


def test_the_largest_mission_fits_into_64_bits():
    sellers, buyers = range(1, 41), range(1001, 1041)
    pairs = {(one, other): 1400 for one in sellers for other in buyers}
    most = dict.fromkeys([*sellers, *buyers], 60)

    chosen = choose(Task(pairs, most, 100_000, dict.fromkeys(most, 20)))

    assert len(chosen) == len(pairs)


def test_numbers_beyond_64_bits_are_refused_not_mangled():
    with pytest.raises(TooLarge):
        choose(Task({(1, 11): 2**60}, {1: 1, 11: 1}, 1, {1: 1}))


def test_whoever_stands_on_both_sides_is_refused_not_taken_for_somebody_else():
    pairs = {(1, 2): 10, (2, 3): 50, (1, 3): 9}

    with pytest.raises(SidesOverlap):
        choose(Task(pairs, dict.fromkeys([1, 2, 3], 1), 2))


def test_the_check_finds_each_fault():
    task = Task({(1, 11): 5, (1, 12): 5}, {1: 1, 11: 1, 12: 1}, 1)

    assert faults(task, [(1, 11)]) == []
    assert len(faults(task, [(1, 11), (1, 12)])) == 2
    assert len(faults(task, [(2, 11)])) == 2
    assert len(faults(task, [(1, 11), (1, 11)])) == 4
