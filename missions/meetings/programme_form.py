"""The organiser says when meetings are held; from that follow the times."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from missions.models import DatePrecision
from umkm_portal.formatting import hours, partial_date

from . import programme
from .programme import LONGEST, LONGEST_CHANGE, SHORTEST, USUAL, days_of, times_of

HOUR = r"(\d{1,2})[.:](\d{2})"
BREAK = re.compile(rf"{HOUR} ?(?:-|–|—|s/d|sampai) ?{HOUR}")
FRIDAY = 4
CHANGE = 5
# Lunch, and on Fridays the prayer
LUNCH = time(12), time(13)
FRIDAY_PRAYER = time(11, 30), time(13)
OPENS, CLOSES = time(9), time(16)


class BreaksField(forms.CharField):
    """ "12.00–13.00, 15.15–15.30" → [(12.00, 13.00), (15.15, 15.30)]"""

    def __init__(self, **kwargs):
        super().__init__(required=False, max_length=200, **kwargs)

    def to_python(self, value):
        text = super().to_python(value)
        return [
            self._read(part.strip()) for part in re.split("[,;]", text) if part.strip()
        ]

    def _read(self, part):
        found = BREAK.fullmatch(part.lower())
        hours = [int(number) for number in found.groups()] if found else [0, 0, 0, 0]
        try:
            first, last = time(*hours[:2]), time(*hours[2:])
        except ValueError:
            first = last = time()
        if not first < last:
            raise ValidationError(
                _("Write breaks as in “12.00–13.00, 15.15–15.30”."), code="break"
            )
        return first, last

    def prepare_value(self, value):
        return value if isinstance(value, str) else written(value)


def written(breaks):
    return ", ".join(f"{first:%H.%M}–{last:%H.%M}" for first, last in breaks or [])


def whole_number(label, most, least, **kwargs):
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        error_messages={
            "min_value": gettext_lazy("Write %(limit_value)s or more."),
            "max_value": gettext_lazy("Write %(limit_value)s or less."),
        },
        **kwargs,
    )


def hour_field(label):
    return forms.TimeField(
        label=label,
        required=False,
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )


class ProgrammeForm(forms.Form):
    minutes = whole_number(gettext_lazy("Minutes for each meeting"), LONGEST, SHORTEST)
    change = whole_number(gettext_lazy("Minutes to change tables"), LONGEST_CHANGE, 0)

    def __init__(self, data=None, *, mission, **kwargs):
        super().__init__(data, **kwargs)
        self.mission, self.days = mission, days_of(mission)
        self.initial = initial_of(mission, self.days)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        for number in range(len(self.days)):
            self.fields[f"from_{number}"] = hour_field(_("Begins at"))
            self.fields[f"to_{number}"] = hour_field(_("Ends at"))
            self.fields[f"breaks_{number}"] = BreaksField(
                label=_("Breaks"), help_text=_("Such as 12.00–13.00, 15.15–15.30")
            )
        self.helper.layout = Layout(
            Div(
                *(Div(name, css_class="col-6") for name in ("minutes", "change")),
                css_class="row",
            ),
            *(self._day(number, day) for number, day in enumerate(self.days)),
        )

    def _day(self, number, day):
        hours = (
            Div(f"{name}_{number}", css_class=width)
            for name, width in (
                ("from", "col-6 col-md-3"),
                ("to", "col-6 col-md-3"),
                ("breaks", "col-md-6"),
            )
        )
        name = partial_date(day, DatePrecision.DAY)
        return Fieldset(name, Div(*hours, css_class="row"))

    def clean(self):
        said = super().clean()
        for number in range(len(self.days)):
            begins, ends = said.get(f"from_{number}"), said.get(f"to_{number}")
            if (begins is None) != (ends is None) and not self._has_error(number):
                lacking = "to" if ends is None else "from"
                self.add_error(f"{lacking}_{number}", _("Fill in both, or neither."))
            elif begins and ends and begins >= ends:
                self.add_error(f"to_{number}", _("This is before it begins."))
        return said

    def _has_error(self, number):
        return {f"from_{number}", f"to_{number}"} & self.errors.keys()

    @property
    def times(self):
        """[(beginning, end), …] of every meeting."""
        said = self.cleaned_data
        return [
            one
            for number, day in enumerate(self.days)
            if said[f"from_{number}"]
            for one in times_of(
                day,
                said[f"from_{number}"],
                said[f"to_{number}"],
                minutes=said["minutes"],
                change=said["change"],
                breaks=said[f"breaks_{number}"],
                zone=self.mission.timezone,
            )
        ]

    @property
    def sent(self):
        """[(name, what was typed), …], to be sent once more."""
        return [(name, self.data.get(name, "")) for name in self.fields]

    def effect(self):
        """What saving would change; None before the form is filled in, and for times that cannot
        be, which it then says."""
        if not self.is_bound or self.errors.keys() - {NON_FIELD_ERRORS}:
            return None
        try:
            programme.check(self.mission, self.times)
        except ValidationError as error:
            if not self.non_field_errors():
                self.add_error(None, error)
            return None
        return programme.effect_of(self.mission, self.times)

    def save(self, *, by):
        """The effect; None when it was refused, which the form then says."""
        seen = self.data.get("seen", "")
        try:
            return programme.lay_out(self.mission, self.times, by=by, seen=seen)
        except ValidationError as error:
            self.add_error(None, error)
            return None


def initial_of(mission, days):
    """What the present programme was probably made of; for a new one what is usual."""
    zone = ZoneInfo(mission.timezone)
    slots = [
        (slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone))
        for slot in mission.slots.all()
    ]
    if not slots:
        return {"minutes": USUAL, "change": CHANGE} | {
            f"{name}_{number}": value
            for number, day in enumerate(days)
            for name, value in usual_day(day).items()
        }
    by_day = {
        day: list(times) for day, times in groupby(slots, lambda one: one[0].date())
    }
    gaps = Counter(
        later[0] - earlier[1]
        for times in by_day.values()
        for earlier, later in pairwise(times)
    )
    change = min(
        (gap for gap, often in gaps.items() if often == max(gaps.values())),
        default=timedelta(0),
    )
    [(length, _often)] = Counter(ends - begins for begins, ends in slots).most_common(1)
    initial = {"minutes": _minutes(length), "change": _minutes(change)}
    for number, day in enumerate(days):
        if times := by_day.get(day):
            initial |= {
                f"from_{number}": times[0][0].time(),
                f"to_{number}": times[-1][1].time(),
                f"breaks_{number}": written(pauses(times, change)),
            }
    return initial


def pauses(times, change):
    """The gaps that are longer than changing tables takes."""
    return [
        (earlier[1].time(), later[0].time())
        for earlier, later in pairwise(times)
        if later[0] - earlier[1] > change
    ]


def usual_day(day):
    is_friday = day.weekday() == FRIDAY
    breaks = written([FRIDAY_PRAYER if is_friday else LUNCH])
    return {"from": OPENS, "to": CLOSES, "breaks": breaks}


def _minutes(span):
    return int(span.total_seconds() // 60)


@dataclass(frozen=True)
class Day:
    """A day of the programme as it is read, in the zone of the mission."""

    day: date
    hours: list

    @property
    def extent(self):
        first, last = self.hours[0], self.hours[-1]
        return f"{first.partition('–')[0]}–{last.partition('–')[2]}"


def by_day(mission, times):
    zone = ZoneInfo(mission.timezone)
    local = sorted(
        (begins.astimezone(zone), ends.astimezone(zone)) for begins, ends in times
    )
    return [
        Day(day, [hours(begins, ends) for begins, ends in times])
        for day, times in groupby(local, lambda one: one[0].date())
    ]
