"""What counts how much, and what another choice would change."""

import pytest

from missions.meetings.figures import results
from missions.meetings.models import MatchingRules
from missions.meetings.reweighing import reweigh
from missions.meetings.weights import GOOD_SCORE, WEIGHTS, Component
from missions.models import Mission
from tests.factories import (
    AppointmentFactory,
    MatchFactory,
    MissionFactory,
    ScoreRunFactory,
)

from .scored import office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
OTHERS = {component.value: 10 for component in Component}


@pytest.fixture
def mission():
    return MissionFactory(status=Mission.Status.CURATION)


@pytest.fixture
def organiser():
    return AppointmentFactory(role="operator").user


def test_weights_are_looked_at_before_they_are_kept(client, mission, organiser):
    run = ScoreRunFactory(mission=mission, weights={})
    match = MatchFactory(run=run, score=500, commodity=100, met=0)
    client.force_login(organiser)
    address = office(mission, "weights")

    preview = client.post(address, OTHERS | {"commodity": 100, "met": 0})
    match.refresh_from_db()

    assert preview.context["effect"].moved == 1
    assert preview.context["form"]["commodity"].value() == "100"
    assert 'name="save"' in preview.content.decode()
    assert match.score == 500
    assert not MatchingRules.objects.exists()

    seen = preview.context["form"].signature
    other = client.post(address, OTHERS | {"commodity": 99, "met": 0, "save": seen})
    assert other.context["effect"].moved == 1
    assert not MatchingRules.objects.exists()

    kept = client.post(address, OTHERS | {"commodity": 100, "met": 0, "save": seen})
    match.refresh_from_db()

    assert kept.url == address
    assert match.value == preview.context["effect"].up[0].after
    rules = MatchingRules.objects.get()
    assert rules.weights["commodity"] == 100
    page = client.get(address)
    assert [who for _when, who, _weights in page.context["changes"]] == [organiser]
    assert page.context["form"]["commodity"].value() == 100


def test_who_fits_well_is_the_same_here_and_on_the_page_of_results(
    client, mission, organiser
):
    run = ScoreRunFactory(mission=mission, weights={})
    for score in (GOOD_SCORE - 1, GOOD_SCORE):
        MatchFactory(run=run, score=score, commodity=100)
    client.force_login(organiser)

    page = client.post(office(mission, "weights"), OTHERS | {"commodity": 100})

    assert page.context["effect"].good_before == results(mission).matches == 1
    assert f"({GOOD_SCORE // 10} points or more, no conflict)" in page.text


@pytest.mark.parametrize(
    ("name", "value"),
    [("price", "-1"), ("price", "101"), ("price", "x"), ("price", "")],
)
def test_weights_that_make_no_sense_come_back_with_the_message_beside_them(
    client, mission, organiser, name, value
):
    client.force_login(organiser)

    response = client.post(
        office(mission, "weights"), OTHERS | {name: value, "save": "1"}
    )

    form = response.context["form"]
    assert list(form.errors) == [name]
    assert form[name].value() == value
    assert not MatchingRules.objects.exists()


def test_not_all_weights_can_be_zero(client, mission, organiser):
    client.force_login(organiser)

    response = client.post(
        office(mission, "weights"), dict.fromkeys(OTHERS, "0") | {"save": "1"}
    )

    assert response.context["form"].errors
    assert not MatchingRules.objects.exists()


def test_the_usual_weights_can_be_filled_in_again(client, mission, organiser):
    reweigh(mission, {Component(one): 7 for one in OTHERS}, by=organiser)
    client.force_login(organiser)

    page = client.get(office(mission, "weights"), {"lazim": ""})

    assert page.context["form"]["commodity"].value() == WEIGHTS[Component.COMMODITY]
    assert not page.context["is_usual"]
