"""Loads published counts from a CSV file: all or nothing, and a second time changes nothing."""

import re
from dataclasses import dataclass, field
from datetime import date

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _

from businesses.models import Province
from umkm_portal.accounts.models import Appointment
from umkm_portal.csv_files import BadCell, BadFile, bad_cells, read_csv, refuse
from umkm_portal.validators import MAX_RUPIAH, lower_case_slug, web_address

from .as_of import read_as_of
from .models import CountSnapshot, DatePrecision, Mission
from .services import record_counts

COLUMNS = (
    "slug date_start date_end host_city host_province_code partner_province_code "
    "initiator_province_code theme venue sellers_count buyers_count participants_count "
    "transactions_count total_value_idr sell_value_idr buy_value_idr investment_value_idr "
    "as_of source_url source_date"
).split()
OPTIONAL_COLUMNS = ["foreign_value_idr"]
# Columns that describe the mission and must agree in all of its rows.
MISSION_COLUMNS = (
    "date_start date_end host_city host_province_code partner_province_code "
    "initiator_province_code theme venue"
).split()


class WholeNumberField(forms.IntegerField):
    """Digits only. Django's own field reads "1.000" as 1."""

    def __init__(self, **kwargs):
        super().__init__(required=False, min_value=0, **kwargs)

    def to_python(self, value):
        if value and not re.fullmatch(r"-?[0-9]+", value):
            raise forms.ValidationError(
                _("write a whole number with digits only, for example 1053146943500.")
            )
        return super().to_python(value)


class WebAddressField(forms.URLField):
    default_validators = [web_address]


class PartialDateField(forms.CharField):
    """ "2025-05-08", "2025-05", "2025" or nothing, as (first day of it, precision)."""

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None, DatePrecision.UNKNOWN
        found = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", text, re.ASCII)
        try:
            year, month, day = (int(part or 1) for part in found.groups())
            value = date(year, month, day)
        except (AttributeError, ValueError):
            raise forms.ValidationError(
                _("write a date as 2025-05-08, 2025-05 or 2025.")
            ) from None
        if not 1945 <= value.year <= 2100:
            raise forms.ValidationError(_("this year cannot be right."))
        precision = {4: DatePrecision.YEAR, 7: DatePrecision.MONTH}.get(
            len(text), DatePrecision.DAY
        )
        return value, precision

    def validate(self, value):
        """An empty date is a fact: the source does not state it."""


class ProvinceCodesField(forms.CharField):
    """Kemendagri codes joined by ";", as a list of known ones."""

    def __init__(self, provinces, *, single=False, **kwargs):
        self.provinces, self.single = provinces, single
        super().__init__(**kwargs)

    def clean(self, value):
        codes = [
            code.strip() for code in super().clean(value).split(";") if code.strip()
        ]
        if self.single and len(codes) > 1:
            raise forms.ValidationError(_("only one province code belongs here."))
        if unknown := [code for code in codes if code not in self.provinces]:
            raise forms.ValidationError(
                _("no province has the Kemendagri code %s.") % ", ".join(unknown)
            )
        if len(set(codes)) < len(codes):
            raise forms.ValidationError(_("a province is named twice."))
        return codes


