"""An official fills in a business for its owner, who says yes or no by phone.

Until the yes there is a draft without people. A no, or seven days of silence, deletes it with the
phone number. Code and link are sent once and kept as hashes only.
"""

import logging
from datetime import timedelta
from functools import partial
from secrets import randbelow, token_urlsafe

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, override

from umkm_portal.accounts.models import Appointment, User
from umkm_portal.accounts.services import sign_up
from umkm_portal.gateway import NotSent, send_text

from . import refusals
from .consents import give_consent
from .messages import link
from .models import Approval, Business, Consent, Contact, Listing, Membership
from .rights import remove_draft
from .services import hash_of, publish_listing

logger = logging.getLogger(__name__)
Purpose = Consent.Purpose
# Who may fill in for others. Auditors look.
ASSISTANTS = (
    Appointment.Role.OPERATOR,
    Appointment.Role.VERIFIER,
    Appointment.Role.PROVINCE_ADMIN,
)
DAY = 24 * 60 * 60
MOST_TEXTS_PER_PHONE = 10
MOST_DRAFTS_PER_OFFICIAL = 200


def may_assist(user):
    return user.is_superuser or bool(user.provinces_as(*ASSISTANTS))


# What the official does


@transaction.atomic
def register_for_owner(business, listings, *, owner_name, phone, purposes, by):
    """Saves a draft without people and asks the owner. Raises NotSent after saving."""
    refuse_phone(phone)
    _count(f"assisted-drafts-{by.pk}", MOST_DRAFTS_PER_OFFICIAL)
    business.save()
    for listing in listings:
        listing.business = business
        listing.save()
    approval = Approval(
        business=business,
        name=owner_name,
        phone=phone,
        purposes=[Purpose.ASSISTANCE, *purposes],
        created_by=by,
    )
    return _ask(approval)


@transaction.atomic
def ask_owner(business, *, by):
    """Asks the owner of a business from a list. Raises ValidationError where that cannot be, and
    NotSent after saving."""
    unclaimed = Business.objects.select_for_update(of=["self"]).unclaimed_imports()
    business = unclaimed.filter(pk=business.pk).first()
    if business is None or business.approvals.pending().exists():
        raise ValidationError(_("Its owner was asked already."), code="asked")
    contacts = {contact.kind: contact.value for contact in business.contacts.all()}
    phone = contacts.get(Contact.Kind.WHATSAPP) or contacts.get(Contact.Kind.PHONE)
    if not phone:
        raise ValidationError(_("The list has no phone number of it."), code="no_phone")
    refuse_phone(phone)
    business.approvals.expired().delete()
    approval = Approval(
        business=business,
        name=contacts.get(Contact.Kind.PERSON, business.name),
        phone=phone,
        purposes=[Purpose.ASSISTANCE, Purpose.PROFILE],
        created_by=by,
    )
    return _ask(approval)


def refuse_phone(phone):
    """An official's own phone could say yes to what that official filled in."""
    user = User.objects.filter(phone=phone).first()
    if user is None:
        return
    is_proven = user.phone_verified_at is not None
    is_free = User.objects.unclaimed().filter(pk=user.pk).exists()
    if user.is_staff or not user.is_active or not (is_proven or is_free):
        raise ValidationError(
            _("This number cannot stand for an owner. Ask for the owner's own number."),
            code="phone_not_usable",
        )


def _count(key, most):
    """Raises ValidationError once something was done too often within a day."""
    cache.add(key, 0, DAY)
    if cache.incr(key) > most:
        raise ValidationError(
            _("That was too often today. Go on tomorrow."), code="too_often"
        )


def _ask(approval):
    """Sends a new code and a new link; those sent before no longer work."""
    code, token = f"{randbelow(10**6):06}", token_urlsafe(12)
    _count(f"assisted-texts-{hash_of(approval.phone)}", MOST_TEXTS_PER_PHONE)
    approval.code_hash = make_password(code)
    approval.token_hash = hash_of(token)
    approval.attempts = 0
    approval.texts += 1
    approval.texted_at = timezone.now()
    approval.expires_at = timezone.now() + timedelta(days=Approval.DAYS)
    approval.save()
    transaction.on_commit(
        partial(send_text, approval.phone, request_text(approval, code, token))
    )
    return approval


@override(settings.LANGUAGE_CODE)
def request_text(approval, code, token):
    if Purpose.PROFILE in approval.purposes:
        said = gettext(
            "%(office)s (%(official)s) has filled in your business “%(business)s” at Portal Misi "
            "Dagang and asks whether it may register and publish it. Read it, then say yes or "
            "no: %(link)s Or tell the official the code %(code)s. If this is not you, say no."
        )
    else:
        said = gettext(
            "%(office)s (%(official)s) has filled in your business “%(business)s” at Portal Misi "
            "Dagang and asks whether it may register it. Read it, then say yes or no: %(link)s "
            "Or tell the official the code %(code)s. If this is not you, say no."
        )
    return said % {
        "office": office(approval.business.province),
        "official": approval.created_by.name,
        "business": approval.business.name,
        "link": link("businesses:approval", token),
        "code": code,
    }


def office(province):
    return gettext("The trade office of %(province)s") % {"province": province.label}


