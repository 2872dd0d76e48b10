from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from missions.models import CountSnapshot, DatePrecision, Mission
from tests.factories import (
    AppointmentFactory,
    CountSnapshotFactory,
    MissionCommodityFactory,
    MissionFactory,
    ProvinceFactory,
    SectorFactory,
    UserFactory,
)
from umkm_portal.accounts.models import Appointment

pytestmark = pytest.mark.django_db
Stage, Basis, Status = CountSnapshot.Stage, CountSnapshot.Basis, Mission.Status
Role = Appointment.Role


def official(role, province):
    return AppointmentFactory(role=role, province=ProvinceFactory(code=province)).user


# Which count stands


@pytest.mark.parametrize(
    ("counts", "stands"),
    [
        ([], None),
        ([(Stage.NO_VALUE, None)], None),
        ([(Stage.NO_VALUE, None), (Stage.INTERIM, 5)], 5),
        ([(Stage.INTERIM, 5), (Stage.INTERIM, 4)], 4),
        ([(Stage.QUOTED, 7), (Stage.INTERIM, 5)], 7),
        ([(Stage.QUOTED, 7), (Stage.QUOTED, 8)], 7),
        ([(Stage.QUOTED, 7), (Stage.FINAL, 6), (Stage.INTERIM, 5)], 6),
        ([(Stage.FINAL, 6), (Stage.FINAL, 9)], 6),
        ([(Stage.CORRECTED, 3), (Stage.FINAL, 6), (Stage.QUOTED, 7)], 3),
        ([(Stage.CORRECTED, 3), (Stage.CORRECTED, 2)], 2),
        ([(Stage.FINAL, 0), (Stage.INTERIM, 5)], 0),
    ],
)
def test_best_count_stands_for_its_mission(counts, stands):
    mission = MissionFactory()
    for stage, total in counts:
        CountSnapshotFactory(mission=mission, stage=stage, total=total)

    headline = mission.headline

    assert (headline and headline.total) == stands
    assert list(CountSnapshot.objects.headlines()) == ([headline] if headline else [])
    listed = Mission.objects.with_headline().get()
    assert listed.headline == headline
    assert listed.headline_value == stands


@pytest.mark.parametrize("basis", [Basis.YEAR_TOTAL, Basis.POTENTIAL, Basis.RETAIL])
def test_interim_commitment_stands_before_a_final_figure_of_another_basis(basis):
    mission = MissionFactory()
    CountSnapshotFactory(mission=mission, basis=basis, total=9)
    commitment = CountSnapshotFactory(mission=mission, stage=Stage.INTERIM, total=1)

    assert mission.headline == commitment


def test_headline_value_leaves_foreign_letters_of_intent_out():
    count = CountSnapshotFactory(total=10, foreign=7)

    assert Mission.objects.with_headline().get().headline_value == 3
    assert count.domestic == 3


@pytest.mark.parametrize(
    ("parts", "difference"),
    [
        ({}, None),
        ({"investment": 5}, None),
        ({"sell": 6, "buy": 4}, 0),
        ({"sell": 6, "buy": 3}, 1),
        ({"sell": 6, "buy": 5}, -1),
        ({"sell": 3, "buy": 2, "investment": 1, "foreign": 4}, 0),
    ],
)
def test_difference_is_what_the_parts_lack(parts, difference):
    assert CountSnapshot(total=10, **parts).difference == difference


def test_count_without_total_has_no_domestic_value_and_no_difference():
    count = CountSnapshot(sell=1, buy=2)

    assert count.domestic is None
    assert count.difference is None


# Names and numbers


def test_number_counts_the_public_missions_of_the_initiator_by_date():
    later = MissionFactory(slug="c", starts_on=date(2025, 5, 8))
    first = MissionFactory(slug="z", starts_on=date(2019, 1, 1))
    same_day = MissionFactory(slug="b", starts_on=date(2025, 5, 8))
    MissionFactory(status=Status.DRAFT, starts_on=date(2018, 1, 1))
    MissionFactory(
        initiator_province=ProvinceFactory(code="64"), starts_on=date(2018, 1, 1)
    )
    undated = MissionFactory(starts_on=None, date_precision=DatePrecision.UNKNOWN)

    numbers = [mission.number for mission in (first, same_day, later, undated)]

    assert numbers == [1, 2, 3, None]


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("facts", "title", "place"),
    [
        ({}, "East Java – East Kalimantan", "Balikpapan, East Kalimantan"),
        (
            {"partner_provinces": ["81", "71"]},
            "East Java – North Sulawesi, Maluku",
            "Balikpapan, East Kalimantan",
        ),
        (
            {"partner_provinces": []},
            "East Java – Balikpapan",
            "Balikpapan, East Kalimantan",
        ),
        (
            {"partner_provinces": [], "city": ""},
            "East Java – East Kalimantan",
            "East Kalimantan",
        ),
        ({"host_province": None, "city": ""}, "East Java – online", "online"),
    ],
)
def test_title_and_place_name_what_is_known(facts, title, place):
    if codes := facts.get("partner_provinces"):
        facts = facts | {
            "partner_provinces": [ProvinceFactory(code=code) for code in codes]
        }
    mission = MissionFactory(**facts)

    assert mission.title == title
    assert mission.place == place
    assert mission.zone == ("WITA" if mission.host_province else "WIB")


