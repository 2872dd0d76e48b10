"""Finds the province or regency that a list means: "Jatim", "Kab. Sidoarjo", "KOTA SURABAYA"."""

import re
from collections import defaultdict
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .models import Province, Regency

KABUPATEN, KOTA = Regency.Kind.KABUPATEN, Regency.Kind.KOTA
# What officials write instead of the names, by Kemendagri code.
PROVINCE_ALIASES = {
    "11": "nad, nanggroe aceh darussalam",
    "12": "sumut",
    "13": "sumbar",
    "16": "sumsel",
    "19": "babel, bangka belitung, kep bangka belitung",
    "21": "kepri, kep riau",
    "31": "jakarta, dki, dkj, daerah khusus jakarta",
    "32": "jabar",
    "33": "jateng",
    "34": "diy, yogyakarta, jogja, jogjakarta, yogya, daerah istimewa jogjakarta",
    "35": "jatim",
    "52": "ntb",
    "53": "ntt",
    "61": "kalbar",
    "62": "kalteng",
    "63": "kalsel",
    "64": "kaltim",
    "65": "kaltara",
    "71": "sulut",
    "72": "sulteng",
    "73": "sulsel",
    "74": "sultra",
    "76": "sulbar",
    "82": "malut",
    "96": "pbd",
}
REGENCY_ALIASES = {
    "31.71": "jakpus",
    "31.72": "jakut",
    "31.73": "jakbar",
    "31.74": "jaksel",
    "31.75": "jaktim",
    "33.72": "solo",
    "34.71": "jogja, jogjakarta, yogya",
    "73.71": "makasar, ujung pandang",
}
KINDS = (
    (KOTA, r"(?:kota ?madya|kodya|kota)(?: ?administrasi| ?adm)?"),
    (KABUPATEN, r"(?:kabupaten|kab|regency)(?: ?administrasi| ?adm)?"),
)


class Places:
    """All provinces and regencies, read once; then `province(text)` and `regency(text, …)`."""

    def __init__(self):
        self.provinces = Province.objects.in_bulk()
        self.regencies = Regency.objects.select_related("province").in_bulk()
        self._province_names = _by_name(self._names_of_provinces())
        self._regency_names = _by_name(self._names_of_regencies())

    def province(self, text):
        """Raises ValidationError when no province is meant."""
        name = _plain(re.sub(r"^\W*(provinsi|propinsi|prov)\b", "", text.lower()))
        found = self._province_names.get(name)
        if found:
            return self.provinces[next(iter(found))]
        raise ValidationError(
            _("this is no province.") + _suggestion(name, self._province_labels())
        )

    def regency(self, text, *, province=None):
        """Raises ValidationError when no regency or city is meant, or one of several."""
        kind, name = _kind_and_name(text)
        found = self._named(_plain(text), None, province)
        found = found or self._named(name, kind, province)
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(
                _("several places have this name: %s. Write which one.")
                % ", ".join(f"{place.name} ({place.province})" for place in found)
            )
        if elsewhere := self._named(name, kind, None):
            raise ValidationError(
                _("%(place)s lies in %(province)s.")
                % {"place": elsewhere[0].name, "province": elsewhere[0].province}
            )
        raise ValidationError(
            _("this is no regency or city.")
            + _suggestion(name, self._regency_labels(province))
        )

    def _named(self, name, kind, province):
        codes = sorted(self._regency_names.get(name, ()))
        places = (self.regencies[code] for code in codes)
        return [
            place
            for place in places
            if kind in (None, place.kind)
            and (province is None or place.province_id == province.pk)
        ]

    def _names_of_provinces(self):
        for code, province in self.provinces.items():
            names = [province.name, province.short_name, province.name_en, code]
            yield code, names + PROVINCE_ALIASES.get(code, "").split(",")

    def _names_of_regencies(self):
        for code, place in self.regencies.items():
            names = [place.name, place.short_name, code]
            names.append(_kind_and_name(place.name)[1])
            yield code, names + REGENCY_ALIASES.get(code, "").split(",")

    def _province_labels(self):
        return {
            _plain(province.short_name): str(province)
            for province in self.provinces.values()
        }

    def _regency_labels(self, province):
        return {
            _plain(place.short_name): place.name
            for place in self.regencies.values()
            if province is None or place.province_id == province.pk
        }


def _by_name(named):
    """{plain name: codes of the places called so}"""
    found = defaultdict(set)
    for code, names in named:
        for name in filter(None, map(_plain, names)):
            found[name].add(code)
    return dict(found)


def _kind_and_name(text):
    """ "Kab. Sidoarjo" → ("kabupaten", "sidoarjo"); the kind is None where none is written."""
    words = " ".join(re.findall(r"\w+", text.lower()))
    for kind, pattern in KINDS:
        if found := re.match(rf"{pattern} (?=\w)", words):
            return kind, _plain(words[found.end() :])
    return None, _plain(words)


def _plain(name):
    words = re.findall(r"[^\W_]+", name.lower())
    return "".join("kepulauan" if word == "kep" else word for word in words)


def _suggestion(name, labels):
    close = get_close_matches(name, labels, n=1, cutoff=0.75)
    return " " + _("Do you mean %s?") % labels[close[0]] if close else ""
