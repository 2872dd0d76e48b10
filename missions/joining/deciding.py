"""What officials decide, within the quotas."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.tasks import task
from django.utils.translation import gettext as _, gettext_lazy

from businesses.assistance import ASSISTANTS
from missions.doors import Actor, Via
from missions.letters import write
from missions.locking import lock_mission, refuse_unless_organiser
from missions.models import Mission, Participation
from missions.quotas import Places
from missions.wording import own_wordings

from .shared import DECISIONS, end, move_up, set_status

Status = Participation.Status
NO_PLACE = gettext_lazy("All places are taken at the moment.")


@transaction.atomic
def decide(participations, status, *, reason="", by):
    """Accepts, declines or puts on the waiting list: all of them, or none.

    Returns those that changed. Raises ValidationError with one message for each that cannot be.
    """
    keys = {participation.pk for participation in participations}
    if not keys:
        return []
    mission = lock_mission(next(iter(participations)).mission_id)
    rows = list(mission.participations.filter(pk__in=keys).with_listings())
    places = Places(mission)
    full = places.full()
    _refuse_decision(mission, status, reason)
    bad = _bad_rows(rows, keys, status, places, by)
    if bad:
        raise ValidationError(bad)
    if status == Status.WAITING and not reason.strip():
        _refuse_needless_wait(rows, places)
    changed = [row for row in rows if row.status != status]
    own = own_wordings(mission.initiator_province)
    for row in changed:
        row.mission = mission
        _decide_one(row, status, places, reason, by, own)
    opened = full - places.full()
    move_up(mission, places, opened, but=[row.pk for row in changed])
    return changed


def _refuse_decision(mission, status, reason):
    if status not in DECISIONS:
        raise ValidationError(_("Choose what to decide."), code="decision")
    if mission.is_over:
        raise ValidationError(_("This mission is over."), code="over")
    if status == Status.DECLINED and not reason.strip():
        raise ValidationError(
            _("Say why: the business reads it."), code="reason_missing"
        )


def _refuse_needless_wait(rows, places):
    """Who waits reads that all places are taken, unless an official says something else."""
    names = [
        row.name
        for row in rows
        if row.status != Status.WAITING and not places.lacking_without_own(row)
    ]
    if names:
        raise ValidationError(
            _(
                "No quota keeps these out, so there is a place for them: %(names)s. Accept them, "
                "or say why they have to wait: they read it."
            ),
            code="places_free",
            params={"names": ", ".join(names)},
        )


def _bad_rows(rows, keys, status, places, by):
    """ "name: what is wrong" for each that cannot be; counts the places of the others."""
    curated = Participation.objects.curated_by(by, *ASSISTANTS).filter(pk__in=keys)
    own = set(curated.values_list("pk", flat=True))
    works_for = set(by.memberships.values_list("business", flat=True))
    bad = []
    if len(rows) < len(keys):
        bad.append(_("An application is gone. Open the page again."))
    trial = Trial(places)
    for row in sorted(rows, key=lambda row: (row.applied_at, row.pk)):
        wrong = _wrong(row, status, trial, row.pk in own, row.business_id in works_for)
        if wrong:
            bad.append(f"{row.name}: {wrong}")
    return bad


class Trial:
    """Counts places as if those before had got theirs."""

    def __init__(self, places):
        self.places = places
        self.taken = dict(places.taken)

    def lacking(self, participation):
        """The first quota without a place for it; takes the places where there are some."""
        covering = self.places.covering(participation)
        full = [quota for quota in covering if self.taken[quota.pk] >= quota.seats]
        if not full:
            for quota in covering:
                self.taken[quota.pk] += 1
        return full[0] if full else None


def _wrong(row, status, trial, is_curated, is_own_business):
    if not is_curated:
        return _("its province decides about it")
    if is_own_business:
        return _("you work for it, so another official decides")
    if row.status == status:
        return ""
    if row.status == Status.WITHDRAWN:
        return _("it has withdrawn")
    if status != Status.ACCEPTED:
        return ""
    if not row.business.is_public:
        return _("its page is not public")
    if quota := trial.lacking(row):
        return _("no place left in “%(quota)s”: %(seats)s of %(seats)s are taken") % {
            "quota": quota.label,
            "seats": quota.seats,
        }
    return ""


def _decide_one(row, status, places, reason, by, own):
    if status == Status.ACCEPTED:
        set_status(row, status, by=by)
        places.take(row)
        write(row, "accepted", own=own)
    else:
        actor = Actor(by, Via.ASSISTED)
        end(row, status, places, reason, actor, by=by)
        kind = "declined" if status == Status.DECLINED else "waiting"
        write(row, kind, own=own, reason=reason or NO_PLACE)


@transaction.atomic
def promote(mission):
    """Gives free places to the waiting list, oldest first. Only whom a quota covers waits for a
    place; about the others an official decides."""
    mission = lock_mission(mission.pk)
    places = Places(mission)
    return move_up(mission, places, set(places.taken))


def promote_everywhere():
    """Every day: who could not move up when a place got free, because its page was not public then
    or it brought something else, gets it now. How many missions are looked at: each in a task, and
    so in a transaction, of its own."""
    waiting = Participation.objects.filter(status=Status.WAITING).values("mission")
    missions = Mission.objects.upcoming().filter(pk__in=waiting).order_by("pk")
    for pk in (keys := list(missions.values_list("pk", flat=True))):
        promote_waiting.enqueue(pk)
    return len(keys)


@task()
def promote_waiting(pk):
    promote(Mission.objects.get(pk=pk))


@transaction.atomic
def set_quota(quota, *, by):
    """Adds or changes a quota. One that grew lets the waiting list move up; nobody loses a place."""
    mission = lock_mission(quota.mission_id)
    refuse_unless_organiser(mission, by)
    full = Places(mission).full()
    quota.full_clean()
    quota.save()
    places = Places(mission)
    return move_up(mission, places, full - places.full())


@transaction.atomic
def remove_quota(quota, *, by):
    """Without it nobody moves up by itself: who else shall come is for an official to say."""
    mission = lock_mission(quota.mission_id)
    refuse_unless_organiser(mission, by)
    quota.delete()
