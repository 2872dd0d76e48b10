"""What the participants of the example mission wish, ask and answer, and the messages about it.

Written in bulk, so it holds here what requests.py sees to: one open request per pair, nobody at two
tables at once, no more meetings than tables, each step kept.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from missions.doors import Via
from missions.meetings.models import (
    Booking,
    MeetingRequest,
    RequestEvent,
    Wish,
)
from missions.models import Participation, Side, Slot

from .firms import Firm
from .mission import REQUEST_HOURS, TABLES
from .plan import COUNTERED, OUTCOMES, SHOWN, UNTIMED, plan

Status, Turn = MeetingRequest.Status, MeetingRequest.Turn
Step, Level = RequestEvent.Step, Wish.Level
WIDE_TABLES = TABLES * 9 // 10
MESSAGES = (
    "Kami tertarik bekerja sama untuk pasokan rutin. Bisa bertemu di acara nanti?",
    "Kami ingin membahas harga dan jadwal pengiriman.",
    "Bolehkah kami membawa contoh produk ke pertemuan?",
    "Kami mencari mitra tetap mulai kuartal depan.",
    "",
)
REFUSALS = (
    "Stok sampai akhir tahun sudah habis dipesan.",
    "Kami mencari pemasok dengan kapasitas lebih besar.",
    "Kami sudah punya mitra untuk produk ini.",
)
CANCELLED = "Tim kami tidak bisa hadir pada jam itu."


@dataclass
class Talk:
    """A request under way: it, its steps, its products and who sits at the table."""

    sender: Firm
    receiver: Firm
    request: MeetingRequest
    events: list = field(default_factory=list)
    products: list = field(default_factory=list)
    booked: Slot | None = None


@dataclass
class Diary:
    """Who is free when, and how many tables are taken."""

    free: dict
    taken: Counter = field(default_factory=Counter)

    def find(self, one, other, draw, *, book=True):
        """A time that suits both, or None; booked for both unless it is only proposed."""
        common = [
            slot
            for slot in self.free[one.part.number]
            if slot in self.free[other.part.number] and self.taken[slot] < WIDE_TABLES
        ]
        if not common:
            return None
        slot = draw.choice(common)
        if book:
            self.taken[slot] += 1
            for firm in (one, other):
                self.free[firm.part.number].remove(slot)
        return slot


def talk(firms, setting, outcomes=OUTCOMES, shown=SHOWN):
    """Returns the talks between accepted `firms`, saved with their steps, products and bookings."""
    draw = random.Random(f"{setting.seed}:talks")  # noqa: S311  nothing secret
    accepted = [
        firm for firm in firms if firm.part.status == Participation.Status.ACCEPTED
    ]
    diary = Diary(_free(accepted))
    talks = [
        _talk(one, other, outcome, diary, draw, setting.world)
        for one, other, outcome in plan(accepted, draw, outcomes, shown)
    ]
    _write(talks)
    return talks


def _free(firms):
    """{number of the firm: its free slots}"""
    keys = {firm.participation.pk: firm.part.number for firm in firms}
    slots = Slot.objects.filter(mission=firms[0].participation.mission)
    slots = slots.select_related("mission").in_bulk()
    through = Participation.free_slots.through.objects
    rows = through.filter(participation__in=keys).order_by("slot")
    free = {number: [] for number in keys.values()}
    for participation, slot in rows.values_list("participation", "slot"):
        free[keys[participation]].append(slots[slot])
    return free


def _talk(sender, receiver, outcome, diary, draw, world):
    created = world.now - timedelta(hours=draw.randint(2, 60))
    answered = created + timedelta(hours=draw.uniform(0.5, 2))
    talk = Talk(sender, receiver, _request(sender, receiver, outcome, draw, created))
    if sender.part.side == Side.SELLER:
        talk.products = sender.business.public_products[:1]
    book = outcome == Status.ACCEPTED
    slot = None
    if outcome != UNTIMED:
        slot = diary.find(sender, receiver, draw, book=book)
    _note(talk, Step.SENT, sender, created, slot)
    END[outcome](talk, slot, answered, diary, draw)
    if book:
        talk.booked = slot
    return talk


def _request(sender, receiver, outcome, draw, created):
    status = {COUNTERED: Status.PENDING, UNTIMED: Status.ACCEPTED}.get(outcome, outcome)
    return MeetingRequest(
        sender=sender.participation,
        receiver=receiver.participation,
        message=draw.choice(MESSAGES),
        status=status,
        created_at=created,
        expires_at=created + timedelta(hours=REQUEST_HOURS),
    )


def _note(talk, step, firm, at, slot=None, reason=""):
    """Keeps a step. Without `firm` time took it."""
    talk.request.slot = slot
    talk.events.append(
        RequestEvent(
            request=talk.request,
            step=step,
            participation=firm and firm.participation,
            actor=firm and firm.owner,
            via=Via.PORTAL if firm else "",
            starts_at=slot and slot.starts_at,
            ends_at=slot and slot.ends_at,
            reason=reason,
            at=at,
        )
    )


def _leave_open(talk, slot, at, diary, draw):
    pass


def _counter(talk, slot, at, diary, draw):
    other = diary.find(talk.sender, talk.receiver, draw, book=False)
    talk.request.turn = Turn.SENDER
    talk.request.expires_at = at + timedelta(hours=REQUEST_HOURS)
    _note(talk, Step.PROPOSED, talk.receiver, at, other)


def _accept(talk, slot, at, diary, draw):
    talk.request.closed_at = at
    _note(talk, Step.ACCEPTED, talk.receiver, at, slot)


def _decline(talk, slot, at, diary, draw):
    talk.request.closed_at = at
    talk.request.reason = draw.choice(REFUSALS)
    _note(talk, Step.DECLINED, talk.receiver, at, slot, talk.request.reason)


def _expire(talk, slot, at, diary, draw):
    long_ago = timedelta(hours=REQUEST_HOURS)
    talk.request.expires_at = talk.request.closed_at = at
    talk.request.created_at = talk.events[0].at = at - long_ago
    _note(talk, Step.EXPIRED, None, at, slot)


def _withdraw(talk, slot, at, diary, draw):
    talk.request.closed_at = at
    _note(talk, Step.WITHDRAWN, talk.sender, at, slot)


def _cancel(talk, slot, at, diary, draw):
    _accept(talk, slot, at, diary, draw)
    talk.request.closed_at = at + timedelta(minutes=20)
    talk.request.reason = CANCELLED
    _note(talk, Step.CANCELLED, talk.sender, talk.request.closed_at, slot, CANCELLED)


END = {
    Status.PENDING: _leave_open,
    COUNTERED: _counter,
    Status.ACCEPTED: _accept,
    UNTIMED: _accept,
    Status.DECLINED: _decline,
    Status.EXPIRED: _expire,
    Status.WITHDRAWN: _withdraw,
    Status.CANCELLED: _cancel,
}


def _write(talks):
    MeetingRequest.objects.bulk_create(talk.request for talk in talks)
    RequestEvent.objects.bulk_create(event for talk in talks for event in talk.events)
    attached = MeetingRequest.products.through
    attached.objects.bulk_create(
        attached(meetingrequest=talk.request, product=product)
        for talk in talks
        for product in talk.products
    )
    Booking.objects.bulk_create(
        Booking(
            participation=firm.participation, slot=talk.booked, request=talk.request
        )
        for talk in talks
        if talk.booked
        for firm in (talk.sender, talk.receiver)
    )


def wish(firms, setting):
    """Some say whom they must or would meet, a few whom not; about the same goods."""
    draw = random.Random(f"{setting.seed}:wishes")  # noqa: S311  nothing secret
    firms = [
        firm for firm in firms if firm.part.status == Participation.Status.ACCEPTED
    ]
    wishes = []
    for firm in firms:
        partners = [
            other
            for other in firms
            if other.part.side != firm.part.side and other.goods == firm.goods
        ]
        if not partners or (draw.random() > 0.45 and not firm.is_shown):
            continue
        about = draw.sample(partners, min(3, len(partners)))
        levels = [Level.MUST, Level.WOULD, draw.choice([Level.WOULD, Level.NO])]
        wishes += [
            Wish(by=firm.participation, about=other.participation, level=level)
            for other, level in zip(about, levels, strict=False)
        ]
    Wish.objects.bulk_create(wishes)
