from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override
from hypothesis import given, strategies as st

from missions.models import Mission
from umkm_portal.formatting import (
    date_range,
    instant,
    partial_date,
    percent,
    rupiah,
    rupiah_in_words,
    rupiah_short,
)
from umkm_portal.forms import parse_rupiah
from umkm_portal.validators import MAX_RUPIAH

amounts = st.integers(min_value=0, max_value=MAX_RUPIAH)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (0, "Rp0"),
        (1_053_146_943_500, "Rp1.053.146.943.500"),
        (-23_027_000_000, "−Rp23.027.000.000"),
        (10**18, "Rp1.000.000.000.000.000.000"),
    ],
)
@pytest.mark.parametrize("language", ["id", "en"])
def test_full_rupiah_are_the_same_in_every_language(language, amount, written):
    with override(language):
        assert rupiah(amount) == written


@given(amounts)
def test_written_rupiah_read_back_as_the_same_amount(amount):
    assert parse_rupiah(rupiah(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "number", "scale"),
    [
        (1_000_000, "1", "million"),
        (1_049_999, "1", "million"),
        (1_050_000, "1.1", "million"),
        (81_900_000, "81.9", "million"),
        (950_000_000, "950", "million"),
        (999_949_999, "999.9", "million"),
        (999_950_000, "1", "billion"),
        (999_999_999, "1", "billion"),
        (1_000_000_000, "1", "billion"),
        (834_496_700_000, "834.5", "billion"),
        (999_949_999_999, "999.9", "billion"),
        (999_950_000_000, "1", "trillion"),
        (1_053_146_943_500, "1.053", "trillion"),
        (1_050_000_000_000, "1.05", "trillion"),
        (33_061_726_235_125, "33.062", "trillion"),
        (10**18, "1,000,000", "trillion"),
    ],
)
def test_short_rupiah_round_and_carry(amount, number, scale):
    with override("en"):
        assert rupiah_short(amount) == f"Rp{number} {scale}"
        assert rupiah_short(-amount) == f"−Rp{number} {scale}"
    with override("id"):
        indonesian = number.translate(str.maketrans(",.", ".,"))
        assert rupiah_short(amount).startswith(f"Rp{indonesian} ")


@pytest.mark.parametrize("amount", [0, 1, 999_999, -999_999])
def test_amounts_below_a_million_are_never_shortened(amount):
    assert rupiah_short(amount) == rupiah(amount)


@given(st.integers(min_value=10**6, max_value=10**15))
def test_short_rupiah_are_within_their_last_digit(amount):
    with override("en"):
        number, scale = rupiah_short(amount).removeprefix("Rp").split()
    scale = {"million": 10**6, "billion": 10**9, "trillion": 10**12}[scale]
    read = round(float(number.replace(",", "")) * scale)

    assert abs(read - amount) <= amount * 0.05
    assert read / scale >= 1
    assert scale == 10**12 or read / scale < 1000


@given(amounts)
def test_no_amount_is_ever_written_with_a_bare_m(amount):
    """ "M" is miliar to some and million to others."""
    for language in ("id", "en"):
        with override(language):
            assert not {"M", "T", "B"} & set(rupiah_short(amount))


def test_rupiah_are_read_out_in_words():
    with override("id"):
        assert rupiah_in_words(1_500_000) == "satu juta lima ratus ribu rupiah"
    with override("en"):
        assert rupiah_in_words(1_500_000) == "one million, five hundred thousand rupiah"


@given(amounts)
def test_different_amounts_sound_different(amount):
    with override("id"):
        assert rupiah_in_words(amount) != rupiah_in_words(amount * 1000 + 1000)


def test_percent_keeps_one_decimal_at_most():
    with override("id"):
        assert percent(0.1177) == "11,8%"
        assert percent(1) == "100%"


@pytest.mark.parametrize(
    ("precision", "indonesian", "english"),
    [
        ("day", "8 Mei 2025", "8 May 2025"),
        ("month", "Mei 2025", "May 2025"),
        ("year", "2025", "2025"),
    ],
)
def test_date_shows_no_more_than_is_known(precision, indonesian, english):
    with override("id"):
        assert partial_date(date(2025, 5, 8), precision) == indonesian
    with override("en"):
        assert partial_date(date(2025, 5, 8), precision) == english


@pytest.mark.usefixtures("english")
def test_date_that_no_source_states_is_said_to_be_unknown():
    assert partial_date(None, "unknown") == "date unknown"


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        (date(2025, 5, 8), None, "8 Mei 2025"),
        (date(2025, 5, 8), date(2025, 5, 8), "8 Mei 2025"),
        (date(2025, 5, 8), date(2025, 5, 9), "8 – 9 Mei 2025"),
        (date(2017, 7, 30), date(2017, 8, 1), "30 Juli – 1 Agustus 2017"),
        (date(2025, 12, 31), date(2026, 1, 1), "31 Desember 2025 – 1 Januari 2026"),
    ],
)
def test_days_of_a_mission_are_written_once(first, last, written):
    with override("id"):
        assert date_range(Mission(starts_on=first, ends_on=last)) == written


@pytest.mark.parametrize(
    ("zone", "indonesian", "english"),
    [
        ("Asia/Jakarta", "8 Mei 2025, 23.30 WIB", "8 May 2025, 23:30 WIB"),
        ("Asia/Makassar", "9 Mei 2025, 00.30 WITA", "9 May 2025, 00:30 WITA"),
        ("Asia/Jayapura", "9 Mei 2025, 01.30 WIT", "9 May 2025, 01:30 WIT"),
    ],
)
def test_instant_is_shown_in_its_zone_by_name(zone, indonesian, english):
    moment = datetime(2025, 5, 8, 16, 30, tzinfo=UTC)

    with override("id"):
        assert instant(moment, zone) == indonesian
    with override("en"):
        assert instant(moment, zone) == english
