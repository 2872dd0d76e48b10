import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

WRITTEN_RUPIAH = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+)(?:,(?:00|-))?")
MAX_RUPIAH = 10**18


def parse_rupiah(text):
    """Returns whole rupiah from "Rp1.500.000", "1500000", "Rp 1.500.000,00" or "Rp1.500.000,-".

    Raises ValidationError for anything that could be read in two ways, such as "1.500,000".
    """
    written = re.sub(r"^rp\.?\s*", "", text.strip(), flags=re.IGNORECASE)
    found = WRITTEN_RUPIAH.fullmatch(written) if written.isascii() else None
    if not found:
        raise ValidationError(
            _("Write whole rupiah, for example Rp1.500.000 or 1500000."),
            code="not_rupiah",
        )
    digits = found[1].replace(".", "")
    if len(digits) > len(str(MAX_RUPIAH)) or int(digits) > MAX_RUPIAH:
        raise ValidationError(
            _("This amount is too large to be right."), code="too_large"
        )
    return int(digits)


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
