"""Loads which commodities the reports of a mission name, and in which sector they are."""

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _

from businesses.models import Sector
from umkm_portal.csv_files import BadCell, bad_cells, read_csv, refuse

from .imports import WholeNumberField
from .models import Mission, MissionCommodity

COLUMNS = (
    "commodity sector mission_count initiator_sells_count initiator_buys_count "
    "investment_count direction_not_stated_count jatim_sells_count jatim_buys_count "
    "selling_province_codes mission_slugs"
).split()
# The compilation names its sectors more finely than the portal's sectors do.
SECTORS = {
    "pertanian": "pertanian",
    "perkebunan": "perkebunan",
    "hasil-tembakau": "perkebunan",
    "peternakan": "peternakan",
    "perikanan": "perikanan-dan-kelautan",
    "kelautan": "perikanan-dan-kelautan",
    "kehutanan": "kehutanan",
    "makanan-minuman": "makanan-dan-minuman",
    "fashion": "fesyen",
    "kerajinan": "kerajinan",
    "logam-mesin": "industri",
    "kimia-pupuk": "industri",
    "bahan-bangunan": "industri",
    "energi-mineral": "pertambangan",
    "properti-konstruksi": "investasi",
    "jasa": "jasa",
    "lainnya": None,
}


class CommodityRow(forms.Form):
    """The shape of one row of the file. The counts are checked, and not kept."""

    commodity = forms.CharField(max_length=100)
    sector = forms.ChoiceField(choices=[(name, name) for name in SECTORS])
    mission_slugs = forms.CharField()

    def __init__(self, *args, missions, sectors, **kwargs):
        super().__init__(*args, **kwargs)
        self.missions, self.sectors = missions, sectors
        for column in COLUMNS:
            if column.endswith("_count"):
                self.fields[column] = WholeNumberField(max_value=10**6)

    def clean_sector(self):
        sector = SECTORS[self.cleaned_data["sector"]]
        if sector and sector not in self.sectors:
            raise forms.ValidationError(
                _("this sector is not in the portal. Load the reference data first.")
            )
        return sector

    def clean_mission_slugs(self):
        slugs = self.cleaned_data["mission_slugs"].split(";")
        if unknown := [slug for slug in slugs if slug not in self.missions]:
            raise forms.ValidationError(
                _("no mission has the slug %s. Import the mission first.")
                % ", ".join(unknown)
            )
        return slugs


def import_mission_commodities(path):
    """Returns how many commodities were added; raises BadFile, having written nothing."""
    rows, broken = read_csv(path, columns=COLUMNS)
    real = Mission.objects.filter(is_example=False)
    missions = dict(real.values_list("slug", "pk"))
    cleaned, bad = _check(rows, missions)
    refuse(broken + bad)
    with transaction.atomic():
        before = MissionCommodity.objects.count()
        MissionCommodity.objects.bulk_create(
            (
                MissionCommodity(
                    mission_id=missions[slug],
                    name=data["commodity"],
                    sector_id=data["sector"],
                )
                for data in cleaned
                for slug in data["mission_slugs"]
            ),
            ignore_conflicts=True,
        )
        return MissionCommodity.objects.count() - before


def _check(rows, missions):
    """Returns the cleaned data of the good rows and [BadCell, …] of the others."""
    sectors = set(Sector.objects.values_list("slug", flat=True))
    cleaned, bad, seen = [], [], {}
    for line, raw in rows:
        form = CommodityRow(raw, missions=missions, sectors=sectors)
        if form.is_valid():
            cleaned.append(form.cleaned_data)
        bad += bad_cells(line, raw, form)
        name = raw["commodity"]
        if name in seen:
            bad.append(
                BadCell(line, "commodity", name, _("repeats line %d.") % seen[name])
            )
        seen.setdefault(name, line)
    return cleaned, bad
