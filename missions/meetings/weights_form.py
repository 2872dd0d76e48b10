from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models.rules import sensible_weights
from .weights import MOST_WEIGHT, WEIGHTS, Component

# What each component compares, for those who weigh it.
ABOUT = {
    Component.COMMODITY: _("Whether the goods are the same."),
    Component.QUANTITY: _("How much of what is needed a month can be delivered."),
    Component.PRICE: _("How far the price asked lies below or above the price paid."),
    Component.CERTIFICATES: _("How many of the required certificates are held."),
    Component.DELIVERY: _(
        "Whether it is delivered to where it is needed, and the way."
    ),
    Component.TRADE: _("Deals of the same sector between the two provinces so far."),
    Component.MET: _("New partners first."),
}


class WeightsForm(forms.Form):
    """One whole number for each component."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for component in Component:
            self.fields[component.value] = forms.IntegerField(
                min_value=0,
                max_value=MOST_WEIGHT,
                label=component.label.capitalize(),
                help_text=_("%(about)s Usual: %(weight)s.")
                % {"about": ABOUT[component], "weight": WEIGHTS[component]},
            )

    def clean(self):
        wanted = super().clean()
        if not self.errors:
            try:
                sensible_weights(wanted)
            except ValidationError as error:
                # Beside the first of them: it concerns all.
                self.add_error(Component.COMMODITY.value, error)
        return wanted

    @property
    def signature(self):
        """Says for which weights an effect was shown: "40-15-15-10-10-5-5"."""
        return "-".join(map(str, self.weights.values()))

    @property
    def weights(self):
        return {
            component: self.cleaned_data[component.value] for component in Component
        }
