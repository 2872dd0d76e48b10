"""Where the data that ships with the portal comes from, and under which licence."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from businesses.models import in_active_language
from businesses.reference import DATA


@dataclass(frozen=True)
class Source:
    slug: str
    name_id: str
    name_en: str
    files: str
    publisher: str
    version: str
    licence: str
    licence_url: str
    url: str
    note_id: str
    note_en: str

    @property
    def name(self):
        return in_active_language(self.name_id, self.name_en)

    @property
    def note(self):
        return in_active_language(self.note_id, self.note_en)

    @property
    def file_names(self):
        return self.files.split(";")


@cache
def sources():
    with (DATA / "sources.csv").open(encoding="utf-8", newline="") as file:
        return [Source(**row) for row in csv.DictReader(file)]


@cache
def licences():
    """{file name: text} of the licences that must be passed on with the data."""
    return {
        path.name: path.read_text()
        for path in sorted(Path(DATA / "licences").iterdir())
    }
