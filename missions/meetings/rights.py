"""What of a business stays in the meetings of others once it is deleted: that they met, and when,
and how many points a pair had."""

from django.db.models import Q

from missions.models import Side
from umkm_portal.traces import erase

from .models import Match, MeetingRequest, RequestEvent, Wish

BATCH = 500
WORDS_OF = {Side.SELLER: "offer", Side.BUYER: "need"}


def forget(business):
    """Before a business ends: its words go, and its wishes. The partner keeps the meeting."""
    mine = list(business.participations.values_list("pk", flat=True))
    requests = MeetingRequest.objects.filter(Q(sender__in=mine) | Q(receiver__in=mine))
    keys = list(requests.values_list("pk", flat=True))
    erase(Wish.objects.filter(Q(by__in=mine) | Q(about__in=mine)))
    MeetingRequest.products.through.objects.filter(meetingrequest__in=keys).delete()
    requests.update(message="")
    # Where a constraint asks for a reason, one stays that says nothing.
    requests.exclude(reason="").update(reason="–")
    RequestEvent.objects.filter(request__in=keys).exclude(reason="").update(reason="–")
    for side in Side.values:
        _take_words_from_matches(side, mine)


def _take_words_from_matches(side, participations):
    """What it offered or needed goes from what was compared. The points stay, and so the number of
    good matches that a closed mission has published."""
    matches = list(Match.objects.filter(**{f"{side}__in": participations}))
    for match in matches:
        match.facts = without_words(match.facts, side)
    Match.objects.bulk_update(matches, ["facts"], batch_size=BATCH)


def without_words(facts, side):
    """Of `facts` once the business on that side is gone only the goods of the other stay: half of a
    comparison would not agree with the points."""
    kept = {name: facts.get(name, "") for name in WORDS_OF.values()}
    return kept | {WORDS_OF[side]: "", "gone": True}
