"""Which meetings the organiser proposes: asked for, looked at, and shown to whom they concern.

What is agreed stays in always, what either side does not want never comes in. The floor of the
verified UMKM comes before value, see flow.py; for whom it cannot be met gaps.py says why.
"""

from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from missions.letters import write
from missions.locking import lock_mission, refuse_unless_organiser
from missions.wording import own_wordings

from . import tasks
from .choosing import finish
from .models import Match, ScoreRun, Selection

State = Selection.State
# Above it choosing takes longer than a visitor waits for a page; see benchmarks/selection.py.
MOST_PAIRS_AT_ONCE = 20_000
WORKER_ENDED = "WorkerEnded"


def select(mission, *, by):
    """Chooses the meetings now. Raises ValidationError where something is missing for it."""
    selection = _begin(mission, by)
    finish(selection.pk)
    selection.refresh_from_db()
    return selection


def start(mission, *, by):
    """As `select`, but leaves a large mission to the task worker."""
    if Match.objects.of_mission(mission).count() <= MOST_PAIRS_AT_ONCE:
        return select(mission, by=by)
    with transaction.atomic():
        selection = _begin(mission, by)
        tasks.choose_meetings.enqueue(selection.pk)
    return selection


def obstacle_of(mission):
    """What has to be done before meetings can be chosen; "" when nothing has."""
    if mission.is_over:
        return _("This mission is over.")
    last = mission.slots.aggregate(begins=Max("starts_at"))["begins"]
    if last is None:
        return _("Lay out the programme first: without times nobody can meet.")
    if last <= timezone.now():
        return _("All times of the programme have begun: lay out further ones first.")
    done = ScoreRun.objects.filter(mission=mission, state=ScoreRun.State.DONE)
    if not done.exists():
        return _("Have the pairs scored first: meetings are chosen by their scores.")
    return ""


@transaction.atomic
def _begin(mission, by):
    mission = lock_mission(mission.pk)
    refuse_unless_organiser(mission, by)
    if obstacle := obstacle_of(mission):
        raise ValidationError(obstacle, code="not_ready")
    end_dead(mission.selections.all())
    if mission.selections.unfinished().exists():
        raise ValidationError(
            _("The meetings are being chosen already."), code="unfinished"
        )
    return Selection.objects.create(mission=mission, made_by=by)


def end_dead(selections=None):
    """A worker that ended took its selection with it: nobody should wait for that one. How many."""
    selections = Selection.objects.all() if selections is None else selections
    return selections.dead().update(state=State.FAILED, problem=WORKER_ENDED)


def latest(mission):
    """The newest one, finished or not."""
    return mission.selections.select_related("made_by").first()


def shown(mission):
    """The one that participants see, if any."""
    return mission.selections.published().first()


# Showing the proposals


@transaction.atomic
def publish(selection, *, by):
    """Shows the proposals to the participants. Each of them is told once, and after that only when
    its own proposals have changed. How many participants were told."""
    mission = lock_mission(selection.mission_id)
    refuse_unless_organiser(mission, by)
    if mission.is_over:
        raise ValidationError(_("This mission is over."), code="over")
    newest = mission.selections.done().first()
    if newest is None or newest.pk != selection.pk:
        raise ValidationError(
            _("There is a newer selection. Look at it first."), code="not_newest"
        )
    if newest.published_at:
        raise ValidationError(
            _("The participants see these proposals already."), code="published"
        )
    changes = changes_of(newest)
    newest.published_at, newest.published_by = timezone.now(), by
    newest.save(update_fields=["published_at", "published_by"])
    # Every letter names them.
    prefetch_related_objects([mission], "partner_provinces")
    own = own_wordings(mission.initiator_province)
    told = mission.participations.accepted().filter(pk__in=changes.keys())
    for participation in told.select_related("business"):
        before, now = changes[participation.pk]
        kind = "proposals_changed" if before else "proposals"
        write(participation, kind, own=own, number=len(now))
    return len(told)


def changes_of(selection):
    """{who: (proposed partners that it sees now, those of `selection`)} where they differ."""
    before, now = _partners(shown(selection.mission)), _partners(selection)
    none = frozenset()
    pairs = {who: (before.get(who, none), now.get(who, none)) for who in before | now}
    return {who: (old, new) for who, (old, new) in pairs.items() if old != new}


def _partners(selection):
    """{who: those it is proposed to meet}"""
    found = {}
    if selection:
        proposed = selection.meetings.proposed()
        for seller, buyer in proposed.values_list("seller", "buyer"):
            found.setdefault(seller, set()).add(buyer)
            found.setdefault(buyer, set()).add(seller)
    return found


# How far the floor is met


@dataclass(frozen=True)
class Band:
    """How many verified UMKM have so many meetings; the last band is the floor, or more."""

    meetings: int
    firms: int
    share: float
    is_floor: bool


@dataclass(frozen=True)
class Coverage:
    floor: int
    firms: int
    bands: list

    @property
    def covered(self):
        return self.bands[-1].firms

    @property
    def share(self):
        return self.covered / self.firms if self.firms else 1


def coverage(mission, selection=None):
    """How many of the verified UMKM that take part have how many meetings in the newest selection;
    None before there is one."""
    selection = selection or mission.selections.done().first()
    if selection is None:
        return None
    firms = [one.pk for one in guaranteed(mission)]
    met = _meetings_of(selection)
    reached = Counter(min(met[who], selection.floor) for who in firms)
    bands = [
        Band(
            number,
            reached[number],
            reached[number] / (len(firms) or 1),
            number == selection.floor,
        )
        for number in range(selection.floor + 1)
    ]
    return Coverage(selection.floor, len(firms), bands)


def guaranteed(mission):
    accepted = mission.participations.accepted().select_related("business")
    return [one for one in accepted if one.is_verified_umkm]


def _meetings_of(selection):
    pairs = selection.meetings.standing().values_list("seller", "buyer")
    return Counter(who for pair in pairs for who in pair)
