"""What counts how much in a match. Each component gives 0 to 100 points; the score is their mean,
weighted by these numbers. An organiser may choose others for a mission; the reasons for the ones
that ship are in docs/matching.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Component(models.TextChoices):
    COMMODITY = "commodity", _("commodity")
    QUANTITY = "quantity", _("quantity")
    PRICE = "price", _("price")
    CERTIFICATES = "certificates", _("certificates")
    DELIVERY = "delivery", _("delivery")
    TRADE = "trade", _("trade between similar firms")
    MET = "met", _("met before")


WEIGHTS = {
    Component.COMMODITY: 40,
    Component.QUANTITY: 15,
    Component.PRICE: 15,
    Component.CERTIFICATES: 10,
    Component.DELIVERY: 10,
    Component.TRADE: 5,
    Component.MET: 5,
}
MOST_WEIGHT = 100
# A component about which one side said nothing: half of the points, and the page says so.
UNKNOWN = 50
MOST_POINTS = 100
# Scores are kept in tenths of a point, so that weights make a difference.
MOST_SCORE = 1000

# From so many on, and without a conflict, the two fit well.
GOOD_SCORE = 600

# What a wish adds to the score when meetings are chosen, in tenths of a point, for each side that
# has it, and once more when both do. No page shows the sum: it would tell who wishes what.
MUST_BONUS = 150
WOULD_BONUS = 60
BOTH_BONUS = 100
