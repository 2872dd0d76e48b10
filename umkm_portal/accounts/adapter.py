"""How allauth's flows reach the portal's own accounts, texts and pages."""

import logging
from smtplib import SMTPException

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from umkm_portal.gateway import NotSent, send_text

from .access import SIGNED_IN_AT
from .forms import PENDING_PASSWORD, PhoneField
from .limits import attempts_at, remember_browser
from .models import User
from .notices import (
    is_told_by_text,
    link,
    not_you,
    send_notice_text,
    tell_former_phone,
)
from .services import end_other_sessions, end_sessions, replace_phone

logger = logging.getLogger(__name__)
OWN_STAGES = {
    "allauth.account.stages.PhoneVerificationStage": "umkm_portal.accounts.stages.PhoneStage",
    "allauth.account.stages.EmailVerificationStage": "umkm_portal.accounts.stages.EmailStage",
}
WRONG_PASSWORD = _(
    "This password does not match. Try again, or leave it empty: we then send you a code."
)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One text whatever was wrong: it tells nothing of who has an account.
        "email_password_mismatch": WRONG_PASSWORD,
        "phone_password_mismatch": WRONG_PASSWORD,
        "username_password_mismatch": WRONG_PASSWORD,
        "incorrect_code": _("This code is not right. Look at the last message again."),
        "invalid_login": _("Enter a phone number or an e-mail address."),
        "email_taken": _("Someone already uses this e-mail."),
        "phone_taken": _("Someone already uses this phone number."),
        "same_as_current": _("This is the one that you use now."),
        "too_many_login_attempts": _("That was too often. Wait five minutes."),
        "rate_limited": _(
            "That was too often. Wait a minute; if you read this again, an hour. "
            "With a password or a passkey you need no code."
        ),
        "cannot_remove_primary_email": _(
            "An e-mail can be replaced by another one, but not removed."
        ),
    }

    def get_login_stages(self):
        return [OWN_STAGES.get(path, path) for path in super().get_login_stages()]

    def pre_authenticate(self, request, **credentials):
        """allauth counts failures by e-mail only: all phones together would have one limit."""
        login = credentials.get("phone") or credentials.get("email", "")
        key = attempts_at(request, login)
        super().pre_authenticate(request, **{**credentials, "email": key})

    def login(self, request, user):
        """A password typed at sign-up counts once its owner has proven the phone or e-mail."""
        chosen = request.session.pop(PENDING_PASSWORD, None)
        if chosen and chosen["user"] == user.pk and not user.has_usable_password():
            user.password = chosen["password"]
            user.save(update_fields=["password"])
        super().login(request, user)
        request.session[SIGNED_IN_AT] = timezone.now().timestamp()

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        remember_browser(request, response, user)
        return response

    def logout(self, request):
        end_sessions(
            UserSession.objects.filter(session_key=request.session.session_key)
        )
        super().logout(request)

    # Phones

    def phone_form_field(self, **kwargs):
        return PhoneField(**kwargs)

    def get_phone(self, user):
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user, phone, verified):
        """Has to be there for allauth, and refuses: only a proven phone is set, by set_phone_verified."""
        raise NotImplementedError

    def set_phone_verified(self, user, phone):
        """Called at sign-in too, where nothing changes."""
        former = user.phone if user.phone_verified_at else None
        if self.request.user.is_anonymous or former == phone:
            user.confirm_phone(phone)
            return
        replace_phone(user, phone, kept=self.request.session.session_key)
        if former:
            tell_former_phone(former)
        if user.email:
            prefix = "account/email/phone_changed"
            self.send_notification_mail(prefix, user, email=user.email)

    def get_user_by_phone(self, phone):
        return User.objects.filter(phone=phone).first()

    # What is sent

    def send_verification_code_sms(self, user, phone, code, **kwargs):
        said = gettext(
            "Your Portal Misi Dagang code: %(code)s. It works for 15 minutes. "
            "Give it to nobody, not even to us."
        )
        send_text(phone, said % {"code": code})

    def send_unknown_account_sms(self, phone, **kwargs):
        said = gettext(
            "Portal Misi Dagang: there is no account with this number yet. Sign up: %(url)s"
        )
        send_text(phone, said % {"url": link("account_signup")})

    def send_account_already_exists_sms(self, phone):
        said = gettext(
            "Portal Misi Dagang: this number already has an account. Sign in: %(url)s"
        )
        send_text(phone, said % {"url": link("account_login")})

    def send_account_already_exists_mail(self, email):
        context = {"login_url": link("account_login")}
        self.send_mail("account/email/account_already_exists", email, context)

    def send_mail(self, template_prefix, email, context):
        own = {
            "home_url": link("publication:home"),
            "signup_url": link("account_signup"),
            "help_url": link("businesses:privacy"),
        }
        try:
            super().send_mail(template_prefix, email, context | own)
        except (OSError, SMTPException) as error:
            logger.error("Mail failed: %s", type(error).__name__)
            raise NotSent from None

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """What it tells of has happened already: a notice that fails undoes nothing."""
        if email is None and is_told_by_text(user):
            subject = render_to_string(f"{template_prefix}_subject.txt").strip()
            send_notice_text(user.phone, f"{subject}. {not_you()}")
            return
        try:
            super().send_notification_mail(template_prefix, user, context, email)
        except NotSent:
            logger.warning("A notice was not sent.")

    # E-mails

    def confirm_email(self, request, email_address):
        """Called while signing up or in too, where nothing changes."""
        user = email_address.user
        former, had_confirmed = user.email, user.has_confirmed_email
        is_confirmed = super().confirm_email(request, email_address)
        is_change = request.user.is_authenticated and former != email_address.email
        if is_confirmed and is_change:
            end_other_sessions(user, request.session.session_key)
            if user.phone_verified_at and not had_confirmed:
                said = gettext("Your account has an e-mail: it can sign in")
                send_notice_text(user.phone, f"{said}. {not_you()}")
        return is_confirmed

    # Where to go on

    def get_email_verification_redirect_url(self, email_address):
        return reverse("account_overview")

    def get_password_change_redirect_url(self, request):
        return reverse("account_overview")

    def can_delete_email(self, email_address):
        return not email_address.primary


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This code is not right. Wait for the next one and try it."
        ),
    }

    def get_public_key_credential_rp_entity(self):
        entity = super().get_public_key_credential_rp_entity()
        return entity | {"name": settings.MFA_TOTP_ISSUER}

    def generate_authenticator_name(self, user, type):
        number = user.authenticator_set.filter(type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}
