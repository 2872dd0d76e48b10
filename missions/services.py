from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from .models import CountSnapshot, Mission


class AlreadyRecorded(ValidationError):
    """The very same count of the mission is in the portal."""


def record_count(count, *, by=None):
    """Appends an unsaved CountSnapshot to its mission's counts.

    Raises AlreadyRecorded when the source's facts are already there, and ValidationError when a
    rule of CountSnapshot is broken.
    """
    if not record_counts([count], by=by):
        raise AlreadyRecorded(_("This very count is already recorded."))
    return count


@transaction.atomic
def record_counts(counts, *, by=None):
    """Appends unsaved counts, in their order. The only way counts come in.

    Returns those that are new: a count whose source's facts are already there is left out. Raises
    ValidationError, with the offending `count` on it, when a rule of CountSnapshot is broken.
    """
    touched = {count.mission_id for count in counts}
    # The locks, always in the same order, keep two officials from taking the same position.
    missions = Mission.objects.select_for_update().filter(pk__in=touched).order_by("pk")
    missions = {mission.pk: mission for mission in missions}
    recorded = CountSnapshot.objects.filter(mission__in=touched).order_by()
    known = set(recorded.values_list("mission", "fingerprint"))
    last = dict(recorded.values_list("mission").annotate(Max("position")))
    new = []
    for count in counts:
        count.mission = missions[count.mission_id]
        count.fingerprint = count.compute_fingerprint()
        if (count.mission_id, count.fingerprint) in known:
            continue
        known.add((count.mission_id, count.fingerprint))
        last[count.mission_id] = last.get(count.mission_id, 0) + 1
        count.position, count.recorded_by = last[count.mission_id], by
        _check(count, count.clean_fields, count.clean)
        new.append(count)
    return _insert(new)


def _insert(counts):
    """The database checks the constraints; only when one is broken is Django asked, query by
    query, for the words an official can read."""
    try:
        with transaction.atomic():
            return CountSnapshot.objects.bulk_create(counts)
    except IntegrityError:
        for count in counts:
            _check(count, count.validate_constraints)
        raise


def _check(count, *rules):
    try:
        for rule in rules:
            rule()
    except ValidationError as problem:
        problem.count = count
        raise


def is_recorded(count):
    return CountSnapshot.objects.filter(
        mission=count.mission_id, fingerprint=count.compute_fingerprint()
    ).exists()
