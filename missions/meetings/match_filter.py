"""Which matches are looked at: by a participant, by officials. The names of the fields are the
permalink, the same for downloads."""

from django import forms
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from businesses.models import CommodityGroup, Listing, Province
from missions.models import Participation
from umkm_portal.validators import printable

from .models import Match
from .models.matches import HAS_CONFLICT
from .partner_filter import PartnerFilter
from .points import FIT_POINTS, Conflict, Fit

# The same goods, the same commodity, or words alike.
ALIKE = FIT_POINTS[Fit.WORDS]
WITHOUT, WITH = "tanpa", "ada"
ORDERS = {
    "": (_("Best first, conflicts last"), (HAS_CONFLICT, "-score", "pk")),
    "lemah": (_("Weakest first"), ("score", "pk")),
    "penjual": (_("By seller"), ("seller__business__name", "-score", "pk")),
    "pembeli": (_("By buyer"), ("buyer__business__name", "-score", "pk")),
}


class OwnMatchFilter(PartnerFilter):
    """The partners are all of the other side."""

    sisi = None

    def matches(self):
        """All that fit what is asked for; else those whose goods have something in common."""
        found = Match.objects.of(self.participation).without_conflicts_first()
        if not self.is_narrowed:
            return found.filter(commodity__gte=ALIKE)
        return found.filter(**{f"{self.participation.other_side}__in": self.found()})

    def left_out(self):
        """How many more were scored."""
        if self.is_narrowed:
            return 0
        found = Match.objects.of(self.participation)
        return found.filter(commodity__lt=ALIKE).count()

    def __init__(self, *args, participation, **kwargs):
        super().__init__(*args, participation=participation, **kwargs)
        self.participation = participation


def words(label):
    return forms.CharField(
        required=False,
        max_length=100,
        validators=[printable],
        label=label,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class OfficeMatchFilter(forms.Form):
    penjual = words(_("Name of the seller"))
    pembeli = words(_("Name of the buyer"))
    komoditas = forms.ChoiceField(required=False, label=_("Commodity"))
    provinsi = forms.ChoiceField(required=False, label=_("Province of one of them"))
    konflik = forms.ChoiceField(
        required=False,
        label=_("Conflicts"),
        choices=[
            ("", _("with and without")),
            (WITHOUT, _("without any")),
            (WITH, _("with at least one")),
            *Conflict.choices,
        ],
    )
    minimal = forms.IntegerField(
        required=False, min_value=0, max_value=100, label=_("Score at least")
    )
    urut = forms.ChoiceField(
        required=False,
        label=_("Order"),
        choices=[(name, label) for name, (label, _fields) in ORDERS.items()],
    )

    def __init__(self, *args, mission, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.visible = Match.objects.of_mission(mission).visible_to(user)
        taking_part = Participation.objects.accepted().filter(mission=mission)
        listings = Listing.objects.filter(participations__in=taking_part)
        traded = CommodityGroup.objects.filter(listings__in=listings).distinct()
        homes = Province.objects.filter(businesses__participations__in=taking_part)
        for name, rows in (("komoditas", traded), ("provinsi", homes.distinct())):
            known = [(row.pk, row.label) for row in rows]
            self.fields[name].choices = [("", _("all")), *known]

    @property
    def is_narrowed(self):
        return self.is_valid() and any(
            value not in ("", None) for value in self.cleaned_data.values()
        )

    def found(self):
        """All of them while the form cannot be read, which it then says."""
        wanted = self.cleaned_data if self.is_valid() else {}
        matches = self.visible
        for side in ("penjual", "pembeli"):
            if text := wanted.get(side):
                matches = matches.filter(named(SIDES[side], text))
        if commodity := wanted.get("komoditas"):
            matches = matches.filter(
                Q(offer__commodity=commodity) | Q(need__commodity=commodity)
            )
        if province := wanted.get("provinsi"):
            matches = matches.filter(
                Q(seller__business__province=province)
                | Q(buyer__business__province=province)
            )
        if least := wanted.get("minimal"):
            matches = matches.filter(score__gte=10 * least)
        if conflict := wanted.get("konflik"):
            matches = with_conflict(matches, conflict)
        return matches.order_by(*ORDERS[wanted.get("urut", "")][1])


SIDES = {"penjual": "seller", "pembeli": "buyer"}


def named(side, text):
    """A name that is withheld is not found either."""
    return Q(
        **{
            f"{side}__business__name__icontains": text,
            f"{side}__business__withholds_name": False,
        }
    )


def with_conflict(matches, conflict):
    if conflict == WITHOUT:
        return matches.without_conflicts()
    if conflict == WITH:
        return matches.exclude(conflicts=[])
    # SQLite cannot look into a list of JSON; the names of conflicts are in none of each other.
    return matches.alias(named=Cast("conflicts", TextField())).filter(
        named__contains=f'"{conflict}"'
    )
