"""The directory of businesses: what it holds. businesses/search.py says how it is searched."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import batched, chain
from zlib import crc32

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, Value
from django.db.models.functions import Replace
from django.utils.translation import override

from .models import (
    Business,
    Certificate,
    Check,
    DirectoryEntry,
    DirectoryShelf,
    DirectoryVariant,
    DirectoryWord,
    Listing,
    Product,
    Sector,
)
from .words import can_be_mistyped, roots, variants, words_of

# Each kind of facet begins with a letter of its own, so that no two facets are the same word.
PROVINCE, REGENCY, SECTOR, COMMODITY = "p", "r", "s", "k"
SIZE, CERTIFICATE, VERIFIED, EXAMPLE = "u", "c", "v", "e"
YES = "ya"
# What moves a business up, and by how much.
POINTS = {
    "valid_checks": 10,
    "open_listings": 6,
    "public_products": 4,
    "current_certificates": 4,
    "sells": 2,
    "description": 2,
    "regency": 1,
    "size": 1,
}
# Invented businesses come after all real ones.
MOST_POINTS = sum(POINTS.values()) + 1
SHUFFLE = 1000
BATCH = 1000
# How many of the best entries stand on the first shelf, on the first two, and so on. Whatever is
# searched for, the shelves that hold enough of it hold at most some thousands more than wanted.
SHELVES = (4_000, 32_000, 256_000)


def facet(kind, value):
    """A facet as a word: ("s", "perikanan-dan-kelautan") → ":sperikanandankelautan"."""
    return f":{kind}{''.join(filter(str.isalnum, value))}"


def on_shelf(number):
    return f":shelf{number}"


def in_name(word):
    """A word of the name of a business, which weighs more than the same word elsewhere."""
    return f"={word}"


def with_public_facts(businesses):
    """Businesses with all that their entries and cards say, in a fixed number of queries."""
    of_commodity = "commodity__sector"
    lists = {
        "sectors": (Sector.objects.all(), "public_sectors"),
        "products": (
            Product.objects.select_related(of_commodity),
            "public_products",
        ),
        "listings": (
            Listing.objects.open().select_related(of_commodity),
            "open_listings",
        ),
        "certificates": (Certificate.objects.current(), "current_certificates"),
        "checks": (Check.objects.valid(), "valid_checks"),
    }
    return businesses.select_related("province", "regency").prefetch_related(
        *(
            Prefetch(name, rows, to_attr=attribute)
            for name, (rows, attribute) in lists.items()
        )
    )


@dataclass(frozen=True)
class Facts:
    """What the entry of a business says, in words."""

    written: set[str]
    derived: set[str]
    entry: DirectoryEntry

    @property
    def words(self):
        return self.written | self.derived


def facts(business):
    """The facts of a business that comes `with_public_facts`."""
    name = words_of(business.name)
    written = {*name, *words_of(*_texts(business))}
    facets = list(_facets(business))
    entry = DirectoryEntry(
        business=business,
        facets=spaced(facets),
        rank=_rank(business),
        stale_on=_stale_on(business),
    )
    derived = {*facets, *map(in_name, _with_roots(name))}
    return Facts(written, derived | _with_roots(written) - written, entry)


def _with_roots(words):
    return set(chain(words, *map(roots, words)))


def spaced(words):
    return f" {' '.join(words)} "


def commodities(business):
    """{slug: group} of what a business offers or needs."""
    goods = chain(business.public_products, business.open_listings)
    return {row.commodity_id: row.commodity for row in goods if row.commodity_id}


def sectors(business):
    """{slug: sector} that it states, or that its commodities belong to."""
    found = {sector.pk: sector for sector in business.public_sectors}
    return found | {
        group.sector_id: group.sector for group in commodities(business).values()
    }


def _texts(business):
    yield from (business.sells, business.seeks)
    for product in business.public_products:
        yield product.name
    for listing in business.open_listings:
        yield listing.title
    for group in (*commodities(business).values(), *sectors(business).values()):
        yield from (group.name, group.name_en)
    for certificate in business.current_certificates:
        yield from (certificate.name, *_labels(certificate.kind))
    if business.regency:
        yield business.regency.name
    yield from (business.province.name, business.province.name_en)


@cache
def _labels(kind):
    """What a kind of certificate is called in each language."""
    labels = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            labels.append(str(Certificate.Kind(kind).label))
    return [] if kind == Certificate.Kind.OTHER else labels


def _facets(business):
    yield facet(PROVINCE, business.province_id)
    if business.regency_id:
        yield facet(REGENCY, business.regency_id)
    if business.size:
        yield facet(SIZE, business.size)
    for slug in sectors(business):
        yield facet(SECTOR, slug)
    for slug in commodities(business):
        yield facet(COMMODITY, slug)
    for kind in {held.kind for held in business.current_certificates}:
        yield facet(CERTIFICATE, kind)
    if business.valid_checks:
        yield facet(VERIFIED, YES)
    if business.is_example:
        yield facet(EXAMPLE, YES)


def _rank(business):
    points = sum(worth for fact, worth in POINTS.items() if getattr(business, fact))
    if business.is_example:
        points -= MOST_POINTS
    return points * SHUFFLE + crc32(str(business.pk).encode()) % SHUFFLE


def _stale_on(business):
    """The day after the first of its facts ends; None when none does."""
    ends = [
        *(listing.expires_on for listing in business.open_listings),
        *(certificate.expires_on for certificate in business.current_certificates),
        *(check.valid_until for check in business.valid_checks),
    ]
    first = min(filter(None, ends), default=None)
    return first and first + timedelta(days=1)


# Keeping it up to date


@transaction.atomic
def refresh(business):
    """Brings the directory in line with a business; call it after every change of public facts."""
    refresh_all(Business.objects.filter(pk=business.pk))


def refresh_all(businesses):
    """Writes the entries of those that are published, removes the others, and says how many."""
    count = 0
    pks = businesses.order_by("pk").values_list("pk", flat=True)
    for batch in batched(list(pks), BATCH):
        with transaction.atomic():
            count += _refresh(batch)
    return count


def _refresh(pks):
    old = DirectoryEntry.objects.in_bulk(pks)
    published = Business.objects.published().filter(pk__in=pks)
    found = [facts(business) for business in with_public_facts(published)]
    put(found)
    entries = [row.entry for row in found]
    kept = {entry.pk for entry in entries}
    DirectoryEntry.objects.filter(pk__in=old.keys() - kept).delete()
    forget(_codes(old.values()) - _codes(entries))
    return len(entries)


def _codes(entries):
    return {code for entry in entries for code in entry.codes.split()}


def put(all_facts, known=None):
    """Writes entries. `known` is {word: its code} of before, for who writes many."""
    known = {} if known is None else known
    entries = [row.entry for row in all_facts]
    lowest_ranks = DirectoryShelf.objects.values_list("lowest_rank", flat=True)
    _shelve(all_facts, list(lowest_ranks))
    learn(all_facts, known)
    for row in all_facts:
        row.entry.codes = spaced(sorted(known[word] for word in row.words))
    DirectoryEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["business"],
        update_fields=["codes", "facets", "rank", "shelf", "stale_on"],
    )


def _shelve(all_facts, lowest_ranks):
    for row in all_facts:
        row.entry.shelf = sum(lowest > row.entry.rank for lowest in lowest_ranks)
        row.derived.add(on_shelf(row.entry.shelf))


def learn(all_facts, known):
    """Adds to the vocabulary what it lacks, and to `known` the codes of all words."""
    written = set().union(*(row.written for row in all_facts))
    words = written.union(*(row.derived for row in all_facts)) - known.keys()
    rows = DirectoryWord.objects.filter(text__in=words)
    is_written = dict(rows.values_list("text", "is_written"))
    new = [
        DirectoryWord(text=word, is_written=word in written)
        for word in sorted(words)
        if word not in is_written or (word in written and not is_written[word])
    ]
    DirectoryWord.objects.bulk_create(
        new,
        update_conflicts=True,
        unique_fields=["text"],
        update_fields=["is_written"],
    )
    for word in rows.all():
        known[word.text] = DirectoryWord.code_of(word.pk)
    _learn_variants([word.text for word in new if word.is_written])


def _learn_variants(texts):
    words = DirectoryWord.objects.filter(text__in=filter(can_be_mistyped, texts))
    DirectoryVariant.objects.bulk_create(
        (
            DirectoryVariant(text=variant, word=word)
            for word in words.order_by("text")
            for variant in sorted(variants(word.text))
        ),
        ignore_conflicts=True,
    )


def forget(codes):
    """Drops words from the vocabulary that no entry has any more: one may be somebody's name."""
    gone = [
        DirectoryWord.pk_of(code)
        for code in codes
        if not DirectoryEntry.objects.filter(codes__contains=code).exists()
    ]
    DirectoryWord.objects.filter(pk__in=gone).delete()


