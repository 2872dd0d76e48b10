"""Size classes of businesses by PP 7/2021, article 35 (enforces UU 11/2020 on job creation)."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

SOURCE = "PP 7/2021, pasal 35"
SOURCE_URL = "https://peraturan.bpk.go.id/Details/161837/pp-no-7-tahun-2021"


class SizeClass(models.TextChoices):
    MICRO = "micro", _("micro")
    SMALL = "small", _("small")
    MEDIUM = "medium", _("medium")
    LARGE = "large", _("large")


class SizeBasis(models.TextChoices):
    """Capital is the test when a business is founded, yearly sales afterwards."""

    CAPITAL = "capital", _("business capital, without land and premises")
    SALES = "sales", _("sales in a year")


@dataclass(frozen=True)
class Limit:
    """The most, in rupiah, that a business of the class has; above the last one it is large."""

    size: SizeClass
    capital: int
    sales: int


LIMITS = (
    Limit(SizeClass.MICRO, capital=1_000_000_000, sales=2_000_000_000),
    Limit(SizeClass.SMALL, capital=5_000_000_000, sales=15_000_000_000),
    Limit(SizeClass.MEDIUM, capital=10_000_000_000, sales=50_000_000_000),
)
UMKM = tuple(limit.size for limit in LIMITS)


def size_class(amount, basis):
    """The class of a business with `amount` rupiah of capital or of yearly sales."""
    for limit in LIMITS:
        if amount <= getattr(limit, basis):
            return limit.size
    return SizeClass.LARGE
