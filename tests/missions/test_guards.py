import pytest
from hypothesis import assume, given, strategies as st

from missions.guards import (
    Kind,
    Severity,
    differ_by_swapped_digits,
    is_thousandfold_slip,
    review,
)
from missions.models import CountSnapshot, Mission
from tests.factories import CountSnapshotFactory, MissionFactory

Stage, Basis = CountSnapshot.Stage, CountSnapshot.Basis
MILIAR = 10**9


@pytest.fixture
def mission(db):
    return MissionFactory()


def kinds(count):
    """The kinds of flag on `count`, reviewed afresh."""
    flags = review(Mission.objects.get(pk=count.mission_id))[count.pk]
    return [flag.kind for flag in flags]


def count(mission, stage=Stage.FINAL, **amounts):
    return CountSnapshotFactory(
        mission=mission,
        stage=stage,
        **{name: value * MILIAR for name, value in amounts.items()},
    )


def test_clean_mission_has_no_flags(mission):
    counts = [
        count(mission, Stage.INTERIM, total=400),
        count(mission, Stage.INTERIM, total=666, sell=400, buy=266),
        count(mission, total=1053, sell=599, buy=230, investment=224),
        count(mission, Stage.QUOTED, total=1055),
        CountSnapshotFactory(mission=mission, stage=Stage.NO_VALUE, total=None),
    ]

    assert [kinds(one) for one in counts] == [[], [], [], [], []]


def test_mission_with_one_count_has_nothing_to_compare(mission):
    assert kinds(count(mission, total=5)) == []


def test_parts_that_do_not_add_up_are_flagged_with_both_sums(mission, english):
    one = count(mission, total=100, sell=60, buy=30)

    [flag] = review(mission)[one.pk]

    assert flag.kind == Kind.SUM
    assert flag.is_error
    assert "Rp90.000.000.000" in flag.reason
    assert "Rp10.000.000.000" in flag.reason


def test_foreign_part_belongs_to_the_sum(mission):
    assert kinds(count(mission, total=100, sell=20, buy=10, foreign=70)) == []


def test_gap_of_a_thousandth_is_called_rounding(mission):
    at_most = count(mission, total=1000, sell=600, buy=399)
    above = CountSnapshotFactory(
        mission=MissionFactory(),
        total=1000 * MILIAR,
        sell=600 * MILIAR,
        buy=399 * MILIAR - 1,
    )

    assert kinds(at_most) == [Kind.ROUNDING]
    assert kinds(above) == [Kind.SUM]


def test_total_with_swapped_digits_shows_in_its_own_parts(mission):
    assert kinds(count(mission, total=297, sell=200, buy=79)) == [Kind.SWAPPED_DIGITS]


def test_total_with_swapped_digits_shows_against_the_count_that_stands(mission):
    stands = count(mission, total=279)
    swapped = count(mission, Stage.QUOTED, total=297)

    assert kinds(stands) == []
    assert kinds(swapped) == [Kind.SWAPPED_DIGITS]


def test_total_a_thousand_times_too_small_is_flagged(mission):
    slip = CountSnapshotFactory(mission=mission, stage=Stage.INTERIM, total=800 * 10**6)
    stands = count(mission, total=1048)

    assert kinds(slip) == [Kind.THOUSANDS]
    assert kinds(stands) == []


def test_slipped_count_that_stands_is_flagged_itself(mission):
    interim = count(mission, Stage.INTERIM, total=800)
    slip = CountSnapshotFactory(mission=mission, total=1048 * 10**6)

    assert Kind.THOUSANDS in kinds(slip)
    assert Kind.INTERIM_ABOVE_FINAL not in kinds(interim)


@pytest.mark.parametrize("part", ["sell", "buy", "investment"])
def test_part_a_thousand_times_too_small_is_flagged(mission, part):
    amounts = {"sell": 600, "buy": 300, "investment": 100}
    right = count(mission, total=1000, **amounts)
    slip = CountSnapshotFactory(
        mission=mission,
        total=1000 * MILIAR,
        **{name: value * MILIAR for name, value in amounts.items()}
        | {part: amounts[part] * 10**6},
    )

    assert kinds(right) == []
    assert kinds(slip) == [Kind.SUM, Kind.THOUSANDS]


def test_interim_count_above_the_final_one_is_flagged(mission):
    above = count(mission, Stage.INTERIM, total=700)
    below = count(mission, Stage.INTERIM, total=500)
    count(mission, total=666)

    assert kinds(above) == [Kind.INTERIM_ABOVE_FINAL]
    assert kinds(below) == []


