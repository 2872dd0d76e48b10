"""The reference data that ships with the portal: read from businesses/data, never overwritten."""

import csv
from pathlib import Path

from django.db import transaction

from .models import ClassificationCode, CommodityGroup, Province, Regency, Sector

DATA = Path(__file__).parent / "data"
HS, KBLI = ("HS", "2022"), ("KBLI", "2025")


@transaction.atomic
def load_reference(*, refresh=False):
    """Adds what is missing and returns {plural name: rows added or refreshed}.

    Rows that are there stay as they are, since officials may have corrected them (a law can
    rename a province); `refresh` overwrites them with the shipped data.
    """
    loaded = {
        model: _put(model, rows, keys, refresh)
        for model, keys, rows in (
            (Province, ["code"], provinces()),
            (Regency, ["code"], regencies()),
            (Sector, ["slug"], _read("sectors.csv")),
            (
                ClassificationCode,
                ["scheme", "version", "code"],
                _classification_codes(),
            ),
            (CommodityGroup, ["slug"], _commodity_groups()),
        )
    }
    _set_codes(loaded[CommodityGroup])
    return {
        model._meta.verbose_name_plural: len(rows) for model, rows in loaded.items()
    }


def _read(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _put(model, rows, keys, refresh):
    """Returns the rows that were added or refreshed."""
    known = set(model.objects.values_list(*keys))
    put = []
    for facts in rows:
        identity = {key: facts[key] for key in keys}
        if tuple(identity.values()) not in known:
            put.append(model.objects.create(**facts))
        elif refresh:
            put.append(model.objects.update_or_create(**identity, defaults=facts)[0])
    return put


def provinces():
    """The facts of each shipped province, as Province's fields."""
    for row in _read("provinces.csv"):
        yield {
            "code": row["code"],
            "name": row["name"],
            "short_name": row["short_name"],
            "name_en": row["name_en"],
            "iso_code": row["iso_3166_2"],
            "capital": row["capital"],
            # One zone each for WIB, WITA and WIT: Asia/Pontianak keeps the same time as Jakarta.
            "timezone": Province.Timezone[row["timezone"]],
            "latitude": row["lat"],
            "longitude": row["lon"],
            "capital_latitude": row["capital_lat"],
            "capital_longitude": row["capital_lon"],
        }


def regencies():
    """The facts of each shipped regency and city, as Regency's fields."""
    for row in _read("regencies.csv"):
        yield {
            "code": row["code"],
            "province_id": row["province_code"],
            "name": row["name"],
            "short_name": row["short_name"],
            "kind": row["kind"],
            "is_administrative": row["administrative"] == "1",
            "latitude": row["lat"],
            "longitude": row["lon"],
        }


def _classification_codes():
    for row in _read("hs_chapters.csv"):
        yield _code(
            HS, row["chapter"], row["section"], row["title_id"], row["title_en"]
        )
    for row in _read("kbli2025_divisions.csv"):
        yield _code(KBLI, row["code"], row["section"], row["title_id"], "")


def _code(scheme_and_version, code, section, title, title_en):
    scheme, version = scheme_and_version
    return {
        "scheme": scheme,
        "version": version,
        "code": code,
        "section": section,
        "title": title,
        "title_en": title_en,
    }


def _commodity_groups():
    sectors = {row["name"]: row["slug"] for row in _read("sectors.csv")}
    for row in _read("commodity_groups.csv"):
        yield {
            "slug": row["slug"],
            "name": row["name_id"],
            "name_en": row["name_en"],
            "sector_id": sectors[row["sector_id"]],
            "typical_unit": row["typical_unit"],
            "note": row["notes"],
        }


def _set_codes(groups):
    codes = {
        (code.scheme, code.version, code.code): code
        for code in ClassificationCode.objects.all()
    }
    rows = {row["slug"]: row for row in _read("commodity_groups.csv")}
    for group in groups:
        row = rows[group.slug]
        group.codes.set(
            codes[*scheme, code]
            for scheme, column in ((HS, "hs_chapters"), (KBLI, "kbli2025_divisions"))
            for code in row[column].split(";")
            if code
        )
