"""Who should meet whom: asking for the scores of a mission, and the score of any two of it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from missions.locking import lock_mission
from missions.models import Participation

from . import tasks
from .effects import effect_of
from .firms import fingerprint, firms_of, rows_of
from .models import ScoreRun
from .reweighing import latest_run, reweigh, weights_of
from .scoring import score_pair
from .scoring_run import (
    WORKER_ENDED,
    fail,
    match_of,
    participants,
    score_all,
)
from .trade import trade_of

__all__ = [
    "effect_of",
    "end_dead_runs",
    "explain_anyone",
    "is_outdated",
    "latest_run",
    "request_run",
    "reweigh",
    "score_all",
]
Side = Participation.Side


@transaction.atomic
def request_run(mission, *, by):
    """Puts one scoring of all pairs of a mission into the queue of the worker.

    Raises ValidationError while another one is under way.
    """
    mission = lock_mission(mission.pk)
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
