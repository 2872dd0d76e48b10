"""All pairs of a mission, as officials see them, and the job that scores them."""

import csv
import io
import json

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.utils import timezone

from missions.meetings.models import Match, MatchingRules, ScoreRun
from missions.meetings.scoring_run import score_all
from missions.meetings.views import office_matches
from missions.meetings.weights import Component
from missions.models import Mission, Participation
from tests.factories import (
    AppointmentFactory,
    CommodityGroupFactory,
    MissionFactory,
    ParticipationFactory,
    ProvinceFactory,
    ScoreRunFactory,
)

from .scored import buyer_of, office, scored, seller_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
Side, Status = Participation.Side, Participation.Status


@pytest.fixture
def mission():
    return MissionFactory(status=Mission.Status.CURATION)


@pytest.fixture
def organiser():
    return AppointmentFactory(role="operator").user


def test_officials_see_all_pairs_and_filter_them(client, mission, organiser):
    coffee = CommodityGroupFactory(name="Kopi", slug="kopi")
    seller = seller_of(mission, commodity=coffee)
    other = seller_of(mission)
    buyer = buyer_of(mission, commodity=coffee)
    neighbour = buyer_of(mission, province="35")
    scored(mission)
    client.force_login(organiser)

    def found(**query):
        page = client.get(office(mission), query).context["page"]
        return [(match.seller, match.buyer) for match in page]

    everything = {(one, two) for one in (seller, other) for two in (buyer, neighbour)}
    assert set(found()) == everything
    assert set(found(komoditas="kopi")) == everything - {(other, neighbour)}
    assert set(found(provinsi="64")) == {(seller, buyer), (other, buyer)}
    assert set(found(penjual=other.business.name)) == {
        (other, buyer),
        (other, neighbour),
    }
    assert set(found(pembeli=buyer.business.name)) == {(seller, buyer), (other, buyer)}
    with_conflict = {(seller, neighbour), (other, neighbour)}
    assert (
        set(found(konflik="ada"))
        == set(found(konflik="same_province"))
        == with_conflict
    )
    assert set(found(konflik="tanpa")) == everything - with_conflict
    assert found(konflik="certificate") == []
    assert found(minimal="100") == []


def test_officials_sort_pairs_and_see_the_strong_ones(client, mission, organiser):
    coffee = CommodityGroupFactory(name="Kopi", slug="kopi")
    sellers = [seller_of(mission, commodity=coffee), seller_of(mission)]
    buyers = [buyer_of(mission, commodity=coffee), buyer_of(mission, province="35")]
    scored(mission)
    client.force_login(organiser)

    def listed(**query):
        return list(client.get(office(mission), query).context["page"])

    def scores_of(**query):
        return [match.score for match in listed(**query)]

    assert listed(urut="penjual")[0].seller == min(sellers, key=by_name)
    assert listed(urut="pembeli")[0].buyer == min(buyers, key=by_name)
    scores = sorted(Match.objects.values_list("score", flat=True))
    assert scores_of(urut="lemah") == scores
    first = [bool(match.conflicts) for match in listed()]
    assert first == sorted(first), "pairs with a conflict come last"
    assert {*first} == {False, True}
    assert scores_of(konflik="tanpa") == sorted(scores_of(konflik="tanpa"))[::-1]
    least = scores[-1] // 10
    strong = [one for one in scores if one >= 10 * least]
    assert sorted(scores_of(minimal=least)) == strong


def by_name(participation):
    return participation.business.name


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_pairs_costs_the_same_whatever_its_length(
    client, mission, organiser, django_assert_num_queries, number
):
    seller = seller_of(mission)
    for _ in range(number):
        buyer_of(mission)
    scored(mission)
    client.force_login(organiser)

    with django_assert_num_queries(22):
        response = client.get(office(mission))

    assert len(response.context["page"]) == number
    assert seller.name in response.content.decode()


