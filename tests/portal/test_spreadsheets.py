import csv
import io
import re
import secrets
import zipfile
from datetime import date, datetime, time
from time import perf_counter

import pytest
from hypothesis import given, strategies as st
from openpyxl import Workbook, load_workbook

from umkm_portal.csv_files import MAX_BYTES, BadFile
from umkm_portal.spreadsheets import (
    map_columns,
    read_table,
    sheet_names,
    tables,
    template_file,
    workbooks,
)

NAME, NIB, PHONE = KNOWN = ["Nama usaha", "NIB", "No. HP"]
EXAMPLE = {NAME: "Kopi Contoh", NIB: "9120001234567", PHONE: "0812345678"}
COLUMNS = dict.fromkeys(KNOWN, "Apa saja")
pytestmark = pytest.mark.usefixtures("english")

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30
).map(str.strip)


def xlsx(*rows, change=lambda sheet: None):
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    change(workbook.active)
    return saved(workbook)


def saved(workbook):
    file = io.BytesIO()
    workbook.save(file)
    return io.BytesIO(file.getvalue())


def repacked(file, change):
    """The workbook `file` with `change(name, content)` done to each of its parts."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(file) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return io.BytesIO(out.getvalue())


def csv_file(*rows, **dialect):
    file = io.StringIO()
    csv.writer(file, **dialect).writerows(rows)
    return io.BytesIO(file.getvalue().encode())


def read(source, **options):
    return read_table(source, known=KNOWN, **options)


def refusal(source, **options):
    with pytest.raises(BadFile) as problem:
        read(source, **options)
    return str(problem.value)


def filled_in_xlsx(template, rows):
    workbook = load_workbook(io.BytesIO(template))
    for line, row in enumerate(rows, start=2):
        for column, text in enumerate(row, start=1):
            if text:
                cell = workbook.active.cell(line, column, text)
                cell.data_type = "s"
    return saved(workbook)


def filled_in_csv(template, rows):
    header = template.decode("utf-8-sig").splitlines()[0]
    return csv_file(header.split(";"), *rows, delimiter=";")


@pytest.mark.parametrize(
    ("extension", "filled_in"), [("csv", filled_in_csv), ("xlsx", filled_in_xlsx)]
)
@given(rows=st.lists(st.tuples(st.just("Kopi"), texts, texts), min_size=1, max_size=6))
def test_template_that_is_filled_in_reads_back_the_same(extension, filled_in, rows):
    table = read(filled_in(template_file(COLUMNS, EXAMPLE, extension), rows))

    assert table.header == KNOWN
    assert table.bad == []
    assert table.rows == [
        (line, dict(zip(KNOWN, row, strict=True)))
        for line, row in enumerate(rows, start=2)
    ]


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_template_as_it_is_holds_no_business(extension):
    template = io.BytesIO(template_file(COLUMNS, EXAMPLE, extension))

    assert "no rows" in refusal(template, example=EXAMPLE)


def test_template_formats_its_columns_as_text_and_explains_them():
    workbook = load_workbook(io.BytesIO(template_file(COLUMNS, EXAMPLE, "xlsx")))
    data, instructions = workbook.worksheets

    assert {data.column_dimensions[letter].number_format for letter in "ABC"} == {"@"}
    assert [
        [cell.value for cell in row] for row in instructions.iter_rows(min_row=2)
    ] == [[name, "Apa saja", EXAMPLE[name]] for name in KNOWN]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (9120001234567, "General", "9120001234567"),
        (9120001234567.0, "General", "9120001234567"),
        (81212345678, "0.00E+00", "81212345678"),
        (123, "00000", "00123"),
        (1.5, "General", "1.5"),
        (0.1 + 0.2, "General", "0.3"),
        (-2, "General", "-2"),
        (1e-7, "General", "0.0000001"),
        (True, "General", "TRUE"),
        (date(2024, 6, 25), "dd/mm/yyyy", "2024-06-25"),
        (datetime(2024, 6, 25, 17, 30), "dd/mm/yyyy hh:mm", "2024-06-25 17:30"),  # noqa: DTZ001
        (time(8, 5), "hh:mm", "08:05"),
        ("  Kopi\r\nGayo ", "General", "Kopi\nGayo"),
        ("\N{NO-BREAK SPACE}Kopi ", "General", "Kopi"),
        ("0812", "@", "0812"),
        ("5E3", "@", "5E3"),
    ],
)
def test_cells_are_read_as_text(value, number_format, text):
    def change(sheet):
        sheet["B2"] = value
        sheet["B2"].number_format = number_format

    [(line, row)] = read(xlsx(KNOWN, ["Kopi"], change=change)).rows

    assert (line, row[NIB]) == (2, text)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (12345678901234567, "as text"),
        (1.2345678901234567e17, "as text"),
        ("8.12E+10", "as text"),
        ("8,12e+10", "as text"),
        ("=1/0", "formula"),
        ("ko\x7fpi", "cannot be printed"),
    ],
)
def test_cell_that_has_lost_its_value_is_named(value, said):
    def change(sheet):
        sheet["B3"] = value
        if value == "=1/0":
            sheet["B3"].data_type = "e"
            sheet["B3"].value = "#DIV/0!"

    table = read(xlsx(KNOWN, ["Kopi", "1"], ["Teh"], change=change))

    assert [line for line, row in table.rows] == [2]
    [cell] = table.bad
    assert (cell.line, cell.column) == (3, NIB)
    assert said in cell.reason


def test_shortened_number_in_a_csv_is_named():
    table = read(csv_file(KNOWN, ["Kopi", "", "8,12E+10"], ["Teh", "", "0812"]))

    assert [(cell.line, cell.column) for cell in table.bad] == [(2, PHONE)]
    assert [line for line, row in table.rows] == [3]


def test_formula_is_read_as_the_value_it_showed_and_never_run():
    def keep_value(name, content):
        return content.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
            b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"
        )

    def as_text(sheet):
        sheet["C2"] = "=HYPERLINK(1)"
        sheet["C2"].data_type = "s"

    file = repacked(xlsx(KNOWN, ["Kopi", "=1+1"], change=as_text), keep_value)

    [(_line, row)] = read(file).rows
    assert row == {NAME: "Kopi", NIB: "2", PHONE: "=HYPERLINK(1)"}


def test_titles_above_and_blank_lines_are_passed_over():
    rows = [
        ["DATA UMKM BINAAN", None, None],
        [],
        ["Dinas Perdagangan", "Tahun 2026"],
        ["Nama  Usaha", "N.I.B.", "no hp", "Catatan"],
        ["Kopi", "1", None, "x"],
        [None, "  "],
        ["Teh", "2"],
    ]

    table = read(xlsx(*rows))
    assert table.header == ["Nama Usaha", "N.I.B.", "no hp", "Catatan"]
    assert [(line, row["N.I.B."]) for line, row in table.rows] == [(5, "1"), (7, "2")]

    widened = [[cell or "" for cell in row] + [""] * (4 - len(row)) for row in rows]
    for delimiter in ",;\t":
        assert read(csv_file(*widened, delimiter=delimiter)) == table


def test_header_of_unknown_names_is_the_first_row_with_two_cells():
    table = read(xlsx(["Daftar"], ["Usaha", "Kontak"], ["Kopi", "0812"]))

    assert table.header == ["Usaha", "Kontak"]


def test_columns_of_the_same_name_are_named():
    said = refusal(xlsx([NAME, NIB, " NIB", "Ket", "Ket"], ["Kopi"]))

    assert "Ket, NIB" in said


def test_column_without_a_name_is_called_by_its_letter():
    table = read(xlsx([NAME, None, NIB], ["Kopi", "x", "1"]))
    assert table.header == [NAME, "column B", NIB]

    table = read(xlsx(KNOWN, ["Kopi", "1", "2", None, "di luar"], ["Teh"]))
    assert [(cell.column, cell.value) for cell in table.bad] == [
        ("column E", "di luar")
    ]
    assert [line for line, row in table.rows] == [3]


def test_short_csv_row_may_be_cut_and_is_named():
    table = read(io.BytesIO(b"Nama usaha,NIB,No. HP\nKopi,1,2\nTeh,9120"))

    assert [(cell.line, cell.value) for cell in table.bad] == [(3, "9120")]


def test_cell_merged_downwards_counts_for_each_of_its_rows():
    def merge(sheet):
        sheet.merge_cells("B2:B4")
        sheet.merge_cells("A6:C6")

    rows = [
        ["Kopi", "1", "a"],
        ["Teh", None, "b"],
        [],
        ["Gula", None, "c"],
        ["Catatan"],
    ]
    table = read(xlsx(KNOWN, *rows, change=merge))

    assert [(line, row[NIB]) for line, row in table.rows] == [
        (2, "1"),
        (3, "1"),
        (5, ""),
        (6, ""),
    ]


def test_hidden_rows_and_columns_are_read():
    def hide(sheet):
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True

    table = read(xlsx(KNOWN, ["Kopi", "1"], ["Teh", "2"], change=hide))

    assert [row[NIB] for line, row in table.rows] == ["1", "2"]


def workbook_of_three_sheets():
    workbook = Workbook()
    workbook.active.title = "Tersembunyi"
    workbook.active.sheet_state = "hidden"
    for title, business in (("Jatim", "Kopi"), ("Bali", "Teh")):
        sheet = workbook.create_sheet(title)
        sheet.append(KNOWN)
        sheet.append([business, "1"])
    workbook.active = 1
    return saved(workbook)


@pytest.mark.parametrize(("name", "business"), [(None, "Kopi"), ("Bali", "Teh")])
def test_first_visible_or_named_sheet_is_read(name, business):
    [(_line, row)] = read(workbook_of_three_sheets(), sheet=name).rows

    assert row[NAME] == business


@pytest.mark.parametrize("name", ["Tersembunyi", "Papua"])
def test_sheet_that_is_hidden_or_missing_names_the_others(name):
    assert sheet_names(workbook_of_three_sheets()) == ["Jatim", "Bali"]
    assert "Jatim, Bali" in refusal(workbook_of_three_sheets(), sheet=name)
    assert sheet_names(csv_file(KNOWN)) == []


def test_wrong_dimensions_hide_nothing():
    def shrink(name, content):
        return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', content)

    table = read(repacked(xlsx(KNOWN, ["Kopi", "1", "2"]), shrink))

    assert len(table.rows) == 1
    assert table.rows[0][1][PHONE] == "2"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"Nama usaha,NIB\n", "no rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel"),
        (b"PK\x03\x04 rusak", "not an Excel workbook"),
        (b"PK\x05\x06" + b"\0" * 18, "not an Excel workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not a CSV"),
        ("Nama usaha,NIB\nkafé,1\n".encode("latin-1"), "line 2"),
        (b'Nama usaha,NIB\nKopi,1\n"Teh,2\n', "line 3"),
        (b"a,b\n" * 6000, "5000"),
        (b"x" * (MAX_BYTES + 1), "10 MB"),
    ],
)
def test_file_that_cannot_be_read_says_why(content, said, tmp_path):
    assert said in refusal(io.BytesIO(content))

    path = tmp_path / "kiriman"
    path.write_bytes(content)
    assert said in refusal(path)


def test_workbook_cut_anywhere_is_refused():
    content = xlsx(KNOWN, ["Kopi", "1"]).getvalue()

    for length in range(5, len(content), 97):
        refusal(io.BytesIO(content[:length]))


def test_workbook_of_another_program_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

    assert "not an Excel workbook" in refusal(io.BytesIO(file.getvalue()))


def padded(size):
    return lambda name, content: content + b" " * size * name.endswith("sheet1.xml")


@pytest.mark.parametrize("size", [2 * 1024**2, 80 * 1024**2])
def test_zip_bomb_is_refused_before_it_unpacks(size, monkeypatch):
    bomb = repacked(xlsx(KNOWN, ["Kopi"]), padded(size))
    monkeypatch.setattr(workbooks, "load_workbook", None)

    assert len(bomb.getvalue()) < 100_000
    assert "unpacks to more" in refusal(bomb)


def test_part_that_lies_about_its_size_is_not_unpacked():
    bomb = repacked(xlsx(KNOWN, ["Kopi"]), padded(2 * 1024**2)).getvalue()
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        true = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = bomb.replace(true.to_bytes(4, "little"), (900).to_bytes(4, "little"))

    assert "not an Excel workbook" in refusal(io.BytesIO(lying))


def test_workbook_of_very_many_parts_is_refused():
    file = xlsx(KNOWN, ["Kopi"])
    with zipfile.ZipFile(file, "a") as archive:
        for number in range(workbooks.MAX_PARTS):
            archive.writestr(f"xl/media/{number}.txt", "")

    assert "unpacks to more" in refusal(io.BytesIO(file.getvalue()))


def test_xml_that_multiplies_itself_is_refused():
    laughs = b"".join(
        b'<!ENTITY l%d "%s">'
        % (depth, b"&l%d;" % (depth - 1) * 10 if depth else b"ha" * 50)
        for depth in range(9)
    )

    def laugh(name, content):
        if not name.endswith("sheet1.xml"):
            return content
        content = content.replace(b"Kopi", b"&l8;").replace(b"<t>x</t>", b"<t>&l8;</t>")
        return (
            b"<!DOCTYPE worksheet ["
            + laughs
            + b"]>"
            + content.replace(
                b"<sheetData>", b"<sheetData><row><c><v>&l8;</v></c></row>"
            )
        )

    assert "not an Excel workbook" in refusal(repacked(xlsx(KNOWN, ["Kopi"]), laugh))


@pytest.mark.parametrize("address", ["XFD2", "A1048577", "AAAA2"])
def test_cells_far_away_do_not_fill_the_memory(address):
    def far(name, content):
        if not name.endswith("sheet1.xml"):
            return content
        row = int(re.search(r"\d+", address)[0])
        cell = f'<row r="{row}"><c r="{address}"><v>1</v></c></row></sheetData>'
        return content.replace(b"</sheetData>", cell.encode())

    assert refusal(repacked(xlsx(KNOWN), far))


@pytest.mark.parametrize(
    ("tags", "count"), [(b"<c/>", 2_000_001), (b'<mergeCell ref="A1:A9"/>', 20_001)]
)
def test_more_tags_than_a_list_has_are_refused(tags, count):
    def many(name, content):
        if not name.endswith("sheet1.xml"):
            return content
        return content.replace(b"</sheetData>", b"</sheetData>" + tags * count)

    file = repacked(xlsx(KNOWN, ["Kopi"]), many)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/media/foto.png", secrets.token_bytes(100_000))

    assert "unpacks to more" in refusal(io.BytesIO(file.getvalue()))


def test_more_rows_or_columns_than_can_be_checked_are_refused():
    most = [["Kopi", "1"]] * tables.MAX_LINES
    assert len(read(xlsx(KNOWN, *most)).rows) == tables.MAX_LINES
    assert str(tables.MAX_LINES) in refusal(xlsx(KNOWN, *most, ["Teh"]))

    wide = [f"kolom {number}" for number in range(workbooks.MAX_COLUMNS + 1)]
    assert len(read(xlsx(wide[:-1], ["Kopi"])).header) == workbooks.MAX_COLUMNS
    assert str(workbooks.MAX_COLUMNS) in refusal(xlsx(wide, ["Kopi"]))


SYNONYMS = {
    "name": ["nama usaha", "nama UMKM", "merek"],
    "nib": ["NIB", "nomor induk berusaha"],
    "phone": ["No. HP", "telepon", "WA"],
}


def test_columns_are_found_whatever_their_spelling():
    header = ["No", "NAMA_USAHA", "Nomor Induk Berusaha*", "no hp", "Merek"]

    assert map_columns(header, SYNONYMS) == {
        "name": "NAMA_USAHA",
        "nib": "Nomor Induk Berusaha*",
        "phone": "no hp",
    }
    assert map_columns(["Usaha"], SYNONYMS) == dict.fromkeys(SYNONYMS)


def test_misspelt_columns_are_found_where_only_one_thing_can_be_meant():
    header = ["Nama Usah", "Nomer Induk Berusaha", "Telpon"]

    assert map_columns(header, SYNONYMS) == dict(zip(SYNONYMS, header, strict=True))
    # The exact name wins; of two that are close, nobody knows which.
    assert map_columns(["Nama Usah", "Nama Usaha"], SYNONYMS)["name"] == "Nama Usaha"
    assert map_columns(["Nama Usah", "Nama Usaha1"], SYNONYMS)["name"] is None
    alike = {"own": ["nomor wa 1"], "other": ["nomor wa 2"]}
    assert map_columns(["Nomor WA"], alike) == {"own": None, "other": None}
    numbers = {"nib": ["nomor nib"]}
    assert map_columns(["Nomor NIK"], numbers, foreign=["nomor nik"]) == {"nib": None}


def test_what_the_user_chose_wins():
    header = ["Nama usaha", "Merek", "Telepon", "Kode"]
    chosen = {"Merek": "name", "Telepon": None, "Kode": "nib"}

    assert map_columns(header, SYNONYMS, chosen) == {
        "name": "Merek",
        "nib": "Kode",
        "phone": None,
    }


def test_column_serves_one_field_only():
    both = {"name": ["nama"], "owner": ["nama"]}

    assert map_columns(["Nama"], both) == {"name": "Nama", "owner": None}


def test_unfinished_tags_do_not_keep_the_reader_busy():
    def unfinished(name, content):
        if not name.endswith("sheet1.xml"):
            return content
        return content.replace(b"</sheetData>", b"<mergeCell " * 100_000)

    file = repacked(xlsx(KNOWN, ["Kopi"]), unfinished)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/media/foto.png", secrets.token_bytes(100_000))
    started = perf_counter()
    assert "not an Excel workbook" in refusal(io.BytesIO(file.getvalue()))
    assert perf_counter() - started < 5
