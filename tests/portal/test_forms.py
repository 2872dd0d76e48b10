import pytest
from django import forms
from django.core.exceptions import ValidationError

from umkm_portal.forms import MAX_RUPIAH, RupiahField, parse_rupiah


class AmountForm(forms.Form):
    amount = RupiahField(required=False)


@pytest.mark.parametrize(
    "text",
    [
        "1500000",
        "1.500.000",
        "Rp1.500.000",
        "Rp 1.500.000,00",
        "rp. 1.500.000,-",
        "Rp\N{NO-BREAK SPACE}1.500.000",
        "  RP1500000  ",
    ],
)
def test_rupiah_are_read_as_officials_write_them(text):
    assert parse_rupiah(text) == 1_500_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rp",
        "1.500,000",
        "1,500,000",
        "1,500",
        "1.5",
        "1.50",
        "1500.000",
        "1.500.00",
        "1.500.000,50",
        "1 500 000",
        "1.500 000",
        "1.500 juta",
        "1,5000001 juta",
        "1,5 ribu",
        "1,5 M",
        "-5",
        "−5",
        "+5",
        "1e9",
        "0x10",
        "Rp Rp 5",
        "\N{ARABIC-INDIC DIGIT ONE}000",
        "\N{FULLWIDTH DIGIT ONE}000",
        "½",
        "1_000",
        "1\n2",
    ],
)
def test_text_that_can_be_read_in_two_ways_is_refused(text):
    with pytest.raises(ValidationError) as problem:
        parse_rupiah(text)

    assert problem.value.code == "not_rupiah"


def test_amount_too_large_to_be_right_is_refused():
    assert parse_rupiah(str(MAX_RUPIAH)) == MAX_RUPIAH

    with pytest.raises(ValidationError) as problem:
        parse_rupiah(str(MAX_RUPIAH + 1))
    assert problem.value.code == "too_large"


@pytest.mark.parametrize(
    ("typed", "amount"), [("", None), ("Rp0", 0), ("Rp1.000", 1000)]
)
def test_field_tells_nothing_from_zero(typed, amount):
    form = AmountForm({"amount": typed})

    assert form.is_valid()
    assert form.cleaned_data["amount"] == amount


def test_endless_digits_are_refused_by_the_field():
    assert not AmountForm({"amount": "9" * 10_000}).is_valid()


@pytest.mark.parametrize(
    ("typed", "changed"),
    [("Rp1.000", False), ("1000", False), ("1001", True), ("", True), ("x", True)],
)
def test_field_has_changed_only_when_the_amount_has(typed, changed):
    form = AmountForm({"amount": typed}, initial={"amount": 1000})

    assert form.has_changed() == changed


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,5 juta", 1_500_000),
        ("Rp666 miliar", 666_000_000_000),
        ("Rp 1,0531469435 triliun", 1_053_146_943_500),
        ("834,4967 MILIAR", 834_496_700_000),
    ],
)
def test_amounts_with_their_scale_are_read_exactly(text, amount):
    assert parse_rupiah(text) == amount
