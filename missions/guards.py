"""Checks published counts against each other. Nothing is dropped: a flag and its reason are shown.

The slips are those that press reports of real missions contain: thousands lost ("Rp800 juta" for
800 miliar), two digits swapped (297.332 for 279.332), parts that do not add up, interim counts
above the final one, and two sources that disagree.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _, gettext_lazy

from umkm_portal.formatting import rupiah, rupiah_short

from .models import CountSnapshot

Stage = CountSnapshot.Stage
# Sources round their parts to a million rupiah and more: a smaller gap is called rounding.
ROUNDING_SHARE = 1000
THOUSAND = 1000


class Kind(models.TextChoices):
    SUM = "sum", gettext_lazy("The parts do not add up")
    ROUNDING = "rounding", gettext_lazy("Parts rounded by the source")
    THOUSANDS = "thousands", gettext_lazy("A thousand times too small or too large")
    SWAPPED_DIGITS = "swapped_digits", gettext_lazy("Two digits swapped")
    INTERIM_ABOVE_FINAL = "interim_above_final", gettext_lazy("Interim above final")
    CONFLICT = "conflict", gettext_lazy("Sources disagree")
    OUTLIER = "outlier", gettext_lazy("Far above the others")
    REPEATED = "repeated", gettext_lazy("Named more than once")


class Severity(models.TextChoices):
    ERROR = "error", gettext_lazy("probably an error in the source")
    NOTICE = "notice", gettext_lazy("worth knowing")


@dataclass(frozen=True)
class Flag:
    kind: Kind
    severity: Severity
    reason: str

    @property
    def is_error(self):
        return self.severity == Severity.ERROR


def review(mission):
    """Returns {count pk: [Flag, …]} for every count of the mission."""
    counts = list(mission.counts.all())
    return {count.pk: _flags(count, counts, mission.headline) for count in counts}


def review_new(count):
    """The flags that an unsaved count would get beside the recorded ones of its mission."""
    counts = [*count.mission.counts.all(), count]
    return _flags(count, counts, count.mission.headline)


def _flags(count, counts, headline):
    if count.total is None:
        return []
    flags = [*_check_sum(count), *_check_thousands(count, counts, headline)]
    if headline is None or count == headline or count.basis != headline.basis:
        return flags
    swapped = _check_swapped_digits(count, headline)
    return flags + (swapped or _check_against_headline(count, headline, flags))


def _check_sum(count):
    difference = count.difference
    if not difference:
        return []
    parts = sum(getattr(count, name) or 0 for name in count.COMPONENTS)
    if abs(difference) * ROUNDING_SHARE <= count.total:
        reason = _("The parts add up to %(parts)s, %(gap)s from the total: rounding.")
        kind, severity = Kind.ROUNDING, Severity.NOTICE
    elif differ_by_swapped_digits(parts, count.total):
        reason = _(
            "The parts add up to %(parts)s, not to %(total)s: two digits of the total "
            "look swapped."
        )
        kind, severity = Kind.SWAPPED_DIGITS, Severity.ERROR
    else:
        reason = _(
            "The parts add up to %(parts)s, %(gap)s away from the total %(total)s."
        )
        kind, severity = Kind.SUM, Severity.ERROR
    words = {
        "parts": rupiah(parts),
        "gap": rupiah(abs(difference)),
        "total": rupiah(count.total),
    }
    return [Flag(kind, severity, reason % words)]


def _check_thousands(count, counts, headline):
    """An amount that is a thousandth (a total also: a thousand times) of the same one elsewhere."""
    others = [other for other in counts if other != count]
    compared = others if count == headline else [headline] if headline else []
    for other in compared:
        if other.total and (
            is_thousandfold_slip(count.total, other.total)
            or (count != headline and is_thousandfold_slip(other.total, count.total))
        ):
            return [_thousands_flag(_("total"), count.total, other.total)]
    parts = {
        "sell": _("sales"),
        "buy": _("purchases"),
        "investment": _("investment"),
    }
    for name, label in parts.items():
        amount = getattr(count, name)
        for reference in filter(None, (getattr(other, name) for other in others)):
            if amount and is_thousandfold_slip(amount, reference):
                return [_thousands_flag(label, amount, reference)]
    return []


def _thousands_flag(label, amount, reference):
    reason = _(
        "%(amount)s (%(part)s) looks a thousand times off: another count says %(reference)s."
    ) % {
        "part": label,
        "amount": rupiah_short(amount),
        "reference": rupiah_short(reference),
    }
    return Flag(Kind.THOUSANDS, Severity.ERROR, reason)


def is_thousandfold_slip(amount, reference):
    """Whether `amount` (rupiah) is about a thousandth of `reference`, as when units are mixed up.

    Interim counts stand at 20 % of the final one or more, so a factor of 500 to 5,000 counts.
    """
    return amount * THOUSAND // 2 <= reference <= amount * THOUSAND * 5


def _check_swapped_digits(count, headline):
    if not differ_by_swapped_digits(count.total, headline.total):
        return []
    reason = _(
        "%(total)s and %(headline)s differ by two neighbouring digits that look swapped."
    ) % {"total": rupiah(count.total), "headline": rupiah(headline.total)}
    return [Flag(Kind.SWAPPED_DIGITS, Severity.ERROR, reason)]


def differ_by_swapped_digits(one, other):
    """Whether two whole numbers differ by exactly one swap of two neighbouring digits."""
    digits = str(one)
    swaps = {
        digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        for place in range(len(digits) - 1)
    }
    return one != other and str(other) in swaps


def _check_against_headline(count, headline, found):
    if any(flag.kind == Kind.THOUSANDS for flag in found):
        return []
    gap = count.total - headline.total
    words = {
        "total": rupiah_short(count.total),
        "headline": rupiah_short(headline.total),
    }
    if count.stage == Stage.INTERIM:
        if gap <= 0 or headline.stage == Stage.INTERIM:
            return []
        reason = _(
            "This interim count (%(total)s) is above the final one (%(headline)s)."
        )
        return [Flag(Kind.INTERIM_ABOVE_FINAL, Severity.ERROR, reason % words)]
    if abs(gap) * ROUNDING_SHARE <= headline.total * 5:
        return []
    reason = _("This source says %(total)s, the count that stands says %(headline)s.")
    return [Flag(Kind.CONFLICT, Severity.NOTICE, reason % words)]
