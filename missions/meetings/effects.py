"""What other weights would change, before anybody decides on them."""

from dataclasses import dataclass, field
from decimal import Decimal

import numpy

from .models import Match
from .models.matches import HAS_CONFLICT
from .reweighing import latest_run
from .weights import GOOD_SCORE, Component

EXAMPLES = 3


@dataclass(frozen=True)
class Moved:
    """A pair that goes up or down, with its scores before and after."""

    match: Match
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class Effect:
    participants: int = 0
    # How many of them get another best partner.
    with_other_best: int = 0
    pairs: int = 0
    # How many of them get another score.
    moved: int = 0
    # How many fit well, as the results of the mission count it.
    good_before: int = 0
    good_after: int = 0
    up: list = field(default_factory=list)
    down: list = field(default_factory=list)

    @property
    def examples(self):
        """The pair that gains most first, the one that loses most last."""
        return [*self.up, *reversed(self.down)]


def effect_of(mission, weights):
    """What `weights` would change of the scores that are shown now."""
    run = latest_run(mission)
    matches = Match.objects.none() if run is None else Match.objects.of_mission(mission)
    fields = ("pk", "seller", "buyer", "has_conflict", "score", *Component.values)
    matches = matches.annotate(has_conflict=HAS_CONFLICT).order_by("pk")
    rows = list(matches.values_list(*fields).iterator(chunk_size=5_000))
    if not rows:
        return Effect()
    table = numpy.array(rows, dtype=numpy.int64)
    pks, sellers, buyers, last, before = table[:, :5].T
    after = new_scores(table[:, 5:], weights)
    other_best = sum(
        numpy.count_nonzero(best(side, last, before) != best(side, last, after))
        for side in (sellers, buyers)
    )
    return Effect(
        participants=len(set(sellers)) + len(set(buyers)),
        with_other_best=int(other_best),
        pairs=len(rows),
        moved=int(numpy.count_nonzero(before != after)),
        good_before=count_good(before, last),
        good_after=count_good(after, last),
        up=_most_moved(pks, before, after, after - before),
        down=_most_moved(pks, before, after, before - after),
    )


def new_scores(points, weights):
    """As `scoring.weighted`, of many rows at once; `points` in the order of Component."""
    factors = numpy.array([weights[component] for component in Component])
    together = factors.sum()
    return (20 * (points @ factors) + together) // (2 * together)


def count_good(scores, has_conflict):
    return int(numpy.count_nonzero((scores >= GOOD_SCORE) & (has_conflict == 0)))


def best(side, last, scores):
    """Row of the best partner of each participant, in the order of
    `MatchQuerySet.without_conflicts_first`."""
    order = numpy.lexsort((-scores, last))
    _participants, first = numpy.unique(side[order], return_index=True)
    return order[first]


def _most_moved(pks, before, after, by):
    rows = [row for row in numpy.argsort(-by, kind="stable")[:EXAMPLES] if by[row] > 0]
    found = Match.objects.with_parties().in_bulk([int(pks[row]) for row in rows])
    return [
        Moved(
            found[int(pks[row])],
            Decimal(int(before[row])) / 10,
            Decimal(int(after[row])) / 10,
        )
        for row in rows
        if int(pks[row]) in found
    ]
