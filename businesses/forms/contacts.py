from django import forms

from businesses.models import Contact

from .fields import OfBusiness


class ContactForm(OfBusiness, forms.ModelForm):
    class Meta:
        model = Contact
        fields = ["kind", "value"]
        widgets = {"value": forms.TextInput({"autocomplete": "off"})}

    beside = {"contact_once": "value", "contact_not_empty": "value"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = Contact.Kind.choices
