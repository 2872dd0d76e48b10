from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from businesses import directory
from businesses.models import Business, Certificate, Regency
from businesses.search import NOTHING, matching, search
from businesses.size import SizeClass

from .filters import provinces, sectors
from .listing_filters import commodities

BEST, NAME, NEWEST = "sesuai", "nama", "terbaru"
# How the businesses that were found are put in order; the best come first by themselves.
ORDERS = {NAME: ("name", "pk"), NEWEST: ("-published_at", "pk")}
FACETS = {
    "provinsi": directory.PROVINCE,
    "kabupaten": directory.REGENCY,
    "sektor": directory.SECTOR,
    "komoditas": directory.COMMODITY,
    "ukuran": directory.SIZE,
    "sertifikat": directory.CERTIFICATE,
    "diperiksa": directory.VERIFIED,
}


def orders():
    return [
        (BEST, _("Best match first")),
        (NAME, _("By name")),
        (NEWEST, _("Newest first")),
    ]


def choice(label, all_of_them, choices=(), help_text=""):
    return forms.ChoiceField(
        label=label,
        help_text=help_text,
        required=False,
        choices=lambda: [
            ("", all_of_them),
            *(choices() if callable(choices) else choices),
        ],
    )


class DirectoryForm(forms.Form):
    """What is searched for. The parameters are the permalink, the same for downloads."""

    q = forms.CharField(
        label=gettext_lazy("What are you looking for?"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    provinsi = choice(
        gettext_lazy("Province"), gettext_lazy("All provinces"), provinces
    )
    kabupaten = choice(gettext_lazy("Regency or city"), gettext_lazy("All of them"))
    sektor = choice(gettext_lazy("Sector"), gettext_lazy("All sectors"), sectors)
    komoditas = choice(
        gettext_lazy("Commodity"), gettext_lazy("All commodities"), commodities
    )
    ukuran = choice(gettext_lazy("Size"), gettext_lazy("All sizes"), SizeClass.choices)
    sertifikat = choice(
        gettext_lazy("Certificate"),
        gettext_lazy("With or without"),
        Certificate.Kind.choices,
        gettext_lazy("The business says that it holds it."),
    )
    diperiksa = choice(
        gettext_lazy("Checked by officials"),
        gettext_lazy("Checked or not"),
        [(directory.YES, gettext_lazy("Checked"))],
    )
    urut = forms.ChoiceField(
        label=gettext_lazy("Order"), required=False, choices=orders
    )

    def __init__(self, data):
        super().__init__(data)
        self._set_regencies(data.get("provinsi") or data.get("kabupaten", "")[:2])

    def _set_regencies(self, province):
        """Of one province only: nobody scrolls through 514."""
        if not province:
            del self.fields["kabupaten"]
            return
        regencies = Regency.objects.filter(province=province[:2])
        field = self.fields["kabupaten"]
        field.choices = [
            *field.choices,
            *((regency.pk, regency.name) for regency in regencies),
        ]
        field.error_messages["invalid_choice"] = _(
            "This regency or city lies in another province. Choose again."
        )

    @property
    def is_narrowed(self):
        return any(self[name].data for name in self.fields if name != "urut")

    @property
    def filters(self):
        return [self[name] for name in self.fields if name != "q"]

    @property
    def shows_filters(self):
        """Once one is in use, or refused."""
        return any(field.data or field.errors for field in self.filters)

    @property
    def facets(self):
        return [
            directory.facet(kind, self.cleaned_data[name])
            for name, kind in FACETS.items()
            if self.cleaned_data.get(name)
        ]

    def search(self):
        """Nothing for a filter that cannot be read: it must not widen a result in silence."""
        if not self.is_valid():
            return NOTHING
        return search(self.cleaned_data["q"], self.facets)

    def in_order(self, pks):
        order = ORDERS.get(self["urut"].data)
        if not order:
            return pks
        found = Business.objects.filter(pk__in=pks).order_by(*order)
        return list(found.values_list("pk", flat=True))

    def businesses(self):
        """All that the search finds, for a download; the form must be valid."""
        entries = matching(self.cleaned_data["q"], self.facets)
        order = ORDERS.get(self.cleaned_data["urut"], ("-directory_entry__rank", "pk"))
        found = Business.objects.published().filter(directory_entry__in=entries)
        return directory.with_public_facts(found).order_by(*order)

    def say_how_many(self, counts):
        """Behind each choice, how many of the businesses found have it: "Kopi (12)"."""
        for name, kind in FACETS.items():
            if name in self.fields:
                field = self.fields[name]
                field.choices = [
                    (value, _with_count(label, counts[directory.facet(kind, value)]))
                    for value, label in field.choices
                ]


def _with_count(label, count):
    return f"{label} ({count})" if count else label
