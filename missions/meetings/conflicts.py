"""What speaks against a meeting of two participants, for whoever asks or answers: the conflicts of
their match, and that both are from one province where nothing was scored."""

from .explain import conflict_labels
from .matching import explain_anyone
from .models import Match
from .points import Conflict


def conflicts_between(one, other):
    """The words of each, as the page of their match shows them."""
    stored = conflicts_with(one, [other], unscored=explain_anyone)
    return stored.get(other.pk, [])


def conflicts_with(participation, partners, *, unscored=None):
    """{primary key of one of `partners`: the words of each}, in one query. `unscored` finds the match
    of a pair that is nowhere stored."""
    known = _stored(participation, partners)
    found = {}
    for partner in partners:
        match = known.get(partner.pk)
        if match is None and unscored:
            match = unscored(participation, partner)
        if match is not None:
            found[partner.pk] = conflict_labels(match)
        elif partner.business.province_id == participation.business.province_id:
            found[partner.pk] = [Conflict.SAME_PROVINCE.label]
    return found


def _stored(participation, partners):
    rows = Match.objects.of(participation).filter(
        **{f"{participation.other_side}__in": partners}
    )
    fields = ("conflicts", "seller", "buyer")
    mine = participation.pk
    return {
        match.buyer_id if match.seller_id == mine else match.seller_id: match
        for match in rows.only(*fields)
    }
