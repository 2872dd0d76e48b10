"""What can be done about a request, by whom and when; one page and one form for each."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import request_forms as forms
from .requests import can_be_reported


@dataclass(frozen=True)
class Action:
    # The page is called request_<name>.
    name: str
    label: Promise
    form: type
    done: Promise
    # (request, participation): whether it can be done now.
    is_open: Callable

    @property
    def page(self):
        return f"request_{self.name}"


def is_to_answer(request, participation):
    return (
        request.is_pending
        and request.answerer.pk == participation.pk
        and not request.sender.mission.is_over
    )


def is_to_decline(request, participation):
    is_receiver = request.receiver_id == participation.pk
    return request.is_pending and (is_receiver or is_to_answer(request, participation))


def is_to_withdraw(request, participation):
    return request.is_pending and request.sender_id == participation.pk


def is_to_cancel(request, participation):
    is_past = request.slot and request.slot.ends_at <= timezone.now()
    return request.is_accepted and not is_past and not request.reports.all()


def is_to_report(request, participation):
    return can_be_reported(request)


ACTIONS = {
    action.name: action
    for action in (
        Action(
            "accept",
            _("Accept"),
            forms.AcceptForm,
            _("Agreed. The other side has been told."),
            is_to_answer,
        ),
        Action(
            "report",
            _("Say how it went"),
            forms.ReportForm,
            _("Thank you. The other side has been told what you said."),
            is_to_report,
        ),
        Action(
            "propose",
            _("Propose another time"),
            forms.ProposeForm,
            _("Sent. Now the other side has to answer."),
            is_to_answer,
        ),
        Action(
            "decline",
            _("Decline"),
            forms.DeclineForm,
            _("Declined. The other side has been told why."),
            is_to_decline,
        ),
        Action(
            "withdraw",
            _("Withdraw the request"),
            forms.WithdrawForm,
            _("Withdrawn. The other side has been told."),
            is_to_withdraw,
        ),
        Action(
            "cancel",
            _("Cancel the meeting"),
            forms.CancelForm,
            _("Cancelled. The other side has been told why, and the time is free."),
            is_to_cancel,
        ),
    )
}


def open_forms(request, participation, *, bound=None):
    """[(action, its form, whether it was sent just now), …]; `bound` stays, filled, even when its
    time has passed."""
    found = []
    for action in ACTIONS.values():
        if isinstance(bound, action.form):
            found.append((action, bound, True))
        elif action.is_open(request, participation):
            form = action.form(meeting_request=request, participation=participation)
            found.append((action, form, False))
    return found
