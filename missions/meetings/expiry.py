"""A request that nobody answers in time comes to its end by itself, and both are told."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.tasks import task

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
    request = MeetingRequest.objects.overdue().with_parties().filter(pk=pk).first()
    if request is None:
        return
    try:
        request = lock_request(request)
    except Refused:
        return
    if request.status == Status.PENDING and not request.is_pending:
        close(request, Status.EXPIRED)
        record(request, RequestEvent.Step.EXPIRED, slot=request.slot)


def expire_due():
    """Missions in the order of their keys: within one transaction, nobody waits in a ring."""
    overdue = MeetingRequest.objects.overdue().order_by("sender__mission", "pk")
    for pk in list(overdue.values_list("pk", flat=True)):
        expire(pk)
