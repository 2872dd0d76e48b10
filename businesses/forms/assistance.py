from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_lazy

from businesses import assistance, directory
from businesses.assistance import ASSISTANTS, Purpose
from businesses.models import Business, Listing, Province, Regency
from businesses.models.offers import more_than_nothing
from businesses.services import SET_BY_SERVICES
from businesses.units import Unit
from umkm_portal.accounts.forms import PhoneField
from umkm_portal.validators import printable

from .fields import WHOLE_NUMBER, BesideFields, QuantityField

SAID_OF_ANOTHER = {
    "sells": gettext_lazy("What the business sells"),
    "seeks": gettext_lazy("What the business looks for"),
}


class OwnProvinceForm(BesideFields, forms.ModelForm):
    """Province and regency, of the provinces in which an official may fill in for owners."""

    beside = {
        "business_nib_has_13_digits": "nib",
        "business_nib_unique_once_verified": "nib",
        "business_public_with_its_name": "name",
        "business_regency_in_province": "regency",
    }

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        own = Province.objects.all()
        if not by.is_superuser:
            own = own.filter(pk__in=by.provinces_as(*ASSISTANTS))
        regencies = Regency.objects.filter(province__in=own)
        if "province" in self.fields:
            self.fields["province"].queryset = own
            self.fields["province"].empty_label = _("Choose a province")
            if len(own) == 1:
                self.fields["province"].initial = own[0]
        else:
            regencies = regencies.filter(province=self.instance.province_id)
        self.fields["regency"].queryset = regencies
        self.fields["regency"].empty_label = "–"


class AssistedForm(OwnProvinceForm):
    """An official fills in a business for its owner."""

    quantity = QuantityField(
        validators=more_than_nothing,
        label=gettext_lazy("How much of it in a month"),
    )
    unit = forms.ChoiceField(
        choices=[("", "–"), *Unit.choices], required=False, label=gettext_lazy("Unit")
    )
    owner_name = forms.CharField(
        max_length=150, validators=[printable], label=gettext_lazy("Name of the owner")
    )
    phone = PhoneField(
        label=gettext_lazy("Phone of the owner"),
        help_text=gettext_lazy(
            "The owner gets a message with a code and a link, and says yes or no."
        ),
    )
    publishes = forms.BooleanField(
        required=False,
        initial=True,
        label=gettext_lazy("Ask for a public page too"),
        help_text=gettext_lazy(
            "The owner can say yes to the registration and no to the page."
        ),
    )

    class Meta:
        model = Business
        fields = ["name", "province", "regency", "sells", "seeks"]
        labels = SAID_OF_ANOTHER
        help_texts = dict.fromkeys(SAID_OF_ANOTHER, "")

    field_order = [
        "name",
        "province",
        "regency",
        "sells",
        "quantity",
        "unit",
        "seeks",
        "owner_name",
        "phone",
        "publishes",
    ]

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        assistance.refuse_phone(phone)
        return phone

    def clean(self):
        super().clean()
        if self.cleaned_data.get("quantity") and not self.cleaned_data.get("unit"):
            self.add_error("unit", _("Choose the unit of this quantity."))
        if not self.cleaned_data.get("sells") and not self.cleaned_data.get("seeks"):
            self.add_error("sells", _("Write what the business sells or looks for."))
        return self.cleaned_data

    def save(self):
        """The approval that the owner is asked for; None when a limit was reached."""
        said = self.cleaned_data
        try:
            return assistance.register_for_owner(
                self.instance,
                self.listings(),
                owner_name=said["owner_name"],
                phone=said["phone"],
                purposes=[Purpose.PROFILE] if said["publishes"] else [],
                by=self.by,
            )
        except ValidationError as error:
            self.add_error(None, error)

    def listings(self):
        said = self.cleaned_data
        longest = Listing._meta.get_field("title").max_length
        if said["sells"]:
            yield Listing(
                kind=Listing.Kind.OFFER,
                title=said["sells"][:longest],
                quantity=said["quantity"],
                unit=said["unit"] if said["quantity"] else "",
            )
        if said["seeks"]:
            yield Listing(kind=Listing.Kind.NEED, title=said["seeks"][:longest])


class AssistedChangeForm(OwnProvinceForm):
    """What an official may go on filling in while the owner agrees."""

    class Meta:
        model = Business
        fields = [
            "name",
            "legal_form",
            "nib",
            "regency",
            "sells",
            "seeks",
            "capacity",
            "founded_year",
            "employees",
            "description",
        ]
        labels = SAID_OF_ANOTHER
        help_texts = dict.fromkeys(SAID_OF_ANOTHER, "")
        error_messages = {"employees": WHOLE_NUMBER, "founded_year": WHOLE_NUMBER}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["legal_form"].choices = [("", "–"), *Business.LegalForm.choices]

    @transaction.atomic
    def save(self):
        """Only while the owner agrees: the consent may have been withdrawn since the page was opened."""
        locked = Business.objects.assisted_by(self.by, *ASSISTANTS)
        if not locked.select_for_update().filter(pk=self.instance.pk).exists():
            self.add_error(
                None, _("The owner no longer lets the trade office fill this in.")
            )
            return None
        self.instance.refresh_from_db(fields=SET_BY_SERVICES)
        business = super().save()
        directory.refresh(business)
        return business


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code that the owner tells you"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
    )

    def __init__(self, *args, approval, **kwargs):
        super().__init__(*args, **kwargs)
        self.approval = approval

    def clean_code(self):
        return "".join(filter(str.isdigit, self.cleaned_data["code"]))

    def save(self):
        """The approval, given; None when it was not, which the form then says."""
        try:
            return assistance.approve_by_code(self.approval, self.cleaned_data["code"])
        except ValidationError as error:
            self.add_error("code", error)
