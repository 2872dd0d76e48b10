"""Finds businesses by what people type and choose.

Every condition is that the text of an entry contains the code of a word, the same on every
database; on PostgreSQL an index of trigrams answers it.
"""

from collections import Counter
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from operator import or_

from django.db.models import Q
from django.db.models.functions import Length

from . import directory
from .directory import in_name
from .models import DirectoryEntry, DirectoryVariant, DirectoryWord
from .words import (
    SAID_BY_ALL,
    can_be_mistyped,
    look_alikes,
    roots,
    typed_words,
    variants,
)

# What a search looks at and counts: beyond it, nobody reads on, they narrow down.
MOST = 1000
# More words than any name has; a longer text only makes the query slow.
MOST_WORDS = 10
MOST_LOOK_ALIKES = 8
MOST_BEGUN = 20
# Businesses with the words in their name that come before all others.
MOST_NAMESAKES = 60


@dataclass(frozen=True)
class Word:
    """A word that was typed, and all that counts as the same.

    `meant` are the words it was taken for, because no business uses it.
    """

    typed: str
    forms: frozenset[str]
    is_known: bool = True
    meant: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """The best businesses of a search, best first, and how many of the real ones have each facet.

    Examples are among the businesses, but in no number except their own.
    """

    pks: list[int]
    facets: Counter
    examples: int
    is_cut: bool
    words: list[Word]

    @property
    def corrected(self):
        """Words that were taken for others. Of a search without result nothing was."""
        return [word for word in self.words if word.meant] if self.pks else []

    @property
    def unknown(self):
        return [word for word in self.words if not word.is_known and not word.meant]

    @property
    def count(self):
        return len(self.pks) - self.examples

    @property
    def counts_all(self):
        """Whether nothing but examples, which come last, was cut off."""
        return not self.is_cut or self.examples > MOST_NAMESAKES


NOTHING = Found([], Counter(), examples=0, is_cut=False, words=[])
MADE_UP = directory.facet(directory.EXAMPLE, directory.YES)


def search(text="", facets=()):
    words = understand(text)
    if text.strip() and not words:
        return NOTHING
    codes = _codes(words, facets)
    anywhere, in_names = _conditions(words, facets, codes)
    # The last shelf has whatever is left, and that is everything in a small directory.
    shelves = [codes[word] for word in _shelves() if word in codes][:-1]
    best = _best(in_names, shelves, MOST_NAMESAKES) if words else {}
    best |= _best(anywhere, shelves, MOST + 1)
    is_cut = len(best) > MOST
    best = dict(list(best.items())[:MOST])
    facets_of = [tokens.split() for tokens in best.values()]
    real = [tokens for tokens in facets_of if MADE_UP not in tokens]
    return Found(
        pks=list(best),
        facets=Counter(chain.from_iterable(real)),
        examples=len(best) - len(real),
        is_cut=is_cut,
        words=words,
    )


def matching(text="", facets=()):
    """All entries that a search finds, however many."""
    words = understand(text)
    condition, _in_names = _conditions(words, facets, _codes(words, facets))
    if condition is None or (text.strip() and not words):
        return DirectoryEntry.objects.none()
    return DirectoryEntry.objects.filter(condition)


def _shelves():
    return map(directory.on_shelf, range(len(directory.SHELVES) + 1))


def _codes(words, facets):
    """{word: its code} of all that a search may need."""
    forms = {form for word in words for form in word.forms}
    texts = {*_shelves(), *facets, *forms, *map(in_name, forms)}
    known = DirectoryWord.objects.filter(text__in=texts).values_list("text", "pk")
    return {text: DirectoryWord.code_of(pk) for text, pk in known}


def _conditions(words, facets, codes):
    """(what entries must fulfil, what those must with the words in their name); None: nobody can."""
    chosen = [{facet} for facet in facets]
    anywhere = [*chosen, *(word.forms for word in words)]
    named = [*chosen, *({in_name(form) for form in word.forms} for word in words)]
    return _all(anywhere, codes), _all(named, codes)


def _all(alternatives, codes):
    """That an entry has one of each set of words."""
    condition = Q()
    for words in alternatives:
        found = [codes[word] for word in sorted(words) if word in codes]
        if not found:
            return None
        condition &= reduce(or_, (Q(codes__contains=code) for code in found))
    return condition


def _best(condition, shelves, most):
    """{pk: facets} of the first entries by rank.

    Only what is rare is looked for in all entries: of anything else the first shelves have enough.
    """
    if condition is None:
        return {}
    entries = DirectoryEntry.objects.filter(condition).values_list("pk", "facets")
    found = {}
    for shelf in shelves:
        found |= dict(entries.filter(codes__contains=shelf)[: most - len(found)])
        if len(found) >= most:
            return found
    return dict(entries[:most])


# What was typed


def understand(text):
    """The words to look for; one that no business uses comes with those that look like it."""
    typed = typed_words(text)
    typed = [word for word in typed if word not in SAID_BY_ALL] or typed
    typed = typed[:MOST_WORDS]
    if not typed:
        return []
    forms = {word: {word, *roots(word)} for word in typed}
    known = _known(set().union(*forms.values()))
    return [_word(word, forms[word] & known) for word in typed]


def _known(words):
    found = DirectoryWord.objects.filter(text__in=words)
    return set(found.values_list("text", flat=True))


def _word(typed, forms):
    if forms:
        return Word(typed, _least(forms))
    if begun := _begun_by(typed):
        return Word(typed, frozenset(begun))
    meant = tuple(_meant(typed))
    forms = set(chain(meant, *map(roots, meant)))
    return Word(typed, _least(forms), is_known=False, meant=meant)


def _least(forms):
    """Without forms whose root is there too: whoever has them has the root."""
    return frozenset(form for form in forms if not roots(form) & forms)


def _begun_by(typed):
    if len(typed) < 2:
        return []
    begun = DirectoryWord.objects.filter(text__startswith=typed, is_written=True)
    begun = begun.order_by(Length("text"), "text").values_list("text", flat=True)
    return begun[:MOST_BEGUN]


def _meant(typed):
    if not can_be_mistyped(typed):
        return []
    alike = DirectoryVariant.objects.filter(text__in=variants(typed))
    candidates = alike.values_list("word__text", flat=True).distinct()
    return look_alikes(typed, candidates)[:MOST_LOOK_ALIKES]
