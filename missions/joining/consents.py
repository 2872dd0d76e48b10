"""What of a participation may be public, and in which words its owner agreed (UU 27/2022)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from businesses.models import Membership
from missions.doors import Via
from missions.locking import lock_mission
from missions.models import ParticipationConsent

from .shared import may_act

Purpose = ParticipationConsent.Purpose
WORDS = {
    Purpose.LIST: gettext_lazy(
        "I agree that the name, place and side of this business stand on the public list of "
        "participants of this mission. I can withdraw this at any time; the name is then gone at "
        "once."
    ),
    Purpose.PAIRS: gettext_lazy(
        "I agree that the results of this mission show with whom this business agreed to meet, "
        "where the other business agrees too. I can withdraw this at any time."
    ),
}


@transaction.atomic
def set_consent(participation, purpose, agreed, *, actor):
    """Gives or withdraws a consent; twice is once. Only an owner can, and nobody on its behalf."""
    if actor.via == Via.ASSISTED:
        raise ValidationError(
            _("Only the owner can agree to this, not an official."), code="assisted"
        )
    mission = lock_mission(participation.mission_id)
    participation = mission.participations.select_related("business").get(
        pk=participation.pk
    )
    may_act(participation.business, actor)
    if agreed and not participation.is_in_play:
        raise ValidationError(
            _("This business no longer takes part."), code="not_in_play"
        )
    owners = participation.business.memberships.filter(role=Membership.Role.OWNER)
    if not owners.filter(user=actor.user).exists():
        raise ValidationError(_("Only an owner can agree to this."), code="not_owner")
    active = participation.consents.active().filter(purpose=purpose)
    if not agreed:
        active.update(withdrawn_at=timezone.now())
    elif not active.exists():
        participation.consents.create(
            purpose=purpose,
            text=str(WORDS[purpose]),
            via=actor.via,
            given_by=actor.user,
        )
