"""What the free text of an `as_of` column says: the stage, what was counted, the hour, the target."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from businesses.models import Province
from umkm_portal.forms import parse_rupiah

from .models import CountSnapshot

Stage, Basis = CountSnapshot.Stage, CountSnapshot.Basis

# The first pattern that the text begins with decides. docs/domain.md lists them for officials.
OPENINGS = (
    (r"interim/last published", Stage.QUOTED, Basis.COMMITMENT),
    (r"interim|sementara", Stage.INTERIM, Basis.COMMITMENT),
    (r"\d\d\.\d\d \w+, before the opening", Stage.INTERIM, Basis.COMMITMENT),
    (r"final, quoted later", Stage.QUOTED, Basis.COMMITMENT),
    (r"final|akhir", Stage.FINAL, Basis.COMMITMENT),
    (r"corrected|koreksi", Stage.CORRECTED, Basis.COMMITMENT),
    (r"year total|total setahun", Stage.QUOTED, Basis.YEAR_TOTAL),
    (r"[\"“]?poten|contract target|\w+ government figure: potential", Stage.QUOTED, Basis.POTENTIAL),
    (r"expo stand sales|penjualan stan", Stage.QUOTED, Basis.RETAIL),
    (r"quoted later|dikutip|previous-year figure quoted", Stage.QUOTED, Basis.COMMITMENT),
    (r"reported|year review|day figure|same event", Stage.QUOTED, Basis.COMMITMENT),
    (r"\d\d\.\d\d", Stage.QUOTED, Basis.COMMITMENT),
    (r"no value|participants only|pre-count|pre-event|delegation", Stage.NO_VALUE, Basis.COMMITMENT),
    (r"tanpa nilai|hanya peserta", Stage.NO_VALUE, Basis.COMMITMENT),
)  # fmt: skip
# "08.00-17.00 WITA" ended at 17.00; "12.50 miliar" and "12.10.2022" state no hour.
CLOCK = re.compile(
    r"(?:\b\d\d\.\d\d-)?(?<![\d.,])(\d\d)\.(\d\d)(?![\d.,]*\d| ?(?:juta|miliar|triliun))"
    r"(?: (WIB|WITA|WIT)\b)?"
)
TARGET = re.compile(r"\btarget (\d[\d.,]* (?:juta|miliar|triliun))\b", re.ASCII)
FOREIGN = re.compile(r"letter of intent of Rp ?([\d,.]+\d)", re.ASCII)


@dataclass(frozen=True)
class AsOf:
    text: str
    stage: str
    basis: str
    clock: time | None
    zone: str | None
    target: int | None
    foreign: int | None

    def instant(self, day, timezone):
        """The UTC-comparable instant of the count on `day`; None without an hour or a day."""
        if self.clock is None or day is None:
            return None
        return datetime.combine(day, self.clock, ZoneInfo(self.zone or timezone))


def read_as_of(text):
    """Returns the AsOf that `text` describes, or None when its opening is not known."""
    for pattern, stage, basis in OPENINGS:
        if re.match(pattern, text, re.IGNORECASE):
            clock, zone = _read_clock(text)
            return AsOf(
                text, stage, basis, clock, zone, _read_target(text), _read_foreign(text)
            )
    return None


def _read_clock(text):
    for hour, minute, zone in CLOCK.findall(text):
        if int(hour) < 24 and int(minute) < 60:
            return time(int(hour), int(minute)), Province.Timezone[
                zone
            ].value if zone else None
    return None, None


def _read_target(text):
    found = TARGET.search(text)
    try:
        return parse_rupiah(found[1].replace(".", "")) if found else None
    except ValidationError:
        return None


def _read_foreign(text):
    found = FOREIGN.search(text)
    return int(re.sub(r"[.,]", "", found[1])) if found else None
