from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from businesses.first_run import title_of
from businesses.forms.fields import NibField, QuantityField


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("id", "1.500", "1500"),
        ("id", "2,5", "2.5"),
        ("id", "2.5", "2.5"),
        ("id", "0,125", "0.125"),
        ("id", "0.125", "0.125"),
        ("id", "1,125", "1.125"),
        ("id", "1.234.567,8", "1234567.8"),
        ("id", " 12 500 ", "12500"),
        ("en", "1,500", "1500"),
        ("en", "2.5", "2.5"),
        ("en", "2,5", "2.5"),
    ],
)
def test_quantities_are_read_as_they_are_written(language, typed, meant):
    with override(language):
        assert QuantityField().clean(typed) == Decimal(meant)


@pytest.mark.parametrize(
    "typed", ["1.5.0", "-1", "1e5", "٣", "NaN", "1.2345", "12kg", "1,500.5", "9" * 16]
)
def test_what_could_be_read_in_two_ways_or_none_is_refused(typed):
    with override("id"), pytest.raises(ValidationError):
        QuantityField().clean(typed)


@pytest.mark.parametrize("amount", ["1500.000", "1.125", "0.5", "1234567.891"])
def test_what_is_shown_is_read_back_the_same(amount):
    field = QuantityField()
    for language in ("id", "en"):
        with override(language):
            shown = field.prepare_value(Decimal(amount))
            assert field.clean(shown) == Decimal(amount)


def test_a_nib_loses_what_people_type_between_its_digits():
    assert NibField().clean(" 9120.0012-345 67 ") == "9120001234567"
    assert NibField().clean("") == ""


def test_long_words_make_a_short_title():
    title = title_of("kopi sangrai " * 20)

    assert len(title) <= 120
    assert title_of(title) == title
