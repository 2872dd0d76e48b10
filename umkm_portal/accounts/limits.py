"""How many codes and attempts there are for one login, and for whom they count.

Whoever knows a phone number can ask for codes in its holder's name. So that this keeps the holder
not out, a browser in which the holder has signed in before has limits of its own.
"""

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.utils.crypto import get_random_string

from .models import User

COOKIE = "known_browser"
COOKIE_SECONDS = 365 * 24 * 60 * 60


def count_code(request, login):
    """Counts a code that is asked for, sent or not; raises RateLimited when it is one too many."""
    browser = known_browser(request, login)
    if browser:
        count(request, "code_in_known_browser", f"{login} {browser}")
    else:
        count(request, "code_from_address", f"{login} {ratelimit.get_ip(request)}")
        count(request, "code", login)


def count(request, action, key):
    ratelimit.consume(
        request,
        app="allauth.account",
        action=action,
        key=key,
        limit_get=True,
        raise_exception=True,
    )


def attempts_at(request, login):
    """The name under which wrong passwords for `login` are counted in this browser."""
    return f"{login} {known_browser(request, login)}".strip()


def known_browser(request, login):
    """A random name of this browser, if the holder of `login` has signed in with it; else ""."""
    holder = User.objects.with_login(login).first()
    return name_of_browser(request, holder) if holder else ""


def name_of_browser(request, user):
    try:
        return signer(user).unsign(
            request.COOKIES.get(COOKIE, ""), max_age=COOKIE_SECONDS
        )
    except BadSignature:
        return ""


def remember_browser(request, response, user):
    """The cookie tells nobody whose it is: the account is part of the key that signs it."""
    name = name_of_browser(request, user) or get_random_string(16)
    response.set_cookie(
        COOKIE,
        signer(user).sign(name),
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def signer(user):
    return TimestampSigner(salt=f"umkm_portal.accounts.limits.{user.pk}")
