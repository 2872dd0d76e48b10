from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy

from businesses.rights import delete_account, delete_business

# Typed out, so that no slip of a finger deletes anything.
WORD = pgettext_lazy("type this word to delete the account", "DELETE")


class DeleteForm(forms.Form):
    """Deletes the account of `user`, or only `business`."""

    word = forms.CharField(
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters"}
        ),
    )

    def __init__(self, *args, user, business=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.business = user, business
        self.fields["word"].label = gettext("Type %s to confirm") % WORD
        button = (
            gettext("Delete this business for good")
            if business
            else gettext("Delete my account for good")
        )
        submit = Submit("", button)
        submit.field_classes = "btn btn-danger"
        self.helper = FormHelper()
        self.helper.add_input(submit)

    def clean_word(self):
        word = self.cleaned_data["word"].strip()
        if word.casefold() != WORD.casefold():
            raise ValidationError(
                gettext("Type %s, nothing else. Nothing was deleted.") % WORD
            )
        return word

    def save(self):
        """Returns whether it is done; else the reason stands beside the field."""
        try:
            if self.business:
                delete_business(self.business, by=self.user)
            else:
                delete_account(self.user, by=self.user)
        except ValidationError as reason:
            self.add_error("word", reason)
        return self.is_valid()
