"""When somebody of a participating business can come."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from missions.models import Slot

from .shared import in_play, save, tell_of_help


@transaction.atomic
def state_availability(participation, slots, *, actor):
    """Says at which times somebody of the business can come. Agreed meetings stay where they are."""
    participation, _places = in_play(participation, actor, counting=False)
    wanted = {slot.pk for slot in slots}
    own = participation.mission.slots
    if own.filter(pk__in=wanted).count() != len(wanted):
        raise ValidationError(
            _("The programme has changed. Look at the times again."), code="no_slot"
        )
    booked = booked_slots(participation).values_list("pk", flat=True)
    participation.availability_at = timezone.now()
    save(participation, actor)
    participation.free_slots.set(wanted | set(booked))
    tell_of_help(participation, actor, gettext_lazy("when you can come"))
    return participation


def booked_slots(participation):
    """Times of meetings that are agreed on."""
    return Slot.objects.filter(bookings__participation=participation)
