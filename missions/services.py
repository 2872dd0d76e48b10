from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from .models import CountSnapshot, Mission


class AlreadyRecorded(ValidationError):
    """The very same count of the mission is in the portal."""


@transaction.atomic
def record_count(count, *, by=None):
    """Appends an unsaved CountSnapshot to its mission's counts. The only way a count comes in.

    Raises AlreadyRecorded when the source's facts are already there, and ValidationError when a
    rule of CountSnapshot is broken.
    """
    # The lock on the mission keeps two officials from taking the same position.
    mission = Mission.objects.select_for_update().get(pk=count.mission_id)
    count.fingerprint = count.compute_fingerprint()
    counted = mission.counts.aggregate(
        last=Max("position"), same=Count("pk", filter=Q(fingerprint=count.fingerprint))
    )
    if counted["same"]:
        raise AlreadyRecorded(_("This very count is already recorded."))
    count.position = (counted["last"] or 0) + 1
    count.recorded_by = by
    count.clean_fields(exclude=["mission"])
    _insert(count)
    return count


def _insert(count):
    """The database checks the rules; only when one is broken is Django asked, query by query,
    for the words an official can read."""
    try:
        with transaction.atomic():
            count.save(force_insert=True)
    except IntegrityError:
        count.full_clean()
        raise


def is_recorded(count):
    return CountSnapshot.objects.filter(
        mission=count.mission_id, fingerprint=count.compute_fingerprint()
    ).exists()
