"""The bar that a count is drawn as. Lengths are shares of the largest count of its mission."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    part: str
    start: float
    length: float


def largest(steps):
    """The largest total of a mission's counts in rupiah; 1 when none has a value."""
    return max((step.count.total for step in steps if step.count.total), default=1)


def with_shares(years):
    """[(year, its share of the best year), …]"""
    full = max((year.value for year in years), default=0) or 1
    return [(year, year.value / full) for year in years]


def bars(count, full):
    """The segments of a count: its parts where they are published, else one for the total."""
    if count.total is None:
        return []
    amounts = {name: getattr(count, name) for name in count.COMPONENTS}
    parts = {name: amount for name, amount in amounts.items() if amount}
    if count.sell is None or sum(parts.values()) > count.total:
        parts = {"total": count.total}
    elif rest := count.total - sum(parts.values()):
        parts["rest"] = rest
    segments, start = [], 0
    for name, amount in parts.items():
        segments.append(Segment(name, start / full, amount / full))
        start += amount
    return segments
