from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from businesses.words import LONGEST

from .business import Business

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class DirectoryEntryQuerySet(models.QuerySet):
    def stale(self):
        """Those in which something has expired since they were written."""
        return self.filter(stale_on__lte=timezone.localdate())


class DirectoryEntry(models.Model):
    """What the directory searches: the public facts of one published business, and nothing else.

    Written by businesses/directory.py alone; it can be made anew from the businesses at any time.
    """

    business = models.OneToOneField(
        Business, models.CASCADE, primary_key=True, related_name="directory_entry"
    )
    # The codes of its words, between spaces, and its facets in the same way.
    codes = models.TextField()
    facets = models.TextField()
    # Greater is shown earlier. The last digits are a fixed shuffle among equals.
    rank = models.IntegerField()
    shelf = models.PositiveSmallIntegerField(default=0)
    stale_on = models.DateField(null=True)

    objects = DirectoryEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-rank", "pk"]
        verbose_name = _("directory entry")
        verbose_name_plural = _("directory entries")
        indexes = [
            models.Index(
                fields=["stale_on"],
                name="directory_stale",
                condition=Q(stale_on__isnull=False),
            ),
        ]

    def __str__(self):
        return str(self.business)


class DirectoryShelf(models.Model):
    """Some of the best entries: a search looks through shelf after shelf until it has enough."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    lowest_rank = models.IntegerField()

    class Meta:
        ordering = ["number"]
        verbose_name = _("shelf of the directory")
        verbose_name_plural = _("shelves of the directory")

    def __str__(self):
        return str(self.number)


class DirectoryWord(models.Model):
    """A word of the directory: one that somebody wrote, the root of one, or a facet.

    Entries hold its code instead of the word. All codes are of the same length, so that none lies
    within another, and differ in most of their trigrams, so that an index of trigrams finds one in
    lists as short as its own.
    """

    CODES = 36**5
    # Has no factor in common with CODES: each number below CODES gets a code of its own.
    SPREAD = 22_360_679

    text = models.CharField(max_length=LONGEST + 20, unique=True)
    is_written = models.BooleanField()

    class Meta:
        ordering = ["text"]
        verbose_name = _("word of the directory")
        verbose_name_plural = _("words of the directory")

    def __str__(self):
        return self.text

    @classmethod
    def code_of(cls, pk):
        number = pk * cls.SPREAD % cls.CODES
        digits = ""
        for _place in range(5):
            number, digit = divmod(number, 36)
            digits = DIGITS[digit] + digits
        return digits

    @classmethod
    def pk_of(cls, code):
        return int(code, 36) * pow(cls.SPREAD, -1, cls.CODES) % cls.CODES


class DirectoryVariant(models.Model):
    """A word with letters left out, by which a mistyped word finds it."""

    text = models.CharField(max_length=LONGEST)
    word = models.ForeignKey(DirectoryWord, models.CASCADE, related_name="variants")

    class Meta:
        ordering = ["text"]
        verbose_name = _("variant of a word")
        verbose_name_plural = _("variants of words")
        constraints = [
            models.UniqueConstraint(
                fields=["text", "word"], name="directory_variant_once"
            )
        ]

    def __str__(self):
        return self.text
