"""The right to be forgotten, UU 27/2022 articles 8, 9, 43 and 44: what deleting an account erases.

What others rely on stays without a name: deals, and the record that somebody agreed to something
(article 24 asks for proof of each consent).
"""

import logging
from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CASCADE, PROTECT, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _, gettext_lazy, override

from umkm_portal.accounts.models import User
from umkm_portal.accounts.services import end_sessions
from umkm_portal.gateway import NotSent
from umkm_portal.outbox.models import Message
from umkm_portal.outbox.sending import hand_over
from umkm_portal.outbox.services import withhold_name
from umkm_portal.traces import erase, forget_log, forget_tasks, forget_versions

from . import directory, refusals
from .consents import delete_contact
from .messages import tell_of_deletion
from .models import (
    Approval,
    Business,
    Consent,
    Contact,
    Invitation,
    Listing,
    Membership,
)

logger = logging.getLogger(__name__)
# Emptied rather than deleted: proof of consent, and what other rows may point to. More of it lies
# in rooms that are not known here: settings.KEPT_OF_A_BUSINESS.
KEPT_OF_A_BUSINESS = (Consent, Listing)
# In place of its name in what others were told about it.
NAME_GONE = gettext_lazy("A business that withholds its name")


@dataclass(frozen=True)
class Farewell:
    """What deleting an account does, so that it can be shown before."""

    closes: list[Business] = field(default_factory=list)
    leaves: list[Business] = field(default_factory=list)
    obstacle: str = ""


def farewell(user):
    if obstacle := _obstacle(user):
        return Farewell(obstacle=obstacle)
    businesses = list(Business.objects.of_member(user))
    return Farewell(
        closes=[business for business in businesses if _rests_on(user, business)],
        leaves=[business for business in businesses if not _rests_on(user, business)],
    )


def closing_of(business, user):
    """What deleting the business alone does: nothing, where `user` is not its only owner."""
    if _rests_on(user, business):
        return Farewell(closes=[business])
    return Farewell(
        obstacle=_("It has other owners. Leave it, or take them off the list first.")
    )


@transaction.atomic
def delete_account(user, *, by):
    """Erases the account, and closes the businesses that have no other owner.

    Raises ValidationError for officials and for whoever is named in what they recorded.
    """
    # Others who hold a mission of its businesses may still write to it: they end first.
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if obstacle := _obstacle(user):
        raise ValidationError(obstacle, code="official")
    businesses = _locked_businesses(user)
    for lock in map(import_string, settings.LOCKED_BEFORE_AN_ACCOUNT_ENDS):
        lock(businesses)
    for business in businesses:
        if _rests_on(user, business):
            close_business(business)
        else:
            _leave(business, user, by=by)
    transaction.on_commit(partial(_confirm, user), robust=True)
    erase_account(user)


@transaction.atomic
def delete_business(business, *, by):
    """Closes a business for its only owner. Raises ValidationError where there is another one."""
    business = Business.objects.select_for_update().get(pk=business.pk)
    if obstacle := closing_of(business, by).obstacle:
        raise ValidationError(obstacle, code="other_owners")
    close_business(business)
    tell_of_deletion(by)


@transaction.atomic
def close_business(business):
    """Ends a business for good. Its deals stay and its name is shown nowhere.

    Its province, legal form and size stay, which do not say who it was.
    """
    business = Business.objects.select_for_update().get(pk=business.pk)
    for prepare in map(import_string, settings.BEFORE_A_BUSINESS_ENDS):
        prepare(business)
    contacts = business.contacts.values_list("value", flat=True)
    _withhold_name_from_own(business)
    if business.imported_at:
        # Its office still has the list, and may send it again.
        for contact in business.contacts.filter(kind__in=Contact.PHONES):
            refusals.remember(contact.value)
    approvals = business.approvals.values_list("phone", flat=True)
    forget_tasks([*contacts, *approvals])
    business.consents.active().update(withdrawn_at=timezone.now())
    Business.objects.filter(pk=business.pk).update(published_at=None)
    # The directory has to see which words it forgets.
    directory.refresh(business)
    _empty_listings(business)
    erase(*_children(business))
    _empty(business)
    business.refresh_from_db()
    _withhold_name_above(business)


def _confirm(user):
    """Article 45: whoever's data were deleted is told so. The last use of the address, and of no
    message in the outbox: those belong to accounts."""
    with override(user.language):
        said = _("Your account and all that named you are deleted, as you asked.")
        try:
            hand_over(user, _("Your account is deleted"), said)
        except NotSent:
            logger.warning("The confirmation of a deletion was not sent.")


@transaction.atomic
def remove_draft(business):
    """Deletes a business that was never public. One that a deal names is closed instead."""
    # Before what belongs to it: whoever adds to it holds it first.
    list(Business.objects.select_for_update().filter(pk=business.pk))
    if _has_any(business, PROTECT) or _is_remembered(business):
        close_business(business)
    else:
        _withhold_name_from_own(business)
        drafts = Business.objects.filter(pk=business.pk)
        erase(*_children(business), business.listings.all(), drafts)


