"""How alike two short texts about goods are, from 0 to 100: words, not meaning."""

import re
from functools import lru_cache

import numpy
from rapidfuzz import fuzz, process

from businesses.words import SAID_BY_ALL, words_of

# They say how much or how good, not what.
SAY_NOTHING = SAID_BY_ALL | set(
    "kg gr gram ton kuintal liter ml pcs pak pack dus box karung botol ekor unit grade mutu kualitas "
    "premium super asli murah berkualitas terbaik best quality".split()
)
# Several goods in one line: "kopi sangrai, gula semut dan keripik".
BETWEEN_GOODS = re.compile(r"[,;/\n]|\bdan\b|\band\b", re.IGNORECASE)
MOST_GOODS = 5


@lru_cache(maxsize=50_000)
def plain_words(text):
    """The words of `text` that say what it is, in order of the alphabet."""
    telling = (
        word
        for word in words_of(text)
        if len(word) > 1 and word.isalpha() and word not in SAY_NOTHING
    )
    return " ".join(sorted(telling))


def goods_in(text):
    """ "kopi sangrai, gula semut" → ["kopi sangrai", "gula semut"], the first five."""
    parts = (part.strip() for part in BETWEEN_GOODS.split(text))
    return [part for part in dict.fromkeys(parts) if plain_words(part)][:MOST_GOODS]


# Within a commodity further words only describe: "kopi robusta" and "kopi robusta sangrai Lampung"
# are the same goods. Across commodities they make other goods: "kopi" and "mesin kopi".
WITHIN, ACROSS = fuzz.token_set_ratio, fuzz.token_sort_ratio


def likeness(one, other, *, within):
    """Of two texts; `within` says that both name the same commodity."""
    words, other_words = plain_words(one), plain_words(other)
    if not (words and other_words):
        return 0
    return int((WITHIN if within else ACROSS)(words, other_words))


class Likenesses:
    """As `likeness`, for all pairs of many texts at once."""

    def __init__(self, texts, other_texts):
        self.rows = {text: row for row, text in enumerate(sorted(set(texts)))}
        self.columns = {
            text: column for column, text in enumerate(sorted(set(other_texts)))
        }
        self.matrices = {
            True: _matrix(self.rows, self.columns, WITHIN),
            False: _matrix(self.rows, self.columns, ACROSS),
        }

    def __call__(self, one, other, *, within):
        return self.matrices[within][self.rows[one]][self.columns[other]]


def _matrix(rows, columns, compare):
    """Rows of plain numbers: they are read one by one, which numpy does slowly."""
    words, other_words = ([*map(plain_words, texts)] for texts in (rows, columns))
    found = process.cdist(
        words, other_words, scorer=compare, dtype=numpy.float64, workers=-1
    )
    # To rapidfuzz two texts without words are the same; here they say nothing.
    found[[not text for text in words], :] = 0
    found[:, [not text for text in other_words]] = 0
    return found.astype(numpy.uint8).tolist()
