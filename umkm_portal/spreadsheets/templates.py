import csv
import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

TEXT = "@"


def template_file(columns, example, extension):
    """The bytes of a template to fill in. `columns` is {header: what to write there}, `example`
    {header: text}. In a workbook the example stands beside the explanations, not in the list."""
    if extension == "csv":
        return _csv_template(columns, example)
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = _("Data")
    sheet.append(list(columns))
    sheet.freeze_panes = "A2"
    for number, header in enumerate(columns, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(14, len(header) + 4)
        sheet.column_dimensions[letter].number_format = TEXT
        sheet.cell(1, number).font = Font(bold=True)
    _explain(workbook.create_sheet(_("Instructions")), columns, example)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _explain(sheet, columns, example):
    sheet.append([_("Column"), _("What to write"), _("Example")])
    for header, explanation in columns.items():
        sheet.append([header, str(explanation), example.get(header, "")])
    for letter, width in zip("ABC", (28, 70, 36), strict=True):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = Font(bold=True)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.number_format = TEXT
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _csv_template(columns, example):
    file = io.StringIO()
    # Spreadsheets with Indonesian settings put a line with commas into one cell.
    writer = csv.writer(file, delimiter=";")
    writer.writerow(columns)
    writer.writerow([example.get(header, "") for header in columns])
    return file.getvalue().encode("utf-8-sig")
