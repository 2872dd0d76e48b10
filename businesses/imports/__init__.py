"""Loads businesses from the lists that offices keep: all or nothing, and a second time changes
nothing. What it loads are drafts: public only once an owner takes over and agrees."""

from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from businesses.assistance import ASSISTANTS
from businesses.models import Province, Sector
from businesses.places import Places
from umkm_portal.csv_files import BadFile, refuse
from umkm_portal.spreadsheets import map_columns, read_table

from .columns import (
    EXAMPLE,
    FIELDS,
    FOREIGN,
    KNOWN,
    NOT_KEPT,
    NUMBERS_OF_ROWS,
    SYNONYMS,
)
from .matching import Outcome, Row, cell, match, repeated
from .rows import BusinessRow
from .totals import is_total
from .writing import write

__all__ = ["EXAMPLE", "FIELDS", "BadFile", "Outcome", "import_businesses", "read_list"]


@dataclass
class ImportResult:
    """`rows` is every row with its outcome, in the order of the file."""

    rows: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    @property
    def counts(self):
        return Counter(row.outcome for row in self.rows)

    @property
    def created(self):
        return self.counts[Outcome.CREATED]

    @property
    def updated(self):
        return self.counts[Outcome.UPDATED]

    @property
    def unchanged(self):
        return self.counts[Outcome.UNCHANGED]

    @property
    def left(self):
        return self.counts[Outcome.LEFT]

    @property
    def summary(self):
        return _(
            "%(created)d businesses new, %(updated)d changed, %(same)d as before, "
            "%(left)d left alone because somebody acts for them already."
        ) % {
            "created": self.created,
            "updated": self.updated,
            "same": self.unchanged,
            "left": self.left,
        }


def import_businesses(
    source, *, mapping=None, by=None, province=None, sheet=None, dry_run=False
):
    """Loads the list at `source`, a path or an open file. Returns an ImportResult; raises BadFile,
    having written nothing.

    `mapping` is {column: field or None} where the names of columns do not tell; `province` is that
    of rows that name no place. An official (`by`) brings businesses of own provinces only.
    """
    table = read_list(source, sheet)
    columns = map_columns(table.header, SYNONYMS, mapping, foreign=FOREIGN)
    if columns["name"] is None:
        raise BadFile(
            _("No column holds the name of the business. Say which one it is.")
        )
    own = own_provinces(by)
    listed = [(line, raw) for line, raw in table.rows if not is_total(raw.values())]
    rows, bad = _check(listed, columns, _default_province(own, province), own)
    notes = [
        *_notes_on_columns(table.header, columns, mapping or {}),
        *_notes_on_totals(table.rows, listed),
    ]
    result = ImportResult(rows=rows, notes=notes)
    with transaction.atomic():
        _one_at_a_time(rows)
        wrong = [*_repeats(rows), *match(rows)]
        raw = dict(listed)
        bad += [
            cell(row, raw[row.line], columns[name], reason)
            for row, name, reason in wrong
        ]
        refuse([*table.bad, *bad])
        if not dry_run:
            write(rows, by=by)
    return result


def read_list(source, sheet=None):
    return read_table(source, known=KNOWN, sheet=sheet, example=EXAMPLE)


def own_provinces(by):
    """Codes of the provinces that `by` may import to; None for all."""
    if by is None or by.is_superuser:
        return None
    return by.provinces_as(*ASSISTANTS)


def _default_province(own, province):
    if province is None and own is not None and len(own) == 1:
        return Province.objects.get(pk=next(iter(own)))
    return province


def _check(table_rows, columns, province, own):
    """Returns [Row, …] of the good rows and [BadCell, …] of the others."""
    places, sectors = Places(), list(Sector.objects.all())
    rows, bad = [], []
    for line, raw in table_rows:
        form = BusinessRow(
            {name: raw.get(column, "") for name, column in columns.items()},
            places=places,
            sectors=sectors,
            province=province,
            own=own,
        )
        row = Row(line, form.cleaned_data if form.is_valid() else {})
        if form.is_valid():
            rows.append(row)
        bad += [
            cell(row, raw, columns[name] or _column_of(name, columns), reason)
            for name, reasons in form.errors.items()
            for reason in reasons
        ]
    return rows, bad


def _column_of(name, columns):
    """Where a reader looks for a cell that the list has no column for."""
    return columns["regency"] if name == "province" else None


def _repeats(rows):
    return [
        (row, name, _("repeats line %d.") % first)
        for row, name, first in repeated(rows)
    ]


def _one_at_a_time(rows):
    """Two imports of the same list must not both find that nothing is there."""
    codes = {row.data["province"].pk for row in rows}
    list(
        Province.objects.select_for_update(no_key=True)
        .filter(pk__in=codes)
        .order_by("pk")
    )


def _notes_on_totals(rows, listed):
    kept = {line for line, _raw in listed}
    totals = [str(line) for line, _raw in rows if line not in kept]
    if totals:
        yield _("Lines left out, because they hold totals: %s.") % ", ".join(totals)


def _notes_on_columns(header, columns, mapping):
    used = set(columns.values())
    unused = [name for name in header if name not in used]
    private = set(map_columns(unused, {name: [name] for name in NOT_KEPT}).values())
    numbers = set(
        map_columns(unused, {name: [name] for name in NUMBERS_OF_ROWS}).values()
    )
    notes = [
        _("Column %(column)s was taken for %(name)s.")
        % {"column": column, "name": FIELDS[name].header}
        for name, column in columns.items()
        if column and column not in mapping and _is_misspelt(column, name)
    ]
    notes += [
        _("Column %s is not kept: the portal has no use for these data.") % name
        for name in unused
        if name in private
    ]
    rest = [
        name
        for name in unused
        if name not in private and name not in numbers and name not in mapping
    ]
    if rest:
        notes.append(_("Columns that were not used: %s.") % ", ".join(rest))
    return notes


def _is_misspelt(column, name):
    return map_columns([column], {name: SYNONYMS[name]}, closeness=1)[name] is None
