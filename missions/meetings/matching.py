"""Who should meet whom: asking for the scores of a mission, and the score of any two of it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from missions.locking import lock_mission, refuse_unless_organiser
from missions.models import Mission, Participation

from . import tasks
from .firms import fingerprint, firms_of, rows_of
from .models import ScoreRun
from .reweighing import latest_run, refuse_when_over, weights_of
from .scoring import score_pair
from .scoring_run import WORKER_ENDED, fail, match_of, participants
from .trade import trade_of

Side = Participation.Side


@transaction.atomic
def request_run(mission, *, by):
    """Puts one scoring of all pairs of a mission into the queue of the worker.

    Raises ValidationError while another one is under way and once the mission is over,
    PermissionDenied for whoever does not run it. `by` is None for the portal itself.
    """
    mission = lock_mission(mission.pk)
    refuse_unless_organiser(mission, by)
    refuse_when_over(mission)
    for run in mission.score_runs.filter(state__in=ScoreRun.UNFINISHED):
        if not run.is_dead:
            raise ValidationError(
                _("The pairs are being scored already. You see here when it is done."),
                code="under_way",
            )
        fail(run, WORKER_ENDED)
    run = ScoreRun.objects.create(mission=mission, requested_by=by)
    tasks.score.enqueue(run.pk)
    return run


def end_dead_runs():
    """A worker that ended took its run with it: nobody should wait for that one. How many."""
    unfinished = ScoreRun.objects.filter(state__in=ScoreRun.UNFINISHED)
    dead = [run for run in unfinished if run.is_dead]
    for run in dead:
        fail(run, WORKER_ENDED)
    return len(dead)


def rescore_outdated():
    """Asks for a new scoring of each mission that is not over and was scored before its latest
    change. One that is being scored just now is left alone. How many."""
    return sum(map(_rescore, Mission.objects.not_over().order_by("pk")))


def _rescore(mission):
    latest = latest_run(mission)
    if latest is None or not is_outdated(latest):
        return False
    try:
        request_run(mission, by=None)
    except ValidationError:
        return False
    return True


def is_outdated(run):
    """Whether anything that was compared has changed since: who takes part, what they offer and
    need, what an official checked."""
    return run.fingerprint != fingerprint(rows_of(participants(run.mission)))


def explain_anyone(one, other):
    """A `Match` of two participants that is nowhere stored; None for two of the same side."""
    if one.side == other.side:
        return None
    seller, buyer = (one, other) if one.side == Side.SELLER else (other, one)
    both = Participation.objects.filter(pk__in=[one.pk, other.pk])
    firms = firms_of(rows_of(both))
    run = ScoreRun(mission=one.mission, weights=weights_of(one.mission))
    parties = firms[seller.pk], firms[buyer.pk]
    trade = trade_of(parties, one.mission)
    match = match_of(run, *parties, score_pair(*parties, run.all_weights, trade))
    match.seller, match.buyer = seller, buyer
    return match
