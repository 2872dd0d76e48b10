"""Reads the CSV files that offices send, and names everything wrong with one in a single pass."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from .validators import CONTROL_CHARACTERS

MAX_BYTES = 10 * 1024 * 1024
# More would keep other writers waiting for longer than they wait.
MAX_LINES = 2_000
# Enough to see what is wrong; a file with more is mended by its first errors anyway.
MAX_ERRORS_SHOWN = 200


@dataclass(frozen=True)
class BadCell:
    """One thing wrong with a file. `line` counts from 1, the header being line 1."""

    line: int
    column: str
    value: str
    reason: str

    def __str__(self):
        value = self.value if len(self.value) <= 80 else f"{self.value[:77]}…"
        return _("line %(line)d, column %(column)s, value “%(value)s”: %(reason)s") % {
            "line": self.line,
            "column": self.column or "–",
            "value": value.encode("unicode_escape").decode()
            if not value.isprintable()
            else value,
            "reason": self.reason,
        }


class BadFile(Exception):
    """The file cannot be imported. `cells` names every bad row; nothing was written."""

    def __init__(self, message, cells=()):
        super().__init__(message)
        self.cells = list(cells)

    def __str__(self):
        lines = [super().__str__(), *map(str, self.cells[:MAX_ERRORS_SHOWN])]
        if len(self.cells) > MAX_ERRORS_SHOWN:
            lines.append(_("… and %d more.") % (len(self.cells) - MAX_ERRORS_SHOWN))
        return "\n".join(lines)


def read_csv(path, *, columns, optional=()):
    """Returns [(line, {column: stripped text}), …] of a UTF-8 CSV file, and [BadCell, …] for the
    rows that are cut short or otherwise no rows of this file. The last line has to end: a cell
    that was cut short often looks like a whole one.

    Raises BadFile when the file is missing, too large, too long, not UTF-8 text, empty, or
    without the columns of `columns` and at most those of `optional` beside them.
    """
    text = decode(read_bytes(Path(path)))
    if len(text.splitlines()) > MAX_LINES:
        raise BadFile(
            _("The file has more than %d lines. Send it in parts.") % MAX_LINES
        )
    first_line = re.split(r"[\r\n]", text, maxsplit=1)[0]
    # Spreadsheets with Indonesian settings separate by semicolon.
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, bad, line = [], [], 1
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, columns, optional)
        line = reader.line_num + 1
        for values in reader:
            if len(values) == len(header):
                cells = (value.strip() for value in values)
                rows.append((line, dict(zip(header, cells, strict=True))))
            elif values:
                bad.append(wrong_length(line, values, header))
            line = reader.line_num + 1
    except csv.Error as error:
        bad.append(unreadable(line, error))
    if rows and not text.endswith(("\n", "\r")):
        bad += _unfinished(*rows[-1], bad)
    if not rows and not bad:
        raise BadFile(_("The file has a header but no rows."))
    return rows, bad


def bad_cells(line, raw, form):
    """A BadCell for everything that `form`, made of the row `raw`, refuses."""
    return [
        BadCell(line, column, raw.get(column, ""), message)
        for column, messages in form.errors.items()
        for message in messages
    ]


def refuse(bad):
    """Raises BadFile when anything is wrong, every bad cell in the order of the file."""
    if bad:
        raise BadFile(
            _("Nothing was imported. Correct these cells and try again:"),
            sorted(bad, key=lambda cell: cell.line),
        )


def read_bytes(path):
    try:
        if path.is_fifo():
            raise BadFile(_("This is not a file but a pipe."))
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadFile(
            _("The file %(path)s cannot be read: %(reason)s.")
            % {"path": path, "reason": error.strerror}
        ) from error
    if len(content) > MAX_BYTES:
        raise BadFile(
            _("The file is larger than %d MB, the most that can be imported.")
            % (MAX_BYTES // 1024**2)
        )
    if not content.strip():
        raise BadFile(_("The file is empty."))
    return content


def decode(content):
    if b"\x00" in content:
        raise BadFile(
            _(
                "This is not a CSV text file. Save the sheet as “CSV UTF-8” and try again."
            )
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadFile(
            _(
                "The file is not UTF-8 text (line %d has other bytes). "
                "Save the sheet as “CSV UTF-8” and try again."
            )
            % line
        ) from error
    if found := re.search(f"[{CONTROL_CHARACTERS}]", text):
        line = text.count("\n", 0, found.start()) + 1
        raise BadFile(
            _("Line %d contains a character that cannot be printed. Take it out.")
            % line
        )
    return text


def _check_header(header, columns, optional):
    missing = [name for name in columns if name not in header]
    unknown = [name for name in header if name not in (*columns, *optional)]
    repeated = sorted({name for name in header if header.count(name) > 1})
    problems = [
        f"{label}: {', '.join(names)}"
        for label, names in (
            (_("missing columns"), missing),
            (_("unknown columns"), unknown),
            (_("columns named twice"), repeated),
        )
        if names
    ]
    if problems:
        raise BadFile(
            _("The first line is not the expected header (%s).") % "; ".join(problems)
        )


def _unfinished(line, row, bad):
    if any(cell.line >= line for cell in bad):
        return
    column, value = list(row.items())[-1]
    reason = _(
        "the file ends here without a line break and may be cut short. If it is whole, add an "
        "empty line at its end."
    )
    yield BadCell(line, column, value, reason)


def unreadable(line, error):
    if str(error) == "unexpected end of data":
        reason = _("a quotation mark is not closed; the file may be cut short.")
    else:
        reason = _("not readable as CSV (%s).") % error
    return BadCell(line, "", "", reason)


def wrong_length(line, values, header):
    return BadCell(
        line,
        header[min(len(values), len(header)) - 1],
        values[-1],
        _("the row has %(found)d columns instead of %(expected)d; it may be cut short.")
        % {"found": len(values), "expected": len(header)},
    )