def _withhold_name_from_own(business):
    """In what its own people were told. What else others got about it, the rooms above know."""
    told = Message.objects.filter(recipient__in=business.memberships.values("user"))
    withhold_name(business.name, told, put=NAME_GONE)


def _has_any(row, on_delete):
    return any(
        relation.related_model._base_manager.filter(
            **{relation.field.name: row.pk}
        ).exists()
        for relation in _relations(row._meta.model, on_delete)
    )


def _is_remembered(business):
    return any(
        relation.related_model._base_manager.filter(
            **{relation.field.name: business.pk}
        ).exists()
        for relation in _relations(Business, CASCADE)
        if relation.related_model._meta.label_lower in settings.KEPT_OF_A_BUSINESS
    )


def _obstacle(user):
    """Why this account cannot be deleted; "" when it can."""
    if user.is_staff:
        return _(
            "You act as an official of the portal. Ask your province admin to end your "
            "appointment first."
        )
    if _has_any(user, PROTECT):
        return _(
            "You are named as the official who recorded or checked published facts, and the "
            "public has a right to know who did. Ask the province admin to switch the account off."
        )
    return ""


def _relations(model, on_delete):
    """The relations of other models to `model`, those without a name to follow them too."""
    return [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if (relation.one_to_many or relation.one_to_one)
        and relation.auto_created
        and relation.on_delete is on_delete
    ]


def _rests_on(user, business):
    """Whether `user` is the only owner."""
    owners = business.memberships.filter(role=Membership.Role.OWNER)
    owners = set(owners.values_list("user", flat=True))
    return owners == {user.pk}


def _locked_businesses(user):
    """Locked in one order, so that several people who leave or join at once wait for each other."""
    businesses = Business.objects.of_member(user)
    return list(businesses.select_for_update().order_by("pk"))


def _children(row):
    """What belongs to a business or an account alone, as one queryset per model."""
    for relation in _relations(row._meta.model, CASCADE):
        label = relation.related_model._meta.label_lower
        is_kept = relation.related_model in KEPT_OF_A_BUSINESS
        if not is_kept and label not in settings.KEPT_OF_A_BUSINESS:
            of_row = {relation.field.name: row.pk}
            yield relation.related_model._base_manager.filter(**of_row)


def _empty_listings(business):
    for listing in business.listings.all():
        listing.delivery_provinces.clear()
        listing.certificates.all().delete()
    forget_log(Listing, business.listings.values_list("pk", flat=True))
    business.listings.update(
        status=Listing.Status.CLOSED,
        title="",
        note="",
        product=None,
        quantity=None,
        unit="",
        price_min=None,
        price_max=None,
    )


def _empty(business):
    emptied = {
        "name": "",
        "slug": f"usaha-{uuid4().hex}",
        "nib": "",
        "is_nib_verified": False,
        "regency": None,
        "sells": "",
        "seeks": "",
        "description": "",
        "founded_year": None,
        "employees": None,
        "capacity": "",
        "shows_deals": False,
        "withholds_name": True,
        "closed_at": timezone.now(),
    }
    Business.objects.filter(pk=business.pk).update(**emptied)
    forget_versions(Business, [business.pk])
    forget_log(Business, [business.pk])


def _withhold_name_above(business):
    """Tells the models that point to businesses, and wrote a name down beside it themselves."""
    for relation in _relations(Business, PROTECT):
        rows = relation.related_model._default_manager
        if hasattr(rows, "withhold_name_of"):
            rows.withhold_name_of(business)


def _leave(business, user, *, by):
    """The business lives on; how to reach it through this person does not."""
    own = Q(value__in=filter(None, [user.phone, user.email]))
    own |= Q(kind=Contact.Kind.PERSON, value__iexact=user.name)
    for contact in business.contacts.filter(own):
        delete_contact(contact, by=by)
        forget_log(Contact, [contact.pk])


@transaction.atomic
def erase_account(user):
    key = user.pk
    end_sessions(UserSession.objects.filter(user=key))
    forget_tasks([user.phone, user.email])
    erase(
        Approval.objects.filter(Q(approved_by=key) | _by_phone(user)),
        Invitation.objects.filter(accepted_by=key),
        *_children(user),
        User.objects.filter(pk=key),
    )
    _sign_off_versions(key)


def _by_phone(user):
    return Q(phone=user.phone) if user.phone else Q(pk__in=[])


def _sign_off_versions(key):
    """What was deleted a moment ago left versions that name the deleted account as their author."""
    for relation in User._meta.get_fields(include_hidden=True):
        if relation.one_to_many and relation.field.name == "history_user":
            relation.related_model.objects.filter(history_user=key).update(
                history_user=None
            )