class CountRow(forms.Form):
    """The shape of one row of the file."""

    slug = forms.CharField(max_length=80, validators=[lower_case_slug])
    date_start = PartialDateField()
    date_end = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    host_city = forms.CharField(required=False, max_length=100)
    theme = forms.CharField(required=False, max_length=300)
    venue = forms.CharField(required=False, max_length=200)
    sellers_count = WholeNumberField(max_value=10**6)
    buyers_count = WholeNumberField(max_value=10**6)
    participants_count = WholeNumberField(max_value=10**6)
    transactions_count = WholeNumberField(max_value=10**6)
    total_value_idr = WholeNumberField(max_value=MAX_RUPIAH)
    sell_value_idr = WholeNumberField(max_value=MAX_RUPIAH)
    buy_value_idr = WholeNumberField(max_value=MAX_RUPIAH)
    investment_value_idr = WholeNumberField(max_value=MAX_RUPIAH)
    foreign_value_idr = WholeNumberField(max_value=MAX_RUPIAH)
    as_of = forms.CharField(max_length=300)
    source_url = WebAddressField(max_length=500, assume_scheme="https")
    source_date = PartialDateField()

    def __init__(self, *args, provinces, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["initiator_province_code"] = ProvinceCodesField(
            provinces, single=True
        )
        self.fields["host_province_code"] = ProvinceCodesField(
            provinces, single=True, required=False
        )
        self.fields["partner_province_code"] = ProvinceCodesField(
            provinces, required=False
        )

    def clean_as_of(self):
        read = read_as_of(self.cleaned_data["as_of"])
        if read is None:
            raise forms.ValidationError(
                _(
                    "begin with what the figure is: interim, final, corrected, quoted later, "
                    "reported, potential, year total or participants only."
                )
            )
        return read

    def clean(self):
        data = self.cleaned_data
        self._clean_dates(data)
        as_of, total = data.get("as_of"), data.get("total_value_idr")
        if as_of is None or "total_value_idr" not in data:
            return
        says_none = as_of.stage == CountSnapshot.Stage.NO_VALUE
        if total is None and not says_none:
            self.add_error("total_value_idr", _("a total is missing for this stage."))
        if total is not None and says_none:
            self.add_error("as_of", _("the text says that no value was published."))
        foreign = data.get("foreign_value_idr") or as_of.foreign
        if foreign and (total is None or foreign > total):
            self.add_error(
                "total_value_idr", _("the foreign part is larger than the total.")
            )
        data["foreign_value_idr"] = foreign

    def _clean_dates(self, data):
        (start, precision), end = (
            data.get("date_start", (None, None)),
            data.get("date_end"),
        )
        if end and precision and precision != DatePrecision.DAY:
            self.add_error("date_end", _("a last day needs an exact first day."))
        elif end and start and end < start:
            self.add_error("date_end", _("the mission ends before it starts."))
        initiator = data.get("initiator_province_code")
        if initiator and initiator[0] in data.get("partner_province_code", []):
            self.add_error(
                "partner_province_code", _("a province cannot be its own partner.")
            )


@dataclass
class ImportResult:
    missions: int = 0
    counts: int = 0
    unchanged: int = 0
    notes: list = field(default_factory=list)

    @property
    def summary(self):
        if not self.counts and not self.missions:
            return (
                _("Nothing changed: all %d counts are already there.") % self.unchanged
            )
        return _(
            "Added %(missions)d missions and %(counts)d counts; %(same)d were there."
        ) % {
            "missions": self.missions,
            "counts": self.counts,
            "same": self.unchanged,
        }


def import_missions(path, *, by=None):
    """Loads the file at `path`. Returns an ImportResult; raises BadFile, having written nothing.

    What an official has since changed on a mission is left as it is and noted. An official
    (`by`) may only bring missions of the provinces that he or she administers.
    """
    rows, broken = read_csv(path, columns=COLUMNS, optional=OPTIONAL_COLUMNS)
    provinces = Province.objects.in_bulk()
    cleaned, bad = _check(rows, provinces)
    refuse(broken + bad + _check_own(rows, by))
    targets = {
        data["slug"]: data["as_of"].target
        for line, data in cleaned
        if data["as_of"].target
    }
    result = ImportResult()
    with transaction.atomic():
        missions, counts = {}, []
        for line, data in cleaned:
            slug = data["slug"]
            if slug not in missions:
                missions[slug] = _get_or_add_mission(
                    line, data, targets.get(slug), result
                )
            counts.append(_build_count(missions[slug], data))
        result.counts = len(_record(counts, cleaned, by))
        result.unchanged = len(counts) - result.counts
    return result


def _check(rows, provinces):
    """Returns [(line, cleaned data), …] of the good rows and [BadCell, …] of the others."""
    bad, cleaned, first, seen = [], [], {}, {}
    for line, raw in rows:
        form = CountRow(raw, provinces=provinces)
        if form.is_valid():
            cleaned.append((line, form.cleaned_data))
        bad += bad_cells(line, raw, form)
        start = first.setdefault(raw["slug"] or line, raw)
        bad += [
            BadCell(
                line,
                column,
                raw[column],
                _("differs from the mission's first row (“%s”).") % start[column],
            )
            for column in MISSION_COLUMNS
            if raw[column] != start[column]
        ]
        key = tuple(raw.values())
        if key in seen:
            bad.append(
                BadCell(line, "slug", raw["slug"], _("repeats line %d.") % seen[key])
            )
        seen.setdefault(key, line)
    return cleaned, bad


def _record(counts, cleaned, by):
    try:
        return record_counts(counts, by=by)
    except forms.ValidationError as problem:
        line, data = cleaned[counts.index(problem.count)]
        text = data["as_of"].text
        raise BadFile(
            _("Nothing was imported. Correct these cells and try again:"),
            [BadCell(line, "as_of", text, message) for message in problem.messages],
        ) from problem


def _check_own(rows, by):
    """Returns [BadCell, …] of the missions that are not `by`'s to record (None: a command's)."""
    if by is None or by.is_superuser:
        return []
    own = by.provinces_as(Appointment.Role.PROVINCE_ADMIN)
    others = Mission.objects.exclude(initiator_province__in=own)
    others = set(others.values_list("slug", flat=True))
    bad = []
    for line, raw in rows:
        if raw["slug"] in others:
            reason = _("this mission belongs to another province.")
            bad.append(BadCell(line, "slug", raw["slug"], reason))
        elif (code := raw["initiator_province_code"]) not in own:
            reason = _("you may import missions of your own provinces only.")
            bad.append(BadCell(line, "initiator_province_code", code, reason))
    return bad


def _get_or_add_mission(line, data, target, result):
    starts_on, precision = data["date_start"]
    initiator = data["initiator_province_code"][0]
    host = next(iter(data["host_province_code"]), None)
    facts = {
        "initiator_province_id": initiator,
        "host_province_id": host,
        "theme": data["theme"],
        "venue": data["venue"],
        "city": data["host_city"],
        "starts_on": starts_on,
        "ends_on": data["date_end"],
        "date_precision": precision,
        "target": target,
    }
    mission, is_new = Mission.objects.get_or_create(
        slug=data["slug"],
        defaults={**facts, "status": Mission.Status.CLOSED},
    )
    if is_new:
        if mission.is_ahead:
            mission.status = Mission.Status.SCHEDULED
            mission.save(update_fields=["status"])
        mission.partner_provinces.set(data["partner_province_code"])
        result.missions += 1
    else:
        result.notes += _differences(line, mission, facts, data)
    return mission


def _differences(line, mission, facts, data):
    """Sentences on what the portal knows otherwise than the file; it stays as it is."""
    differing = [
        name for name, value in facts.items() if getattr(mission, name) != value
    ]
    partners = {province.pk for province in mission.partner_provinces.all()}
    if partners != set(data["partner_province_code"]):
        differing.append("partner_provinces")
    return [
        _("line %(line)d: %(slug)s keeps its own %(field)s, which differs.")
        % {
            "line": line,
            "slug": mission.slug,
            "field": Mission._meta.get_field(name).verbose_name,
        }
        for name in differing
    ]


def _build_count(mission, data):
    as_of = data["as_of"]
    source_date, source_precision = data["source_date"]
    day = None
    if mission.date_precision == DatePrecision.DAY:
        is_early = as_of.stage == CountSnapshot.Stage.INTERIM
        day = mission.starts_on if is_early else mission.ends_on or mission.starts_on
    return CountSnapshot(
        mission=mission,
        stage=as_of.stage,
        basis=_basis(as_of, mission),
        total=data["total_value_idr"],
        sell=data["sell_value_idr"],
        buy=data["buy_value_idr"],
        investment=data["investment_value_idr"],
        foreign=data["foreign_value_idr"],
        sellers=data["sellers_count"],
        buyers=data["buyers_count"],
        participants=data["participants_count"],
        transactions=data["transactions_count"],
        as_of_at=as_of.instant(day, mission.timezone),
        as_of_text=as_of.text,
        source_url=data["source_url"],
        source_date=source_date,
        source_date_precision=source_precision,
    )


def _basis(as_of, mission):
    """A figure of which only the year is known, and no place, is no single event's figure."""
    if (
        as_of.basis == CountSnapshot.Basis.COMMITMENT
        and mission.date_precision == DatePrecision.YEAR
        and not mission.city
    ):
        return CountSnapshot.Basis.YEAR_TOTAL
    return as_of.basis
