"""Tables that anyone may download, as CSV, XLSX or JSON. They hold no personal data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import tablib
from django.http import HttpResponse

from umkm_portal.validators import CONTROL_CHARACTERS

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
# A spreadsheet runs what follows these, so a text that begins with one is marked as text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    name: str
    columns: list[str]
    rows: Iterable[list]


def download(table, extension):
    """The table as a file. Amounts are whole rupiah, dates ISO 8601, missing values empty."""
    clean = plain_text if extension == "json" else spreadsheet_text
    data = tablib.Dataset(headers=table.columns, title=table.name[:31])
    for row in table.rows:
        data.append([clean(value) for value in row])
    content = data.export(extension)
    response = HttpResponse(content, content_type=CONTENT_TYPES[extension])
    response["Content-Disposition"] = f'attachment; filename="{table.name}.{extension}"'
    return response


def plain_text(value):
    if value is None or isinstance(value, int):
        return value
    return re.sub(f"[{CONTROL_CHARACTERS}]", "", str(value))


def spreadsheet_text(value):
    value = plain_text(value)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
