"""Officials apply for businesses whose owners let them fill in."""

from django import forms
from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext as _, gettext_lazy

from businesses.assistance import ASSISTANTS
from businesses.models import Business
from umkm_portal.validators import printable

from .joining import provinces_of
from .models import Participation, Side
from .participant_forms import ApplyForm


def may_assist_at(mission, user):
    """Whether `user` fills in for businesses of a province that takes part."""
    if user.is_superuser:
        return True
    return not provinces_of(mission).isdisjoint(user.provinces_as(*ASSISTANTS))


def takes_applications_from(mission, user):
    """Whether a link to the page on which officials apply leads anywhere now."""
    registration = getattr(mission, "registration", None)
    is_open = registration is not None and registration.is_open
    return is_open and may_assist_at(mission, user)


def assisted_at(mission, user):
    """Whom `user` may apply for, each with `here`: its participation in the mission, if
    any. Those that have no place yet come first."""
    provinces = [province for province in provinces_of(mission) if province]
    businesses = Business.objects.assisted_by(user, *ASSISTANTS)
    if not mission.is_example:
        businesses = businesses.filter(is_example=False)
    here = Participation.objects.filter(mission=mission)
    return (
        businesses.filter(province__in=provinces)
        .select_related("province", "regency")
        .prefetch_related(Prefetch("participations", here, to_attr="here"))
        .alias(takes_part=Exists(here.in_play().filter(business=OuterRef("pk"))))
        .order_by("takes_part", "name", "pk")
    )


class AssistedFilter(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=100,
        validators=[printable],
        label=gettext_lazy("Name of a business"),
        widget=forms.TextInput({"type": "search"}),
    )

    @property
    def is_narrowed(self):
        return self.is_valid() and bool(self.cleaned_data["q"])

    def found(self, businesses):
        if not self.is_narrowed:
            return businesses
        return businesses.filter(name__icontains=self.cleaned_data["q"])


class AssistedApplyForm(ApplyForm):
    """Without consents: what may be public only an owner says."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, may_consent=False, **kwargs)
        self.fields["side"].label = _("What it is looking for at this mission")
        self.fields["side"].choices = [
            (Side.SELLER, _("Buyers (seller)")),
            (Side.BUYER, _("Suppliers (buyer)")),
        ]
        if self.has_listings:
            self.fields["listings"].label = _("Offers and needs that it brings")
            self.fields["listings"].help_text = _(
                "Partners are found by the offers of a seller and the needs of a buyer."
            )
