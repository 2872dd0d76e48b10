from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _

from businesses.models import Business, BusinessActivity
from businesses.size import LIMITS, SOURCE, SOURCE_URL, SizeBasis, SizeClass
from umkm_portal.formatting import rupiah_short

from .fields import WHOLE_NUMBER, BesideFields, KbliField, LabelledManyField, NibField


class IdentityForm(BesideFields, forms.ModelForm):
    """What the register states: name, legal form, NIB, KBLI codes."""

    nib = NibField(label=_("NIB"))
    kbli = KbliField(
        label=_("KBLI 2025 codes"),
        required=False,
        max_length=200,
        help_text=_("As your NIB lists them, for example: 10761, 46311."),
    )

    class Meta:
        model = Business
        fields = ["name", "legal_form", "nib"]
        widgets = {"name": forms.TextInput({"autocomplete": "organization"})}

    beside = {
        "business_nib_has_13_digits": "nib",
        "business_nib_unique_once_verified": "nib",
        "business_public_with_its_name": "name",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["legal_form"].choices = [("", "—"), *Business.LegalForm.choices]
        codes = self.instance.activities.values_list("code", flat=True)
        self.initial["kbli"] = ", ".join(codes)
        help_text = Business._meta.get_field("nib").help_text
        if self.instance.is_nib_verified:
            help_text = _(
                "An official has checked name and NIB. If you change one of them, that check "
                "ends and you have to ask for a new one."
            )
        self.fields["nib"].help_text = help_text

    def _save_m2m(self):
        super()._save_m2m()
        typed = self.cleaned_data["kbli"]
        self.instance.activities.exclude(code__in=typed).delete()
        known = set(self.instance.activities.values_list("code", flat=True))
        BusinessActivity.objects.bulk_create(
            BusinessActivity(business=self.instance, code=code, division=division)
            for code, division in typed.items()
            if code not in known
        )


def bands():
    """Choices of PP 7/2021: (basis:size, "up to Rp2 miliar – micro") below each basis."""
    return [
        ("", gettext("not stated")),
        *(
            (basis.label, list(_bands_of(basis)))
            for basis in (SizeBasis.SALES, SizeBasis.CAPITAL)
        ),
    ]


def _bands_of(basis):
    lowest = None
    for limit in LIMITS:
        highest = rupiah_short(getattr(limit, basis))
        words = (
            gettext("%(lowest)s to %(highest)s: %(size)s")
            if lowest
            else gettext("up to %(highest)s: %(size)s")
        )
        yield (
            f"{basis}:{limit.size}",
            words % {"lowest": lowest, "highest": highest, "size": limit.size.label},
        )
        lowest = highest
    above = gettext("above %(lowest)s: %(size)s")
    yield (
        f"{basis}:{SizeClass.LARGE}",
        above % {"lowest": lowest, "size": SizeClass.LARGE.label},
    )


class SizeForm(forms.ModelForm):
    """A band is asked for, never an amount: the amount is nobody's business."""

    band = forms.ChoiceField(label=_("Sales in a year, or capital"), required=False)

    class Meta:
        model = Business
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["band"]
        field.choices = bands()
        if self.instance.size:
            field.initial = f"{self.instance.size_basis}:{self.instance.size}"
        field.help_text = format_html(
            '{} <a href="{}">{}</a>.',
            _(
                "Capital counts for a business just founded, without land and premises; "
                "yearly sales for all others. Only the band is kept. Limits:"
            ),
            SOURCE_URL,
            SOURCE,
        )

    def save(self, commit=True):
        basis, _colon, size = self.cleaned_data["band"].partition(":")
        if (size, basis) != (self.instance.size, self.instance.size_basis):
            self.instance.size, self.instance.size_basis = size, basis
            self.instance.size_declared_on = timezone.localdate() if size else None
        return super().save(commit)


class AboutForm(BesideFields, forms.ModelForm):
    """What the business does, in its own words."""

    class Meta:
        model = Business
        fields = [
            "sells",
            "seeks",
            "description",
            "sectors",
            "capacity",
            "founded_year",
            "employees",
        ]
        field_classes = {"sectors": LabelledManyField}
        localized_fields = ["employees"]
        error_messages = {"employees": WHOLE_NUMBER, "founded_year": WHOLE_NUMBER}
        widgets = {
            "description": forms.Textarea({"rows": 5}),
            "sectors": forms.CheckboxSelectMultiple,
            "founded_year": forms.TextInput({"inputmode": "numeric", "maxlength": 4}),
            "employees": forms.TextInput({"inputmode": "numeric", "maxlength": 9}),
        }
