from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from businesses.forms.fields import WHOLE_NUMBER, BesideFields

from .models import MatchingRules
from .rules import FIELDS, set_rules

HELP = {
    "tables": _(
        "How many meetings are held at the same time. Agreed meetings stay, whatever you "
        "write here; new ones are agreed and chosen by it."
    ),
    "spare_percent": _(
        "For changes on the day; 10 to 20 per cent is usual. No meeting is agreed or chosen "
        "for them."
    ),
    "floor": _(
        "Everybody whose NIB an official has checked and who is micro, small or medium. It "
        "counts from the next time that you have meetings chosen."
    ),
    "most_meetings": _("Whoever has agreed to more already keeps them."),
    "request_hours": _("For requests from now on. Then an unanswered request expires."),
    "request_quota": _(
        "So that nobody writes to everybody. Requests that wait already stay."
    ),
}


class RulesForm(BesideFields, forms.ModelForm):
    beside = {"matching_floor_within_most_meetings": "floor"}

    class Meta:
        model = MatchingRules
        fields = FIELDS
        help_texts = HELP
        error_messages = dict.fromkeys(FIELDS, WHOLE_NUMBER)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Fieldset(_("Room"), "tables", "spare_percent"),
            Fieldset(_("Meetings"), "floor", "most_meetings"),
            Fieldset(_("Requests"), "request_hours", "request_quota"),
        )

    def save(self, *, by):
        """What changed: the labels of the fields."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data}
        if changed:
            set_rules(self.instance.mission, changed, by=by)
        return [str(self.fields[name].label) for name in changed]
