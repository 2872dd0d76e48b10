from datetime import timedelta

from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

BEAT_SECONDS = 60
# Three missed beats: by then the worker is not merely busy.
ALIVE_SECONDS = 3 * BEAT_SECONDS


@task()
def heartbeat():
    """Shows that a worker lives, and asks to be run again in a minute.

    It clears its older traces and any other beat in the queue, so that one chain goes on however
    often it was started.
    """
    past = timezone.now() - timedelta(seconds=ALIVE_SECONDS)
    heartbeats().filter(finished_at__lt=past).delete()
    heartbeats().filter(started_at=None).delete()
    soon = timezone.now() + timedelta(seconds=BEAT_SECONDS)
    heartbeat.using(run_after=soon).enqueue()


def heartbeats():
    return DBTaskResult.objects.filter(task_path=heartbeat.module_path)


def is_worker_alive():
    """Whether a worker finished a heartbeat within the last three minutes."""
    late = timezone.now() - timedelta(seconds=ALIVE_SECONDS)
    return heartbeats().successful().filter(finished_at__gte=late).exists()
