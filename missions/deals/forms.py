from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Deal


class DealPartiesForm(forms.ModelForm):
    """Who, among the registered businesses, the seller and the buyer of a deal are."""

    compared = forms.BooleanField(
        label=_("I have compared name and place with the source of the deal."),
        error_messages={
            "required": _("Compare them first: the deal may appear on their page.")
        },
    )

    class Meta:
        model = Deal
        fields = ["seller_business", "buyer_business"]
