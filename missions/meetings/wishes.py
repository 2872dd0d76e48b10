"""Whom a participant wants to meet. Only its own people ever see it; the selection heeds it.

An official who helps may note a wish for a business and is not shown one; its people are told.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from missions.doors import Via
from missions.letters import write

from .models import Wish
from .steps import lock_parties, refuse_both_sides, refuse_unfit


@transaction.atomic
def set_wish(by, about, level, *, actor):
    """An empty level takes the wish back."""
    if level and level not in Wish.Level:
        raise ValidationError(_("Choose one of the three."), code="unknown_level")
    by, about = lock_parties(by, about)
    refuse_both_sides(actor, about)
    refuse_unfit(by, about)
    if level:
        Wish.objects.update_or_create(by=by, about=about, defaults={"level": level})
    else:
        Wish.objects.filter(by=by, about=about).delete()
    if actor.via == Via.ASSISTED:
        write(by, "wish_noted", path=f"cocok/{about.pk}/", partner=about.name)


def wishes_of(door, participation):
    """{pk of the other: level}, for its own eyes only."""
    if door.is_assisted:
        return {}
    return dict(participation.wishes.values_list("about", "level"))
