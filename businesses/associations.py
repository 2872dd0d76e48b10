"""Firms that an association, cooperative or group lists. A registered one counts once it agrees."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .limits import refuse_one_too_many
from .models import Business, MemberFirm
from .services import lock_open

MOST_FOUND = 10


def firms_named(text, *, association):
    """Public businesses whose name contains `text`, and that the association does not list yet."""
    if not text:
        return Business.objects.none()
    listed = association.member_firms.filter(firm__isnull=False)
    return (
        Business.objects.published()
        .filter(name__icontains=text)
        .exclude(pk=association.pk)
        .exclude(pk__in=listed.values("firm"))
        .select_related("province", "regency")[:MOST_FOUND]
    )


@transaction.atomic
def list_firm(association, firm):
    """Asks `firm`, a registered business, to confirm that it is a member. Asking twice is once.

    The question tells strangers the name of the association, so that has to be public.
    """
    if not lock_open(association.pk).is_public:
        raise ValidationError(
            _("Publish the page of your association first. Then you can ask members."),
            code="not_public",
        )
    listed = association.member_firms.filter(firm=firm).first()
    if listed is None:
        listed = MemberFirm(association=association, firm=firm)
        refuse_one_too_many(listed)
        listed.save()
    return listed


def unanswered(business):
    """Public associations that say the business is their member, and wait for its word."""
    return business.associations.filter(
        confirmed_at__isnull=True, association__in=Business.objects.published()
    ).select_related("association")


def confirm(listed):
    MemberFirm.objects.filter(pk=listed.pk, confirmed_at__isnull=True).update(
        confirmed_at=timezone.now()
    )
