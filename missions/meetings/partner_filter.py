"""Searching all participants of a mission, by whoever takes part in it."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from businesses.models import CommodityGroup, Listing, Province
from missions.models import Participation, Side
from umkm_portal.validators import printable


def others_of(participation):
    """Whom `participation` may ask for a meeting: everybody else who is accepted."""
    accepted = Participation.objects.accepted().filter(mission=participation.mission_id)
    return accepted.exclude(pk=participation.pk)


class PartnerFilter(forms.Form):
    """The names of the fields are the permalink."""

    q = forms.CharField(
        required=False,
        max_length=100,
        validators=[printable],
        label=_("Name, product or words"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    sisi = forms.ChoiceField(
        required=False, choices=[("", _("both")), *Side.choices], label=_("Side")
    )
    komoditas = forms.ChoiceField(required=False, label=_("Commodity"))
    provinsi = forms.ChoiceField(required=False, label=_("Province"))

    def __init__(self, data, *args, participation, **kwargs):
        """Until somebody chooses, of the other side: that is whom one comes to meet."""
        if not data.keys() & self.base_fields.keys():
            data = {"sisi": participation.other_side}
        super().__init__(data, *args, **kwargs)
        self.others, self.other_side = (
            others_of(participation),
            participation.other_side,
        )
        listings = Listing.objects.filter(participations__in=self.others)
        traded = CommodityGroup.objects.filter(listings__in=listings).distinct()
        homes = Province.objects.filter(businesses__participations__in=self.others)
        for name, rows in (("komoditas", traded), ("provinsi", homes.distinct())):
            known = [(row.pk, row.label) for row in rows]
            self.fields[name].choices = [("", _("all")), *known]

    @property
    def is_narrowed(self):
        """Beyond what is shown before anybody has chosen."""
        return self.is_valid() and any(
            value and (name, value) != ("sisi", self.other_side)
            for name, value in self.cleaned_data.items()
        )

    def found(self):
        """All of them while a filter cannot be read, which the form then says."""
        wanted = self.cleaned_data if self.is_valid() else {}
        found = self.others
        for name, lookup in (
            ("sisi", "side"),
            ("komoditas", "listings__commodity"),
            ("provinsi", "business__province"),
        ):
            if wanted.get(name):
                found = found.filter(**{lookup: wanted[name]})
        if wanted.get("q"):
            found = found.filter(says(wanted["q"]))
        return found.distinct().order_by("business__name", "pk")


def says(words):
    """A name that is withheld is not found either."""
    return (
        Q(business__name__icontains=words, business__withholds_name=False)
        | Q(business__sells__icontains=words)
        | Q(business__seeks__icontains=words)
        | Q(listings__title__icontains=words)
    )
