"""The code behind each published number, for /metodologi/: what is shown is what runs."""

import inspect
from dataclasses import dataclass
from functools import cache
from textwrap import dedent

from missions import guards, history
from missions.deals import figures, guards as deal_guards
from missions.meetings import agreed, figures as meeting_figures
from missions.models import CountSnapshot, Mission
from missions.models.count import CountSnapshotQuerySet


@dataclass(frozen=True)
class Rule:
    place: str
    code: str


RULES = {
    "cumulative": [figures.cumulative],
    "best_first": [CountSnapshotQuerySet.best_first],
    "difference": [CountSnapshot.difference.fget],
    "traceable": [figures.traceable],
    "provinces_reached": [figures.provinces_reached],
    "number": [Mission.number.fget],
    "change": [history.Change],
    "guards": [
        guards.is_thousandfold_slip,
        guards.differ_by_swapped_digits,
        guards._check_sum,
        guards._check_against_headline,
    ],
    "matchmaking": [
        meeting_figures.results,
        meeting_figures.applications,
        meeting_figures.accepted_by_side,
        meeting_figures.good_matches,
        meeting_figures.requests_by_status,
        meeting_figures.Tally.of,
        agreed.held,
    ],
    "few": [
        meeting_figures.small_lines,
        meeting_figures.counted_together,
        meeting_figures.tells_nobody,
        meeting_figures.tells_no_outcome,
    ],
    "deal_guards": [deal_guards.review_deals, deal_guards._flags],
}


@cache
def rules():
    """{name: Rule} of every rule; its `code` is the source text."""
    return {
        name: Rule(
            place=", ".join(f"{part.__module__}.{part.__qualname__}" for part in parts),
            code="\n\n".join(dedent(inspect.getsource(part)) for part in parts),
        )
        for name, parts in RULES.items()
    }


LIMITS = {
    "rounding_share": guards.ROUNDING_SHARE,
    "outlier_factor": deal_guards.OUTLIER_FACTOR,
    "fewest_for_median": deal_guards.FEWEST_FOR_MEDIAN,
    "good_score": meeting_figures.GOOD_SCORE // 10,
    "fewest_businesses": meeting_figures.FEWEST,
}
