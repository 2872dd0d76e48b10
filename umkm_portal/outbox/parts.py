"""Texts to phones: in signs that cost one place each, and how many parts a provider makes of them
and bills (3GPP TS 23.038 and 23.040)."""

# The basic alphabet of texts. The signs in EXTENDED take two places.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "^{}\\[~]|€"
# (alone, each of several)
BASIC_LENGTHS = (160, 153)
WIDE_LENGTHS = (70, 67)
# One dash of these would more than halve what fits into a part.
PLAIN = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "−": "-",
        "“": '"',
        "”": '"',
        "\u2018": "'",
        "’": "'",
        "…": "...",
    }
    | {"·": "-", "\u00a0": " ", "\u202f": " "}
)


def plain(text):
    """The same words with dashes and quotation marks of the basic alphabet."""
    return text.translate(PLAIN)


def parts_of(text):
    """1 for up to 160 signs of the basic alphabet, or up to 70 where any other sign is among them."""
    if set(text) <= set(BASIC + EXTENDED):
        length = len(text) + sum(sign in EXTENDED for sign in text)
        alone, each = BASIC_LENGTHS
    else:
        length = len(text.encode("utf-16-be")) // 2
        alone, each = WIDE_LENGTHS
    return 1 if length <= alone else -(-length // each)
