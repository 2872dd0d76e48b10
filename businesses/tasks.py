"""What is done once a day, whichever worker is there to do it."""

import logging
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.tasks import task
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from .models import DailyRun

logger = logging.getLogger(__name__)
# In the night of western Indonesia.
HOUR = time(2)


@task()
def daily():
    """Does each job that nobody has done today, and asks to be run again tomorrow.

    It asks first, so that a job that fails ends nothing but itself.
    """
    waiting_daily_runs().delete()
    tomorrow = timezone.localdate() + timedelta(days=1)
    daily.using(
        run_after=timezone.make_aware(datetime.combine(tomorrow, HOUR))
    ).enqueue()
    for job in settings.DAILY_JOBS:
        run_once_today(import_string(job))
    old = timezone.localdate() - timedelta(days=DailyRun.KEEP_DAYS)
    DailyRun.objects.filter(day__lt=old).delete()


def waiting_daily_runs():
    return DBTaskResult.objects.filter(task_path=daily.module_path, started_at=None)


def run_once_today(job):
    """Two workers at once: the second waits for the first one's row, and then has nothing to do."""
    name = f"{job.__module__}.{job.__name__}"
    try:
        with transaction.atomic():
            _run, is_first = DailyRun.objects.get_or_create(
                job=name, day=timezone.localdate()
            )
            if is_first:
                job()
    except Exception as error:
        # Its text may hold what is nobody's business.
        logger.error("Daily job %s failed: %s", name, type(error).__name__)
