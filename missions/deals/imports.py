"""Loads deals that public reports name, on the rung `reported`: all or nothing, and repeatable."""

import re
from dataclasses import dataclass

from django import forms
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from businesses.models import Province
from missions.imports import (
    ProvinceCodesField,
    WebAddressField,
    WholeNumberField,
)
from missions.models import Mission
from umkm_portal.csv_files import BadCell, BadFile, bad_cells, read_csv, refuse
from umkm_portal.validators import MAX_RUPIAH

from .models import Deal

COLUMNS = (
    "mission_slug seller seller_province_code buyer buyer_province_code commodity volume "
    "unit value_idr kind duration source_url"
).split()
FOREIGN_EVENT = "foreign-"


class DecimalCell(forms.DecimalField):
    """A number with a decimal point. "1.000" is refused: it may mean one or a thousand."""

    def to_python(self, value):
        if value and not re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", value):
            raise forms.ValidationError(
                _("write a number such as 1500 or 1.5, without thousands separators.")
            )
        return super().to_python(value)


class DealRow(forms.Form):
    """The shape of one row of the file."""

    mission_slug = forms.SlugField(max_length=80)
    seller = forms.CharField(required=False, max_length=200)
    buyer = forms.CharField(required=False, max_length=200)
    commodity = forms.CharField(max_length=300)
    volume = DecimalCell(required=False, max_digits=15, decimal_places=3)
    unit = forms.CharField(required=False, max_length=40)
    value_idr = WholeNumberField(max_value=MAX_RUPIAH)
    kind = forms.ChoiceField(choices=Deal.Direction.choices)
    duration = forms.CharField(required=False, max_length=40)
    source_url = WebAddressField(max_length=500, assume_scheme="https")

    def __init__(self, *args, provinces, missions, **kwargs):
        super().__init__(*args, **kwargs)
        self.missions = missions
        for party in ("seller", "buyer"):
            self.fields[f"{party}_province_code"] = ProvinceCodesField(
                provinces, single=True, required=False
            )

    def clean_mission_slug(self):
        slug = self.cleaned_data["mission_slug"]
        if slug not in self.missions and not slug.startswith(FOREIGN_EVENT):
            raise forms.ValidationError(
                _("no mission has this slug. Import the mission first.")
            )
        return slug

    def clean_value_idr(self):
        value = self.cleaned_data["value_idr"]
        if value == 0:
            raise forms.ValidationError(_("leave it empty when no value is known."))
        return value

    def clean_volume(self):
        volume = self.cleaned_data["volume"]
        if volume == 0:
            raise forms.ValidationError(_("leave it empty when no volume is known."))
        return volume


@dataclass
class ImportResult:
    deals: int = 0
    unchanged: int = 0


def import_reported_deals(path, *, by=None):
    """Loads the file at `path`. Returns an ImportResult; raises BadFile, having written nothing."""
    rows, broken = read_csv(path, columns=COLUMNS)
    real = Mission.objects.filter(is_example=False)
    missions = dict(real.values_list("slug", "pk"))
    deals, bad = _check(rows, missions)
    refuse(broken + bad)
    try:
        new = _add_new(deals, by)
    except IntegrityError as error:
        raise BadFile(
            _("Someone imported these deals at the same moment. Import the file again.")
        ) from error
    return ImportResult(deals=len(new), unchanged=len(deals) - len(new))


@transaction.atomic
def _add_new(deals, by):
    fingerprints = [deal.fingerprint for deal in deals]
    known = set(
        Deal.objects.filter(fingerprint__in=fingerprints).values_list(
            "fingerprint", flat=True
        )
    )
    new = [deal for deal in deals if deal.fingerprint not in known]
    for deal in new:
        deal.recorded_by = by
    return Deal.objects.bulk_create(new)


def _check(rows, missions):
    """Returns the unsaved deals of the good rows and [BadCell, …] of the others."""
    provinces = Province.objects.in_bulk()
    bad, deals, seen = [], [], {}
    for line, raw in rows:
        form = DealRow(raw, provinces=provinces, missions=missions)
        bad += bad_cells(line, raw, form)
        if not form.is_valid():
            continue
        deal = _build_deal(form.cleaned_data, missions)
        if first := seen.get(deal.fingerprint):
            bad.append(
                BadCell(
                    line,
                    "mission_slug",
                    raw["mission_slug"],
                    _("repeats line %d.") % first,
                )
            )
        seen.setdefault(deal.fingerprint, line)
        deals.append(deal)
    return deals, bad


def _build_deal(data, missions):
    slug = data["mission_slug"]
    mission = missions.get(slug)
    deal = Deal(
        mission_id=mission,
        event="" if mission else slug,
        seller_name=data["seller"],
        seller_province_id=next(iter(data["seller_province_code"]), None),
        buyer_name=data["buyer"],
        buyer_province_id=next(iter(data["buyer_province_code"]), None),
        commodity=data["commodity"],
        quantity=data["volume"],
        unit=data["unit"],
        value=data["value_idr"],
        direction=data["kind"],
        duration=data["duration"],
        source_url=data["source_url"],
    )
    deal.fingerprint = deal.compute_fingerprint(slug)
    return deal
