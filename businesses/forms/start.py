from django import forms
from django.utils.translation import gettext_lazy as _

from businesses.consents import WORDS
from businesses.first_run import (
    contact_of_account,
    need_sought,
    offer_of,
    product_sold,
)
from businesses.models import Business, Consent, Contact
from businesses.models.offers import more_than_nothing, rupiah
from umkm_portal.forms import RupiahField

from .fields import (
    BesideFields,
    LabelledField,
    QuantityField,
    alphabetical_provinces,
    unit_field,
)
from .place import RegencyField

UNIT_MISSING = _("Choose the unit of quantity and price.")


class StartForm(BesideFields, forms.ModelForm):
    """Step 1: who and where."""

    class Meta:
        model = Business
        fields = ["name", "province"]
        field_classes = {"province": LabelledField}
        widgets = {"name": forms.TextInput({"autocomplete": "organization"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["province"].queryset = alphabetical_provinces()
        self.fields["province"].empty_label = _("Choose a province")


class NeedsUnit:
    """Says beside the unit that an amount without one means nothing."""

    def clean(self):
        super().clean()
        amounts = [self.cleaned_data.get(name) for name in ("quantity", "price")]
        if any(amounts) and self.cleaned_data.get("unit") == "":
            self.add_error("unit", UNIT_MISSING)
        return self.cleaned_data


class SellsForm(NeedsUnit, BesideFields, forms.ModelForm):
    """Step 2: what is sold, and how much of it."""

    quantity = QuantityField(label=_("How much a month"), validators=more_than_nothing)
    unit = unit_field()
    price = RupiahField(
        label=_("Price per unit (rupiah)"), required=False, validators=rupiah
    )

    class Meta:
        model = Business
        fields = ["sells", "regency"]
        field_classes = {"regency": RegencyField}

    known = {"province"}
    field_order = ["sells", "quantity", "unit", "price", "regency"]

    def __init__(self, *args, instance, **kwargs):
        if offer := offer_of(product_sold(instance)):
            amounts = {"quantity": offer.quantity, "unit": offer.unit}
            kwargs["initial"] = amounts | {"price": offer.price_min}
        super().__init__(*args, instance=instance, **kwargs)
        self.fields["sells"].required = True
        self.fields["regency"].offer(instance.province_id)


class SeeksForm(NeedsUnit, BesideFields, forms.ModelForm):
    """Step 3: what is looked for."""

    quantity = QuantityField(label=_("How much a month"), validators=more_than_nothing)
    unit = unit_field()

    class Meta:
        model = Business
        fields = ["seeks"]

    def __init__(self, *args, instance, **kwargs):
        if need := need_sought(instance):
            kwargs["initial"] = {"quantity": need.quantity, "unit": need.unit}
        super().__init__(*args, instance=instance, **kwargs)
        self.fields["seeks"].required = True


class PublishForm(forms.Form):
    """Step 4: what may be seen by everyone. Nothing that is personal is ticked beforehand."""

    profile = forms.BooleanField(
        label=WORDS[Consent.Purpose.PROFILE],
        error_messages={
            "required": _(
                "Without this the page stays private. Tick it, or choose “Later”: "
                "everything that you filled in is kept."
            )
        },
    )
    contact = forms.BooleanField(label=WORDS[Consent.Purpose.CONTACT], required=False)
    listings = forms.BooleanField(
        label=_("Publish my offers and needs too, for 90 days."),
        required=False,
        initial=True,
    )

    def __init__(self, *args, user, has_drafts, **kwargs):
        super().__init__(*args, **kwargs)
        kind, value = contact_of_account(user)
        contact = Contact(kind=kind, value=value)
        shown = f"{contact.get_kind_display()}: {contact.shown}"
        self.fields["contact"].help_text = shown
        if not has_drafts:
            del self.fields["listings"]
