"""Words as the directory compares them: Indonesian affixes taken off, slips of the finger forgiven."""

import re
import unicodedata
from functools import lru_cache
from itertools import chain, combinations

from rapidfuzz.distance import OSA, JaroWinkler

LONGEST = 40
SHORTEST_ROOT = 4
SHORTEST_MISTYPED = 3
# From this length on two slips are forgiven, below it one.
LONG = 7
# Everyone types them, and they say nothing about a business.
SAID_BY_ALL = set(
    "dan atau yang di ke dari untuk dengan pada oleh serta ada jual menjual penjual jualan beli "
    "membeli pembeli cari mencari butuh usaha and or the of in for from with to a".split()
)
# What stands between "me" or "pe" and the root, what may follow it, and what it may have swallowed:
# "mengirim" comes from "kirim" and "mengolah" from "olah", so each of the two is a candidate.
NASALS = (
    ("m", "bfvp", ("",)),
    ("m", "aeiou", ("p", "m")),
    ("n", "cdjzts", ("",)),
    ("n", "aeiou", ("t", "n")),
    ("ng", "ghkqr", ("",)),
    ("ng", "aeiou", ("", "k")),
    ("ny", "aeiou", ("s",)),
    ("", "lrwy", ("",)),
)
# Which suffixes go with a prefix. In a pattern the root is all that follows the prefix.
PREFIXES = (
    (r"me", ("kan", "i")),
    (r"pe", ("an",)),
    (r"di(?=..)", ("kan", "i")),
    (r"[bt]er(?=[aeiou]|[^aeiou][aeiouhlr])", ("an",)),
    (r"per(?=[aeiou]|[^aeiou][aeiouhlr])", ("an",)),
    (r"be(?=[^aeiou]er)", ()),
    (r"pe(?=[bcdfghjkpqstvz])", ("an",)),
    (r"ke(?=.+an$)", ("an",)),
    # Before a root of one syllable: "mengecat", "pengelasan".
    (r"[mp]enge(?=[^aeiou][aeiou][^aeiou](an|kan)?$)", ("an", "kan")),
)
APOSTROPHES = "'`\u2018\u2019\u02bc"


def words_of(*texts):
    """The distinct words of texts, in order. One with a hyphen also in one piece: P-IRT, PIRT."""
    compounds = chain.from_iterable(map(_compounds, texts))
    return list(dict.fromkeys(chain.from_iterable(compounds)))


def typed_words(text):
    """As `words_of`, without the one piece: others may have written two words."""
    parts = chain.from_iterable(
        compound[:-1] or compound for compound in _compounds(text)
    )
    return list(dict.fromkeys(parts))


@lru_cache(maxsize=50_000)
def _compounds(text):
    """ "kue P-IRT" → (("kue",), ("p", "irt", "pirt"))"""
    found = []
    for compound in re.findall(r"[^\W_]+(?:-[^\W_]+)*", _plain(text)):
        parts = list(dict.fromkeys(map(_single, compound.split("-"))))
        piece = ["".join(parts)[:LONGEST]] if len(parts) > 1 else []
        found.append((*parts, *piece))
    return tuple(found)


def _plain(text):
    """Small letters without accents and apostrophes: "Ma'ruf" and "Maruf" are one."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", letters)
        if not unicodedata.combining(letter) and letter not in APOSTROPHES
    )


def _single(word):
    """ "oleh2" is how many write "oleh-oleh"."""
    return re.sub(r"(?<=[^\W\d])2$", "", word)[:LONGEST]


@lru_cache(maxsize=100_000)
def roots(word):
    """What may be left of a word without its affixes, and never the word itself.

    There is no dictionary behind this. It gives every candidate, so that the forms of a root have
    one in common: "pengiriman" gives "kirim" and "irim", "kiriman" gives "kirim".
    """
    if not (word.isascii() and word.isalpha()):
        return frozenset()
    bare = {word, *_without_ending(word, "nya", 3)}
    found = set(bare)
    for base in bare:
        stems = _without_prefix(base)
        inner = {
            root for stem in stems for root in _without_prefix(stem, {"per", "ber"})
        }
        found |= stems | inner | _without_plural(base)
        unprefixed = _without_ending(base, "an")
        found |= {root for root in unprefixed if len(root) <= 6 or not stems}
    return frozenset(found - {word})


def _without_ending(word, ending, shortest=SHORTEST_ROOT):
    is_long = len(word) - len(ending) >= shortest
    return {word.removesuffix(ending)} if is_long and word.endswith(ending) else set()


def _without_plural(word):
    """English: "spices", "berries"."""
    if word.endswith("ies") and len(word) > 5:
        return {f"{word[:-3]}y"}
    return _without_ending(word, "s")


def _without_prefix(word, starts=None):
    """pengolahan → olah, kolah, olahan, kolahan."""
    found = set()
    for prefix, suffixes in PREFIXES:
        taken_off = re.match(prefix, word)
        if not taken_off or (starts and word[:3] not in starts):
            continue
        rest = word[taken_off.end() :]
        stems = _unswallowed(rest) if prefix in ("me", "pe") else {rest}
        shortest = 3 if "enge" in prefix else SHORTEST_ROOT
        for stem in stems:
            found |= {
                root
                for suffix in suffixes
                for root in _without_ending(stem, suffix, shortest)
            }
            if len(stem) >= shortest and not prefix.startswith("ke"):
                found.add(stem)
    return found


def _unswallowed(rest):
    return {
        f"{letter}{rest.removeprefix(nasal)}"
        for nasal, followers, swallowed in NASALS
        for letter in swallowed
        if re.match(f"{nasal}[{followers}]", rest)
    }


def can_be_mistyped(word):
    """Numbers are right or wrong, and two letters look like any other two."""
    return word.isalpha() and len(word) >= SHORTEST_MISTYPED


def variants(word):
    """A word with up to as many letters left out as slips are forgiven in it.

    Two words that differ by so many slips share a variant, so that look-alikes are found by
    comparing for equality, in time that does not grow with the number of words (SymSpell).
    """
    head = word[:LONG]
    left_out = range(slips(word) + 1)
    return {
        "".join(letter for place, letter in enumerate(head) if place not in gone)
        for count in left_out
        for gone in combinations(range(len(head)), count)
    }


def slips(word):
    return 1 if len(word) < LONG else 2


def look_alikes(typed, candidates):
    """Those of candidates that differ from the typed word by the fewest slips, likeliest first.

    A slip is a letter that is wrong, missing or too much, or two that changed places.
    """
    distances = {word: OSA.distance(typed, word) for word in candidates}
    least = min(distances.values(), default=0)
    if least > slips(typed):
        return []
    alike = [word for word, distance in distances.items() if distance == least]
    return sorted(alike, key=lambda word: (-JaroWinkler.similarity(typed, word), word))
