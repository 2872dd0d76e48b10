from django import forms
from django.utils.translation import gettext_lazy as _

from businesses.models import Invitation, Membership


class InvitationForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ["for_whom", "role"]
        help_texts = {
            "for_whom": _("A name, so that you can tell your invitations apart."),
            "role": _(
                "Staff edit products, photos, certificates and listings. Owners also decide on "
                "people, contacts, consents, name and NIB."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = reversed(Membership.Role.choices)
        self.fields["role"].initial = Membership.Role.STAFF


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Membership.Role)
