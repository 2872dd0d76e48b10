"""What owners and officials are told, by text to the phone or by e-mail, and what to do next.

Tasks carry ids only: what the queue stores is nobody's personal data.
"""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.tasks import task
from django.urls import reverse
from django.utils.translation import gettext, override

from umkm_portal.accounts.models import Appointment, User
from umkm_portal.gateway import NotSent, send_text

from .models import Business, Check, Membership, VerificationRequest
from .models.verification import CHECKERS

logger = logging.getLogger(__name__)
Status = VerificationRequest.Status


def link(name, *args):
    """The full address of an Indonesian page, for those who are not on the portal now."""
    with override(settings.LANGUAGE_CODE):
        return settings.SITE_URL + reverse(name, args=args)


def tell(user, subject, text):
    """By text to a confirmed phone, else by e-mail."""
    if user.phone and user.phone_verified_at:
        send_text(user.phone, f"Portal Misi Dagang: {text}")
    elif user.email:
        try:
            send_mail(f"[Portal Misi Dagang] {subject}", text, None, [user.email])
        except (OSError, SMTPException) as error:
            # Their own text may name the recipient.
            logger.error("Mail failed: %s", type(error).__name__)
            raise NotSent from None


def owners_of(business):
    owners = business.memberships.filter(role=Membership.Role.OWNER)
    return owners.values_list("user", flat=True)


# Decisions


def tell_owners_of_decision(request):
    for owner in owners_of(request.business):
        send_decision.enqueue(request.pk, owner)


@task()
def send_decision(request_id, user_id):
    request = VerificationRequest.objects.select_related("business").get(pk=request_id)
    with override(settings.LANGUAGE_CODE):
        text = decision_text(request)
        tell(User.objects.get(pk=user_id), gettext("Check of your business"), text)


def decision_text(request):
    sentences = {
        Status.APPROVED: gettext(
            "The trade office has checked %(business)s. What it checked now shows on the page "
            "of your business. See until when it holds: %(link)s"
        ),
        Status.MORE_NEEDED: gettext(
            "The trade office needs more from %(business)s: %(message)s Add it and send it "
            "again: %(link)s"
        ),
        Status.REJECTED: gettext(
            "The trade office could not confirm %(business)s: %(message)s You can correct this "
            "and ask again: %(link)s"
        ),
    }
    return sentences[request.status] % {
        "business": request.business.display_name,
        "message": request.message,
        "link": link("businesses:verification_submit", request.business.slug),
    }


# Revocations


def tell_owners_of_revocation(check):
    for owner in owners_of(check.business):
        send_revocation.enqueue(check.pk, owner)


@task()
def send_revocation(check_id, user_id):
    check = Check.objects.select_related("business").get(pk=check_id)
    with override(settings.LANGUAGE_CODE):
        text = gettext(
            "The trade office has taken back a check of %(business)s (%(what)s): %(because)s "
            "What to do: %(link)s"
        ) % {
            "business": check.business.display_name,
            "what": check.get_subject_display(),
            "because": check.revoked_because,
            "link": link("businesses:verification_submit", check.business.slug),
        }
        tell(User.objects.get(pk=user_id), gettext("A check was taken back"), text)


# Checks that end soon


def tell_owners_of_expiry(business):
    for owner in owners_of(business):
        send_expiry.enqueue(business.pk, owner)


@task()
def send_expiry(business_id, user_id):
    business = Business.objects.get(pk=business_id)
    with override(settings.LANGUAGE_CODE):
        text = gettext(
            "A check of %(business)s ends within %(days)s days. Bring your papers up to date "
            "and ask for a new check: %(link)s"
        ) % {
            "business": business.display_name,
            "days": Check.REMIND_DAYS,
            "link": link("businesses:verification_submit", business.slug),
        }
        tell(User.objects.get(pk=user_id), gettext("A check ends soon"), text)


def tell_officials_of_expiry(province):
    checkers = Appointment.objects.filter(province=province, role__in=CHECKERS)
    for official in checkers.values_list("user", flat=True).distinct():
        send_expiry_to_official.enqueue(official)


@task()
def send_expiry_to_official(user_id):
    with override(settings.LANGUAGE_CODE):
        text = gettext(
            "Checks of businesses in your province end within %(days)s days. The list: %(link)s"
        ) % {
            "days": Check.REMIND_DAYS,
            "link": link("businesses:verification_queue") + "?daftar=berakhir",
        }
        tell(User.objects.get(pk=user_id), gettext("Checks that end soon"), text)
