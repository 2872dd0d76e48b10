"""What is looked at more closely of a mission's matchmaking. The parameters are the permalink."""

from django import forms
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from businesses.models import CommodityGroup, Listing, Province
from businesses.search import matching
from missions.meetings.figures import Breakdown
from missions.models import Participation, ParticipationConsent, Side

from .directory_forms import choice

SELLERS, BUYERS = "penjual", "pembeli"
SIDES = {SELLERS: Side.SELLER, BUYERS: Side.BUYER}


def by_label(choices):
    return sorted(choices, key=lambda pair: str(pair[1]).casefold())


class ResultsForm(forms.Form):
    """Only commodities and provinces that occur can be chosen."""

    komoditas = choice(_("Commodity"), _("All commodities"))
    provinsi = choice(_("Province"), _("All provinces"))

    def __init__(self, data, results):
        super().__init__(data)
        self.results = results
        commodities = rows(results, Breakdown.COMMODITY)
        provinces = rows(results, Breakdown.SELLERS) | rows(results, Breakdown.BUYERS)
        for name, found in (("komoditas", commodities), ("provinsi", provinces)):
            field = self.fields[name]
            field.choices = [*field.choices, *by_label(found.items())]

    @property
    def filters(self):
        return [self["komoditas"], self["provinsi"]]

    @property
    def is_narrowed(self):
        return any(field.data for field in self.filters)

    def narrowed(self):
        """The results that are asked for. A filter that cannot be read finds nothing: it must not
        widen a result in silence."""
        if not self.is_valid():
            return self.results.narrowed(commodity="?", province="?")
        return self.results.narrowed(
            commodity=self.cleaned_data["komoditas"],
            province=self.cleaned_data["provinsi"],
        )

    def position(self, pairs):
        """Where the pair stands that a permalink names; None without such a pair."""
        wanted = self.data.get("temu", "")
        places = (place for place, pair in enumerate(pairs) if str(pair.pk) == wanted)
        return next(places, None)


def rows(results, kind):
    """{key: label} of the lines of a breakdown that can be chosen."""
    return {row.key: row.label for row in results.breakdowns[kind] if row.key}


class ParticipantsForm(forms.Form):
    """Only sides, provinces and commodities of those who agreed to be named can be chosen."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    sisi = choice(
        _("Side"),
        _("Sellers and buyers"),
        [(SELLERS, _("Sellers")), (BUYERS, _("Buyers"))],
    )
    provinsi = choice(_("Province"), _("All provinces"))
    komoditas = choice(_("Commodity"), _("All commodities"))

    def __init__(self, data, mission):
        super().__init__(data)
        purpose = ParticipationConsent.Purpose.LIST
        self.named = mission.participations.accepted().consenting(purpose)
        self.named_count = self.named.count()
        keys = self.named.values("business__province")
        provinces = Province.objects.filter(pk__in=keys)
        commodities = CommodityGroup.objects.filter(
            listings__participations__in=self.named,
            listings__published_at__isnull=False,
        ).distinct()
        for name, found in (("provinsi", provinces), ("komoditas", commodities)):
            field = self.fields[name]
            found = by_label((thing.pk, thing.label) for thing in found)
            field.choices = [*field.choices, *found]

    @property
    def filters(self):
        return [self[name] for name in self.fields if name != "q"]

    @property
    def is_narrowed(self):
        return any(self[name].data for name in self.fields)

    def found(self):
        if not self.is_valid():
            return Participation.objects.none()
        chosen, found = self.cleaned_data, self.named
        if text := chosen["q"]:
            found = found.filter(business__directory_entry__in=matching(text))
        if side := SIDES.get(chosen["sisi"]):
            found = found.filter(side=side)
        if province := chosen["provinsi"]:
            found = found.filter(business__province=province)
        if commodity := chosen["komoditas"]:
            public = Listing.objects.filter(
                commodity=commodity, published_at__isnull=False
            )
            found = found.filter(
                pk__in=Participation.listings.through.objects.filter(
                    listing__in=public
                ).values("participation")
            )
        return with_commodities(found).order_by("business__name", "pk")


def with_commodities(participations):
    """Fetches `public_listings`: what somebody who is named offers or needs there."""
    public = Listing.objects.filter(published_at__isnull=False)
    return participations.select_related(
        "business__province", "business__regency"
    ).prefetch_related(
        Prefetch("listings", public.select_related("commodity"), "public_listings")
    )
