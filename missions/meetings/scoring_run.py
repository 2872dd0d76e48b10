"""What the task worker does: scores all pairs of a mission, batch after batch.

Each batch is a transaction of its own, so that the page shows how far it is and no writer waits.
Nothing shows the matches of a run before it is done; one that fails takes its own away.
"""

import logging
from contextlib import contextmanager
from functools import partial
from itertools import batched, product

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from businesses.models import Listing
from missions.locking import lock_mission
from missions.models import Participation

from .firms import fingerprint, firms_of, rows_of
from .likeness import Likenesses
from .models import Match, ScoreRun
from .reweighing import give_weights, weights_of
from .scoring import score_pair
from .trade import trade_of

logger = logging.getLogger(__name__)
BATCH = 2_000
State, Side = ScoreRun.State, Participation.Side
WENT_WRONG = gettext_noop("Something went wrong; the operators have a trace of it.")
WORKER_ENDED = gettext_noop("The worker ended before it was done.")
TOO_LATE = gettext_noop("The mission was over before it was done.")


class Superseded(Exception):
    """Somebody has given up on this run meanwhile; what it still does counts for nothing."""


def score_all(run_id):
    """Scores all pairs of the mission of a queued run. Any other run it leaves alone."""
    with transaction.atomic():
        run = _locked(run_id, State.QUEUED)
        if run is None:
            return
        run.state, run.started_at = State.RUNNING, timezone.now()
        run.progressed_at, run.weights = run.started_at, weights_of(run.mission)
        run.save()
    with _failing(run):
        _score(run)


def participants(mission):
    return Participation.objects.accepted().filter(mission=mission)


def _locked(run_id, *states):
    runs = ScoreRun.objects.select_for_update(of=("self",)).select_related("mission")
    return runs.filter(pk=run_id, state__in=states).first()


@contextmanager
def _failing(run):
    try:
        yield
    except Superseded:
        Match.objects.filter(run=run).delete()
    except Exception as error:
        # Its text may hold what is nobody's business.
        logger.error("Scoring %s failed: %s", run.pk, type(error).__name__)
        fail(run, WENT_WRONG)


@transaction.atomic
def fail(run, problem):
    """Ends a run that is not finished, and what it has stored. A new one may be asked for."""
    failed = ScoreRun.objects.filter(pk=run.pk, state__in=ScoreRun.UNFINISHED).update(
        state=State.FAILED, problem=problem, finished_at=timezone.now()
    )
    if failed:
        Match.objects.filter(run=run).delete()


def _score(run):
    rows = rows_of(participants(run.mission))
    firms = firms_of(rows)
    sides = {pk: side for pk, side, *_rest in rows[0]}
    sellers = [firm for pk, firm in firms.items() if sides[pk] == Side.SELLER]
    buyers = [firm for pk, firm in firms.items() if sides[pk] == Side.BUYER]
    compare = comparing(run, sellers, buyers)
    _progress(run, pairs=len(sellers) * len(buyers), fingerprint=fingerprint(rows))
    for batch in batched(product(sellers, buyers), BATCH):
        found = [match_of(run, *pair, compare(*pair)) for pair in batch]
        _store(run, found)
    _finish(run)


def comparing(run, sellers, buyers):
    """The function that scores one of `sellers` with one of `buyers`."""
    return partial(
        score_pair,
        weights=run.all_weights,
        trade=trade_of([*sellers, *buyers], run.mission),
        likeness=Likenesses(_titles(sellers, "offers"), _titles(buyers, "needs")),
    )


def _titles(firms, items):
    return [item.title for firm in firms for item in getattr(firm, items)]


def match_of(run, seller, buyer, scored):
    return Match(
        run=run,
        seller_id=seller.pk,
        buyer_id=buyer.pk,
        offer_id=scored.offer.pk,
        need_id=scored.need.pk,
        score=scored.score,
        facts=scored.facts,
        conflicts=scored.conflicts,
        **{component.value: points for component, points in scored.points.items()},
    )


@transaction.atomic
def _store(run, matches):
    """Whoever left, or deleted a listing, while this ran is left out: its words may be gone."""
    pks = {key for match in matches for key in (match.seller_id, match.buyer_id)}
    listings = {key for match in matches for key in (match.offer_id, match.need_id)}
    still = _existing(participants(run.mission), pks)
    known = _existing(Listing.objects, listings)
    for match in matches:
        match.offer_id = match.offer_id if match.offer_id in known else None
        match.need_id = match.need_id if match.need_id in known else None
    Match.objects.bulk_create(
        match for match in matches if {match.seller_id, match.buyer_id} <= still
    )
    _progress(run, scored=run.scored + len(matches))


def _existing(rows, pks):
    return set(rows.filter(pk__in=pks - {None}).values_list("pk", flat=True))


def _progress(run, **facts):
    """Raises Superseded once the run is no longer the one that counts."""
    facts["progressed_at"] = timezone.now()
    going_on = ScoreRun.objects.filter(pk=run.pk, state=State.RUNNING)
    if not going_on.update(**facts):
        raise Superseded
    for name, value in facts.items():
        setattr(run, name, value)


@transaction.atomic
def _finish(run):
    """From here on its matches are shown, and older ones are gone."""
    mission = lock_mission(run.mission_id)
    if mission.is_over:
        # What is published of it stays as it was.
        fail(run, TOO_LATE)
        return
    _progress(run)
    now = weights_of(mission)
    if now != run.all_weights:
        give_weights(run, now)
    older = ScoreRun.objects.filter(mission=mission, pk__lt=run.pk)
    older.exclude(state__in=ScoreRun.UNFINISHED).delete()
    run.state, run.finished_at = State.DONE, timezone.now()
    run.save(update_fields=["state", "finished_at"])
