"""What officials fill in to open registration, to set quotas, and to choose participants."""

from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from businesses.forms.fields import BesideFields, LabelledField
from businesses.models import Province, Sector
from businesses.size import SizeClass
from umkm_portal.validators import printable, since_independence

from . import joining
from .forms import EARLIEST_YEAR
from .models import Participation, Quota, Registration, Side
from .registering import set_window

Status = Participation.Status
UNSTATED = "tanpa"
# What an official has to do something about comes first.
STATUS_ORDER = [
    Status.APPLIED,
    Status.WAITING,
    Status.ACCEPTED,
    Status.DECLINED,
    Status.WITHDRAWN,
]
ORDERS = {
    "putusan": ("status_turn", "applied_at", "pk"),
    "masuk": ("applied_at", "pk"),
    "nama": ("business__name", "pk"),
    "provinsi": ("business__province__short_name", "business__name", "pk"),
    "skala": ("size_turn", "business__name", "pk"),
}


class InstantField(forms.DateTimeField):
    """A day and an hour in the zone of the mission."""

    zone = None

    def __init__(self, **kwargs):
        own = {"format": "%Y-%m-%dT%H:%M", "attrs": {"type": "datetime-local"}}
        super().__init__(widget=forms.DateTimeInput(**own), **kwargs)

    def prepare_value(self, value):
        with timezone.override(self.zone):
            return super().prepare_value(value)

    def to_python(self, value):
        with timezone.override(self.zone):
            moment = super().to_python(value)
        if moment and moment.year < EARLIEST_YEAR:
            raise ValidationError(since_independence.message)
        return moment


class WindowForm(BesideFields, forms.ModelForm):
    class Meta:
        model = Registration
        fields = ["opens_at", "closes_at", "note"]
        field_classes = {"opens_at": InstantField, "closes_at": InstantField}
        labels = {
            "opens_at": gettext_lazy("Registration opens"),
            "closes_at": gettext_lazy("Registration closes"),
        }
        widgets = {"note": forms.Textarea({"rows": 4})}

    beside = {"registration_closes_after_it_opens": "closes_at"}
    known = {"mission"}

    def __init__(self, *args, mission, **kwargs):
        # By its number: else the mission would seem to have a registration before it is saved.
        known = getattr(mission, "registration", None)
        new = Registration(mission_id=mission.pk)
        super().__init__(*args, instance=known or new, **kwargs)
        self.mission = mission
        for name in ("opens_at", "closes_at"):
            self.fields[name].zone = ZoneInfo(mission.timezone)
            self.fields[name].help_text = mission.zone

    def save(self, *, by):
        """The registration; None when it was refused, which the form then says."""
        try:
            return set_window(self.mission, by=by, **self.cleaned_data)
        except ValidationError as problem:
            self.refuse(problem)


