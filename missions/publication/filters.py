import django_filters
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.db.models import F
from django.utils.translation import gettext as _, gettext_lazy

from businesses.models import Province, Sector
from missions.deals.figures import CUMULATIVE, WITHOUT_VALUE, LineKey, missions_in
from missions.models import Mission

NEWEST, OLDEST, LARGEST, SMALLEST = "terbaru", "terlama", "terbesar", "terkecil"
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
    return [(str(year), str(year)) for year in sorted(found, reverse=True)]


def published_statuses():
    return [
        choice for choice in Mission.Status.choices if choice[0] != Mission.Status.DRAFT
    ]


def lines():
    return [
        (CUMULATIVE, _("In the cumulative value")),
        *LineKey.choices,
        (WITHOUT_VALUE, _("No value published")),
    ]


def orders():
    return [
        (NEWEST, _("Newest first")),
        (OLDEST, _("Oldest first")),
        (LARGEST, _("Largest value first")),
        (SMALLEST, _("Smallest value first")),
    ]


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
        field_name="starts_on__year",
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
        return missions.search(text)

    def of_province(self, missions, name, code):
        return missions.with_province(code)

    def of_sector(self, missions, name, slug):
        return missions.in_sector(slug)

    def of_line(self, missions, name, key):
        return missions_in(missions, key)

    def sort(self, missions, name, order):
        return missions.order_by(*ORDERS[order]) if order in ORDERS else missions

    @property
    def is_narrowed(self):
        """Whether anything but the order was chosen."""
        chosen = self.form.cleaned_data if self.form.is_valid() else self.data
        return any(value for name, value in chosen.items() if name != "urut")

    @property
    def form(self):
        form = super().form
        form.helper = FormHelper()
        form.helper.form_tag = False
        form.helper.disable_csrf = True
        selects = [
            Div(name, css_class="col-6 col-lg-4") for name in form.fields if name != "q"
        ]
        form.helper.layout = Layout("q", Div(*selects, css_class="row gx-3"))
        return form
