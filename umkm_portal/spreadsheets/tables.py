import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from ..csv_files import (
    MAX_BYTES,
    BadCell,
    BadFile,
    decode,
    read_bytes,
    unreadable,
    wrong_length,
)
from .cells import clean_text
from .workbooks import names_of_sheets, workbook_rows

MAX_LINES = 5_000
HEADER_WITHIN = 20
# Of two names, one of them misspelt: a letter too few or too many, or two swapped.
CLOSE = 0.85
ZIP = b"PK"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Table:
    """`rows` is [(line, {column of the header: text}), …]; `bad` names the cells of all others."""

    header: list[str]
    rows: list[tuple[int, dict[str, str]]]
    bad: list[BadCell] = field(default_factory=list)


def read_table(source, *, known=(), sheet=None, example=None):
    """Reads a path or an open binary file. The header is the first row with at least two names of
    `known`, else the first with two cells. Rows equal to `example`, {column: text}, are left out.

    Raises BadFile when the file as a whole cannot be read, with what to do about it.
    """
    rows, merged = _rows(_content(source), sheet)
    known = {_plain(name) for name in known}
    start = _header_row(rows[:HEADER_WITHIN], known)
    header, below = _header(rows[start][1]), rows[start + 1 :]
    if len(below) > MAX_LINES:
        raise BadFile(
            _("The file has more than %d lines. Send it in parts.") % MAX_LINES
        )
    kept, bad = [], []
    for line, cells in _filled_down(below, merged):
        row = dict(zip(header, cells, strict=False))
        if wrong := _wrong_cells(line, cells, header):
            bad += wrong
        elif row != example:
            kept.append((line, row))
    if not kept and not bad:
        raise BadFile(_("The file has a header but no rows."))
    return Table(header, kept, bad)


def sheet_names(source):
    """The names of the sheets that are not hidden; [] for a CSV file."""
    content = _content(source)
    return names_of_sheets(content) if content.startswith(ZIP) else []


def map_columns(header, synonyms, override=None, *, foreign=(), closeness=CLOSE):
    """{field: its column of `header`, or None}. `synonyms` is {field: names that offices use},
    compared without case, spaces and punctuation; `override`, {column: field or None}, wins.

    A misspelt column is taken where it is close to one field alone, and to none of the `foreign`
    names, which mean something else.
    """
    override = override or {}
    names = {name: {*map(_plain, [name, *synonyms[name]])} for name in synonyms}
    mapping = dict.fromkeys(synonyms)
    mapping |= {chosen: column for column, chosen in override.items() if chosen}
    free = [column for column in header if column not in override]
    for field_name, wanted in names.items():
        if mapping[field_name] is not None:
            continue
        found = next((column for column in free if _plain(column) in wanted), None)
        if found is not None:
            mapping[field_name] = found
            free.remove(found)
    close = _misspelt(free, names | {None: {*map(_plain, foreign)}}, closeness)
    return mapping | {name: close[name] for name in close if mapping[name] is None}


def _misspelt(columns, names, closeness):
    """{field: column} of columns that are close to one field, which no other column is close to."""
    found = defaultdict(list)
    for column in columns:
        close = [
            name
            for name, wanted in names.items()
            if get_close_matches(_plain(column), wanted, n=1, cutoff=closeness)
        ]
        if len(close) == 1 and close[0] is not None:
            found[close[0]].append(column)
    return {name: alike[0] for name, alike in found.items() if len(alike) == 1}


def _content(source):
    if isinstance(source, str | Path):
        return read_bytes(Path(source))
    content = source.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise BadFile(
            _("The file is larger than %d MB, the most that can be imported.")
            % (MAX_BYTES // 1024**2)
        )
    if not content.strip():
        raise BadFile(_("The file is empty."))
    return content


def _plain(name):
    return re.sub(r"[\W_]", "", name).casefold()


def _rows(content, sheet):
    """[(line, [text or BadCell, …]), …] of the rows with content, and what is merged in them."""
    if content.startswith(OLD_EXCEL):
        raise BadFile(
            _(
                "This is an old Excel file, or one with a password. Save it as “Excel workbook "
                "(.xlsx)” without a password and try again."
            )
        )
    most = HEADER_WITHIN + MAX_LINES + 1
    if content.startswith(ZIP):
        rows, merged = workbook_rows(content, sheet, most)
    else:
        rows, merged = list(islice(_csv_rows(content), most)), {}
    if not rows:
        raise BadFile(_("The file is empty."))
    return rows, merged


def _csv_rows(content):
    text = decode(content)
    line = 1
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True
    )
    try:
        for values in reader:
            cells = [clean_text(line, value) for value in values]
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(
            _("The file cannot be read:"), [unreadable(line, error)]
        ) from error


def _delimiter(text):
    """Spreadsheets with Indonesian settings separate by semicolon; copied cells by tab."""
    beginning = "".join(text.splitlines(keepends=True)[:HEADER_WITHIN])
    return max(",;\t", key=beginning.count)


def _header_row(grid, known):
    for start, (_line, cells) in enumerate(grid):
        if len({_plain(_text(cell)) for cell in cells} & known) >= 2:
            return start
    filled = [sum(map(bool, cells)) for _line, cells in grid]
    return next((start for start, count in enumerate(filled) if count >= 2), 0)


def _header(cells):
    names = [" ".join(_text(cell).split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    header = [name or _letter(number) for number, name in enumerate(names, start=1)]
    if repeated := sorted({name for name in header if header.count(name) > 1}):
        raise BadFile(
            _("Several columns have the same name: %s. Give each its own name.")
            % ", ".join(repeated)
        )
    return header


def _letter(number):
    return _("column %s") % get_column_letter(number)


def _filled_down(rows, merged):
    """Gives every row the text of a cell that is merged over several rows: it shows beside all."""
    until, texts = {}, {}
    for line, cells in rows:
        for column, last in merged.get(line, ()):
            until[column] = last
            texts[column] = cells[column - 1]
        for column in [column for column, last in until.items() if line <= last]:
            cells += [""] * (column - len(cells))
            cells[column - 1] = texts[column]
        yield line, cells


def _wrong_cells(line, cells, header):
    wrong = [
        replace(cell, column=column)
        for column, cell in zip(header, cells, strict=False)
        if isinstance(cell, BadCell)
    ]
    # Workbooks have no short rows.
    if len(cells) < len(header):
        wrong.append(wrong_length(line, [_text(cell) for cell in cells], header))
    nameless = _(
        "there is no column name above this cell. Write one, or clear the cell."
    )
    wrong += [
        BadCell(line, _letter(number), _text(cell), nameless)
        for number, cell in enumerate(cells[len(header) :], start=len(header) + 1)
        if cell
    ]
    return wrong


def _text(cell):
    return cell.value if isinstance(cell, BadCell) else cell
