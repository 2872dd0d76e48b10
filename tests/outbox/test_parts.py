import pytest

from umkm_portal.outbox.parts import BASIC, parts_of, plain


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("“" * 70, 1),
        ("a" * 70 + "–", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_a_text_is_counted_as_providers_bill_it(text, parts):
    assert parts_of(text) == parts


def test_dashes_and_quotation_marks_double_no_bill():
    text = plain("“Jatim – Kaltim” … 09.00–09.20 · WITA")

    assert set(text) <= set(BASIC)
    assert text == '"Jatim - Kaltim" ... 09.00-09.20 - WITA'
