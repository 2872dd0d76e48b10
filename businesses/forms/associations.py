from django import forms
from django.utils.translation import gettext_lazy as _

from businesses.models import MemberFirm

from .fields import BesideFields


class NamedFirmForm(BesideFields, forms.ModelForm):
    """A firm that is not registered here, by its name alone."""

    class Meta:
        model = MemberFirm
        fields = ["name"]
        help_texts = {
            "name": _("Only a name: no phone number and no address of anybody.")
        }

    beside = {"member_firm_named_once": "name"}
    known = {"association", "firm"}

    def __init__(self, *args, business, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.association = business
        self.fields["name"].required = True
