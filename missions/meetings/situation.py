"""What choosing the meetings of a mission starts from, read once: who, when, with whom."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Case, Q, Value, When
from django.db.models.fields import BooleanField
from django.utils import timezone

from missions.models import Participation, Side
from missions.reasons import is_of_leaving

from .flow import Task
from .models import Booking, Match, MeetingRequest, Wish
from .times import rules_of, tables_for_meetings
from .weights import BOTH_BONUS, MUST_BONUS, WOULD_BONUS

BONUS = {Wish.Level.MUST: MUST_BONUS, Wish.Level.WOULD: WOULD_BONUS}


@dataclass(frozen=True)
class Scored:
    """Of a pair: its score, whether the goods have anything in common, whether it has a conflict."""

    score: int
    fits: bool
    has_conflict: bool


@dataclass(frozen=True)
class Situation:
    """Participants are named by their keys. Sets of slots are bits: slot n of `slots` is 1 << n."""

    # The accepted participations, by key
    firms: dict
    # Those still to come
    slots: list
    tables: int
    most_meetings: int
    floor: int
    # At which slots each can come
    free: dict
    # At which of them it has agreed to nothing
    open: dict
    # Those who have not said when they can come: they count as free at all times.
    unstated: set
    # What is known of each (seller, buyer)
    scored: dict
    # The slot, or None, of each (seller, buyer) that agreed to meet; it may be one that is over.
    agreed: dict
    # (one, other, slot or None) agreed within a side: it takes time, and no floor asks for it
    aside: list
    # The level of each (by, about)
    wishes: dict
    # Each (seller, buyer) of whom one has declined to meet the other
    declined: frozenset = frozenset()

    @property
    def capacity(self):
        return len(self.slots) * self.tables

    @property
    def room(self):
        """How many meetings fit beside those that are agreed for what is still to come."""
        agreed = [*self.agreed.values(), *(slot for _one, _other, slot in self.aside)]
        known = {None, *self.slots}
        return max(0, self.capacity - sum(slot in known for slot in agreed))

    @property
    def begun(self):
        """Each (seller, buyer) whose agreed time has begun."""
        known = {None, *self.slots}
        return [pair for pair, slot in self.agreed.items() if slot not in known]

    @property
    def guaranteed(self):
        """Those whom the floor is for."""
        return [who for who, firm in self.firms.items() if firm.is_verified_umkm]

    def met(self, chosen=()):
        """{who: meetings across the two sides}: those agreed, and those chosen."""
        return Counter(who for pair in [*self.agreed, *chosen] for who in pair)

    def _taken(self):
        """{who: [slot or None of each agreed meeting]}"""
        found = {who: [] for who in self.firms}
        agreed = [(*pair, slot) for pair, slot in self.agreed.items()]
        for one, other, slot in [*agreed, *self.aside]:
            found[one].append(slot)
            found[other].append(slot)
        return found

    def levels(self, seller, buyer):
        """What either says about meeting the other, without those that say nothing."""
        said = self.wishes.get((seller, buyer)), self.wishes.get((buyer, seller))
        return [level for level in said if level]

    def score(self, seller, buyer):
        """None where the pair was not scored."""
        pair = self.scored.get((seller, buyer))
        return pair.score if pair else None

    def value(self, seller, buyer):
        """What meeting is worth: the score, and what their wishes add."""
        wanted = [BONUS[one] for one in self.levels(seller, buyer) if one in BONUS]
        both = BOTH_BONUS if len(wanted) == 2 else 0
        return (self.score(seller, buyer) or 0) + sum(wanted) + both

    def may_meet(self, seller, buyer, pair):
        """A conflict or a "no" of either side ends it, said in silence or to the other. What has
        nothing in common needs one who wishes it."""
        if (seller, buyer) in self.declined:
            return False
        levels = self.levels(seller, buyer)
        if pair.has_conflict or Wish.Level.NO in levels:
            return False
        if not self.open[seller] & self.open[buyer]:
            return False
        return pair.fits or bool(levels)

    def task(self, floor):
        """What is left to choose beside the agreed meetings, which are in any selection.

        Never a pair that was not scored, since its conflicts are unknown.
        """
        met, taken = self.met(), self._taken()
        return Task(
            pairs={
                key: self.value(*key)
                for key, pair in self.scored.items()
                if key not in self.agreed and self.may_meet(*key, pair)
            },
            most={who: self._most(who, taken[who]) for who in self.firms},
            capacity=self.room,
            wanted={who: max(0, floor - met[who]) for who in self.guaranteed},
        )

    def _most(self, who, taken):
        """Agreed meetings without a time need one of the open ones."""
        times = self.open[who].bit_count() - taken.count(None)
        return max(0, min(self.most_meetings - len(taken), times))


def in_order(firms, one, other):
    """(seller, buyer); None for two of the same side."""
    if firms[one].side == firms[other].side:
        return None
    return (one, other) if firms[one].side == Side.SELLER else (other, one)


def read(mission, now=None):
    """As it stands, for the times that begin after `now`."""
    rules = rules_of(mission)
    accepted = mission.participations.accepted().select_related("business")
    firms = {firm.pk: firm for firm in accepted.order_by("pk")}
    ahead = mission.slots.filter(starts_at__gt=now or timezone.now())
    slots = list(ahead.order_by("starts_at").values_list("pk", flat=True))
    wishes = _wishes(firms)
    agreed, aside = _agreed(mission, firms)
    free = _free(mission, firms, slots)
    return Situation(
        firms=firms,
        slots=slots,
        tables=tables_for_meetings(rules),
        most_meetings=rules.most_meetings,
        floor=rules.floor,
        free=free,
        open=_open(free, slots),
        unstated={pk for pk, firm in firms.items() if firm.availability_at is None},
        scored=_scored(mission, firms, {*wishes, *agreed}),
        agreed=agreed,
        aside=aside,
        wishes=wishes,
        declined=_declined(mission, firms),
    )


def _wishes(firms):
    found = Wish.objects.filter(by__in=firms.keys(), about__in=firms.keys())
    rows = found.values_list("by", "about", "level")
    return {(by, about): level for by, about, level in rows}


def _declined(mission, firms):
    """Who declined, or called a meeting off, and is asked once more may still agree, so that pair
    is none of these. Nor is one whose request ended because a business left that takes part
    again."""
    requests = MeetingRequest.objects.of_mission(mission).order_by()
    refused = requests.filter(status__in=MeetingRequest.REFUSED)
    said_no = [
        (one, other)
        for one, other, reason in refused.values_list("sender", "receiver", "reason")
        if not is_of_leaving(reason)
    ]
    pairs = [
        {
            in_order(firms, one, other)
            for one, other in found
            if one in firms and other in firms
        }
        for found in (said_no, requests.pending().values_list("sender", "receiver"))
    ]
    return frozenset(pairs[0] - pairs[1] - {None})


def _agreed(mission, firms):
    """Agreed meetings between the two sides, and those within one."""
    across, aside = {}, []
    requests = MeetingRequest.objects.of_mission(mission).accepted().order_by("pk")
    for one, other, slot in requests.values_list("sender", "receiver", "slot"):
        if one not in firms or other not in firms:
            continue
        if pair := in_order(firms, one, other):
            across[pair] = slot
        else:
            aside.append((one, other, slot))
    return across, aside


def _bits(slots):
    return {slot: 1 << number for number, slot in enumerate(slots)}


def _free(mission, firms, slots):
    bits, everything = _bits(slots), (1 << len(slots)) - 1
    found = {
        pk: 0 if firm.availability_at else everything for pk, firm in firms.items()
    }
    rows = Participation.free_slots.through.objects.filter(
        participation__in=firms.keys(), participation__availability_at__isnull=False
    )
    for pk, slot in rows.values_list("participation", "slot"):
        found[pk] |= bits.get(slot, 0)
    return found


def _open(free, slots):
    bits, found = _bits(slots), dict(free)
    booked = Booking.objects.filter(participation__in=free.keys())
    for pk, slot in booked.values_list("participation", "slot"):
        found[pk] &= ~bits.get(slot, 0)
    return found


def _scored(mission, firms, named):
    """Pairs with goods in common, and whatever else is wished or agreed.

    Of `firms` as they were read: since then somebody may have come, left or changed sides.
    """
    named = {in_order(firms, *key) for key in named} - {None}
    on = {side: {pk for pk, one in firms.items() if one.side == side} for side in Side}
    sellers, buyers = {seller for seller, _ in named}, {buyer for _, buyer in named}
    rows = (
        Match.objects.of_mission(mission)
        .filter(Q(commodity__gt=0) | Q(seller__in=sellers, buyer__in=buyers))
        .order_by()
        .annotate(
            has_conflict=Case(
                When(conflicts=[], then=Value(False)),
                default=Value(True),
                output_field=BooleanField(),
            )
        )
        .values_list("seller", "buyer", "score", "commodity", "has_conflict")
    )
    return {
        (seller, buyer): Scored(score, commodity > 0, has_conflict)
        for seller, buyer, score, commodity, has_conflict in rows
        if seller in on[Side.SELLER]
        and buyer in on[Side.BUYER]
        and (commodity or (seller, buyer) in named)
    }
