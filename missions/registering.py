"""When a mission takes applications, and how it moves from one stage to the next."""

from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from businesses.assistance import ASSISTANTS

from .locking import lock_mission, refuse_unless_organiser
from .models import Mission, Registration

Status = Mission.Status
# Where a mission may go from each stage, and what the button says.
MOVES = {
    Status.DRAFT: {
        Status.REGISTRATION: gettext_lazy("Publish the mission and take applications"),
    },
    Status.REGISTRATION: {
        Status.CURATION: gettext_lazy("End registration and choose participants"),
    },
    Status.CURATION: {
        Status.SCHEDULED: gettext_lazy("The participants are chosen"),
        Status.REGISTRATION: gettext_lazy("Take applications again"),
    },
    Status.SCHEDULED: {
        Status.RUNNING: gettext_lazy("The mission begins"),
        Status.CURATION: gettext_lazy("Go back to choosing participants"),
    },
    Status.RUNNING: {
        Status.COUNTING: gettext_lazy("The mission is over: count the results"),
    },
    Status.COUNTING: {Status.CLOSED: gettext_lazy("Close the mission")},
}
# These belong to the published record, so only who may edit the mission moves it there.
BY_PROVINCE_ADMIN = {
    (Status.DRAFT, Status.REGISTRATION),
    (Status.COUNTING, Status.CLOSED),
}


def moves_of(mission, user):
    """[(status, button, obstacle), …]: where `user` may move the mission, and what is in the way."""
    if not Mission.objects.organised_by(user, *ASSISTANTS).filter(pk=mission.pk):
        return []
    return [
        (status, label, obstacle_to(mission, status, user))
        for status, label in MOVES.get(mission.status, {}).items()
    ]


def obstacle_to(mission, status, user):
    """Why the mission cannot move there now; "" when it can."""
    move = (mission.status, status)
    editable = Mission.objects.editable_by(user).filter(pk=mission.pk)
    if move in BY_PROVINCE_ADMIN and not editable.exists():
        return _("The admin of the initiating province does this.")
    if status == Status.REGISTRATION and (obstacle := _obstacle_of_window(mission)):
        return obstacle
    if mission.starts_on is None and status in (Status.REGISTRATION, Status.SCHEDULED):
        return _("First fill in the day of the mission.")
    today = timezone.localdate(timezone=ZoneInfo(mission.timezone))
    if status == Status.RUNNING and mission.starts_on and mission.starts_on > today:
        return _("It has not begun: its first day is still to come.")
    return ""


def _obstacle_of_window(mission):
    registration = getattr(mission, "registration", None)
    if registration is None:
        return _("First say under Registration when it opens and closes.")
    if registration.closes_at <= timezone.now():
        return _("The time for applications is over. First say until when they come.")
    return ""


@transaction.atomic
def move(mission, status, *, by):
    """Moves the mission to its next stage. Raises ValidationError where that cannot be."""
    mission = lock_mission(mission.pk)
    possible = {to: obstacle for to, _label, obstacle in moves_of(mission, by)}
    if status not in possible:
        raise ValidationError(
            _("The mission has moved on meanwhile. Look at its stage again."),
            code="no_move",
        )
    if possible[status]:
        raise ValidationError(possible[status], code="obstacle")
    mission.status = status
    mission.save(update_fields=["status", "timezone"])
    return mission


@transaction.atomic
def set_window(mission, *, opens_at, closes_at, note="", by):
    """Says from when until when businesses may apply, and what they should know."""
    mission = lock_mission(mission.pk)
    refuse_unless_organiser(mission, by)
    if mission.is_over:
        raise ValidationError(_("This mission is over."), code="over")
    last = mission.ends_on or mission.starts_on
    if last and closes_at.astimezone(ZoneInfo(mission.timezone)).date() > last:
        raise ValidationError({"closes_at": _("By then the mission is over.")})
    known = getattr(mission, "registration", None)
    window = known or Registration(mission=mission)
    window.opens_at, window.closes_at, window.note = opens_at, closes_at, note
    window.full_clean()
    window.save()
    return window