# Who sees and edits which


@pytest.fixture
def missions():
    """{name: mission}: drafts and public ones of East Java, and a draft of others."""
    jabar, bali = ProvinceFactory(code="32"), ProvinceFactory(code="51")
    return {
        "public": MissionFactory(),
        "draft": MissionFactory(status=Status.DRAFT),
        "visiting": MissionFactory(
            status=Status.DRAFT, initiator_province=jabar, host_province=bali
        ),
        "partnered": MissionFactory(
            status=Status.DRAFT,
            initiator_province=jabar,
            host_province=jabar,
            partner_provinces=[bali, ProvinceFactory(code="35")],
        ),
    }


def names(missions, queryset):
    found = list(queryset)
    assert len(found) == len(set(found))
    return {name for name, mission in missions.items() if mission in found}


def test_public_sees_published_missions_only(missions):
    for user in (AnonymousUser(), UserFactory()):
        assert names(missions, Mission.objects.visible_to(user)) == {"public"}
    assert names(missions, Mission.objects.published()) == {"public"}


@pytest.mark.parametrize("role", Role)
def test_no_draft_opens_without_a_second_factor(missions, role):
    user = AppointmentFactory(
        role=role, province=ProvinceFactory(code="35"), second_factor=False
    ).user

    assert names(missions, Mission.objects.visible_to(user)) == {"public"}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("province", "visible", "run"),
    [
        ("35", {"public", "draft", "partnered"}, {"public", "draft", "partnered"}),
        ("64", {"public", "draft"}, {"public", "draft"}),
        ("51", {"public", "visiting", "partnered"}, {"visiting", "partnered"}),
        ("11", {"public"}, set()),
    ],
)
def test_officials_see_the_drafts_their_province_takes_part_in(
    missions, role, province, visible, run
):
    user = official(role, province)

    assert names(missions, Mission.objects.visible_to(user)) == visible
    assert names(missions, Mission.objects.run_by(user)) == run


@pytest.mark.parametrize(
    ("role", "province", "editable"),
    [
        (Role.PROVINCE_ADMIN, "35", {"public", "draft"}),
        (Role.PROVINCE_ADMIN, "32", {"visiting", "partnered"}),
        (Role.PROVINCE_ADMIN, "64", set()),
        (Role.OPERATOR, "35", set()),
        (Role.VERIFIER, "35", set()),
        (Role.AUDITOR, "35", set()),
    ],
)
def test_only_the_initiating_provinces_admin_edits(missions, role, province, editable):
    user = official(role, province)

    assert names(missions, Mission.objects.editable_by(user)) == editable


def test_superuser_sees_and_edits_everything(missions):
    user = UserFactory(is_superuser=True)

    for queryset in (
        Mission.objects.visible_to(user),
        Mission.objects.run_by(user),
        Mission.objects.editable_by(user),
    ):
        assert names(missions, queryset) == set(missions)


# Finding


def test_province_is_found_as_initiator_host_and_partner(missions):
    found = {
        code: names(missions, Mission.objects.with_province(ProvinceFactory(code=code)))
        for code in ("35", "64", "51", "11")
    }

    assert found == {
        "35": {"public", "draft", "partnered"},
        "64": {"public", "draft"},
        "51": {"visiting", "partnered"},
        "11": set(),
    }


def test_sector_is_found_through_the_commodities():
    sector = SectorFactory()
    mission = MissionFactory()
    MissionCommodityFactory.create_batch(2, mission=mission, sector=sector)
    MissionCommodityFactory()
    MissionCommodityFactory(sector=None)

    assert list(Mission.objects.in_sector(sector)) == [mission]


def test_newest_missions_come_first_and_undated_ones_last():
    old = MissionFactory(starts_on=date(2016, 1, 1), date_precision=DatePrecision.YEAR)
    undated = MissionFactory(starts_on=None, date_precision=DatePrecision.UNKNOWN)
    new = MissionFactory(starts_on=date(2026, 1, 1))

    assert list(Mission.objects.in_order()) == [new, old, undated]


@pytest.mark.parametrize("missions", [1, 3])
def test_cards_cost_three_queries(missions, django_assert_num_queries):
    for mission in MissionFactory.create_batch(missions):
        CountSnapshotFactory(mission=mission)
        CountSnapshotFactory(mission=mission, stage=Stage.INTERIM)

    with django_assert_num_queries(3):
        cards = [
            (card.title, card.place, card.headline.total, card.headline_value)
            for card in Mission.objects.for_cards()
        ]
    assert len(cards) == missions
