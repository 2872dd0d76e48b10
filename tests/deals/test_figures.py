from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from missions.deals import figures
from missions.deals.figures import LineKey
from missions.deals.models import Deal
from missions.models import CountSnapshot, DatePrecision, Mission
from tests.factories import (
    CountSnapshotFactory,
    DealFactory,
    MissionFactory,
    ProvinceFactory,
)

pytestmark = pytest.mark.django_db
Stage, Basis = CountSnapshot.Stage, CountSnapshot.Basis
EVERYTHING = Mission.objects.all()


def lines():
    return {
        line.key: (line.value, line.missions)
        for line in figures.cumulative(EVERYTHING).lines
    }


# The real missions


@pytest.mark.usefixtures("shipped_missions", "english")
def test_our_totals_stand_beside_the_official_ones():
    compared = figures.official_comparison()

    assert [
        (one.label, one.official_missions, one.official_value) for one in compared
    ] == [
        ("2023", 8, 2_200_000_000_000),
        ("2019–2023", None, 10_170_000_000_000),
        ("2019 to 29 September 2025", 43, 17_390_000_000_000),
    ]
    assert [(one.our_missions, one.our_value) for one in compared] == [
        (8, 2_208_100_000_000),
        (34, 10_147_587_806_625),
        (42, 17_439_872_549_125),
    ]
    assert [bool(one.note) for one in compared] == [False, False, True]
    assert all(one.source_url.startswith("https://") for one in compared)


@pytest.mark.usefixtures("shipped_missions")
def test_cumulative_value_of_all_real_missions_with_its_lines():
    total = figures.cumulative(EVERYTHING)

    assert (total.value, total.missions) == (33_061_726_235_125, 54)
    assert lines() == {
        LineKey.FOREIGN: (3_296_254_131_486, 1),
        LineKey.YEAR_TOTAL: (3_211_300_000_000, 11),
        LineKey.INTERIM: (0, 0),
        LineKey.POTENTIAL: (498_743_640_000, 2),
        LineKey.RETAIL: (1_500_000_000, 1),
    }
    assert total.without_value == 2
    assert total.recorded == 54 + 11 + 2 + 1 + 2 == 70


@pytest.mark.usefixtures("shipped_deals")
def test_traceable_share_of_kaltim_2025():
    found = figures.traceable(Mission.objects.filter(slug="jatim-kaltim-2025"))

    assert (found.value, found.total, found.deals) == (
        124_000_000_000,
        1_053_146_943_500,
        1,
    )
    assert round(found.share, 4) == 0.1177


@pytest.mark.usefixtures("shipped_deals")
def test_traceable_share_of_all_real_missions():
    found = figures.traceable(EVERYTHING)

    assert (found.value, found.deals) == (4_957_376_000_000, 30)
    assert found.total == figures.cumulative(EVERYTHING).value


@pytest.mark.usefixtures("shipped_missions")
def test_provinces_reached_by_real_missions():
    east_java = Mission.objects.filter(initiator_province="35")

    assert figures.provinces_reached(EVERYTHING).count() == 32
    assert figures.provinces_reached(east_java).count() <= 32


# The rule


def test_each_mission_counts_once_with_its_best_count():
    mission = MissionFactory()
    for stage, total in (
        (Stage.INTERIM, 400),
        (Stage.FINAL, 1053),
        (Stage.QUOTED, 1060),
    ):
        CountSnapshotFactory(mission=mission, stage=stage, total=total)
    CountSnapshotFactory(total=100)

    total = figures.cumulative(EVERYTHING)

    assert (total.value, total.missions) == (1153, 2)


def test_foreign_letter_of_intent_has_its_own_line():
    CountSnapshotFactory(total=10, foreign=7)

    total = figures.cumulative(EVERYTHING)

    assert (total.value, total.missions) == (3, 1)
    assert lines()[LineKey.FOREIGN] == (7, 1)


def test_foreign_part_of_an_interim_count_is_not_lost():
    CountSnapshotFactory(stage=Stage.INTERIM, total=10, foreign=7)

    assert lines()[LineKey.INTERIM] == (3, 1)
    assert lines()[LineKey.FOREIGN] == (7, 1)


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({"basis": Basis.YEAR_TOTAL, "stage": Stage.QUOTED}, LineKey.YEAR_TOTAL),
        ({"stage": Stage.INTERIM}, LineKey.INTERIM),
        ({"basis": Basis.POTENTIAL}, LineKey.POTENTIAL),
        ({"basis": Basis.RETAIL}, LineKey.RETAIL),
    ],
)
def test_what_is_no_final_commitment_has_its_own_line(facts, key):
    count = CountSnapshotFactory(total=5, **facts)

    assert figures.cumulative(EVERYTHING).value == 0
    assert {name: line for name, line in lines().items() if line[1]} == {key: (5, 1)}
    assert figures.line_of(count) == key


def test_mission_without_a_value_is_counted_as_such():
    MissionFactory()
    CountSnapshotFactory(stage=Stage.NO_VALUE, total=None)
    CountSnapshotFactory(total=0)

    total = figures.cumulative(EVERYTHING)

    assert (total.without_value, total.missions, total.recorded) == (2, 1, 3)


