"""The text of a cell, or a BadCell (whose column only the header can tell) when there is none."""

import re
from datetime import datetime, time
from decimal import Decimal

from django.utils.translation import gettext as _
from openpyxl.cell.cell import TYPE_ERROR

from ..csv_files import BadCell
from ..validators import CONTROL_CHARACTERS

# A spreadsheet keeps 15 digits of a number and makes the others 0.
MOST_EXACT = 10**15
SHORTENED_NUMBER = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)


def cell_text(line, cell):
    if cell.data_type == TYPE_ERROR:
        reason = _("the formula of this cell has an error. Type the value instead.")
        return BadCell(line, "", str(cell.value), reason)
    match cell.value:
        case None:
            return ""
        case bool(value):
            return "TRUE" if value else "FALSE"
        case int(value) | float(value):
            return _number(line, value, cell.number_format)
        case datetime() as value:
            is_day = value.time() == time()
            return str(value.date()) if is_day else value.isoformat(" ", "minutes")
        case time() as value:
            return value.isoformat("minutes")
        case value:
            return clean_text(line, str(value))


def _number(line, value, number_format):
    if not abs(value) < MOST_EXACT:
        return BadCell(line, "", str(value), _lost_digits())
    if value == int(value):
        # The format 00000 shows the zeros that a postal code begins with.
        zeros = len(number_format) if set(number_format) == {"0"} else 0
        return str(int(value)).zfill(zeros)
    return f"{Decimal(f'{value:.15g}'):f}"


def clean_text(line, text):
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if SHORTENED_NUMBER.fullmatch(text):
        return BadCell(line, "", text, _lost_digits())
    if re.search(f"[{CONTROL_CHARACTERS}]", text):
        reason = _("it contains a character that cannot be printed. Type it again.")
        return BadCell(line, "", text, reason)
    return text


def _lost_digits():
    return _(
        "the spreadsheet has shortened this number and its last digits are lost. Format the "
        "column as text and type the number again."
    )