class QuotaForm(BesideFields, forms.ModelForm):
    class Meta:
        model = Quota
        fields = ["seats", "side", "province", "sector"]
        field_classes = {"province": LabelledField, "sector": LabelledField}
        labels = {"seats": gettext_lazy("At most so many businesses")}

    beside = {"quota_once": "side"}
    known = {"mission"}

    def __init__(self, *args, mission, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.mission = mission
        fields = self.fields
        fields["side"].choices = [("", _("Both sides")), *Side.choices]
        fields["province"].queryset = Province.objects.filter(
            pk__in=[one for one in joining.provinces_of(mission) if one]
        ).order_by("short_name")
        fields["province"].empty_label = _("All provinces")
        fields["sector"].queryset = Sector.objects.all()
        fields["sector"].empty_label = _("All sectors")

    def save(self, *, by):
        """(the quota, who moved up); the quota is None when it was refused."""
        try:
            return self.instance, joining.set_quota(self.instance, by=by)
        except ValidationError as problem:
            self.refuse(problem)
            return None, []


class BoardForm(forms.Form):
    """Which applications the board shows, and in which order; its address keeps it."""

    q = forms.CharField(
        required=False,
        max_length=100,
        label=gettext_lazy("Search"),
        widget=forms.TextInput({"type": "search"}),
    )
    status = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Status"),
        choices=[("", gettext_lazy("All")), *Status.choices],
    )
    sisi = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Side"),
        choices=[("", gettext_lazy("Both sides")), *Side.choices],
    )
    provinsi = forms.ChoiceField(required=False, label=gettext_lazy("Province"))
    sektor = forms.ChoiceField(required=False, label=gettext_lazy("Sector"))
    skala = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Size"),
        choices=[
            ("", gettext_lazy("All sizes")),
            *SizeClass.choices,
            (UNSTATED, gettext_lazy("not stated")),
        ],
    )
    peluang = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Offers and needs"),
        choices=[
            ("", gettext_lazy("With and without")),
            ("ada", gettext_lazy("With")),
            ("tanpa", gettext_lazy("Without")),
        ],
    )
    urut = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Order"),
        choices=[
            ("putusan", gettext_lazy("Still to be decided first")),
            ("masuk", gettext_lazy("First come, first")),
            ("nama", gettext_lazy("By name")),
            ("provinsi", gettext_lazy("By province")),
            ("skala", gettext_lazy("Smallest first")),
        ],
    )

    def __init__(self, *args, provinces, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["provinsi"].choices = [
            ("", _("All provinces")),
            *((province.pk, province.label) for province in provinces),
        ]
        self.fields["sektor"].choices = [
            ("", _("All sectors")),
            *((sector.slug, sector.label) for sector in Sector.objects.all()),
        ]

    def found(self, participations):
        """Nothing where a filter cannot be read: a download must not widen it in silence."""
        if not self.is_valid():
            return participations.none()
        for condition in self._conditions(self.cleaned_data):
            participations = participations.filter(condition)
        order = ORDERS[self.cleaned_data["urut"] or "putusan"]
        turns = {
            "size_turn": _turn("business__size", SizeClass.values),
            "status_turn": _turn("status", STATUS_ORDER),
        }
        return participations.alias(**turns).order_by(*order)

    def _conditions(self, chosen):
        if words := chosen["q"].strip():
            yield Q(business__name__icontains=words) | Exists(
                Participation.listings.through.objects.filter(
                    participation=OuterRef("pk"), listing__title__icontains=words
                )
            )
        if chosen["status"]:
            yield Q(status=chosen["status"])
        if chosen["sisi"]:
            yield Q(side=chosen["sisi"])
        if chosen["provinsi"]:
            yield Q(business__province=chosen["provinsi"])
        if chosen["skala"]:
            size = "" if chosen["skala"] == UNSTATED else chosen["skala"]
            yield Q(business__size=size)
        if chosen["sektor"]:
            yield self._in_sector(chosen["sektor"])
        if chosen["peluang"]:
            nothing = Q(pk__in=Participation.objects.bringing_nothing())
            yield ~nothing if chosen["peluang"] == "ada" else nothing

    @staticmethod
    def _in_sector(slug):
        """By the chosen listings, else by the business, as quotas count."""
        stated = _listings().filter(listing__commodity__isnull=False)
        chosen = _listings().filter(listing__commodity__sector=slug)
        return Exists(chosen) | ~Exists(stated) & Q(business__sectors=slug)

    @property
    def filters(self):
        return [field for field in self if field.name != "q"]

    @property
    def is_narrowed(self):
        return self.is_valid() and any(
            value for name, value in self.cleaned_data.items() if name != "urut"
        )


def _turn(field, values):
    """Sorts by the place of the value among `values`; what is not among them comes last."""
    places = enumerate(values)
    return Case(
        *(When(**{field: value}, then=place) for place, value in places),
        default=len(values),
    )


def _listings():
    return Participation.listings.through.objects.filter(participation=OuterRef("pk"))


class DecisionForm(forms.Form):
    """One decision about all that are ticked."""

    keputusan = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (Status.ACCEPTED, gettext_lazy("Accept")),
            (Status.WAITING, gettext_lazy("Put on the waiting list")),
            (Status.DECLINED, gettext_lazy("Decline")),
        ],
        widget=forms.RadioSelect,
    )
    alasan = forms.CharField(
        required=False,
        max_length=500,
        validators=[printable],
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "The businesses read it. Needed when you decline; say what would have to be different."
        ),
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.fields["pilih"] = forms.ModelMultipleChoiceField(
            rows, error_messages={"required": _("Tick at least one business.")}
        )

    @property
    def ticked(self):
        return set(self.data.getlist("pilih")) if self.is_bound else set()

    def clean(self):
        super().clean()
        is_decline = self.cleaned_data.get("keputusan") == Status.DECLINED
        if is_decline and not self.cleaned_data.get("alasan", "").strip():
            self.add_error("alasan", _("Say why: the business reads it."))
        return self.cleaned_data

    def save(self, *, by):
        """Those that changed; None when it was refused, which the form then says."""
        try:
            return joining.decide(
                list(self.cleaned_data["pilih"]),
                self.cleaned_data["keputusan"],
                reason=self.cleaned_data["alasan"],
                by=by,
            )
        except ValidationError as problem:
            self.add_error(None, problem)
