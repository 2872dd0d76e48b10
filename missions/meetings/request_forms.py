"""The forms of a request. Each hands what was typed to a service; what that refuses stands in the
form, beside what was typed."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from missions import reasons
from umkm_portal.validators import printable

from . import requests
from .models import MeetingReport
from .times import when

MOST_OF_MESSAGE = 500


class SlotField(forms.ModelChoiceField):
    def label_from_instance(self, slot):
        return when(slot)


def reason_field(ready):
    """A few usual reasons and room for another; one of them is enough."""
    return {
        "ready": forms.ChoiceField(
            choices=[
                *((number, gettext(reason)) for number, reason in enumerate(ready)),
                ("", _("another reason")),
            ],
            required=False,
            label=_("Reason"),
            help_text=_("The other side reads it."),
            widget=forms.RadioSelect,
        ),
        "words": forms.CharField(
            required=False,
            max_length=400,
            validators=[printable],
            label=_("In your own words"),
            widget=forms.Textarea(attrs={"rows": 2}),
        ),
    }


class RequestForm(forms.Form):
    message = forms.CharField(
        required=False,
        max_length=MOST_OF_MESSAGE,
        validators=[printable],
        label=_("Message"),
        help_text=_("What you offer or look for, and what you want to talk about."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    products = forms.ModelMultipleChoiceField(
        None,
        required=False,
        label=_("Products you want to show"),
        widget=forms.CheckboxSelectMultiple,
    )
    slot = SlotField(None, required=False, label=_("Time"))

    def __init__(self, *args, sender, receiver, **kwargs):
        super().__init__(*args, **kwargs)
        self.sender, self.receiver = sender, receiver
        own = sender.business.products.all()
        self.fields["products"].queryset = own
        if not own.exists():
            del self.fields["products"]
        offer_times(self, sender, receiver, _("the organiser finds one"))

    def save(self, *, actor):
        said = self.cleaned_data
        try:
            return requests.send(
                self.sender,
                self.receiver,
                message=said["message"],
                products=said.get("products", []),
                slot=said["slot"],
                actor=actor,
            )
        except ValidationError as error:
            if self.is_sent_twice(error):
                return error.request
            say(self, error)

    def is_sent_twice(self, error):
        """Whether the very same request waits already: only then is nothing lost."""
        sent, said = getattr(error, "request", None), self.cleaned_data
        if not (sent and sent.is_pending and sent.sender_id == self.sender.pk):
            return False
        return (
            sent.message == said["message"]
            and sent.slot == said["slot"]
            and set(sent.products.all()) == set(said.get("products", []))
        )


def offer_times(form, one, other, without):
    field = form.fields["slot"]
    field.queryset = requests.common_free_slots(one, other)
    field.empty_label = without
    field.error_messages["invalid_choice"] = _(
        "This time is no longer free. Choose another one."
    )


def say(form, error):
    """What a service refused. The request that is open already is kept for a link to it."""
    is_about_time = isinstance(error, requests.TimeTaken) and "slot" in form.fields
    form.add_error("slot" if is_about_time else None, error)
    form.open_request = getattr(error, "request", None)


class StepForm(forms.Form):
    """A step on the request that `participation` looks at."""

    def __init__(self, *args, meeting_request, participation, **kwargs):
        super().__init__(*args, **kwargs)
        self.meeting_request, self.participation = meeting_request, participation

    def take(self, step, *, actor, **said):
        try:
            return step(
                self.meeting_request,
                participation=self.participation,
                actor=actor,
                **said,
            )
        except ValidationError as error:
            say(self, error)


class AcceptForm(StepForm):
    def save(self, *, actor):
        return self.take(requests.accept, actor=actor)


class WithdrawForm(StepForm):
    def save(self, *, actor):
        return self.take(requests.withdraw, actor=actor)


class TakeBackForm(StepForm):
    def save(self, *, actor):
        return self.take(requests.take_back, actor=actor)


class AgreeForm(StepForm):
    def save(self, *, actor):
        return self.take(requests.agree_new_time, actor=actor)


class KeepForm(StepForm):
    def save(self, *, actor):
        return self.take(requests.refuse_new_time, actor=actor)


class ProposeForm(StepForm):
    slot = SlotField(None, label=_("A time at which both can come"))
    step = requests.propose

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        request, field = self.meeting_request, self.fields["slot"]
        partner = request.partner_of(self.participation)
        offer_times(self, self.participation, partner, _("choose"))
        named = filter(None, [request.slot_id, request.new_slot_id])
        field.queryset = field.queryset.exclude(pk__in=named)
        if not field.queryset.exists():
            field.help_text = _(
                "At the moment there is no time at which both can come. Say under Times when you "
                "can, or ask the other side to."
            )

    def save(self, *, actor):
        slot = self.cleaned_data["slot"]
        return self.take(type(self).step, slot=slot, actor=actor)


class NewTimeForm(ProposeForm):
    step = requests.ask_new_time


class SetTimeForm(forms.Form):
    """The organiser finds a time for two who have agreed to meet."""

    slot = SlotField(None, label=_("A time at which both can come"))

    def __init__(self, *args, meeting_request, **kwargs):
        super().__init__(*args, **kwargs)
        self.meeting_request = meeting_request
        offer_times(self, *meeting_request.parties, _("choose"))

    def save(self, *, by):
        slot = self.cleaned_data["slot"]
        try:
            return requests.set_time(self.meeting_request, slot, by=by)
        except ValidationError as error:
            say(self, error)


class ReasonForm(StepForm):
    READY = ()
    step = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= reason_field(self.READY)

    def clean(self):
        ready, words = (self.cleaned_data.get(name, "") for name in ("ready", "words"))
        usual = self.READY[int(ready)] if ready else ""
        self.reason = reasons.to_store(usual, words)
        if not self.reason and not self.errors:
            self.add_error("words", _("Say why, so that the other side knows."))

    def save(self, *, actor):
        return self.take(type(self).step, reason=self.reason, actor=actor)


class DeclineForm(ReasonForm):
    READY = reasons.TO_DECLINE
    step = requests.decline


class CancelForm(ReasonForm):
    READY = reasons.TO_CANCEL
    step = requests.cancel


class ReportForm(StepForm):
    outcome = forms.ChoiceField(
        choices=MeetingReport.Outcome,
        label=_("How did it go?"),
        widget=forms.RadioSelect,
    )

    def save(self, *, actor):
        return self.take(
            requests.report, outcome=self.cleaned_data["outcome"], actor=actor
        )
