from django import forms
from django.utils.translation import gettext_lazy as _

from businesses.models import Business, Regency

from .fields import BesideFields, LabelledField, alphabetical_provinces


class RegencyField(forms.ModelChoiceField):
    """The regencies and cities of one province: few enough to find one's own on a phone."""

    default_error_messages = {
        "invalid_choice": _(
            "Choose again: these are the regencies and cities of the province above."
        )
    }

    def offer(self, province_code):
        self.queryset = Regency.objects.filter(province=province_code or None)
        self.empty_label = _("Choose a regency or city")

    def label_from_instance(self, regency):
        return regency.name


class PlaceForm(BesideFields, forms.ModelForm):
    """After another province was chosen the form comes back with the regencies of that one."""

    class Meta:
        model = Business
        fields = ["province", "regency"]
        field_classes = {"province": LabelledField, "regency": RegencyField}

    beside = {"business_regency_in_province": "regency"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["province"].queryset = alphabetical_provinces()
        self.fields["province"].empty_label = _("Choose a province")
        chosen = self.data.get("province") if self.is_bound else None
        self.fields["regency"].offer(chosen or self.instance.province_id)
