from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from businesses.certificates import impossible, unusual, written_plainly
from businesses.models import Certificate
from umkm_portal.uploads import PrivateFileField

from .fields import OfBusiness, day_input


class CertificateForm(OfBusiness, forms.ModelForm):
    """A number that looks unusual is asked about once; one that cannot be right is refused."""

    document = PrivateFileField(
        label=_("File"),
        required=False,
        help_text=_(
            "A PDF or a photo of at most 10 MB. Only you and the officials of your province "
            "can open it."
        ),
    )

    class Meta:
        model = Certificate
        fields = ["kind", "number", "name", "issuer", "expires_on"]
        widgets = {"expires_on": day_input()}

    beside = {"certificate_once": "number"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "—"), *Certificate.Kind.choices]
        if self.instance.file:
            self.fields["document"].label = _("Another file instead")

    def clean(self):
        super().clean()
        kind, number = (self.cleaned_data.get(name) for name in ("kind", "number"))
        if kind and number:
            self.cleaned_data["number"] = number = written_plainly(kind, number)
            if problem := impossible(kind, number):
                self.add_error("number", problem)
            elif (usual := unusual(kind, number)) and "is_right" not in self.data:
                self._ask_about_number(usual)
        return self.cleaned_data

    def _ask_about_number(self, usual):
        question = _("%(usual)s Compare it once more, then tick below if it is right.")
        self.add_error("number", ValidationError(question, "unusual", {"usual": usual}))
        self.fields["is_right"] = forms.BooleanField(
            label=_("The number is right as I typed it"), required=False
        )

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if day and day < timezone.localdate():
            raise ValidationError(
                _("This certificate has expired. Add it once it was renewed."),
                code="expired",
            )
        return day
