import django_filters
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.db.models import F
from django.utils.translation import gettext as _, gettext_lazy

from businesses.models import Province, Sector
from missions.deals.figures import (
    CUMULATIVE,
    UPCOMING,
    WITHOUT_VALUE,
    LineKey,
    missions_in,
)
from missions.models import Mission

from .search import search

NEWEST, OLDEST, LARGEST, SMALLEST = "terbaru", "terlama", "terbesar", "terkecil"
UNDATED = "tanpa"
ORDERS = {
    OLDEST: (F("starts_on").asc(nulls_last=True), "slug"),
    LARGEST: (F("headline_value").desc(nulls_last=True), "slug"),
    SMALLEST: (F("headline_value").asc(nulls_last=True), "slug"),
}


def provinces():
    return [(province.code, province.label) for province in Province.objects.all()]


def sectors():
    return [(sector.slug, sector.label) for sector in Sector.objects.all()]


def years():
    dated = Mission.objects.published().exclude(starts_on=None).order_by()
    found = dated.values_list("starts_on__year", flat=True).distinct()
    dated = [(str(year), str(year)) for year in sorted(found, reverse=True)]
    return [*dated, (UNDATED, _("Not dated"))]


def published_statuses():
    return [
        choice for choice in Mission.Status.choices if choice[0] != Mission.Status.DRAFT
    ]


def lines():
    return [
        (CUMULATIVE, _("In the cumulative value")),
        *LineKey.choices,
        (WITHOUT_VALUE, _("No value published")),
        (UPCOMING, _("Still to come")),
    ]


def orders():
    return [
        (NEWEST, _("Newest first")),
        (OLDEST, _("Oldest first")),
        (LARGEST, _("Largest value first")),
        (SMALLEST, _("Smallest value first")),
    ]


def only_if_readable(filters, found):
    """Nothing for a filter that cannot be read: a download must not widen it in silence."""
    return found if filters.form.is_valid() else found.none()


def is_narrowed(filters):
    """Whether anything but the order was chosen."""
    chosen = filters.form.cleaned_data if filters.form.is_valid() else filters.data
    return any(value for name, value in chosen.items() if name != "urut")


def with_layout(form):
    """The words over the full width, the choices beside each other."""
    form.helper = FormHelper()
    form.helper.form_tag = False
    form.helper.disable_csrf = True
    selects = [
        Div(name, css_class="col-6 col-lg-4") for name in form.fields if name != "q"
    ]
    form.helper.layout = Layout("q", Div(*selects, css_class="row gx-3"))
    return form


class MissionFilter(django_filters.FilterSet):
    """Which missions the list shows. The parameters are its permalink, the same for downloads."""

    q = django_filters.CharFilter(
        method="search",
        max_length=100,
        label=gettext_lazy("Search"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    provinsi = django_filters.ChoiceFilter(
        method="of_province",
        choices=provinces,
        label=gettext_lazy("Province"),
        empty_label=gettext_lazy("All provinces"),
    )
    tahun = django_filters.ChoiceFilter(
        method="of_year",
        choices=years,
        label=gettext_lazy("Year"),
        empty_label=gettext_lazy("All years"),
    )
    sektor = django_filters.ChoiceFilter(
        method="of_sector",
        choices=sectors,
        label=gettext_lazy("Sector"),
        empty_label=gettext_lazy("All sectors"),
    )
    status = django_filters.ChoiceFilter(
        choices=published_statuses,
        label=gettext_lazy("Status"),
        empty_label=gettext_lazy("All statuses"),
    )
    bagian = django_filters.ChoiceFilter(
        method="of_line",
        choices=lines,
        label=gettext_lazy("Value"),
        empty_label=gettext_lazy("All values"),
    )
    urut = django_filters.ChoiceFilter(
        method="sort",
        choices=orders,
        label=gettext_lazy("Order"),
        empty_label=None,
    )

    class Meta:
        model = Mission
        fields = []

    def search(self, missions, name, text):
        return search(missions, text)

    def of_province(self, missions, name, code):
        return missions.with_province(code)

    def of_year(self, missions, name, year):
        if year == UNDATED:
            return missions.filter(starts_on=None)
        return missions.filter(starts_on__year=year)

    def of_sector(self, missions, name, slug):
        return missions.in_sector(slug)

    def of_line(self, missions, name, key):
        return missions_in(missions, key)

    def sort(self, missions, name, order):
        return missions.order_by(*ORDERS[order]) if order in ORDERS else missions

    @property
    def qs(self):
        return only_if_readable(self, super().qs)

    @property
    def is_narrowed(self):
        return is_narrowed(self)

    @property
    def form(self):
        return with_layout(super().form)
