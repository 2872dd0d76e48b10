"""What was kept long enough ends (UU 27/2022 articles 16, 42 and 44): see periods.py. Owners of
drafts are warned before."""

import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from .messages import tell_owners_of_closing
from .models import Business
from .periods import (
    PERIODS,
    WARNED_BEFORE,
    WARNING_HOLDS,
    untouched_drafts,
    warned_drafts,
)

logger = logging.getLogger(__name__)


def enforce(*, dry_run=False):
    """Ends what is kept for too long. Returns [(Period, how many rows), …]; one that fails, with
    None, keeps no other from ending."""
    warn_of_closing(dry_run=dry_run)
    done = []
    for period in all_periods():
        try:
            done.append((period, _enforce(period, dry_run)))
        except Exception as error:
            # Its text may hold what should be gone.
            name, kind = period.due.__name__, type(error).__name__
            logger.error("Retention of %s failed: %s", name, kind)
            done.append((period, None))
    return done


def all_periods():
    """Those of this room, then those of the others."""
    others = map(import_string, settings.RETENTION_PERIODS)
    return [*PERIODS, *(period for periods in others for period in periods)]


def enforce_daily():
    """For the daily task: how many rows ended."""
    return sum(count or 0 for _period, count in enforce())


@transaction.atomic
def _enforce(period, dry_run):
    rows = period.rows()
    count = rows.count()
    if count and not dry_run:
        period.end(rows)
    return count


# The warning


@transaction.atomic
def warn_of_closing(*, dry_run=False):
    """Tells the owners of drafts that will be removed in a month. Returns how many drafts."""
    period = next(period for period in PERIODS if period.due is warned_drafts)
    now = timezone.now()
    drafts = untouched_drafts(now - period.after + WARNED_BEFORE).exclude(
        warned_at__gte=now - WARNING_HOLDS
    )
    found = list(drafts)
    if not dry_run:
        for business in found:
            tell_owners_of_closing(business, WARNED_BEFORE.days)
        # Not by save(), which would be a change that the owner did not make.
        Business.objects.filter(pk__in=[business.pk for business in found]).update(
            warned_at=timezone.now()
        )
    return len(found)
