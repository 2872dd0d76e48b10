from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from missions.as_of import read_as_of
from missions.models import CountSnapshot

Stage, Basis = CountSnapshot.Stage, CountSnapshot.Basis


@pytest.mark.parametrize(
    ("text", "stage", "basis"),
    [
        ("interim; first 3 hours", Stage.INTERIM, Basis.COMMITMENT),
        ("sementara; pukul 12.00", Stage.INTERIM, Basis.COMMITMENT),
        ("11.00 WITA, before the opening", Stage.INTERIM, Basis.COMMITMENT),
        ("final", Stage.FINAL, Basis.COMMITMENT),
        ("Final; 17.00 WITA", Stage.FINAL, Basis.COMMITMENT),
        ("akhir", Stage.FINAL, Basis.COMMITMENT),
        ("final, quoted later", Stage.QUOTED, Basis.COMMITMENT),
        ("interim/last published; 15.30 WIB", Stage.QUOTED, Basis.COMMITMENT),
        ("corrected; two deals withdrawn", Stage.CORRECTED, Basis.COMMITMENT),
        ("koreksi", Stage.CORRECTED, Basis.COMMITMENT),
        ("quoted later", Stage.QUOTED, Basis.COMMITMENT),
        ("dikutip kemudian", Stage.QUOTED, Basis.COMMITMENT),
        ("reported in July 2020", Stage.QUOTED, Basis.COMMITMENT),
        ("16.05 WITA", Stage.QUOTED, Basis.COMMITMENT),
        ("year total, reported in 2017", Stage.QUOTED, Basis.YEAR_TOTAL),
        ("total setahun", Stage.QUOTED, Basis.YEAR_TOTAL),
        ('"potensi transaksi" (not signed)', Stage.QUOTED, Basis.POTENTIAL),
        ("contract target for the coming year", Stage.QUOTED, Basis.POTENTIAL),
        ("expo stand sales (culinary)", Stage.QUOTED, Basis.RETAIL),
        ("no value published", Stage.NO_VALUE, Basis.COMMITMENT),
        ("participants only", Stage.NO_VALUE, Basis.COMMITMENT),
        ("hanya peserta", Stage.NO_VALUE, Basis.COMMITMENT),
    ],
)
def test_opening_words_say_stage_and_basis(text, stage, basis):
    read = read_as_of(text)

    assert (read.text, read.stage, read.basis) == (text, stage, basis)


@pytest.mark.parametrize("text", ["", "666 miliar", "the final count", "5 May 2025"])
def test_text_with_another_opening_is_not_guessed_at(text):
    assert read_as_of(text) is None


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("final; 17.00 WITA", (17, 0, "Asia/Makassar")),
        ("final; 08.00-17.00 WITA", (17, 0, "Asia/Makassar")),
        ("interim; 13.17", (13, 17, "Asia/Jakarta")),
        ("interim; 12.30 WIT", (12, 30, "Asia/Jayapura")),
        (
            "final; 17.00 WIB (hour: https://jurnal9.tv/?p=42474)",
            (17, 0, "Asia/Jakarta"),
        ),
        ("16.05 WITA", (16, 5, "Asia/Makassar")),
    ],
)
def test_hour_is_read_with_its_zone(text, clock):
    hour, minute, zone = clock
    expected = datetime(2025, 5, 8, hour, minute, tzinfo=ZoneInfo(zone))

    assert read_as_of(text).instant(date(2025, 5, 8), "Asia/Jakarta") == expected


@pytest.mark.parametrize(
    "text",
    [
        "final",
        "final; 25.00 WIB",
        "final; 12.99 WIB",
        "quoted later (conflicts with 372.8 miliar)",
        "final; 12.50 miliar",
        "final; Rp212.50",
        "final; on 12.10.2022",
        "final; Rp1.053.146.943.500",
        "final; Rp10.12,50",
    ],
)
def test_numbers_that_are_no_hour_are_left_alone(text):
    assert read_as_of(text).instant(date(2025, 5, 8), "Asia/Jakarta") is None


def test_hour_without_a_known_day_makes_no_instant():
    assert read_as_of("final; 17.00 WITA").instant(None, "Asia/Makassar") is None


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("final (target 500 miliar)", 500 * 10**9),
        ("interim (target 1,25 triliun)", 1_250 * 10**9),
        ("interim (target 1.250 juta)", 1_250 * 10**6),
        ("contract target for the coming year", None),
        ("final", None),
    ],
)
def test_target_is_read_from_the_words(text, target):
    assert read_as_of(text).target == target


@pytest.mark.parametrize(
    "amount", ["Rp3,296,254,131,486", "Rp 3.296.254.131.486", "Rp3296254131486"]
)
def test_foreign_part_is_read_from_the_words(amount):
    text = f"final; INCLUDES a letter of intent of {amount} (domestic part = 1)"

    assert read_as_of(text).foreign == 3_296_254_131_486
    assert read_as_of("final").foreign is None
