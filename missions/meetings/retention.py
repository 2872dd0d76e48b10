"""How long what concerns meetings is kept; businesses/retention.py enforces it."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from businesses.periods import YEAR, Period

from .models import MeetingRequest, OpportunityLook, RequestEvent, Wish


def old_words(before):
    """Requests that were answered long ago and still have a text in them."""
    return MeetingRequest.objects.filter(
        ~Q(message="", reason__in=["", "–"]), closed_at__lt=before
    )


def old_wishes(before):
    return Wish.objects.filter(changed_at__lt=before)


def old_looks(before):
    return OpportunityLook.objects.filter(began_at__lt=before)


def _empty(requests):
    """That they met, and when, stays: the figures of the mission rest on it."""
    keys = list(requests.values_list("pk", flat=True))
    steps = RequestEvent.objects.filter(request__in=keys).exclude(reason="")
    steps.update(reason="–")
    found = MeetingRequest.objects.filter(pk__in=keys)
    found.exclude(reason="").update(reason="–")
    found.update(message="")


def _delete(rows):
    rows.delete()


PERIODS = (
    Period(
        _("What was written in meeting requests, and why they were declined"),
        2 * YEAR,
        _("the answer"),
        old_words,
        _empty,
    ),
    Period(
        _("Wishes for meetings, the private ones too"),
        2 * YEAR,
        _("they were stated"),
        old_wishes,
        _delete,
    ),
    Period(
        _("When somebody last looked at new opportunities"),
        YEAR,
        _("the last look"),
        old_looks,
        _delete,
    ),
)
