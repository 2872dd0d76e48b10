from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from businesses.models import Certificate, Listing, ListingCertificate
from umkm_portal.forms import RupiahField

from .fields import (
    LabelledManyField,
    OfBusiness,
    QuantityField,
    alphabetical_provinces,
    commodities_by_sector,
    unit_field,
)

Kind = Listing.Kind
FOLDED = {"delivery_provinces", "certificates"}


class Folded(Div):
    """A long field that opens with a tap, or by itself when something in it is chosen or wrong."""

    template = "businesses/_folded.html"

    def render(self, form, context, **kwargs):
        field = form[self.fields[0]]
        self.label = field.label
        self.is_open = bool(field.value() or field.errors)
        return super().render(form, context, **kwargs)


class ListingForm(OfBusiness, forms.ModelForm):
    unit = unit_field()
    price_min = RupiahField(label=_("Price per unit from (rupiah)"), required=False)
    price_max = RupiahField(label=_("Price per unit up to (rupiah)"), required=False)
    certificates = forms.MultipleChoiceField(
        choices=Certificate.Kind, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Listing
        fields = [
            "title",
            "product",
            "quantity",
            "unit",
            "price_min",
            "price_max",
            "commodity",
            "delivers_everywhere",
            "delivery_provinces",
            "note",
        ]
        field_classes = {
            "quantity": QuantityField,
            "delivery_provinces": LabelledManyField,
        }
        widgets = {
            "delivery_provinces": forms.CheckboxSelectMultiple,
            "note": forms.Textarea({"rows": 4}),
        }

    beside = {
        "listing_lowest_price_first": "price_min",
        "listing_amounts_have_a_unit": "unit",
        "listing_amounts_possible": "quantity",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fields = self.fields
        fields["commodity"].choices = commodities_by_sector()
        fields["delivery_provinces"].queryset = alphabetical_provinces()
        fields["delivery_provinces"].help_text = ""
        if self.instance.pk:
            held = self.instance.certificates.values_list("kind", flat=True)
            self.initial["certificates"] = list(held)
        if self.instance.kind == Kind.NEED:
            self._ask_about_a_need()
        else:
            self._ask_about_an_offer()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            *(Folded(name) if name in FOLDED else name for name in fields)
        )

    def _ask_about_an_offer(self):
        self.fields["title"].label = _("What you offer")
        self.fields["product"].queryset = self.business.products.all()
        self.fields["product"].empty_label = "—"
        self.fields["certificates"].label = _("Certificates that it has")
        self.fields["delivers_everywhere"].label = _("I deliver to all of Indonesia")
        self.fields["delivery_provinces"].label = _("Provinces where I deliver to")

    def _ask_about_a_need(self):
        del self.fields["product"]
        self.fields["title"].label = _("What you look for")
        self.fields["certificates"].label = _("Certificates that it must have")
        self.fields["delivers_everywhere"].label = _(
            "It may come from all of Indonesia"
        )
        self.fields["delivery_provinces"].label = _("Provinces where it is needed")

    def clean(self):
        super().clean()
        if self.cleaned_data.get("delivers_everywhere"):
            self.cleaned_data["delivery_provinces"] = []
        return self.cleaned_data

    def _save_m2m(self):
        super()._save_m2m()
        wanted = self.cleaned_data["certificates"]
        rows = self.instance.certificates
        rows.exclude(kind__in=wanted).delete()
        known = set(rows.values_list("kind", flat=True))
        ListingCertificate.objects.bulk_create(
            ListingCertificate(listing=self.instance, kind=kind)
            for kind in wanted
            if kind not in known
        )
