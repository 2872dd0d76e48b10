"""Units of trade: plain names for the codes of UN/CEFACT Recommendations 20 and 21.

https://unece.org/trade/uncefact/cl-recommendations
"""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _, pgettext_lazy


class Unit(models.TextChoices):
    KILOGRAM = "KGM", _("kg")
    TONNE = "TNE", _("ton")
    QUINTAL = "DTN", _("quintal (100 kg)")
    GRAM = "GRM", _("gram")
    LITRE = "LTR", _("litre")
    MILLILITRE = "MLT", _("millilitre")
    PIECE = "H87", _("piece")
    PAIR = "PR", _("pair")
    DOZEN = "DZN", _("dozen")
    SET = "SET", pgettext_lazy("unit", "set")
    HEAD = "HEA", _("head of livestock")
    PACK = "XPK", _("pack")
    BOX = "XBX", _("box")
    SACK = "XSA", _("sack")
    BOTTLE = "XBO", _("bottle")
    JAR = "XJR", _("jar")
    METRE = "MTR", _("metre")
    SQUARE_METRE = "MTK", _("square metre")
    CUBIC_METRE = "MTQ", _("cubic metre")
    HOUR = "HUR", _("hour")
    DAY = "DAY", _("day")
    MONTH = "MON", _("month")
    SERVICE = "E48", _("service")


# (what is measured, how many of its base unit): kilogram, litre, piece, metre and hour.
_MEASURES = {
    Unit.KILOGRAM: ("mass", "1"),
    Unit.TONNE: ("mass", "1000"),
    Unit.QUINTAL: ("mass", "100"),
    Unit.GRAM: ("mass", "0.001"),
    Unit.LITRE: ("volume", "1"),
    Unit.MILLILITRE: ("volume", "0.001"),
    Unit.CUBIC_METRE: ("volume", "1000"),
    Unit.PIECE: ("count", "1"),
    Unit.PAIR: ("count", "2"),
    Unit.DOZEN: ("count", "12"),
    Unit.HOUR: ("time", "1"),
}


def convert(quantity, unit, to):
    """`quantity` of `unit` in the unit `to`; None where the two cannot be compared."""
    if unit == to:
        return Decimal(quantity)
    measure, factor = _MEASURES.get(unit, (None, "0"))
    other_measure, other_factor = _MEASURES.get(to, (None, "1"))
    if measure is None or measure != other_measure:
        return None
    return Decimal(quantity) * Decimal(factor) / Decimal(other_factor)
