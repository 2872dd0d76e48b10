"""Which messages of a mission an official looks at. The names of the fields are the permalink."""

from django import forms
from django.utils.translation import gettext_lazy as _

from umkm_portal.outbox.models import Message
from umkm_portal.validators import printable

from .wording import KINDS


class LetterFilter(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=100,
        validators=[printable],
        label=_("Name of a business"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    jenis = forms.ChoiceField(required=False, label=_("Kind of message"))
    keadaan = forms.ChoiceField(
        required=False,
        label=_("Status"),
        choices=[("", _("all")), *Message.State.choices],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = [(kind.key, kind.name) for kind in KINDS.values()]
        self.fields["jenis"].choices = [("", _("all")), *kinds]

    @property
    def is_narrowed(self):
        return self.is_valid() and any(self.cleaned_data.values())

    def found(self, letters):
        wanted = self.cleaned_data if self.is_valid() else {}
        if kind := wanted.get("jenis"):
            letters = letters.filter(message__kind=kind)
        if state := wanted.get("keadaan"):
            letters = letters.in_state(state)
        if words := wanted.get("q"):
            letters = letters.filter(participation__business__name__icontains=words)
        return letters.order_by("-message__created_at", "-pk")
