import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .validators import MAX_RUPIAH

SCALES = {"juta": 10**6, "miliar": 10**9, "triliun": 10**12}
SCALED_RUPIAH = re.compile(r"(\d{1,6})(?:,(\d{1,12}))? ?(juta|miliar|triliun)")
WRITTEN_RUPIAH = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+)(?:,(?:00|-))?")


def parse_rupiah(text):
    """Returns whole rupiah from "Rp1.500.000", "1500000", "Rp 1.500.000,00" or "1,5 juta".

    Raises ValidationError for anything that could be read in two ways, such as "1.500,000".
    """
    written = re.sub(r"^rp\.?\s*", "", text.strip(), flags=re.IGNORECASE)
    digits = _digits(written.lower()) if written.isascii() else None
    if digits is None:
        raise ValidationError(
            _("Write whole rupiah, for example Rp1.500.000, 1500000 or 1,5 juta."),
            code="not_rupiah",
        )
    if len(digits) > len(str(MAX_RUPIAH)) or int(digits) > MAX_RUPIAH:
        raise ValidationError(
            _("This amount is too large to be right."), code="too_large"
        )
    return int(digits)


def _digits(written):
    """The digits of the amount; None when it can be read in two ways or in none."""
    if found := WRITTEN_RUPIAH.fullmatch(written):
        return found[1].replace(".", "")
    if found := SCALED_RUPIAH.fullmatch(written):
        whole, part, scale = found[1], found[2] or "", SCALES[found[3]]
        zeros = len(str(scale)) - 1 - len(part)
        return whole + part + "0" * zeros if zeros >= 0 else None
    return None


class RupiahField(forms.CharField):
    """Whole rupiah, however an official writes them; None when left empty."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.widget.attrs.update(
            {"inputmode": "numeric", "autocomplete": "off", "maxlength": 40}
        )

    def to_python(self, value):
        if isinstance(value, int):
            return value
        text = super().to_python(value)
        return parse_rupiah(text) if text else None

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True
