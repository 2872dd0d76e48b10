"""What every step of joining shares: the lock, who may act, and what ends with a place."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from businesses.assistance import ASSISTANTS
from businesses.models import Business
from missions.doors import Actor, Via
from missions.letters import write
from missions.locking import lock_mission
from missions.models import Mission, Participation
from missions.quotas import Places
from missions.reasons import GAVE_UP
from missions.wording import own_wordings

Status = Participation.Status
DECISIONS = (Status.ACCEPTED, Status.WAITING, Status.DECLINED)


def in_play(participation, actor, *, counting=True):
    """(participation as it stands, places), with the mission locked. Raises ValidationError where
    nothing can be changed any more."""
    mission = lock_mission(participation.mission_id)
    current = mission.participations.with_listings().get(pk=participation.pk)
    current.mission = mission
    may_act(current.business, actor)
    if mission.is_over:
        raise ValidationError(_("This mission is over."), code="over")
    if not current.is_in_play:
        raise ValidationError(
            _("This business no longer takes part."), code="not_in_play"
        )
    return current, Places(mission) if counting else None


def may_act(business, actor):
    """The doors have looked already; this holds for every other way in, too."""
    if actor.via == Via.ASSISTED:
        reachable = Business.objects.assisted_by(actor.user, *ASSISTANTS)
    else:
        reachable = Business.objects.of_member(actor.user)
    if not reachable.filter(pk=business.pk).exists():
        raise ValidationError(_("This is not yours to decide."), code="not_yours")


def set_status(participation, status, *, by, reason="", actor=None):
    participation.status, participation.reason = status, reason
    is_application = status == Status.APPLIED
    participation.decided_at = None if is_application else timezone.now()
    participation.decided_by = by
    save(participation, actor or Actor(by, ""))


def save(participation, actor):
    # Without a request, or behind a link, nobody else knows who it was.
    participation._history_user = actor.user
    participation._change_reason = str(actor.via)
    participation.save()


def end(participation, status, places, reason, actor, by=None):
    """Takes somebody's place, or its hope for one, and all that hung on it."""
    if participation.is_accepted:
        for prepare in map(import_string, settings.BEFORE_A_PARTICIPATION_ENDS):
            prepare(participation, reason=reason or GAVE_UP, actor=actor)
        places.give_up(participation)
    if status == Status.WITHDRAWN:
        active = participation.consents.active()
        active.update(withdrawn_at=timezone.now())
    set_status(participation, status, by=by or actor.user, reason=reason, actor=actor)


def move_up(mission, places, opened, *, but=()):
    """Once a quota has `opened`: accepts from the waiting list those whom a quota covers and none
    keeps out."""
    if not opened or mission.status not in Mission.UPCOMING:
        return []
    waiting = mission.participations.filter(
        status=Status.WAITING, business__in=Business.objects.published()
    ).exclude(pk__in=but)
    own = own_wordings(mission.initiator_province)
    moved = []
    for participation in waiting.with_listings().order_by("applied_at", "pk"):
        participation.mission = mission
        if places.covering(participation) and not places.lacking(participation):
            set_status(participation, Status.ACCEPTED, by=None)
            places.take(participation)
            write(participation, "moved_up", own=own)
            moved.append(participation)
    return moved


def tell_of_help(participation, actor, what):
    """An owner learns what an official filled in."""
    if actor.via == Via.ASSISTED:
        write(participation, "filled_in", official=actor.user.name, what=what)
