"""What can be done about a request, by whom and when; one page and one form for each."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import request_forms as forms
from .new_times import can_take_back, has_lost_own_time
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


def is_to_propose(request, participation):
    has_lost = has_lost_own_time(request, participation)
    is_open = has_lost and not request.sender.mission.is_over
    return is_open or is_to_answer(request, participation)


def is_to_decline(request, participation):
    """Also for whoever was asked, proposed another time and lost it: nothing is to be taken back."""
    if request.is_pending and request.answerer.pk == participation.pk:
        return True
    was_asked = request.receiver_id == participation.pk
    return was_asked and has_lost_own_time(request, participation)


def is_to_withdraw(request, participation):
    """One way out at a time: whoever proposed another time takes that back first."""
    is_own = request.is_pending and request.sender_id == participation.pk
    waits = is_own and request.answerer.pk != participation.pk
    return waits and not can_take_back(request, participation)


def is_to_answer_new_time(request, participation):
    is_mine = request.answerer.pk == participation.pk
    return request.is_moving and is_mine and not request.sender.mission.is_over


def is_to_move(request, participation):
    begun = request.slot and request.slot.starts_at <= timezone.now()
    waits = request.is_moving and request.answerer.pk != participation.pk
    is_open = request.is_accepted and not begun and not waits
    return is_open and not request.sender.mission.is_over and not request.reports.all()


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
            "move_agree",
            _("Agree to the new time"),
            forms.AgreeForm,
            _(
                "Agreed. The meeting has the new time, and the other side has been told."
            ),
            is_to_answer_new_time,
        ),
        Action(
            "move_refuse",
            _("Refuse the new time"),
            forms.KeepForm,
            _("Refused. What was agreed stays, and the other side has been told."),
            is_to_answer_new_time,
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
            is_to_propose,
        ),
        Action(
            "move",
            _("Propose a new time"),
            forms.NewTimeForm,
            _("Sent. Until the other side agrees, the meeting stays as it was agreed."),
            is_to_move,
        ),
        Action(
            "take_back",
            _("Take the proposed time back"),
            forms.TakeBackForm,
            _("Taken back. The other side has been told."),
            can_take_back,
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
