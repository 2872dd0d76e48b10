"""Tables that people download, as CSV, XLSX or JSON. They hold no personal data."""

import csv
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from tempfile import TemporaryFile

import tablib
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from openpyxl import Workbook

from .validators import CONTROL_CHARACTERS

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
# A spreadsheet runs what follows these, so a text that begins with one is marked as text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# A sheet holds a million rows, but whoever opens it has to wait for them.
MOST_XLSX_ROWS = 50_000


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
    return _as_file(response, table, extension)


def stream(table, extension):
    """As `download`, for a table of any length: it is never in memory as a whole."""
    if extension == "xlsx":
        response = FileResponse(_xlsx(table), content_type=CONTENT_TYPES[extension])
    else:
        lines = _csv(table) if extension == "csv" else _json(table)
        response = StreamingHttpResponse(lines, content_type=CONTENT_TYPES[extension])
    return _as_file(response, table, extension)


def _as_file(response, table, extension):
    response["Content-Disposition"] = f'attachment; filename="{table.name}.{extension}"'
    return response


class _Line:
    """A file to csv.writer, which hands each line on."""

    def write(self, text):
        return text


def _csv(table):
    writer = csv.writer(_Line())
    yield writer.writerow(table.columns)
    for row in table.rows:
        yield writer.writerow(map(spreadsheet_text, row))


def _json(table):
    before = "["
    for row in table.rows:
        facts = dict(zip(table.columns, map(plain_text, row), strict=True))
        yield before + json.dumps(facts, ensure_ascii=False)
        before = ",\n"
    yield "]" if before != "[" else "[]"


def _xlsx(table):
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.name[:31])
    sheet.append(table.columns)
    for row in table.rows:
        sheet.append([*map(spreadsheet_text, row)])
    file = TemporaryFile()  # noqa: SIM115  the response closes it
    book.save(file)
    file.seek(0)
    return file


def plain_text(value):
    if value is None or isinstance(value, int):
        return value
    return re.sub(f"[{CONTROL_CHARACTERS}]", "", str(value))


def spreadsheet_text(value):
    value = plain_text(value)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
