"""What people of a business agree to, in the words they were shown, and how they take it back.

UU 27/2022 on personal data protection: a consent is explicit, recorded and can be withdrawn
(articles 20 to 24); what it allowed ends at once.
"""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import directory
from .models import Business, Consent

Purpose = Consent.Purpose
WORDS = {
    Purpose.PROFILE: _(
        "I agree that the name, place, products and listings of this business appear on a public "
        "page of this portal. I can withdraw this at any time; the page is then gone at once."
    ),
    Purpose.CONTACT: _(
        "I agree that this contact appears on the public page of the business. I can withdraw "
        "this at any time; the contact is then private again at once."
    ),
    Purpose.DEALS: _(
        "I agree that deals of this business appear on its public page with their value, and the "
        "trade missions in which it made them: deals that an official verified, and those that "
        "public reports name, marked as such. I can withdraw this at any time."
    ),
    Purpose.ASSISTANCE: _(
        "I agree that the trade office of my province fills in this business on my behalf. What "
        "it fills in belongs to me, and I can change or delete it."
    ),
}


@transaction.atomic
def give_consent(
    business, purpose, *, by, via=Consent.Via.PORTAL, contact=None, assisted_by=None
):
    """Records that `by` agreed, and lets what was agreed to happen. Agreeing twice is once.

    Raises Http404 when the contact was deleted meanwhile.
    """
    business = Business.objects.select_for_update().get(pk=business.pk)
    if contact:
        contact = get_object_or_404(business.contacts, pk=contact.pk)
    consent, is_new = business.consents.active().get_or_create(
        purpose=purpose,
        contact=contact,
        defaults={
            "business": business,
            "contact_kind": contact.kind if contact else "",
            "text": str(WORDS[purpose]),
            "via": via,
            "given_by": by,
            "assisted_by": assisted_by,
        },
    )
    if is_new:
        _apply(business, purpose)
    return consent


@transaction.atomic
def withdraw_consent(consent, *, by):
    """Ends a consent and what it allowed. Withdrawing twice is once."""
    business = Business.objects.select_for_update().get(pk=consent.business_id)
    ended = business.consents.active().filter(pk=consent.pk)
    if ended.update(withdrawn_at=timezone.now(), withdrawn_by=by):
        _apply(business, consent.purpose)


@transaction.atomic
def delete_contact(contact, *, by):
    Business.objects.select_for_update().get(pk=contact.business_id)
    for consent in contact.consents.active():
        withdraw_consent(consent, by=by)
    contact.delete()


def _apply(business, purpose):
    """Brings the business in line with the consents that are active now."""
    is_given = business.consents.active().filter(purpose=purpose).exists()
    if purpose == Purpose.PROFILE:
        business.published_at = timezone.now() if is_given else None
        business.save(update_fields=["published_at", "updated_at"])
    elif purpose == Purpose.DEALS:
        business.shows_deals = is_given
        business.save(update_fields=["shows_deals", "updated_at"])
    directory.refresh(business)
