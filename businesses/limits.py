"""How many of a kind a business may have, so that nobody fills the portal."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import Contact, Listing, MemberFirm, Product

# {model: (its field that names the business, the most of them, what is said beyond)}
LIMITS = {
    Product: (
        "business",
        200,
        _("There are %(most)d products already. Delete one first."),
    ),
    Listing: (
        "business",
        100,
        _("There are %(most)d offers and needs already. Delete one first."),
    ),
    Contact: (
        "business",
        20,
        _("There are %(most)d contacts already. Delete one first."),
    ),
    MemberFirm: (
        "association",
        1_000,
        _("There are %(most)d members already. Remove one first."),
    ),
}


def refuse_one_too_many(row):
    """Raises ValidationError where `row` is new and its business, which is locked, has no room."""
    if type(row) not in LIMITS or row.pk is not None:
        return
    owner, most, said = LIMITS[type(row)]
    others = type(row).objects.filter(**{owner: getattr(row, f"{owner}_id")})
    if others.count() >= most:
        raise ValidationError(said, code="too_many", params={"most": most})
