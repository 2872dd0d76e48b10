"""What people of a business do: register it, invite colleagues, publish offers and needs."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from umkm_portal.uploads import delete_file_on_commit

from . import directory
from .limits import refuse_one_too_many
from .models import Business, Invitation, Listing, Membership

# What a form about a business does not ask for, and what may have changed since it was opened.
SET_BY_SERVICES = ["is_nib_verified", "published_at", "closed_at", "shows_deals"]


GONE = _("This was deleted meanwhile. What you typed was not saved.")


def is_gone(row):
    """Whether a row that is to be changed was deleted since it was read. Saving would bring it back."""
    return row.pk is not None and not type(row).objects.filter(pk=row.pk).exists()


def hash_of(token):
    return sha256(token.encode()).hexdigest()


def lock_open(pk):
    """The business as it stands, locked. PermissionDenied once it is closed: nothing is added to it."""
    business = Business.objects.select_for_update().filter(pk=pk).first()
    if business is None or business.closed_at:
        raise PermissionDenied
    return business


@transaction.atomic
def register_business(business, *, by):
    """Saves a new business and makes `by` its owner."""
    business.save()
    Membership.objects.create(business=business, user=by, role=Membership.Role.OWNER)
    return business


@transaction.atomic
def save_facts(form, business):
    """Saves what a person of the business typed, and lets the directory know. Returns None when
    somebody else of the business came before, or there is no room, which the form then says."""
    lock_open(business.pk)
    if isinstance(form.instance, Business):
        form.instance.refresh_from_db(fields=SET_BY_SERVICES)
    elif is_gone(form.instance):
        form.add_error(None, GONE)
        return None
    # What was valid before the lock may have been taken since.
    form.full_clean()
    if not form.is_valid():
        return None
    try:
        refuse_one_too_many(form.instance)
    except ValidationError as reason:
        form.add_error(None, reason)
        return None
    saved = form.save()
    directory.refresh(business)
    return saved


@transaction.atomic
def invite(business, *, role, for_whom, by):
    """Returns (invitation, token). The token is shown once, as a link; only its hash is kept."""
    lock_open(business.pk)
    token = token_urlsafe(24)
    invitation = Invitation.objects.create(
        business=business,
        role=role,
        for_whom=for_whom,
        token_hash=hash_of(token),
        created_by=by,
        expires_at=timezone.now() + timedelta(days=Invitation.DAYS),
    )
    return invitation, token


@transaction.atomic
def accept_invitation(token, *, by):
    """Makes `by` a person of the business; the link works once.

    Raises Invitation.DoesNotExist when it was used, revoked or has expired.
    """
    pending = Invitation.objects.pending().filter(token_hash=hash_of(token))
    # The business first, as everywhere, so that nobody waits in a ring. Whoever held it may have
    # ended the invitation.
    list(Business.objects.select_for_update().filter(pk__in=pending.values("business")))
    invitation = pending.select_for_update().get()
    Membership.objects.get_or_create(
        business=invitation.business, user=by, defaults={"role": invitation.role}
    )
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = by
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return invitation.business


@transaction.atomic
def revoke_invitation(invitation):
    Invitation.objects.pending().filter(pk=invitation.pk).update(
        revoked_at=timezone.now()
    )


@transaction.atomic
def change_role(membership, role):
    """Raises ValidationError when the business would be left without an owner."""
    _keep_an_owner(membership)
    if role != Membership.Role.OWNER:
        _revoke_invitations_of(membership)
    Membership.objects.filter(pk=membership.pk).update(role=role)


@transaction.atomic
def remove_member(membership):
    """Raises ValidationError when the business would be left without an owner."""
    _keep_an_owner(membership)
    _revoke_invitations_of(membership)
    membership.delete()


def _revoke_invitations_of(membership):
    """Whoever is no longer an owner must not come back through a link made before."""
    made = Invitation.objects.pending().filter(
        business=membership.business_id, created_by=membership.user_id
    )
    made.update(revoked_at=timezone.now())


def _keep_an_owner(membership):
    # The lock on the business keeps two owners from leaving at the same moment.
    business = Business.objects.select_for_update().get(pk=membership.business_id)
    owners = business.memberships.filter(role=Membership.Role.OWNER)
    if not owners.exclude(pk=membership.pk).exists():
        raise ValidationError(
            _(
                "A business needs an owner. Make somebody else the owner first, "
                "or delete the business."
            ),
            code="last_owner",
        )


@transaction.atomic
def publish_listing(listing):
    """Opens a listing for 90 days, or renews it for as long from today."""
    lock_open(listing.business_id)
    listing = get_object_or_404(Listing.objects.select_for_update(), pk=listing.pk)
    listing.status = Listing.Status.OPEN
    listing.published_at = timezone.now()
    listing.expires_on = timezone.localdate() + timedelta(days=Listing.DAYS)
    listing.save(update_fields=["status", "published_at", "expires_on"])
    directory.refresh(listing.business)
    return listing


@transaction.atomic
def remove_product(product):
    """Its photos go with it; its listings stay."""
    lock_open(product.business_id)
    for photo in product.photos.all():
        delete_file_on_commit(photo.image)
    product.delete()
    directory.refresh(product.business)


@transaction.atomic
def remove_listing(listing):
    lock_open(listing.business_id)
    listing.delete()
    directory.refresh(listing.business)


@transaction.atomic
def close_listing(listing):
    lock_open(listing.business_id)
    listing = get_object_or_404(Listing.objects.select_for_update(), pk=listing.pk)
    listing.status = Listing.Status.CLOSED
    listing.save(update_fields=["status"])
    directory.refresh(listing.business)
    return listing
