"""The best partners of a participant: as they were stored, or, of whoever came after the last scoring
of all pairs, compared while it waits."""

from dataclasses import dataclass
from itertools import product

from missions.models import Participation

from .firms import firms_of, rows_of
from .match_filter import ALIKE
from .models import Match, ScoreRun
from .reweighing import weights_of
from .scoring_run import comparing, match_of

Side = Participation.Side
# So many are compared in the blink of an eye.
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class BestPartners:
    matches: object
    # How many more fit less well.
    left_out: int
    is_computed: bool = False


def best_partners(participation, form):
    """Best first, those with a conflict last; `form` is an `OwnMatchFilter`."""
    is_stored = Match.objects.of(participation).exists()
    if is_stored or participation.mission.is_over:
        return BestPartners(form.matches().with_parties(), form.left_out())
    found = compare_at_once(participation, form.found())
    if form.is_narrowed:
        return BestPartners(found, 0, bool(found))
    alike = [match for match in found if match.commodity >= ALIKE]
    return BestPartners(alike, len(found) - len(alike), bool(found))


def compare_at_once(participation, partners):
    """A `Match` that is nowhere stored with each of `partners` of the other side; none at all where
    there are too many."""
    partners = partners.filter(side=participation.other_side)
    pks = list(partners.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if not 0 < len(pks) <= MOST_AT_ONCE:
        return []
    taking_part = Participation.objects.filter(pk__in=[participation.pk, *pks])
    firms = firms_of(rows_of(taking_part))
    sides = [firms.pop(participation.pk)], list(firms.values())
    sellers, buyers = sides if participation.side == Side.SELLER else sides[::-1]
    mission = participation.mission
    run = ScoreRun(mission=mission, weights=weights_of(mission))
    compare = comparing(run, sellers, buyers)
    found = [match_of(run, *pair, compare(*pair)) for pair in product(sellers, buyers)]
    return sorted(found, key=_rank)


def _rank(match):
    return bool(match.conflicts), -match.score, match.seller_id, match.buyer_id


def seat(matches, participation):
    """Both parties of computed matches, as `with_parties` reads them of stored ones."""
    side, other = participation.side, participation.other_side
    rows = Participation.objects.select_related(
        "business__province", "business__regency"
    )
    partners = rows.in_bulk(getattr(match, f"{other}_id") for match in matches)
    for match in matches:
        setattr(match, side, participation)
        setattr(match, other, partners[getattr(match, f"{other}_id")])
