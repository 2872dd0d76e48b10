from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from businesses.size import LIMITS, SizeBasis, SizeClass, size_class
from businesses.units import Unit, convert

MILIAR = 10**9


@pytest.mark.parametrize(
    ("amount", "basis", "size"),
    [
        (1 * MILIAR, SizeBasis.CAPITAL, SizeClass.MICRO),
        (1 * MILIAR + 1, SizeBasis.CAPITAL, SizeClass.SMALL),
        (5 * MILIAR, SizeBasis.CAPITAL, SizeClass.SMALL),
        (10 * MILIAR, SizeBasis.CAPITAL, SizeClass.MEDIUM),
        (10 * MILIAR + 1, SizeBasis.CAPITAL, SizeClass.LARGE),
        (2 * MILIAR, SizeBasis.SALES, SizeClass.MICRO),
        (15 * MILIAR, SizeBasis.SALES, SizeClass.SMALL),
        (50 * MILIAR, SizeBasis.SALES, SizeClass.MEDIUM),
        (50 * MILIAR + 1, SizeBasis.SALES, SizeClass.LARGE),
    ],
)
def test_size_classes_end_where_the_regulation_says(amount, basis, size):
    assert size_class(amount, basis) == size


@given(st.integers(0, 10**15), st.integers(0, 10**15), st.sampled_from(SizeBasis))
def test_who_has_more_is_never_in_a_smaller_class(one, other, basis):
    order = [limit.size for limit in LIMITS] + [SizeClass.LARGE]
    less, more = sorted((one, other))

    assert order.index(size_class(less, basis)) <= order.index(size_class(more, basis))


@pytest.mark.parametrize(
    ("quantity", "unit", "to", "result"),
    [
        (4, Unit.TONNE, Unit.KILOGRAM, 4000),
        (250, Unit.GRAM, Unit.KILOGRAM, Decimal("0.25")),
        (3, Unit.QUINTAL, Unit.TONNE, Decimal("0.3")),
        (2, Unit.CUBIC_METRE, Unit.LITRE, 2000),
        (5, Unit.DOZEN, Unit.PIECE, 60),
        (7, Unit.SACK, Unit.SACK, 7),
        (7, Unit.SACK, Unit.KILOGRAM, None),
        (1, Unit.LITRE, Unit.KILOGRAM, None),
        (1, Unit.KILOGRAM, Unit.SACK, None),
    ],
)
def test_quantities_are_compared_only_where_they_measure_the_same(
    quantity, unit, to, result
):
    assert convert(quantity, unit, to) == result


@given(
    st.decimals(min_value=1, max_value=10**6, places=3),
    st.sampled_from(Unit),
    st.sampled_from(Unit),
)
def test_converting_there_and_back_changes_nothing(quantity, unit, to):
    there = convert(quantity, unit, to)

    if there is not None:
        assert abs(convert(there, to, unit) - quantity) < Decimal("0.000001")
    assert (there is None) == (convert(quantity, to, unit) is None)
