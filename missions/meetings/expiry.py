"""A request that nobody answers in time comes to its end by itself, and so does a new time for an
agreed meeting. Both sides are told."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.tasks import task
from django.utils import timezone

from .models import MeetingRequest, RequestEvent
from .steps import Refused, Status, close, lock_request, record

A_MOMENT = timedelta(seconds=1)


def expire_in_time(request):
    """Has the worker look at the request when its time is over. The daily sweep finds what the
    worker missed."""
    at = request.expires_at + A_MOMENT
    transaction.on_commit(
        partial(expire_request.using(run_after=at).enqueue, request.pk)
    )


@task()
def expire_request(pk):
    expire(pk)


@transaction.atomic
def expire(pk):
    """Nothing happens to a request that was answered, or was given more time."""
    request = _overdue().with_parties().filter(pk=pk).first()
    if request is None:
        return
    try:
        request = lock_request(request)
    except Refused:
        return
    if request.status == Status.PENDING and not request.is_pending:
        close(request, Status.EXPIRED)
        record(request, RequestEvent.Step.EXPIRED, slot=request.slot)
    elif request.new_slot_id and not request.is_moving:
        lapse(request)


def _overdue():
    requests = MeetingRequest.objects
    return requests.overdue() | requests.moving().filter(expires_at__lte=timezone.now())


def lapse(request):
    """The new time comes to nothing; what was agreed stays."""
    dropped, request.new_slot = request.new_slot, None
    request.save(update_fields=["new_slot"])
    record(request, RequestEvent.Step.LAPSED, slot=dropped)


def expire_due():
    """Missions in the order of their keys: within one transaction, nobody waits in a ring."""
    overdue = _overdue().order_by("sender__mission_id", "pk")
    for pk in list(overdue.values_list("pk", flat=True)):
        expire(pk)
