import io
import re
from collections import defaultdict
from contextlib import contextmanager
from functools import partial
from itertools import islice
from zipfile import ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from ..csv_files import BadFile
from .cells import cell_text

MAX_COLUMNS = 100
# What a workbook of the longest list unpacks to, generously, and how well its XML can be packed.
MAX_UNPACKED_BYTES = 40 * 1024**2
MAX_PACKING = 200
MAX_PARTS = 500
# A cell has up to eight: its own four, and those of its shared text.
MAX_TAGS = 2_000_000
MAX_MERGED = 20_000
# Excel's last row. A sheet formatted to its end has this many.
LAST_LINE = 1_048_576
# Without a "<" in between, or a sheet of unfinished tags would be read anew from each of them.
MERGED = re.compile(rb"<(?:\w+:)?mergeCell [^<>]*?ref=\"([A-Z]+\d+:[A-Z]+\d+)\"")


def names_of_sheets(content):
    with _opened(content) as workbook:
        return [sheet.title for sheet in _visible(workbook)]


def workbook_rows(content, sheet_name, most):
    """The first `most` rows with content of a sheet, as (line, cells), and {first line: [(column,
    last line), …]} of the cells that are merged downwards. Hidden rows are rows like the others."""
    with _opened(content) as workbook:
        sheet = _chosen(workbook, sheet_name)
        merged = _merged(sheet)
        return list(islice(_rows(sheet), most)), merged


@contextmanager
def _opened(content):
    try:
        _check_size(content)
        workbook = load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        try:
            yield workbook
        finally:
            workbook.close()
    except BadFile:
        raise
    # What the reader raises for a hostile file is not agreed on anywhere.
    except Exception as error:
        raise BadFile(
            _(
                "This is not an Excel workbook (.xlsx) that can be read. Open it in your "
                "spreadsheet program, save it as “Excel workbook (.xlsx)” and try again."
            )
        ) from error


def _check_size(content):
    with ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        # More than a part says of itself is never unpacked.
        unpacked = sum(part.file_size for part in parts)
        allowed = min(MAX_UNPACKED_BYTES, MAX_PACKING * len(content))
        if (
            len(parts) > MAX_PARTS
            or unpacked > allowed
            or sum(_tags(archive, part) for part in parts) > MAX_TAGS
        ):
            raise _too_much()


def _tags(archive, part):
    with archive.open(part) as file:
        return sum(chunk.count(b"<") for chunk in iter(partial(file.read, 2**20), b""))


def _too_much():
    return BadFile(
        _(
            "The workbook unpacks to more than can be checked. Copy its rows to a new workbook "
            "and send that."
        )
    )


def _visible(workbook):
    return [
        sheet
        for sheet in workbook.worksheets
        if sheet.sheet_state == Worksheet.SHEETSTATE_VISIBLE
    ]


def _chosen(workbook, name):
    sheets = {sheet.title: sheet for sheet in _visible(workbook)}
    if name is None and sheets:
        return next(iter(sheets.values()))
    if name in sheets:
        return sheets[name]
    raise BadFile(
        _("The workbook has no sheet “%(name)s”. Its sheets: %(sheets)s.")
        % {"name": name or "", "sheets": ", ".join(sheets) or "–"}
    )


def _rows(sheet):
    # Some programs write the dimensions of an empty sheet.
    sheet.reset_dimensions()
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        if line > LAST_LINE or len(cells) > MAX_COLUMNS:
            raise BadFile(
                _(
                    "The sheet has more than %d columns. Copy those you need to a new workbook "
                    "and send that."
                )
                % MAX_COLUMNS
            )
        texts = [cell_text(line, cell) for cell in cells]
        if any(texts):
            yield line, texts + [""] * (MAX_COLUMNS - len(texts))


def _merged(sheet):
    with sheet._get_source() as source:
        ranges = MERGED.findall(source.read())
    if len(ranges) > MAX_MERGED:
        raise _too_much()
    merged = defaultdict(list)
    for found in ranges:
        left, top, right, bottom = range_boundaries(found.decode())
        if left == right and left <= MAX_COLUMNS:
            merged[top].append((left, bottom))
    return merged
