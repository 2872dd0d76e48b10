import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _, gettext_lazy

from businesses.models import (
    Business,
    Certificate,
    CommodityGroup,
    Listing,
    ListingCertificate,
    Province,
    Regency,
)
from businesses.search import NOTHING, search

from .filters import is_narrowed, only_if_readable, provinces, sectors

NEWEST, ENDING = "terbaru", "berakhir"
KINDS = {"penawaran": Listing.Kind.OFFER, "kebutuhan": Listing.Kind.NEED}
# What "me" and "pe" make of the first letter of a root.
SWALLOWED = {"p": "m", "t": "n", "k": "ng", "s": "ny"}


def kinds():
    return [("penawaran", _("Offers")), ("kebutuhan", _("Needs"))]


def commodities():
    return [(group.slug, group.label) for group in CommodityGroup.objects.all()]


def orders():
    return [(NEWEST, _("Newest first")), (ENDING, _("Ending soonest first"))]


class ListingFilter(django_filters.FilterSet):
    """Which listings are shown. The parameters are the permalink, the same for downloads."""

    q = django_filters.CharFilter(
        method="search",
        max_length=100,
        label=gettext_lazy("Search"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    jenis = django_filters.ChoiceFilter(
        method="of_kind",
        choices=kinds,
        label=gettext_lazy("Kind"),
        empty_label=gettext_lazy("Offers and needs"),
    )
    provinsi = django_filters.ChoiceFilter(
        field_name="business__province",
        choices=provinces,
        label=gettext_lazy("Province of the business"),
        empty_label=gettext_lazy("All provinces"),
    )
    kirim = django_filters.ChoiceFilter(
        method="delivered_to",
        choices=provinces,
        label=gettext_lazy("Delivery to"),
        empty_label=gettext_lazy("Anywhere"),
    )
    sektor = django_filters.ChoiceFilter(
        method="in_sector",
        choices=sectors,
        label=gettext_lazy("Sector"),
        empty_label=gettext_lazy("All sectors"),
    )
    komoditas = django_filters.ChoiceFilter(
        field_name="commodity",
        choices=commodities,
        label=gettext_lazy("Commodity"),
        empty_label=gettext_lazy("All commodities"),
    )
    sertifikat = django_filters.ChoiceFilter(
        method="with_certificate",
        choices=Certificate.Kind.choices,
        label=gettext_lazy("Certificate"),
        empty_label=gettext_lazy("With or without"),
        help_text=gettext_lazy(
            "An offer says that the business holds it, a need that it is required."
        ),
    )
    urut = django_filters.ChoiceFilter(
        method="sort",
        choices=orders,
        label=gettext_lazy("Order"),
        empty_label=None,
    )

    found = NOTHING

    class Meta:
        model = Listing
        fields = []

    def search(self, listings, name, text):
        """Of the businesses that the directory finds, the listings that say the words themselves.

        Where it finds too many, the words are common, and the first listings soon say them.
        """
        self.found = search(text)
        if not self.found.pks:
            return listings.none()
        if not self.found.is_cut:
            listings = listings.filter(business__in=self.found.pks)
        groups = list(CommodityGroup.objects.all())
        for word in self.found.words:
            listings = listings.filter(says(word.forms, groups))
        return listings

    def of_kind(self, listings, name, kind):
        return listings.filter(kind=KINDS[kind])

    def delivered_to(self, listings, name, province):
        named = Listing.delivery_provinces.through.objects.filter(
            listing=OuterRef("pk"), province=province
        )
        return listings.filter(Q(delivers_everywhere=True) | Exists(named))

    def in_sector(self, listings, name, sector):
        """By its commodity; without one, by what the business does."""
        of_business = Business.sectors.through.objects.filter(
            business=OuterRef("business"), sector=sector
        )
        return listings.filter(
            Q(commodity__sector=sector) | Q(commodity=None) & Exists(of_business)
        )

    def with_certificate(self, listings, name, kind):
        named = ListingCertificate.objects.filter(listing=OuterRef("pk"), kind=kind)
        return listings.filter(Exists(named))

    def sort(self, listings, name, order):
        if order == ENDING:
            return listings.ending_first()
        return listings

    @property
    def qs(self):
        return only_if_readable(self, super().qs)

    @property
    def is_narrowed(self):
        return is_narrowed(self)

    @property
    def selects(self):
        return [field for field in self.form if field.name != "q"]


def says(forms, groups):
    """Listings that say one of the forms of a word, alone or within a longer word."""
    found = Q()
    for form in {*forms, *map(swallowed, forms)}:
        named = [
            group.pk
            for group in groups
            if form in f"{group.name} {group.name_en}".casefold()
        ]
        found |= Q(title__icontains=form) | Q(note__icontains=form)
        found |= Q(business__name__icontains=form) | Q(commodity__in=named)
        found |= Q(business__regency__in=Regency.objects.filter(name__icontains=form))
        found |= Q(business__province__in=provinces_named(form))
    return found


def provinces_named(form):
    return Province.objects.filter(Q(name__icontains=form) | Q(name_en__icontains=form))


def swallowed(root):
    """ "tenun" → "enenun", as it stands within "penenun"."""
    first = SWALLOWED.get(root[0])
    return f"e{first}{root[1:]}" if first else root
