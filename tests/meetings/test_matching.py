"""The scoring of a mission as a job, and what is left of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from missions.meetings import scoring_run
from missions.meetings.effects import effect_of
from missions.meetings.matching import (
    end_dead_runs,
    explain_anyone,
    is_outdated,
    request_run,
    rescore_outdated,
)
from missions.meetings.models import Match, MatchingRules, ScoreRun
from missions.meetings.points import Conflict
from missions.meetings.reweighing import reweigh
from missions.meetings.scoring import weighted
from missions.meetings.scoring_run import score_all
from missions.meetings.weights import GOOD_SCORE, WEIGHTS, Component
from missions.models import Mission, Participation
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CommodityGroupFactory,
    MembershipFactory,
    MissionFactory,
    ParticipationFactory,
    ProvinceFactory,
    UserFactory,
)

from .scored import buyer_of, scored, seller_of

pytestmark = pytest.mark.django_db
State, Side = ScoreRun.State, Participation.Side


@pytest.fixture
def mission():
    return MissionFactory(status=Mission.Status.CURATION)


@pytest.fixture
def coffee():
    return CommodityGroupFactory(slug="kopi", name="Kopi")


def test_all_pairs_of_accepted_participants_are_scored(mission, coffee):
    sellers = [seller_of(mission, commodity=coffee) for _ in range(3)]
    buyers = [buyer_of(mission, commodity=coffee) for _ in range(2)]
    ParticipationFactory(mission=mission, status=Participation.Status.WAITING)
    ParticipationFactory()

    run = scored(mission)

    assert (run.state, run.pairs, run.scored, run.percent) == (State.DONE, 6, 6, 100)
    pairs = {(match.seller, match.buyer) for match in Match.objects.all()}
    assert pairs == {(seller, buyer) for seller in sellers for buyer in buyers}
    for match in Match.objects.all():
        assert match.score == weighted(match.points, WEIGHTS)
        assert match.commodity == 100


def test_progress_is_stored_batch_by_batch(mission, monkeypatch):
    for _ in range(2):
        seller_of(mission)
        buyer_of(mission)
    monkeypatch.setattr(scoring_run, "BATCH", 1)
    seen = []
    store = scoring_run._store

    def look(run, matches):
        store(run, matches)
        seen.append(ScoreRun.objects.get(pk=run.pk).scored)

    monkeypatch.setattr(scoring_run, "_store", look)
    scored(mission)

    assert seen == [1, 2, 3, 4]


def test_a_second_request_is_refused_while_one_is_under_way(mission):
    request_run(mission, by=None)

    with pytest.raises(ValidationError) as refused:
        request_run(mission, by=None)

    assert refused.value.code == "under_way"
    assert DBTaskResult.objects.filter(task_path__endswith="tasks.score").count() == 1


def test_matches_of_a_running_scoring_are_not_shown_and_older_ones_go_at_its_end(
    mission, monkeypatch
):
    seller = seller_of(mission)
    buyer_of(mission)
    first = scored(mission)
    shown = []
    finish = scoring_run._finish

    def look(run):
        shown.append({match.run_id for match in Match.objects.of(seller)})
        finish(run)

    monkeypatch.setattr(scoring_run, "_finish", look)
    second = scored(mission)

    assert shown == [{first.pk}]
    assert list(ScoreRun.objects.all()) == [second]
    assert {match.run_id for match in Match.objects.of(seller)} == {second.pk}


def test_a_scoring_that_fails_says_so_and_leaves_nothing(mission, monkeypatch, caplog):
    seller_of(mission)
    buyer_of(mission)
    before = scored(mission)

    def break_down(run):
        raise RuntimeError("Siti Aminah 0812")

    monkeypatch.setattr(scoring_run, "_finish", break_down)
    run = scored(mission)

    assert run.state == State.FAILED
    assert run.problem
    assert {match.run for match in Match.objects.all()} == {before}
    assert "Siti" not in caplog.text
    assert "RuntimeError" in caplog.text
    monkeypatch.undo()
    assert scored(mission).state == State.DONE


@pytest.mark.parametrize("state", ScoreRun.UNFINISHED)
def test_a_scoring_whose_worker_ended_is_given_up_on(mission, state):
    run = request_run(mission, by=None)
    long_ago = timezone.now() - timedelta(hours=2)
    ScoreRun.objects.update(state=state, created_at=long_ago, progressed_at=long_ago)

    new = request_run(mission, by=None)

    run.refresh_from_db()
    assert run.state == State.FAILED
    assert new.state == State.QUEUED


def test_every_day_dead_scorings_are_ended_and_living_ones_left_alone(mission):
    dead = request_run(mission, by=None)
    dead.created_at = timezone.now() - timedelta(hours=2)
    dead.save()
    other = MissionFactory(status=Mission.Status.SCHEDULED)
    living = request_run(other, by=None)

    assert end_dead_runs() == 1

    assert set(ScoreRun.objects.filter(state=State.FAILED)) == {dead}
    assert set(ScoreRun.objects.filter(state=State.QUEUED)) == {living}


def test_every_night_what_has_changed_is_scored_anew(mission):
    same, never, over = (
        MissionFactory(status=Mission.Status.SCHEDULED) for _each in range(3)
    )
    for one in (mission, same, over):
        buyer_of(one)
        scored(one)
    for one in (mission, never, over):
        seller_of(one)
    Mission.objects.filter(pk=over.pk).update(status=Mission.Status.COUNTING)

    assert rescore_outdated() == 1

    run = ScoreRun.objects.get(state=State.QUEUED)
    assert (run.mission, run.requested_by) == (mission, None)
    assert rescore_outdated() == 0, "it is under way"
    score_all(run.pk)
    assert Match.objects.of_mission(mission).count() == 1
    assert rescore_outdated() == 0, "nothing has changed since"


def test_it_is_among_the_daily_jobs(settings):
    assert "missions.meetings.matching.rescore_outdated" in settings.DAILY_JOBS


@pytest.mark.parametrize("status", Mission.OVER)
def test_what_is_over_is_neither_scored_nor_weighed_anew(mission, status):
    seller_of(mission, quantity=3)
    buyer_of(mission, quantity=7)
    scored(mission)
    before = Match.objects.get().score
    Mission.objects.update(status=status)

    for change in (
        lambda: request_run(mission, by=None),
        lambda: reweigh(mission, OTHERS, by=None),
    ):
        with pytest.raises(ValidationError) as refused:
            change()
        assert refused.value.code == "over"

    assert Match.objects.get().score == before
    assert ScoreRun.objects.count() == 1
    assert not MatchingRules.objects.exists()


@pytest.mark.parametrize(
    "appointment",
    [{"role": "auditor"}, {"role": "operator", "province__code": "64"}],
)
def test_only_who_runs_the_mission_has_it_scored_and_weighs(mission, appointment):
    mission.partner_provinces.add(ProvinceFactory(code="64"))
    official = AppointmentFactory(**appointment).user

    with pytest.raises(PermissionDenied):
        request_run(mission, by=official)
    with pytest.raises(PermissionDenied):
        reweigh(mission, OTHERS, by=official)

    assert not ScoreRun.objects.exists()
    assert not MatchingRules.objects.exists()


def test_a_worker_that_comes_too_late_stores_nothing(mission, monkeypatch):
    seller_of(mission)
    buyer_of(mission)
    run = request_run(mission, by=None)
    store = scoring_run._store

    def give_up_meanwhile(run, matches):
        scoring_run.fail(run, "x")
        store(run, matches)

    monkeypatch.setattr(scoring_run, "_store", give_up_meanwhile)
    score_all(run.pk)
    score_all(run.pk)

    run.refresh_from_db()
    assert run.state == State.FAILED
    assert not Match.objects.exists()


def test_a_participant_who_leaves_meanwhile_is_left_out(mission, monkeypatch):
    seller_of(mission)
    buyer, gone = buyer_of(mission), buyer_of(mission)
    store = scoring_run._store

    def leave_meanwhile(run, matches):
        Participation.objects.filter(pk=gone.pk).delete()
        store(run, matches)

    monkeypatch.setattr(scoring_run, "_store", leave_meanwhile)
    run = scored(mission)

    assert run.state == State.DONE
    assert {match.buyer for match in Match.objects.all()} == {buyer}


def test_a_mission_without_participants_is_scored_too(mission):
    run = scored(mission)

    assert (run.state, run.pairs, run.percent) == (State.DONE, 0, 0)


def change_title(seller, buyer):
    listing = seller.listings.get()
    listing.title = "Teh hijau"
    listing.save()


def accept_another(seller, buyer):
    buyer_of(seller.mission)


def turn_away(seller, buyer):
    buyer.status = Participation.Status.WITHDRAWN
    buyer.save()


def choose_nothing(seller, buyer):
    seller.listings.clear()


def say_something_else(seller, buyer):
    buyer.business.seeks = "gula"
    buyer.business.save()


@pytest.mark.parametrize(
    "change",
    [change_title, accept_another, turn_away, choose_nothing, say_something_else],
)
def test_a_scoring_knows_whether_something_has_changed_since(mission, change):
    seller, buyer = seller_of(mission), buyer_of(mission)
    run = scored(mission)
    assert not is_outdated(run)

    change(seller, buyer)

    assert is_outdated(run)


def test_conflicts_are_named(mission, coffee):
    person = UserFactory()
    seller = seller_of(mission, commodity=coffee, delivers_everywhere=False)
    seller.listings.get().delivery_provinces.add("35")
    buyer = buyer_of(
        mission, province="35", commodity=coffee, delivers_everywhere=False
    )
    buyer.listings.get().certificates.create(kind="halal")
    elsewhere = BusinessFactory(province__code="64").province
    buyer.listings.get().delivery_provinces.add(elsewhere)
    for participation in (seller, buyer):
        MembershipFactory(business=participation.business, user=person)

    scored(mission)

    assert set(Match.objects.get().conflicts) == set(Conflict.values)
    assert not Match.objects.without_conflicts().exists()


def test_anyone_can_be_explained_without_a_scoring(mission, coffee):
    seller = seller_of(mission, commodity=coffee)
    buyer = buyer_of(mission, commodity=coffee)

    match = explain_anyone(buyer, seller)
    scored(mission)

    stored = Match.objects.get()
    assert (match.seller, match.buyer) == (seller, buyer)
    assert match.score == stored.score
    assert match.points == stored.points
    assert match.facts.keys() == stored.facts.keys()
    assert explain_anyone(seller, seller_of(mission)) is None


# Weights


OTHERS = dict.fromkeys(Component, 1) | {Component.MET: 100}


def test_other_weights_give_the_scores_that_a_new_scoring_would_give(mission, coffee):
    for title in ("Kopi robusta", "Kopi arabika", "Gula semut"):
        seller_of(mission, title=title, commodity=coffee, quantity=3)
        buyer_of(mission, title=title, quantity=7, price_max=5)
    scored(mission)
    by = AppointmentFactory(role="operator").user

    reweigh(mission, OTHERS, by=by)

    changed = dict(Match.objects.values_list("pk", "score"))
    matches = {
        match.pk: weighted(match.points, OTHERS) for match in Match.objects.all()
    }
    assert changed == matches
    rules = MatchingRules.objects.get()
    assert rules.all_weights == OTHERS
    assert rules.history.first().history_user == by
    before = sorted(Match.objects.values_list("seller", "buyer", "score"))
    scored(mission)
    assert sorted(Match.objects.values_list("seller", "buyer", "score")) == before


def test_weights_chosen_while_a_scoring_runs_count_for_it(mission, monkeypatch):
    seller_of(mission)
    buyer_of(mission)
    finish = scoring_run._finish

    def choose_meanwhile(run):
        reweigh(mission, OTHERS, by=None)
        finish(run)

    monkeypatch.setattr(scoring_run, "_finish", choose_meanwhile)
    run = scored(mission)

    match = Match.objects.get()
    assert match.score == weighted(match.points, OTHERS)
    assert run.all_weights == OTHERS


@pytest.mark.parametrize(
    "weights", [dict.fromkeys(Component, 0), WEIGHTS | {Component.MET: 101}]
)
def test_weights_that_make_no_sense_are_refused(mission, weights):
    with pytest.raises(ValidationError):
        reweigh(mission, weights, by=None)

    assert not MatchingRules.objects.exists()


def test_the_effect_of_other_weights_is_what_they_then_do(mission, coffee):
    for title in ("Kopi robusta", "Kopi arabika", "Gula semut", "Kopi luwak"):
        seller_of(mission, title=title, commodity=coffee, quantity=len(title))
        buyer_of(mission, title=title, quantity=11, price_max=9, commodity=coffee)
    buyer_of(mission, title="Kopi luwak", province="35", quantity=1)
    scored(mission)
    before = dict(Match.objects.values_list("pk", "score"))
    best = best_partners(mission)

    effect = effect_of(mission, OTHERS)
    assert dict(Match.objects.values_list("pk", "score")) == before
    reweigh(mission, OTHERS, by=None)

    after = dict(Match.objects.values_list("pk", "score"))
    now_best = best_partners(mission)
    assert effect.pairs == 20
    assert effect.participants == 9
    assert effect.moved == sum(before[pk] != after[pk] for pk in before)
    assert effect.with_other_best == sum(best[pk] != now_best[pk] for pk in best)
    clear = set(Match.objects.without_conflicts().values_list("pk", flat=True))
    assert 0 < len(clear) < 20
    good_before = [before[pk] >= GOOD_SCORE for pk in clear]
    assert effect.good_before == sum(good_before)
    assert effect.good_after == sum(after[pk] >= GOOD_SCORE for pk in clear) > 0
    for moved in (*effect.up, *effect.down):
        assert moved.before * 10 == before[moved.match.pk]
        assert moved.after * 10 == after[moved.match.pk]


def best_partners(mission):
    return {
        participation.pk: Match.objects.of(participation)
        .without_conflicts_first()
        .first()
        .pk
        for participation in mission.participations.all()
    }


def test_without_a_scoring_weights_change_nothing_yet(mission):
    effect = effect_of(mission, OTHERS)

    reweigh(mission, OTHERS, by=None)

    assert (effect.pairs, effect.participants, effect.up) == (0, 0, [])
    assert MatchingRules.objects.get().all_weights == OTHERS


def test_a_scoring_that_ends_after_the_mission_changes_nothing_of_it(
    mission, monkeypatch
):
    seller_of(mission)
    buyer_of(mission)
    before = scored(mission)
    finish = scoring_run._finish

    def close_meanwhile(run):
        Mission.objects.update(status=Mission.Status.CLOSED)
        finish(run)

    monkeypatch.setattr(scoring_run, "_finish", close_meanwhile)
    late = scored(mission)

    assert (late.state, late.problem) == (State.FAILED, scoring_run.TOO_LATE)
    assert {match.run for match in Match.objects.all()} == {before}
