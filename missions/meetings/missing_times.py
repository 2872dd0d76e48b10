"""Participants with agreed meetings for which a time has yet to be proposed."""

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import ngettext

from missions.models import Slot

from .models import MeetingRequest


def missing_times(participations):
    """Those with such meetings, `untimed` of them; none where no time is left to propose."""
    now = timezone.now()
    ahead = Slot.objects.filter(mission=OuterRef("mission"), starts_at__gt=now)
    untimed = (
        MeetingRequest.objects.of(OuterRef("pk"))
        .without_time()
        .filter(Q(new_slot=None) | Q(expires_at__lte=now), reports=None)
    )
    number = untimed.order_by().values("sender__mission").annotate(number=Count("pk"))
    return participations.filter(Exists(untimed), Exists(ahead)).annotate(
        untimed=Subquery(number.values("number"), output_field=IntegerField())
    )


def words_of(number):
    return ngettext(
        "Propose a time for %(count)s meeting",
        "Propose a time for %(count)s meetings",
        number,
    ) % {"count": number}
