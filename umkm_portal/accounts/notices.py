"""What people are told when a way into their account changes.

It has happened already: a notice that cannot be sent undoes nothing.
"""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext

from umkm_portal.gateway import NotSent, send_text

logger = logging.getLogger(__name__)


def link(name):
    """The full address of a page, whatever host the request was sent to."""
    return settings.SITE_URL + reverse(name)


def tell(user, said):
    """By mail, or by text to a confirmed phone where no e-mail is confirmed."""
    if is_told_by_text(user):
        send_notice_text(user.phone, f"{said}. {not_you()}")
    elif user.email:
        send_notice_mail(user.email, said, f"{said}. {not_you()}")


def is_told_by_text(user):
    return user.phone_verified_at is not None and not user.has_confirmed_email


def not_you():
    said = gettext("It was not you? Sign in at once and look at your account: %(url)s")
    return said % {"url": link("account_overview")}


def tell_former_phone(phone):
    """It does not name the new number: the former one may have a new holder."""
    said = gettext(
        "This number no longer signs in to your account, which has another one now. "
        "It was not you? Ask for help at once: %(url)s"
    )
    send_notice_text(phone, said % {"url": link("businesses:privacy")})


def tell_former_email(email):
    said = gettext(
        "This e-mail no longer signs in to your account, which has another one now. "
        "It was not you? Ask for help at once: %(url)s"
    )
    said %= {"url": link("businesses:privacy")}
    send_notice_mail(email, gettext("Your e-mail has been changed"), said)


def send_notice_text(phone, said):
    try:
        send_text(phone, f"Portal Misi Dagang: {said}")
    except NotSent:
        logger.warning("A notice was not sent.")


def send_notice_mail(email, subject, said):
    subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}"
    try:
        send_mail(subject, said, None, [email])
    except (OSError, SMTPException) as error:
        logger.error("Mail failed: %s", type(error).__name__)
