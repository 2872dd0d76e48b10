"""Offices end a list with a row of totals: "Jumlah | 30". It is no business."""

import re

TOTAL = re.compile(
    r"(?:(?:sub|grand)[ -]?)?(?:jumlah|total)"
    r"(?: (?:total|keseluruhan|seluruhnya|semua|akhir|umkm|ukm|ikm|usaha|perusahaan|peserta|data))*"
    r"\s*[:=]?\s*[\d.,]*"
)
AMOUNT = re.compile(
    r"(?:rp\.?)?\s*[\d.,]+\s*(?:orang|usaha|unit|umkm|ukm|ikm|juta|miliar)?"
)


def is_total(texts):
    """Whether a row says "total" first, and nothing but amounts after it."""
    first, *others = [*filter(None, (" ".join(text.split()) for text in texts)), ""]
    return bool(TOTAL.fullmatch(first.casefold())) and all(
        AMOUNT.fullmatch(other.casefold()) for other in others if other
    )