def test_nothing_adds_up_to_zero():
    total = figures.cumulative(EVERYTHING)

    assert (total.value, total.missions, total.without_value) == (0, 0, 0)
    assert set(lines().values()) == {(0, 0)}
    assert figures.traceable(EVERYTHING).share is None
    assert figures.provinces_reached(EVERYTHING).count() == 0
    assert figures.by_year(EVERYTHING) == []


def test_only_the_given_missions_are_added_up():
    drafted = MissionFactory(status=Mission.Status.DRAFT)
    CountSnapshotFactory(mission=drafted, total=5)
    CountSnapshotFactory(total=7)

    assert figures.cumulative(Mission.objects.published()).value == 7


def test_years_add_up_to_the_cumulative_value():
    for year, total in ((2023, 5), (2025, 7), (2025, 11)):
        CountSnapshotFactory(
            mission=MissionFactory(starts_on=date(year, 1, 1)), total=total
        )
    undated = MissionFactory(starts_on=None, date_precision=DatePrecision.UNKNOWN)
    CountSnapshotFactory(mission=undated, total=13)
    CountSnapshotFactory(stage=Stage.INTERIM, total=17)

    years = figures.by_year(EVERYTHING)

    assert [(one.year, one.value, one.missions) for one in years] == [
        (2025, 18, 2),
        (2023, 5, 1),
        (None, 13, 1),
    ]


counts_of_four_missions = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from([stage for stage in Stage if stage != Stage.NO_VALUE]),
        st.sampled_from(Basis),
        st.integers(0, 10**15),
        st.integers(0, 10**15),
    ),
    max_size=6,
)


def record(counts):
    """Four missions with `counts`; returns the counts that stand."""
    missions = MissionFactory.create_batch(4)
    for owner, stage, basis, total, foreign in counts:
        CountSnapshotFactory(
            mission=missions[owner],
            stage=stage,
            basis=basis,
            total=total,
            foreign=min(foreign, total),
        )
    return [mission.headline for mission in missions if mission.headline]


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(counts_of_four_missions)
def test_sums_lines_missions_and_years_always_agree(counts):
    with transaction.atomic():
        headlines = record(counts)
        total = figures.cumulative(EVERYTHING)
        parts = {line.key: line for line in total.lines}

        for key in (None, *figures.OUTSIDE):
            own = [count for count in headlines if figures.line_of(count) == key]
            line = parts[key] if key else total
            behind = figures.missions_in(EVERYTHING, key or figures.CUMULATIVE)
            assert line.value == sum(count.domestic for count in own)
            assert line.missions == len(own)
            assert {count.mission for count in own} == set(behind)
        foreign = figures.missions_in(EVERYTHING, LineKey.FOREIGN)
        line = parts[LineKey.FOREIGN]
        assert line.value == sum(mission.headline.foreign for mission in foreign)
        assert line.missions == foreign.count()
        bare = figures.missions_in(EVERYTHING, figures.WITHOUT_VALUE)
        assert total.without_value == bare.count() == 4 - len(headlines)
        years = figures.by_year(EVERYTHING)
        assert sum(year.value for year in years) == total.value
        transaction.set_rollback(True)


# How much of it can be traced


def test_deals_that_name_both_parties_are_traceable():
    count = CountSnapshotFactory(total=100)
    DealFactory(mission=count.mission, value=30)
    DealFactory(mission=count.mission, value=20)
    DealFactory(mission=count.mission, value=None)
    DealFactory(mission=count.mission, value=40, buyer_name="")
    DealFactory(mission=count.mission, value=10, rung=Deal.Rung.VOID)

    found = figures.traceable(EVERYTHING)

    assert (found.value, found.total, found.deals, found.share) == (50, 100, 2, 0.5)


def test_deals_of_one_mission_cannot_vouch_for_another():
    small, large = CountSnapshotFactory(total=10), CountSnapshotFactory(total=90)
    DealFactory(mission=small.mission, value=60)
    DealFactory(mission=large.mission, value=9)

    found = figures.traceable(EVERYTHING)

    assert (found.value, found.total, found.share) == (19, 100, 0.19)


def test_deals_of_missions_outside_the_cumulative_value_are_left_out():
    interim = CountSnapshotFactory(stage=Stage.INTERIM, total=10)
    DealFactory(mission=interim.mission, value=5)
    DealFactory(value=5)
    DealFactory(mission=None, event="foreign-hongkong-2023", value=5)

    found = figures.traceable(EVERYTHING)

    assert (found.value, found.total, found.share) == (0, 0, None)


def test_provinces_are_reached_once_however_often_visited():
    maluku, bali = ProvinceFactory(code="81"), ProvinceFactory(code="51")
    MissionFactory(partner_provinces=[maluku, bali])
    MissionFactory(partner_provinces=[maluku])
    MissionFactory(partner_provinces=[])

    assert figures.provinces_reached(EVERYTHING).count() == 2


@pytest.mark.parametrize("missions", [1, 3])
def test_figures_cost_the_same_however_many_missions(
    missions, django_assert_num_queries
):
    for _mission in range(missions):
        DealFactory(mission=CountSnapshotFactory().mission)

    with django_assert_num_queries(2):
        figures.cumulative(EVERYTHING)
    with django_assert_num_queries(2):
        figures.traceable(EVERYTHING)
    with django_assert_num_queries(1):
        figures.by_year(EVERYTHING)