@pytest.mark.parametrize("extension", ["csv", "xlsx", "json"])
def test_exactly_the_pairs_of_a_filter_can_be_downloaded(
    client, mission, organiser, extension, django_assert_num_queries
):
    seller, buyer = seller_of(mission), buyer_of(mission)
    buyer_of(mission)
    scored(mission)
    client.force_login(organiser)

    response = client.get(
        office(mission, "office_matches_download", extension),
        {"pembeli": buyer.business.name},
    )
    content = response.getvalue()

    if extension == "csv":
        [row] = csv.DictReader(io.StringIO(content.decode()))
    elif extension == "json":
        [row] = json.loads(content)
    else:
        assert content.startswith(b"PK")
        return
    assert row["seller"] == seller.name
    assert row["buyer"] == buyer.name
    match = Match.objects.get(buyer=buyer)
    assert float(row["score"]) == float(match.value)
    assert int(row["delivery_points"]) == match.delivery


@pytest.mark.parametrize("number", [1, 3])
def test_a_download_costs_the_same_whatever_its_length(
    client, mission, organiser, django_assert_num_queries, number
):
    seller_of(mission)
    for _ in range(number):
        buyer_of(mission)
    scored(mission)
    client.force_login(organiser)

    with django_assert_num_queries(10):
        response = client.get(office(mission, "office_matches_download", "csv"))
        lines = response.getvalue().decode().splitlines()

    assert len(lines) == number + 1


def test_a_filter_that_cannot_be_read_downloads_nothing(client, mission, organiser):
    client.force_login(organiser)
    address = office(mission, "office_matches_download", "csv")

    assert client.get(address, {"minimal": "x"}).status_code == 400
    assert client.get(address.replace(".csv", ".pdf")).status_code == 404


def test_a_tap_starts_the_scoring_and_the_page_follows_it(client, mission, organiser):
    seller_of(mission)
    buyer_of(mission)
    client.force_login(organiser)

    response = client.post(office(mission, "office_score"))
    run = ScoreRun.objects.get()
    assert response.url == office(mission)
    assert (run.mission, run.requested_by) == (mission, organiser)
    running = client.get(office(mission))
    assert running["Refresh"]
    assert office(mission, "office_score") not in running.content.decode()

    client.post(office(mission, "office_score"))
    assert ScoreRun.objects.count() == 1
    score_all(run.pk)
    done = client.get(office(mission))
    assert "Refresh" not in done
    assert done.context["is_outdated"] is False
    assert office(mission, "office_score") in done.content.decode()


def test_progress_is_shown_in_numbers(client, mission, organiser):
    ScoreRunFactory(
        mission=mission,
        state=ScoreRun.State.RUNNING,
        pairs=250_000,
        scored=50_000,
        progressed_at=timezone.now(),
    )
    client.force_login(organiser)

    text = client.get(office(mission)).content.decode()

    assert "50,000 of 250,000 pairs scored (20%)." in text


def test_while_it_runs_nobody_asks_whether_the_scores_before_are_outdated(
    client, mission, organiser, monkeypatch
):
    seller_of(mission)
    scored(mission)
    ScoreRunFactory(mission=mission, state=ScoreRun.State.QUEUED)
    looked = []
    monkeypatch.setattr(office_matches, "is_outdated", looked.append)
    client.force_login(organiser)

    assert client.get(office(mission))["Refresh"]

    assert not looked


def test_a_failed_scoring_is_named_and_can_be_started_again(client, mission, organiser):
    ScoreRunFactory(mission=mission, state=ScoreRun.State.FAILED, problem="")
    client.force_login(organiser)

    response = client.get(office(mission))

    assert "Refresh" not in response
    assert office(mission, "office_score") in response.content.decode()


def test_a_scoring_older_than_the_latest_change_says_so(client, mission, organiser):
    seller_of(mission)
    buyer_of(mission)
    scored(mission)
    buyer_of(mission)
    client.force_login(organiser)

    assert client.get(office(mission)).context["is_outdated"] is True


def test_auditors_look_and_start_nothing(client, mission):
    client.force_login(AppointmentFactory(role="auditor").user)

    assert client.get(office(mission)).status_code == 200
    assert client.get(office(mission, "weights")).status_code == 200
    assert client.post(office(mission, "office_score")).status_code == 404
    assert client.post(office(mission, "weights"), {"met": "5"}).status_code == 403
    assert not ScoreRun.objects.exists()
    assert not MatchingRules.objects.exists()


