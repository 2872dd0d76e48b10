"""Who may open a page: decorators for views."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

FRESH_SECONDS = 15 * 60
SIGNED_IN_AT = "account_signed_in_at"
NEXT_PAGE = "account_next_page"


def official_required(view):
    """For the pages of officials: anonymous visitors sign in first, others are refused, and an
    official without a second factor is led to set one up and comes back."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_anonymous:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_staff:
            raise PermissionDenied
        if not request.user.has_second_factor:
            return to_second_factor(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def fresh_sign_in_required(view):
    """For what would let a finder of an unlocked phone take the account over."""

    @wraps(view)
    @login_required
    def guarded(request, *args, **kwargs):
        if has_just_signed_in(request):
            return view(request, *args, **kwargs)
        query = {"next": request.get_full_path()}
        return redirect(reverse("account_sign_in_again", query=query))

    return guarded


def has_just_signed_in(request):
    """Whether a code, a password or a passkey began this session within the last 15 minutes."""
    signed_in_at = request.session.get(SIGNED_IN_AT, 0)
    return timezone.now().timestamp() - signed_in_at < FRESH_SECONDS


def to_second_factor(next_page):
    return redirect(reverse("account_second_factor", query={"next": next_page}))


def own_page(request, address):
    """The address, unless it leads away from the portal."""
    is_own = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_own else ""
