from functools import partial

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override

from .models import User
from .notices import tell, tell_former_email, tell_former_phone


@transaction.atomic
def sign_up(name, *, email=None, phone=None, language=User.Language.INDONESIAN):
    """The account to be proven by a code; `language` is what messages to it are written in.

    Who signs up again before that, or was appointed but never came, gets the same account: an
    address that somebody else typed keeps nobody out.
    """
    user = User.objects.unclaimed().with_login(email or phone).first()
    if user is None:
        return User.objects.create_user(
            email, phone=phone, name=name, language=language
        )
    if not user.is_official:
        user.name, user.language = name, language
        user.save(update_fields=["name", "language"])
    return user


@transaction.atomic
def replace_phone(user, phone, *, kept):
    """The former one no longer signs in, nor does any session but that with the key `kept`."""
    user.confirm_phone(phone)
    end_other_sessions(user, kept)


@transaction.atomic
def apply_new_logins(user, former, *, kept):
    """After a superuser changed what `former` names: {"email": …} or {"phone": …} or both.

    The former ones no longer sign in, nor does any session but that with the key `kept`.
    """
    EmailAddress.objects.filter(user=user).exclude(email=user.email or "").delete()
    end_other_sessions(user, kept)
    transaction.on_commit(partial(tell_of_new_logins, user, former))


def tell_of_new_logins(user, former):
    """Each former one; and where there was none, whoever holds the other one."""
    with override(user.language):
        if former.get("email"):
            tell_former_email(former["email"])
        if former.get("phone"):
            tell_former_phone(former["phone"])
        if not any(former.values()):
            tell(user, gettext("Your account can be used with another phone or e-mail"))


def sessions_of(user):
    """Where `user` is signed in now, the latest sign-in first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now())
    return UserSession.objects.filter(
        user=user, session_key__in=alive.values("session_key")
    ).order_by("-created_at")


@transaction.atomic
def end_sessions(sessions):
    """Signs out there, and forgets the address and the browser that were kept for the list."""
    keys = list(sessions.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()


def end_other_sessions(user, kept):
    """Signs out everywhere but in the session with the key `kept`."""
    end_sessions(UserSession.objects.filter(user=user).exclude(session_key=kept))


def tell_of_new_password(user):
    with override(user.language):
        tell(user, gettext("Your password has been changed"))


def remove_password(user):
    user.set_unusable_password()
    user.save(update_fields=["password"])


@transaction.atomic
def forget_ended_sessions():
    """How many sessions had ended, and are now forgotten with their address and browser."""
    Session.objects.filter(expire_date__lte=timezone.now()).delete()
    ended = UserSession.objects.exclude(
        session_key__in=Session.objects.values("session_key")
    )
    return ended.delete()[0]


@transaction.atomic
def remove_second_factor(user):
    """For an official who lost phone and recovery codes. Ends that official's sessions too."""
    Authenticator.objects.filter(user=user).delete()
    end_sessions(UserSession.objects.filter(user=user))
    transaction.on_commit(partial(tell_of_no_second_factor, user))


def tell_of_no_second_factor(user):
    with override(user.language):
        tell(user, gettext("Your second factor has been removed"))
