import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from missions.meetings.models import MatchingRules
from missions.meetings.reweighing import reweigh
from missions.meetings.rules import room_of, set_rules
from missions.meetings.times import rules_of
from missions.models import Mission
from tests.factories import (
    AppointmentFactory,
    MissionFactory,
    ProvinceFactory,
    UserFactory,
)

from .mission_day import Day

pytestmark = pytest.mark.django_db
USUAL = {
    "tables": 40,
    "spare_percent": 10,
    "floor": 3,
    "most_meetings": 12,
    "request_hours": 48,
    "request_quota": 10,
}


@pytest.fixture
def official():
    province = ProvinceFactory(code="35")
    return AppointmentFactory(province=province, role="operator").user


def page_of(mission):
    return reverse("meetings:rules", args=[mission.slug])


def test_rules_are_saved_with_who_changed_them(client, official):
    mission = MissionFactory()
    client.force_login(official)

    response = client.post(page_of(mission), USUAL | {"tables": 25})

    assert response.status_code == 302
    rules = MatchingRules.objects.get(mission=mission)
    assert (rules.tables, rules.floor) == (25, 3)
    assert rules.history.get().history_user == official
    page = client.get(page_of(mission))
    assert [change.tables for change in page.context["changes"]] == [25]


def test_nothing_is_written_when_nothing_changes(client, official):
    mission = MissionFactory()
    client.force_login(official)

    client.post(page_of(mission), USUAL)

    assert not MatchingRules.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tables", 0),
        ("tables", 501),
        ("tables", ""),
        ("tables", "dua"),
        ("spare_percent", 51),
        ("floor", 21),
        ("floor", 13),
        ("most_meetings", 61),
        ("request_hours", 0),
        ("request_quota", 101),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_stays_typed(
    client, official, field, value
):
    mission = MissionFactory()
    client.force_login(official)

    response = client.post(page_of(mission), USUAL | {field: value})

    form = response.context["form"]
    assert set(form.errors) == {field}
    assert form[field].value() == str(value)
    assert not MatchingRules.objects.exists()


def test_rules_leave_the_weights_alone_and_the_other_way_round():
    by = AppointmentFactory(role="operator").user
    mission = MissionFactory(status=Mission.Status.CURATION)
    reweigh(mission, {"price": 70}, by=by)
    set_rules(mission, {"tables": 7}, by=by)
    reweigh(mission, {"price": 80}, by=by)

    rules = rules_of(mission)
    assert (rules.tables, rules.weights) == (7, {"price": 80})


def test_only_those_who_run_the_mission_write_its_rules():
    mission = MissionFactory()
    for by in (
        UserFactory(),
        AppointmentFactory(role="auditor", province__code="35").user,
        AppointmentFactory(role="operator", province__code="51").user,
    ):
        with pytest.raises(PermissionDenied):
            set_rules(mission, {"tables": 7}, by=by)

    assert not MatchingRules.objects.exists()


def test_a_floor_above_the_most_is_refused():
    with pytest.raises(ValidationError):
        set_rules(MissionFactory(), {"floor": 13}, by=None)


def test_the_page_says_what_no_longer_fits():
    day = Day(slots=1, tables=2)
    a = day.seller("A", free=day.slots)
    for name in "XY":
        day.agreed(a, day.buyer(name))
    for name in "BCD":
        day.agreed(day.seller(name), day.buyer(f"P{name}"), day.slots[0])

    set_rules(day.mission, {"most_meetings": 1, "floor": 1}, by=None)
    room = room_of(day.mission)

    assert (room.capacity, room.above_most, room.above_tables) == (2, 1, 1)
    assert room.guaranteed == 9
    assert room.is_short


def test_an_auditor_sees_the_rules_and_changes_nothing(client):
    mission = MissionFactory()
    auditor = AppointmentFactory(province=ProvinceFactory(code="35"), role="auditor")
    client.force_login(auditor.user)

    assert b'name="tables"' not in client.get(page_of(mission)).content
    assert client.post(page_of(mission), USUAL).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_as_often_whatever_there_is(
    client, official, django_assert_num_queries, count
):
    day = Day(slots=count)
    for number in range(count):
        day.agreed(day.seller(), day.buyer(), day.slots[number])
        set_rules(day.mission, {"tables": 50 + number}, by=official)
    client.force_login(official)
    client.get(page_of(day.mission))

    with django_assert_num_queries(14):
        page = client.get(page_of(day.mission))

    assert len(page.context["changes"]) == count + 1
