"""What must hold for any mission: who may be chosen, what causes say, and what the trial finds."""

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

from hypothesis import given, strategies as st

from missions.meetings.choosing import unplaced
from missions.meetings.flow import choose
from missions.meetings.gaps import gaps_of
from missions.meetings.models import Wish
from missions.meetings.situation import Scored, Situation
from missions.meetings.trial import Trial
from missions.models import Side

SELLERS, BUYERS = (1, 2, 3, 4), (11, 12, 13, 14)
EVERYBODY = [*SELLERS, *BUYERS]
PAIRS = [(seller, buyer) for seller in SELLERS for buyer in BUYERS]
SLOTS = [101, 102, 103]
NO = Wish.Level.NO


def some(values, **limits):
    return st.lists(st.sampled_from(values), unique=True, **limits)


@st.composite
def situations(draw):
    free = {who: draw(st.integers(0, 2 ** len(SLOTS) - 1)) for who in EVERYBODY}
    firms = {
        who: SimpleNamespace(
            side=Side.SELLER if who in SELLERS else Side.BUYER,
            is_verified_umkm=draw(st.booleans()),
        )
        for who in EVERYBODY
    }
    directed = [*PAIRS, *((buyer, seller) for seller, buyer in PAIRS)]
    agreed, taken = {}, dict(free)
    for seller, buyer in draw(some(PAIRS, max_size=4)):
        both = taken[seller] & taken[buyer]
        number = both.bit_length() - 1
        agreed[seller, buyer] = SLOTS[number] if both else None
        for who in (seller, buyer):
            taken[who] &= ~(1 << number) if both else -1
    return Situation(
        firms=firms,
        slots=SLOTS,
        tables=draw(st.integers(1, 3)),
        most_meetings=draw(st.integers(1, 4)),
        floor=draw(st.integers(0, 3)),
        free=free,
        open=taken,
        unstated=set(draw(some(EVERYBODY))),
        scored={
            pair: Scored(draw(st.integers(0, 1000)), draw(st.booleans()), False)
            if draw(st.booleans())
            else Scored(draw(st.integers(0, 1000)), True, draw(st.booleans()))
            for pair in draw(some(PAIRS))
        },
        agreed=agreed,
        aside=[],
        wishes={
            key: draw(st.sampled_from(Wish.Level.values))
            for key in draw(some(directed))
        },
    )


def chosen_in(situation):
    return choose(situation.task(situation.floor))


@given(situations())
def test_nobody_meets_against_a_wish_or_a_limit(situation):
    chosen = chosen_in(situation)
    met = Counter(who for pair in chosen for who in pair)
    agreed = situation.met()

    for seller, buyer in chosen:
        assert (seller, buyer) not in situation.agreed
        assert NO not in situation.levels(seller, buyer)
        assert situation.open[seller] & situation.open[buyer]
    for who, times in met.items():
        assert times + agreed[who] <= situation.most_meetings
        assert times + agreed[who] <= situation.free[who].bit_count()
    assert len(chosen) <= situation.room


@given(situations())
def test_no_wish_brings_a_conflict_or_a_pair_never_scored(situation):
    for pair in chosen_in(situation):
        known = situation.scored[pair]
        assert not known.has_conflict
        if not known.fits:
            assert situation.levels(*pair)


@given(situations())
def test_no_cause_depends_on_what_anybody_wishes(situation):
    chosen = chosen_in(situation)
    silent = replace(situation, wishes={})

    assert gaps_of(situation, chosen) == gaps_of(silent, chosen)


@given(situations())
def test_gaps_name_every_guaranteed_one_below_the_floor_and_nobody_else(situation):
    chosen = chosen_in(situation)
    met = situation.met(chosen)

    assert {
        who: count for who, (count, _cause) in gaps_of(situation, chosen).items()
    } == {who: met[who] for who in situation.guaranteed if met[who] < situation.floor}


@given(situations())
def test_the_trial_never_counts_more_than_there_is(situation):
    chosen = chosen_in(situation)
    waiting = [*chosen, *(p for p, slot in situation.agreed.items() if slot is None)]

    assert 0 <= unplaced(situation, chosen) <= len(waiting)


@given(
    st.dictionaries(st.sampled_from(EVERYBODY), st.frozensets(st.integers(0, 4))),
    some(PAIRS),
    st.integers(1, 4),
    st.randoms(),
)
def test_what_the_trial_places_is_a_timetable(free, meetings, tables, random):
    trial = Trial(free, tables)
    held = []
    for pair in random.sample(meetings, len(meetings) // 3):
        both = trial._open(pair[0]) & trial._open(pair[1])
        if slots := [slot for slot in sorted(both) if trial._used(slot) < tables]:
            trial.fix(*pair, slots[0])
            held.append((pair, slots[0]))
    fixed = [pair for pair, _slot in held]

    placed = trial.place([pair for pair in meetings if pair not in fixed])

    for pair, slot in held:
        assert trial.plan[pair[0]][slot] == pair[1]
    found = Counter(
        (who, other, slot)
        for who, plan in trial.plan.items()
        for slot, other in plan.items()
    )
    assert sum(found.values()) == 2 * len([*fixed, *placed])
    for who, other, slot in found:
        assert trial.plan[other][slot] == who
        assert slot in free[who]
    for slot in range(5):
        assert sum(at == slot for _who, _other, at in found) <= 2 * tables


@given(st.integers(1, 5), some(PAIRS))
def test_without_other_limits_whatever_is_chosen_finds_a_time(slots, pairs):
    """Edges of a bipartite graph can be coloured with as many colours as its greatest degree."""
    met = Counter()
    meetings = []
    for pair in pairs:
        if all(met[who] < slots for who in pair):
            met.update(pair)
            meetings.append(pair)
    trial = Trial(dict.fromkeys(EVERYBODY, frozenset(range(slots))), len(PAIRS))

    assert len(trial.place(meetings)) == len(meetings)
