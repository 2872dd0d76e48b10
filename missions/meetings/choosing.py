"""Chooses the meetings of a `Selection` that was asked for, checks them, and keeps them."""

import logging

from django.db import transaction
from django.utils import timezone

from missions.locking import lock_mission

from .flow import choose, faults
from .gaps import gaps_of
from .models import FloorGap, SelectedMeeting, Selection
from .situation import read
from .trial import Trial

logger = logging.getLogger(__name__)
State = Selection.State


class Wrong(Exception):
    """The independent check found a fault in what was chosen: nothing of it is kept."""


def finish(selection_id):
    """Does nothing where another worker is at it, or was given up."""
    queued = Selection.objects.filter(pk=selection_id, state=State.QUEUED)
    if not queued.update(state=State.RUNNING, made_at=timezone.now()):
        return
    try:
        _choose(Selection.objects.select_related("mission").get(pk=selection_id))
    except Exception as error:
        # Its text may hold what is nobody's business.
        name = type(error).__name__
        logger.error("Choosing meetings %s failed: %s", selection_id, name)
        Selection.objects.filter(pk=selection_id).update(
            state=State.FAILED, problem=name
        )


def _choose(selection):
    situation = read(selection.mission, selection.made_at)
    task = situation.task(situation.floor)
    chosen = checked(task, choose(task))
    # Without the floor the same pairs, limits and capacity: what it costs is the difference.
    freely = situation.task(0)
    best = checked(freely, choose(freely))
    selection.floor, selection.capacity = situation.floor, situation.capacity
    selection.pairs = len(task.pairs) + len(situation.agreed)
    selection.value = value_of(situation, chosen)
    selection.value_without_floor = value_of(situation, best)
    selection.unplaced = unplaced(situation, chosen)
    _keep(selection, situation, chosen)


def checked(task, chosen):
    if found := faults(task, chosen):
        raise Wrong(found)
    return chosen


def value_of(situation, chosen):
    return sum(situation.value(*pair) for pair in [*situation.agreed, *chosen])


def unplaced(situation, chosen):
    """For how many meetings the quick trial finds no time."""
    free = {
        who: frozenset(n for n in range(len(situation.slots)) if bits >> n & 1)
        for who, bits in situation.free.items()
    }
    trial = Trial(free, situation.tables)
    number = {slot: n for n, slot in enumerate(situation.slots)}
    agreed = [(*pair, slot) for pair, slot in situation.agreed.items()]
    open_ended = list(chosen)
    for one, other, slot in [*situation.aside, *agreed]:
        if slot is None:
            open_ended.append((one, other))
        elif slot in number:
            trial.fix(one, other, number[slot])
    return len(open_ended) - len(trial.place(open_ended))


@transaction.atomic
def _keep(selection, situation, chosen):
    """Earlier ones that nobody was shown are gone: they were never more than a draft.
    One may be being shown just now."""
    lock_mission(selection.mission_id)
    running = Selection.objects.filter(pk=selection.pk, state=State.RUNNING)
    if not running.update(state=State.DONE):
        return
    selection.state = State.DONE
    selection.save()
    earlier = Selection.objects.filter(mission=selection.mission, pk__lt=selection.pk)
    earlier.filter(published_at=None).delete()
    pairs = sorted({*situation.agreed, *chosen})
    SelectedMeeting.objects.bulk_create(
        SelectedMeeting(
            selection=selection,
            seller_id=seller,
            buyer_id=buyer,
            score=situation.score(seller, buyer),
            value=situation.value(seller, buyer),
        )
        for seller, buyer in pairs
    )
    FloorGap.objects.bulk_create(
        FloorGap(selection=selection, participation_id=who, meetings=met, cause=cause)
        for who, (met, cause) in gaps_of(situation, chosen).items()
    )
