import os

import pytest

from umkm_portal.csv_files import (
    MAX_BYTES,
    MAX_ERRORS_SHOWN,
    MAX_LINES,
    BadCell,
    BadFile,
    read_csv,
    refuse,
)

COLUMNS = ["nama", "nilai"]
ROWS = [
    (2, {"nama": "kopi, arabika", "nilai": "1"}),
    (3, {"nama": "dua\nbaris", "nilai": "2"}),
    (5, {"nama": "ﬁlet “dori” ü", "nilai": ""}),
]
TEXT = 'nama,nilai\n"kopi, arabika",1\n"dua\nbaris",2\nﬁlet “dori” ü,\n'


def read(folder, content):
    path = folder / "berkas.csv"
    path.write_bytes(content)
    return read_csv(path, columns=COLUMNS, optional=["catatan"])


def test_rows_come_with_the_line_they_start_on(tmp_path):
    assert read(tmp_path, TEXT.encode()) == (ROWS, [])


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8-sig"),
        TEXT.replace("\n", "\r\n").replace("dua\r\n", "dua\n").encode(),
        TEXT.replace("nama,", "nama;").replace('",', '";').replace("ü,", "ü;").encode(),
        TEXT.replace("nama,nilai", " nama , nilai ").encode(),
        TEXT.replace(",1\n", ", 1 \n\n").replace("\n\n", "\n", 1).encode(),
    ],
    ids=["BOM", "CRLF", "semicolons", "spaced header", "spaced cell"],
)
def test_what_spreadsheets_write_reads_the_same(tmp_path, content):
    assert read(tmp_path, content) == (ROWS, [])


def test_columns_may_stand_in_any_order_and_optional_ones_be_there(tmp_path):
    rows, bad = read(tmp_path, b"catatan,nilai,nama\nx,1,kopi\n")

    assert rows == [(2, {"catatan": "x", "nilai": "1", "nama": "kopi"})]
    assert bad == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \r\n\n", "empty"),
        (b"nama,nilai\n", "no rows"),
        (b"nama,nilai", "no rows"),
        (b"nama,harga\nkopi,1\n", "missing columns: nilai; unknown columns: harga"),
        (b"nama,nilai,nilai\nkopi,1,2\n", "columns named twice: nilai"),
        (b"kopi,1\n", "missing columns: nama, nilai"),
        (b"nama,nilai\nkopi\x00,1\n", "not a CSV text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a CSV text file"),
        (TEXT.encode("utf-16"), "not a CSV text file"),
        ("nama,nilai\nkopi,1\nkafé,2\n".encode("latin-1"), "line 3"),
        (bytes(range(1, 256)), "not UTF-8"),
    ],
)
@pytest.mark.usefixtures("english")
def test_file_that_is_none_of_ours_says_why(tmp_path, content, said):
    with pytest.raises(BadFile) as problem:
        read(tmp_path, content)

    assert said in str(problem.value)
    assert problem.value.cells == []


def test_broken_rows_are_named_beside_the_good_ones(tmp_path):
    rows, bad = read(tmp_path, b"nama,nilai\nkopi\nteh,2\ngula,3,4\nlada,5")

    assert [line for line, row in rows] == [3, 5]
    assert [(cell.line, cell.column, cell.value) for cell in bad] == [
        (2, "nama", "kopi"),
        (4, "nilai", "4"),
        (5, "nilai", "5"),
    ]


def test_last_row_that_is_cut_short_is_named_once(tmp_path):
    rows, bad = read(tmp_path, b"nama,nilai\nkopi,1\nteh")

    assert [line for line, row in rows] == [2]
    assert [(cell.line, cell.value) for cell in bad] == [(3, "teh")]


def test_unclosed_quotation_mark_is_named_where_it_opens(tmp_path):
    rows, bad = read(tmp_path, b'nama,nilai\nkopi,1\n"teh,2\ngula,3\n')

    assert len(rows) == 1
    assert [cell.line for cell in bad] == [3]


def test_file_cut_anywhere_but_between_rows_is_noticed(tmp_path):
    content = TEXT.encode()
    whole = {content.index(end) + len(end) for end in (b",1\n", b",2\n", b"\xbc,\n")}

    for length in range(1, len(content)):
        try:
            _rows, bad = read(tmp_path, content[:length])
        except BadFile:
            continue
        assert bool(bad) == (length not in whole), content[:length]


def test_cell_longer_than_any_cell_is_named(tmp_path):
    _rows, bad = read(tmp_path, b"nama,nilai\nkopi," + b"9" * 200_000 + b"\n")

    assert [cell.line for cell in bad] == [2]


def test_300_megabytes_are_refused_without_being_read(tmp_path):
    path = tmp_path / "besar.csv"
    with path.open("wb") as file:
        file.truncate(300 * 1024**2)

    with pytest.raises(BadFile, match=str(MAX_BYTES // 1024**2)):
        read_csv(path, columns=COLUMNS)


def test_more_lines_than_can_be_checked_are_refused_at_once(tmp_path):
    assert len(read(tmp_path, b"nama,nilai\n" + b"kopi,1\n" * (MAX_LINES - 1))[0]) > 0

    with pytest.raises(BadFile, match=str(MAX_LINES)):
        read(tmp_path, b"nama,nilai\n" + b"kopi,1\n" * MAX_LINES)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs /dev/zero")
def test_device_without_end_is_refused():
    with pytest.raises(BadFile, match=str(MAX_BYTES // 1024**2)):
        read_csv("/dev/zero", columns=COLUMNS)


@pytest.mark.parametrize("name", ["tidak-ada.csv", "."])
def test_missing_file_and_folder_are_named(tmp_path, name):
    with pytest.raises(BadFile, match=str(tmp_path)):
        read_csv(tmp_path / name, columns=COLUMNS)


def test_problems_are_listed_in_the_order_of_the_file():
    with pytest.raises(BadFile) as problem:
        refuse([BadCell(9, "nilai", "x", "b"), BadCell(2, "nama", "", "a")])

    assert [cell.line for cell in problem.value.cells] == [2, 9]


def test_nothing_wrong_refuses_nothing():
    assert refuse([]) is None


def test_message_stays_readable_whatever_the_cells_hold():
    cells = [BadCell(1, "", "a\nb" + "x" * 1000, "r")] * (MAX_ERRORS_SHOWN + 5)

    lines = str(BadFile("Berkas rusak", cells)).split("\n")

    assert len(lines) == 1 + MAX_ERRORS_SHOWN + 1
    assert all(len(line) < 200 for line in lines)
    assert r"a\nb" in lines[1]
    assert "5" in lines[-1]


def test_pipe_is_refused_at_once(tmp_path):
    pipe = tmp_path / "pipa.csv"
    os.mkfifo(pipe)

    with pytest.raises(BadFile):
        read_csv(pipe, columns=["a"])


def test_lines_that_end_in_a_carriage_return_count_too(tmp_path):
    path = tmp_path / "mac.csv"
    path.write_bytes(b"a\r" + b"1\r" * (MAX_LINES + 1))

    with pytest.raises(BadFile, match=str(MAX_LINES)):
        read_csv(path, columns=["a"])


def test_character_that_cannot_be_printed_is_named_by_its_line(tmp_path):
    path = tmp_path / "aneh.csv"
    path.write_bytes(b"a\n1\nko\x0bpi\n")

    with pytest.raises(BadFile, match="3"):
        read_csv(path, columns=["a"])
