"""Rupiah, dates and instants as people read them, in the active language."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent
from django.utils.translation import get_language, gettext as _, pgettext
from num2words import num2words

MINUS = "−"
ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


def _locale():
    return "en" if get_language() == "en" else "id"


def _sign(amount):
    return MINUS if amount < 0 else ""


def rupiah(amount):
    """1053146943500 → "Rp1.053.146.943.500". The same in every language: it is copied into papers."""
    return _sign(amount) + format_currency(
        abs(amount), "IDR", "Rp#,##0", locale="id", currency_digits=False
    )


def rupiah_short(amount):
    """1053146943500 → "Rp1,053 triliun", "Rp1.053 trillion" in English. Below a million in full."""
    size = abs(amount)
    if size < 10**6:
        return rupiah(amount)
    for scale, step, words in (
        (10**6, 10**5, pgettext("rupiah", "%s million")),
        (10**9, 10**8, pgettext("rupiah", "%s billion")),
        (10**12, 10**9, pgettext("rupiah", "%s trillion")),
    ):
        rounded = (size + step // 2) // step * step
        number = format_decimal(Decimal(rounded) / scale, "#,##0.###", locale=_locale())
        text = f"{_sign(amount)}Rp{words % number}"
        if rounded < scale * 1000:
            break
    return text


def rupiah_in_words(amount):
    """1500000 → "satu juta lima ratus ribu rupiah"."""
    return f"{num2words(amount, lang=_locale())} rupiah"


def number(amount):
    """Decimal("1.500") → "1,5"."""
    return format_decimal(amount, "#,##0.###", locale=_locale())


def percent(share):
    """0.118 → "11,8%"."""
    return format_percent(share, "#,##0.#%", locale=_locale())


def partial_date(day, precision):
    """A date to the precision that its source states: "8 Mei 2025", "Mei 2025", "2025"."""
    if day is None or precision == "unknown":
        return _("date unknown")
    pattern = {"day": "d MMMM y", "month": "MMMM y", "year": "y"}[precision]
    return format_date(day, pattern, locale=_locale())


def date_range(mission):
    """The day or days of a mission: "30 Juli – 1 Agustus 2017"."""
    first = partial_date(mission.starts_on, mission.date_precision)
    if mission.ends_on is None or mission.ends_on == mission.starts_on:
        return first
    last = partial_date(mission.ends_on, mission.date_precision)
    if mission.starts_on.year == mission.ends_on.year:
        pattern = "d MMMM" if mission.starts_on.month != mission.ends_on.month else "d"
        first = format_date(mission.starts_on, pattern, locale=_locale())
    return f"{first} – {last}"


def instant(moment, timezone):
    """A UTC instant in the mission's zone, zone named: "8 Mei 2025, 17.00 WITA"."""
    local = moment.astimezone(ZoneInfo(timezone))
    text = format_datetime(local, f"d MMMM y, {_clock()}", locale=_locale())
    return f"{text} {ZONES[timezone]}"


def _clock():
    return "HH:mm" if _locale() == "en" else "HH.mm"


def hours(begins, ends):
    """ "09.00–09.20", "09:00–09:20" in English, by the clock that both carry."""
    first, last = (
        format_datetime(moment, _clock(), locale=_locale()) for moment in (begins, ends)
    )
    return f"{first}–{last}"
