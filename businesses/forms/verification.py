from itertools import count

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from businesses import verification
from businesses.claims import Finding, claims, fingerprint
from businesses.models import Check, VerificationRequest
from umkm_portal.validators import printable

Status = VerificationRequest.Status


class SubmitForm(forms.Form):
    """An owner asks for a check."""

    note = forms.CharField(
        required=False,
        max_length=500,
        validators=[printable],
        label=gettext_lazy("Message to the official"),
        help_text=gettext_lazy("Not needed. Say here what is hard to find or new."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, business, **kwargs):
        super().__init__(*args, **kwargs)
        self.business = business

    def save(self, *, by):
        """The request; None when it could not be sent, which the form then says."""
        try:
            return verification.submit(
                self.business, by=by, note=self.cleaned_data["note"]
            )
        except ValidationError as error:
            self.add_error(None, error)


class Row:
    """The fields of one claim: ticked, against which source, and until when."""

    def __init__(self, form, claim, number):
        self.claim = claim
        self.names = [f"{name}-{number}" for name in ("checked", "source", "until")]
        params = {"what": claim.label, "shown": claim.shown}
        checked = forms.BooleanField(
            required=False,
            label=_("I have checked %(what)s: %(shown)s") % params,
        )
        source = forms.ChoiceField(
            choices=[(source.value, source.label) for source in claim.sources],
            required=False,
            label=_("Where you looked (%(what)s)") % params,
        )
        until = forms.DateField(
            required=False,
            initial=claim.latest_day,
            label=_("Holds until (%(what)s)") % params,
            widget=forms.DateInput(
                format="%Y-%m-%d",
                attrs={
                    "type": "date",
                    "min": timezone.localdate().isoformat(),
                    "max": claim.latest_day.isoformat(),
                },
            ),
        )
        form.fields |= dict(zip(self.names, [checked, source, until], strict=True))

    def finding(self, form):
        """None when it is not ticked."""
        checked, source, until = map(form.cleaned_data.get, self.names)
        if not checked:
            return None
        for name, value in zip(self.names[1:], (source, until), strict=True):
            if not value and name not in form.errors:
                form.add_error(name, _("Fill this in for what you have checked."))
        return Finding(self.claim, Check.Source(source), until) if source else None


class DecisionForm(forms.Form):
    """An official says what was checked, and decides."""

    outcome = forms.ChoiceField(
        choices=[
            (Status.APPROVED, gettext_lazy("Approve what is ticked")),
            (Status.MORE_NEEDED, gettext_lazy("Ask the owner for more")),
            (Status.REJECTED, gettext_lazy("Reject")),
        ],
        label=gettext_lazy("Decision"),
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(
        choices=[("", "–"), *VerificationRequest.Reason.choices],
        required=False,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("When you ask for more or reject."),
    )
    message = forms.CharField(
        max_length=500,
        validators=[printable],
        required=False,
        label=gettext_lazy("Message to the owner"),
        help_text=gettext_lazy("What to do next, in plain words."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        found = claims(request.business)
        self.rows = [Row(self, claim, number) for claim, number in zip(found, count(1))]
        self.fields["seen"].initial = fingerprint(found)

    @property
    def bound_rows(self):
        """Per claim its three fields."""
        return [[self[name] for name in row.names] for row in self.rows]

    def clean(self):
        super().clean()
        if self.cleaned_data.get("seen") != self.fields["seen"].initial:
            # What is sent again is about what is shown now.
            self.data = self.data.copy()
            self.data["seen"] = self.fields["seen"].initial
            raise ValidationError(
                _(
                    "The business changed what it states while you were looking. "
                    "Look at it again before you decide."
                ),
                code="changed",
            )
        findings = [row.finding(self) for row in self.rows]
        self.cleaned_data["findings"] = [found for found in findings if found]
        return self.cleaned_data

    def save(self, *, by):
        """The decided request; None when it could not be decided, which the form then says."""
        try:
            return verification.decide(
                self.request,
                by=by,
                outcome=Status(self.cleaned_data["outcome"]),
                reason=self.cleaned_data["reason"],
                message=self.cleaned_data["message"],
                findings=self.cleaned_data["findings"],
            )
        except ValidationError as error:
            self.add_error(None, error)


class RevokeForm(forms.Form):
    because = forms.CharField(
        max_length=300,
        validators=[printable],
        label=gettext_lazy("Why you revoke this check"),
        help_text=gettext_lazy("The owner reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, check, **kwargs):
        super().__init__(*args, **kwargs)
        self.checked = check

    def save(self, *, by):
        """Whether it was revoked; if not, the form says why."""
        try:
            verification.revoke(
                self.checked, by=by, because=self.cleaned_data["because"]
            )
        except ValidationError as error:
            self.add_error(None, error)
            return False
        return True
