from django.db import transaction
from django.tasks import task
from django.utils import timezone

from .models import Message
from .sending import attempt, claim

MOST_CAUGHT_UP = 100


@task()
def deliver(message_id):
    """Does nothing where the message has gone, or another worker is at it."""
    message = claim(message_id)
    if message is None:
        return
    again_at = attempt(message)
    if again_at:
        deliver.using(run_after=again_at).enqueue(message_id)
    catch_up()


@transaction.atomic
def catch_up():
    """Gives a new task to messages whose own one was lost with a worker. How many."""
    lost = Message.objects.without_task().order_by("due_at")[:MOST_CAUGHT_UP]
    keys = list(lost.values_list("pk", flat=True))
    Message.objects.filter(pk__in=keys).update(due_at=timezone.now())
    for key in keys:
        deliver.enqueue(key)
    return len(keys)