def test_interim_counts_alone_may_go_down(mission):
    first = count(mission, Stage.INTERIM, total=700)
    second = count(mission, Stage.INTERIM, total=500)

    assert kinds(first) == kinds(second) == []


def test_source_that_says_something_else_is_worth_knowing(mission):
    count(mission, total=1000)
    close = count(mission, Stage.QUOTED, total=1005)
    far = count(mission, Stage.QUOTED, total=1006)

    assert kinds(close) == []
    [flag] = review(mission)[far.pk]
    assert (flag.kind, flag.severity) == (Kind.CONFLICT, Severity.NOTICE)


def test_potential_is_not_compared_with_commitments(mission):
    count(mission, total=3152)
    potential = count(mission, Stage.QUOTED, total=867)
    CountSnapshotFactory(
        mission=mission, stage=Stage.QUOTED, basis=Basis.POTENTIAL, total=867 * MILIAR
    )

    assert kinds(potential) == [Kind.CONFLICT]
    assert kinds(CountSnapshot.objects.get(basis=Basis.POTENTIAL)) == []


def test_zero_raises_no_alarm(mission):
    counts = [count(mission, total=0, sell=0, buy=0), count(mission, total=0)]

    assert [kinds(one) for one in counts] == [[], []]


numbers = st.integers(min_value=10, max_value=10**18)


@given(numbers, st.data())
def test_one_swap_of_neighbouring_digits_is_always_detected(number, data):
    digits = str(number)
    place = data.draw(st.integers(0, len(digits) - 2))
    assume(digits[place] != digits[place + 1])
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assume(swapped[0] != "0")

    assert differ_by_swapped_digits(number, int(swapped))
    assert differ_by_swapped_digits(int(swapped), number)


@given(numbers, st.data())
def test_reordered_digits_count_only_when_one_swap_makes_them(number, data):
    digits = str(number)
    other = "".join(data.draw(st.permutations(digits)))
    assume(other[0] != "0")
    differing = [place for place, digit in enumerate(digits) if other[place] != digit]
    are_neighbours = len(differing) == 2 and differing[1] - differing[0] == 1

    assert differ_by_swapped_digits(number, int(other)) == are_neighbours


@pytest.mark.parametrize(
    ("one", "other"), [(279, 279), (279, 2790), (279, 972), (1234, 2143), (12, 13)]
)
def test_other_differences_are_no_swap(one, other):
    assert not differ_by_swapped_digits(one, other)


@given(st.integers(min_value=1, max_value=10**15))
def test_thousandth_of_an_amount_is_a_slip_and_the_amount_itself_is_not(amount):
    assert is_thousandfold_slip(amount, amount * 1000)
    assert not is_thousandfold_slip(amount, amount)
    assert not is_thousandfold_slip(amount * 1000, amount)
    assert not is_thousandfold_slip(amount, amount * 499)
    assert not is_thousandfold_slip(amount, amount * 5001)


FLAGGED_IN_REAL_COUNTS = {
    ("jatim-aceh-2022", 2, Kind.ROUNDING),
    ("jatim-banten-2023", 1, Kind.ROUNDING),
    ("jatim-kalsel-2025", 3, Kind.ROUNDING),
    ("jatim-kaltara-2023", 1, Kind.ROUNDING),
    ("jatim-kaltara-2023", 2, Kind.SWAPPED_DIGITS),
    ("jatim-kaltim-2016", 2, Kind.CONFLICT),
    ("jatim-kaltim-2025", 4, Kind.ROUNDING),
    ("jatim-kepri-2025", 2, Kind.SUM),
    ("jatim-kepri-2025", 2, Kind.THOUSANDS),
    ("jatim-maluku-2025", 2, Kind.ROUNDING),
    ("jatim-malut-2025", 2, Kind.ROUNDING),
    ("jatim-malut-2025", 3, Kind.ROUNDING),
    ("jatim-ntb-2016", 2, Kind.CONFLICT),
    ("jatim-ntt-2025", 3, Kind.ROUNDING),
    ("jatim-sulteng-2025", 1, Kind.ROUNDING),
    ("jatim-sultra-2025", 1, Kind.THOUSANDS),
    ("lampung-jateng-2023", 1, Kind.ROUNDING),
}


@pytest.mark.usefixtures("shipped_missions")
def test_real_counts_raise_these_flags_and_no_others():
    flagged = set()
    for mission in Mission.objects.all():
        flags = review(mission)
        for one in mission.counts.all():
            flagged |= {
                (mission.slug, one.position, flag.kind) for flag in flags[one.pk]
            }

    assert flagged == FLAGGED_IN_REAL_COUNTS
