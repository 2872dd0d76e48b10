"""What no row of a request, a pair or a selection can say, whoever writes it."""

import pytest
from django.apps import apps
from django.db.models import CheckConstraint
from django.utils import timezone

from missions.doors import Via
from missions.meetings.models import (
    FloorGap,
    Match,
    MatchingRules,
    MeetingReport,
    MeetingRequest,
    RequestEvent,
    ScoreRun,
    SelectedMeeting,
    Selection,
    Wish,
)
from missions.meetings.weights import Component
from missions.models import Slot
from tests.factories import MeetingRequestFactory, ParticipationFactory, SlotFactory
from tests.missions.test_constraints import refuses

pytestmark = pytest.mark.django_db
SAME = object()
NOW = timezone.now()


# Each makes a good row between two participants, and `facts` spoil it.


def request(one, other, **facts):
    return MeetingRequest(
        **{"sender": one, "receiver": other, "expires_at": NOW} | facts
    )


def event(one, other, **facts):
    said = {"step": RequestEvent.Step.SENT} | facts
    asked = MeetingRequestFactory(sender=one, receiver=other)
    return RequestEvent(request=asked, **said)


def report(one, other, **facts):
    said = {"outcome": MeetingReport.Outcome.DEAL, "via": "portal"} | facts
    asked = MeetingRequestFactory(sender=one, receiver=other)
    return MeetingReport(request=asked, participation=one, **said)


def match(one, other, **facts):
    run = ScoreRun.objects.create(mission=one.mission, state=ScoreRun.State.DONE)
    points = dict.fromkeys(Component.values, 50)
    return Match(
        **{"run": run, "seller": one, "buyer": other, "score": 500} | points | facts
    )


def selected(one, other, **facts):
    said = {"seller": one, "buyer": other, "score": 500, "value": 1} | facts
    return SelectedMeeting(selection=selection(one, other, save=True), **said)


def selection(one, _other, save=False, **facts):
    made = Selection(mission=one.mission, **{"state": Selection.State.DONE} | facts)
    if save:
        made.save()
    return made


def gap(one, other, **facts):
    said = {"cause": FloorGap.Cause.NO_NEED} | facts
    return FloorGap(
        selection=selection(one, other, save=True),
        participation=one,
        meetings=0,
        **said,
    )


def run(one, _other, **facts):
    return ScoreRun(mission=one.mission, **facts)


def wish(one, other, **facts):
    return Wish(**{"by": one, "about": other, "level": Wish.Level.MUST} | facts)


def rules(one, _other, **facts):
    return MatchingRules(mission=one.mission, **facts)


BREAKERS = [
    (request, {"receiver": SAME}, "meeting_request_to_another"),
    (request, {"status": "lost", "closed_at": NOW}, "meeting_request_status_known"),
    (request, {"turn": "official"}, "meeting_request_turn_known"),
    (request, {"closed_at": NOW}, "meeting_request_pending_or_closed"),
    (request, {"status": "accepted"}, "meeting_request_pending_or_closed"),
    *(
        (
            request,
            {"status": status, "closed_at": NOW},
            "meeting_request_declined_with_reason",
        )
        for status in ("declined", "cancelled")
    ),
    (request, {"new_slot": Slot}, "meeting_request_new_time_of_agreed"),
    (event, {"step": "forgotten"}, "request_event_step_known"),
    (event, {"via": "phone"}, "request_event_via_known"),
    (event, {"outcome": "deal"}, "request_event_outcome_of_report"),
    (event, {"step": "reported"}, "request_event_outcome_of_report"),
    (
        event,
        {"step": "reported", "outcome": "perhaps"},
        "request_event_outcome_of_report",
    ),
    (report, {"outcome": "perhaps"}, "meeting_report_outcome_known"),
    (report, {"via": ""}, "meeting_report_via_known"),
    (report, {"via": "own"}, "meeting_report_via_known"),
    (match, {"buyer": SAME}, "match_of_two"),
    (match, {"score": 1001}, "match_score_in_range"),
    *((match, {name: 101}, "match_points_in_range") for name in Component.values),
    (selected, {"buyer": SAME}, "selected_meeting_of_two"),
    (selected, {"score": 1001}, "selected_meeting_score_in_range"),
    (selection, {"state": "lost"}, "selection_state_known"),
    (
        selection,
        {"state": "failed", "published_at": NOW},
        "selection_published_once_done",
    ),
    (selection, {"floor": 21}, "selection_floor_in_range"),
    (gap, {"cause": "weather"}, "floor_gap_cause_known"),
    (run, {"state": "lost"}, "score_run_state_known"),
    (run, {"scored": 2, "pairs": 1}, "score_run_scored_within_pairs"),
    (wish, {"about": SAME}, "wish_about_another"),
    (wish, {"level": "maybe"}, "wish_level_known"),
    (rules, {"tables": 0}, "matching_rules_in_range"),
    (rules, {"spare_percent": 51}, "matching_rules_in_range"),
    (rules, {"floor": 13}, "matching_floor_within_most_meetings"),
]


@pytest.fixture
def pair():
    one = ParticipationFactory()
    return one, ParticipationFactory(mission=one.mission, side="buyer")


@pytest.mark.parametrize(("make", "facts", "constraint"), BREAKERS)
def test_database_refuses_what_cannot_be(pair, make, facts, constraint):
    stand_ins = {SAME: lambda: pair[0], Slot: SlotFactory}
    spoilt = {
        name: stand_ins[fact]() if fact in (SAME, Slot) else fact
        for name, fact in facts.items()
    }

    refuses(make(*pair, **spoilt), constraint)


@pytest.mark.parametrize(
    "make", dict.fromkeys(make for make, _facts, _name in BREAKERS)
)
def test_the_row_that_is_spoilt_above_is_good_otherwise(pair, make):
    make(*pair).save()


@pytest.mark.parametrize("via", Via)
@pytest.mark.parametrize("step", RequestEvent.Step)
def test_every_step_through_every_door_can_be_kept(pair, step, via):
    is_report = step == RequestEvent.Step.REPORTED
    event(*pair, step=step, via=via, outcome="deal" if is_report else "").save()


def test_every_check_is_broken_above():
    checks = {
        constraint.name
        for model in apps.get_app_config("meetings").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    }

    assert checks == {name for _make, _facts, name in BREAKERS}