def test_a_pair_is_explained_to_officials_by_name(client, mission, organiser):
    seller, buyer = seller_of(mission), buyer_of(mission)
    scored(mission)
    client.force_login(organiser)

    response = client.get(office(mission, "office_match", seller.pk, buyer.pk))

    text = response.content.decode()
    assert f"{seller.name} delivers to where {buyer.name} needs it" in text
    assert (
        client.get(office(mission, "office_match", buyer.pk, seller.pk)).status_code
        == 404
    )


def test_a_pair_that_was_accepted_later_is_computed_on_the_spot(
    client, mission, organiser
):
    seller = ParticipationFactory(mission=mission)
    buyer = ParticipationFactory(mission=mission, side=Side.BUYER)
    client.force_login(organiser)

    response = client.get(office(mission, "office_match", seller.pk, buyer.pk))

    assert response.context["match"].pk is None
    assert response.context["match"].points


@pytest.mark.parametrize(
    "status", [status for status in Status if status != Status.ACCEPTED]
)
def test_who_is_not_accepted_is_compared_with_nobody(
    client, mission, organiser, status
):
    seller = ParticipationFactory(mission=mission, status=status, reason="Kuota penuh")
    buyer = ParticipationFactory(mission=mission, side=Side.BUYER)
    client.force_login(organiser)

    response = client.get(office(mission, "office_match", seller.pk, buyer.pk))

    assert response.status_code == 404


@pytest.fixture
def visited(mission):
    """Pairs of a mission in which a seller of East Java meets a buyer of East Kalimantan and one of
    Bali: both provinces take part."""
    mission.partner_provinces.set(
        [ProvinceFactory(code="64"), ProvinceFactory(code="51")]
    )
    return seller_of(mission), buyer_of(mission), buyer_of(mission, province="51")


@pytest.mark.parametrize("is_scored", [True, False])
def test_other_provinces_see_the_pairs_of_their_own_businesses_only(
    client, mission, visited, is_scored
):
    seller, buyer, other = visited
    if is_scored:
        scored(mission)
    client.force_login(AppointmentFactory(role="operator", province__code="64").user)

    def status_of(partner):
        address = office(mission, "office_match", seller.pk, partner.pk)
        return client.get(address).status_code

    assert (status_of(buyer), status_of(other)) == (200, 404)
    page = client.get(office(mission))
    download = client.get(office(mission, "office_matches_download", "csv"))
    lines = csv.DictReader(io.StringIO(download.getvalue().decode()))
    expected = [buyer] if is_scored else []
    assert [match.buyer for match in page.context["page"]] == expected
    assert [line["buyer"] for line in lines] == [one.name for one in expected]
    assert page.context["sees_all"] is False
    assert other.name not in page.text


def test_the_province_that_initiates_sees_all_pairs(client, mission, visited):
    scored(mission)
    client.force_login(AppointmentFactory(role="auditor").user)

    page = client.get(office(mission))

    assert len(page.context["page"]) == 2
    assert page.context["sees_all"] is True


def test_the_admin_shows_the_same_pairs(mission, visited):
    scored(mission)
    own = AppointmentFactory(role="auditor").user
    other = AppointmentFactory(role="operator", province__code="64").user
    stranger = AppointmentFactory(role="operator", province__code="73").user

    assert Match.objects.visible_to(own).count() == 2
    assert [one.buyer for one in Match.objects.visible_to(other)] == [visited[1]]
    assert not Match.objects.visible_to(stranger).exists()
    for official, count in ((own, 2), (other, 1), (stranger, 0)):
        request = RequestFactory().get("/")
        request.user = official
        shown = admin.site.get_model_admin(Match).get_queryset(request)
        assert shown.count() == count


def test_once_it_is_over_nothing_is_scored_or_weighed(client, mission, organiser):
    seller_of(mission)
    buyer_of(mission)
    scored(mission)
    Mission.objects.update(status=Mission.Status.CLOSED)
    client.force_login(organiser)

    assert office(mission, "office_score") not in client.get(office(mission)).text
    assert 'name="commodity"' not in client.get(office(mission, "weights")).text
    client.post(office(mission, "office_score"))
    weights = {component.value: "5" for component in Component}
    signature = "-".join(weights.values())
    client.post(office(mission, "weights"), weights | {"save": signature})

    assert ScoreRun.objects.count() == 1
    assert not MatchingRules.objects.exists()
