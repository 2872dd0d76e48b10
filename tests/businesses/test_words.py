import pytest
from hypothesis import given, strategies as st

from businesses.words import (
    LONG,
    LONGEST,
    can_be_mistyped,
    look_alikes,
    roots,
    slips,
    typed_words,
    variants,
    words_of,
)

# Two forms of a root; who types one finds the other.
FORMS = """
olahan pengolahan
mengolah pengolahan
diolah olahan
kopi kopinya
penjualan jual
makanan makan
anyaman menganyam
penganyam anyaman
tenunan menenun
penenun tenun
ukiran mengukir
perikanan ikan
pertanian petani
bertani tani
peternakan beternak
perkebunan pekebun
kerajinan perajin
pengrajin kerajinan
minuman peminum
kemasan mengemas
pengemasan kemasan
penyangraian sangrai
disangrai menyangrai
mengeringkan pengeringan
keringan dikeringkan
penggilingan menggiling
jahitan penjahit
perhiasan penghias
pengasapan mengasap
asinan mengasinkan
gorengan menggoreng
pemasaran memasarkan
pengiriman kiriman
penyewaan menyewakan
pencucian mencuci
penanaman tanaman
perdagangan pedagang
pembangunan bangunan
pemupukan pupuk
penepungan tepung
penyulingan suling
pengelasan las
pengecatan mengecat
kelautan melaut
pemberdayaan daya
kehutanan hutan
simpanan menyimpan
spices spice
berries berry
"""
# Words that only look as if they had a root in common.
STRANGERS = "kelapa lapar, rotan roti, padi pad, bayam ayam, kacang kaca, santan sapi, beras berlian"


@pytest.mark.parametrize("pair", FORMS.strip().splitlines())
def test_forms_of_a_word_have_a_root_in_common(pair):
    one, other = pair.split()

    assert {one, *roots(one)} & {other, *roots(other)}


@pytest.mark.parametrize("pair", STRANGERS.split(", "))
def test_other_words_have_none(pair):
    one, other = pair.split()

    assert not {one, *roots(one)} & {other, *roots(other)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Oleh-oleh khas", ["oleh", "khas"]),
        ("oleh2", ["oleh"]),
        ("sayur-mayur", ["sayur", "mayur", "sayurmayur"]),
        ("P-IRT", ["p", "irt", "pirt"]),
        ("Ma’ruf & Ma'ruf", ["maruf"]),
        ("CAFÉ", ["cafe"]),
        ("100% asli_murni", ["100", "asli", "murni"]),
        ("24 12", ["24", "12"]),
        ("—!?", []),
    ],
)
def test_words_are_what_people_would_type(text, words):
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [("oleh-oleh", ["oleh"]), ("sayur-mayur P-IRT", ["sayur", "mayur", "p", "irt"])],
)
def test_a_typed_hyphen_may_have_been_a_space(text, words):
    assert typed_words(text) == words


@given(st.text())
def test_words_of_any_text_are_plain_and_short(text):
    for word in words_of(text):
        assert 0 < len(word) <= LONGEST
        assert not set(word) & set(" :=%\\")
        assert word not in roots(word)


letters = st.characters(codec="ascii", categories=["Ll"])
words = st.text(letters, min_size=3, max_size=14)


@given(words, st.data())
def test_a_word_with_a_slip_shares_a_variant_with_it(word, data):
    typed = data.draw(slip(word))

    assert variants(typed) & variants(word)
    assert look_alikes(typed, [word]) == [word]


@given(st.text(letters, min_size=LONG + 2, max_size=14), st.data())
def test_a_long_word_with_two_slips_shares_a_variant_with_it(word, data):
    typed = data.draw(slip(data.draw(slip(word))))

    assert variants(typed) & variants(word)


@st.composite
def slip(draw, word):
    """One letter wrong, missing or too much, or two that changed places."""
    place = draw(st.integers(0, len(word) - 1))
    letter = draw(letters)
    before, here, after = word[:place], word[place], word[place + 1 :]
    return draw(
        st.sampled_from(
            [
                f"{before}{letter}{after}",
                f"{before}{letter}{here}{after}",
                f"{before}{after}" if len(word) > 3 else word,
                f"{before}{after[:1]}{here}{after[1:]}",
            ]
        )
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kopo", "kopi"),
        ("kpoi", "kopi"),
        ("surabya", "surabaya"),
        ("jakrata", "jakarta"),
        ("anyamn", "anyaman"),
        ("bateh", "batik"),
    ],
)
def test_look_alikes_are_those_with_the_fewest_slips(typed, meant):
    known = ["kopi", "surabaya", "jakarta", "anyaman", "batik", "bambu", "kopra"]

    assert look_alikes(typed, known) == ([] if typed == "bateh" else [meant])


def test_few_slips_are_forgiven_in_short_words_and_none_in_numbers():
    assert (slips("kopi"), slips("surabaya")) == (1, 2)
    assert not can_be_mistyped("24")
    assert not can_be_mistyped("ud")