@transaction.atomic
def ask_again(approval):
    """A new code and link, to the same phone; not at once and not for ever. Raises NotSent."""
    approval = _locked(approval)
    since = timezone.now() - timedelta(seconds=Approval.SECONDS_BETWEEN_TEXTS)
    if approval.texts >= Approval.MOST_TEXTS:
        raise ValidationError(
            _("No more messages can be sent for this draft. Delete it and start anew."),
            code="too_many_texts",
        )
    if approval.texted_at > since:
        raise ValidationError(
            _("A message was sent just now. Wait a minute."), code="too_soon"
        )
    return _ask(approval)


@transaction.atomic
def discard(approval):
    """The official takes the draft back, for example because the phone was mistyped. One from a
    list stays: the list can be corrected."""
    approval = _locked(approval)
    if approval.business.imported_at:
        approval.delete()
    else:
        remove_draft(approval.business)


def approve_by_code(approval, code):
    """The owner has told the official the code. Wrong ones are counted even though they raise."""
    with transaction.atomic(), override(settings.LANGUAGE_CODE):
        approval = _locked(approval)
        if not approval.takes_codes:
            raise ValidationError(
                _("Too many wrong codes. Send a new one."), code="too_many_attempts"
            )
        if check_password(code, approval.code_hash):
            _approve(approval, Consent.Via.CODE, approval.purposes)
            return approval
        approval.attempts += 1
        approval.save(update_fields=["attempts"])
    left = Approval.MOST_ATTEMPTS - approval.attempts
    raise ValidationError(
        _("This code is not right. Attempts left: %(left)s."),
        code="wrong_code",
        params={"left": left},
    )


# What the owner does with the link


def with_token(token):
    """Raises Approval.DoesNotExist."""
    approvals = Approval.objects.select_related("business__province", "created_by")
    return approvals.get(token_hash=hash_of(token))


@transaction.atomic
def approve_by_link(approval, purposes):
    """Returns the token of the receipt: the link that was used has done its work."""
    approval = _locked(approval)
    agreed = [one for one in approval.purposes if one in purposes]
    return _approve(approval, Consent.Via.LINK, [Purpose.ASSISTANCE, *agreed])


@transaction.atomic
def refuse(approval):
    approval = _locked(approval)
    if approval.business.imported_at:
        refusals.remember(approval.phone)
    remove_draft(approval.business)


# Every day


def delete_expired_drafts():
    """Nobody said yes within seven days: the draft and the phone go. See retention.py for those
    from lists."""
    expired = Approval.objects.expired().values_list("business", flat=True)
    drafts = Business.objects.select_for_update(of=["self"]).filter(
        pk__in=list(expired), memberships=None, imported_at=None
    )
    for business in drafts:
        if business.approvals.expired().exists():
            remove_draft(business)
    return len(drafts)


# What both ways share


def _locked(approval):
    """The approval as it stands. The business first, as everywhere, so that nobody waits in a ring."""
    businesses = Business.objects.select_for_update()
    business = businesses.filter(pk=approval.business_id).first()
    current = business and business.approvals.filter(pk=approval.pk).first()
    if current is None or not current.is_pending:
        raise ValidationError(
            _("This was already decided, or it has expired."), code="not_pending"
        )
    return current


def _approve(approval, via, purposes):
    refuse_phone(approval.phone)
    business, phone = approval.business, approval.phone
    owner = _account(approval.name, phone)
    Membership.objects.get_or_create(
        business=business, user=owner, defaults={"role": Membership.Role.OWNER}
    )
    Contact.objects.get_or_create(
        business=business, kind=Contact.Kind.PHONE, value=phone
    )
    token = token_urlsafe(12)
    approval.token_hash = hash_of(token)
    approval.phone = masked(phone)
    approval.approved_at = timezone.now()
    approval.approved_by = owner
    approval.save()
    for purpose in dict.fromkeys(purposes):
        give_consent(
            business, purpose, by=owner, via=via, assisted_by=approval.created_by
        )
    if Purpose.PROFILE in purposes:
        for listing in business.listings.filter(status=Listing.Status.DRAFT):
            publish_listing(listing)
    transaction.on_commit(partial(_send_receipt, phone, business, token))
    return token


def _account(name, phone):
    """The owner's account: the one with this phone, else a new one."""
    owner = User.objects.filter(phone=phone).first()
    if owner is None or owner.phone_verified_at is None:
        try:
            with transaction.atomic():
                owner = sign_up(name, phone=phone)
        except IntegrityError:
            # Another business of the same owner was approved at the same moment.
            owner = User.objects.get(phone=phone)
        owner.confirm_phone(phone)
    return owner


def masked(phone):
    """ "+6281234567890" → "+62••••••••890": enough to recognise one's own number."""
    return f"{phone[:3]}{'•' * (len(phone) - 6)}{phone[-3:]}"


def _send_receipt(phone, business, token):
    """The yes stands even when this cannot be sent: the dashboard has the receipt too."""
    with override(settings.LANGUAGE_CODE):
        text = gettext(
            "“%(business)s” is registered at Portal Misi Dagang. What you agreed to: %(receipt)s "
            "Sign in with this phone number to change or delete it: %(dashboard)s"
        ) % {
            "business": business.name,
            "receipt": link("businesses:approval", token),
            "dashboard": link("account_login"),
        }
    try:
        send_text(phone, text)
    except NotSent:
        logger.warning("A receipt was not sent.")