def refresh_stale():
    """Drops from the entries what has expired by today. Run it every day."""
    stale = DirectoryEntry.objects.stale()
    return refresh_all(Business.objects.filter(directory_entry__in=stale))


@transaction.atomic
def reshelve():
    """Keeps the shelves as large as they should be, and says how many entries moved. For every day."""
    ranks = DirectoryEntry.objects.order_by("-rank").values_list("rank", flat=True)
    lowest_ranks = [rank for size in SHELVES for rank in ranks[size - 1 : size]]
    DirectoryShelf.objects.all().delete()
    DirectoryShelf.objects.bulk_create(
        DirectoryShelf(number=number, lowest_rank=rank)
        for number, rank in enumerate(lowest_ranks)
    )
    above, moved = None, 0
    for number, lowest in enumerate([*lowest_ranks, None]):
        moved += _move(_ranked(lowest, above).exclude(shelf=number), number)
        above = lowest
    return moved


def _ranked(lowest, above):
    entries = DirectoryEntry.objects.all()
    if above is not None:
        entries = entries.filter(rank__lt=above)
    return entries if lowest is None else entries.filter(rank__gte=lowest)


def _move(entries, number):
    """Puts entries on another shelf, in their codes as well."""
    moved = 0
    for other in set(entries.values_list("shelf", flat=True)):
        old, new = (_code(on_shelf(shelf)) for shelf in (other, number))
        moved += entries.filter(shelf=other).update(
            shelf=number, codes=Replace("codes", Value(old), Value(new))
        )
    return moved


def _code(text):
    word, _is_new = DirectoryWord.objects.get_or_create(
        text=text, defaults={"is_written": False}
    )
    return DirectoryWord.code_of(word.pk)


def rebuild():
    """Makes the directory anew, after names of places or commodities have changed."""
    gone = DirectoryEntry.objects.exclude(business__in=Business.objects.published())
    gone.delete()
    count = refresh_all(Business.objects.published())
    reshelve()
    forget_unused()
    return count


def forget_unused():
    """Drops from the vocabulary whatever is in no entry, after many have gone."""
    entries = DirectoryEntry.objects.only("codes").iterator(chunk_size=BATCH)
    in_use = set(map(DirectoryWord.pk_of, _codes(entries)))
    known = set(DirectoryWord.objects.values_list("pk", flat=True))
    for batch in batched(sorted(known - in_use), BATCH):
        DirectoryWord.objects.filter(pk__in=batch).delete()
