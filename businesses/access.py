"""Doors to the pages of one business: they hand the business to the view, or nothing at all."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control, never_cache

from .models import Business, Membership


def member_required(view):
    """For owners and staff; for everybody else the business does not exist here."""

    @wraps(view)
    @login_required
    @cache_control(private=True, no_cache=True)
    def page(request, slug, **kwargs):
        return view(request, own_business(request.user, slug), **kwargs)

    return page


def owner_required(view):
    """For owners; staff are told that this is not theirs."""

    @wraps(view)
    @login_required
    @cache_control(private=True, no_cache=True)
    def page(request, slug, **kwargs):
        business = own_business(request.user, slug)
        if not business.is_owned:
            raise PermissionDenied
        return view(request, business, **kwargs)

    return page


def secret_address(view):
    """For a page whose address is the key: no search engine, no cache and no other site learns it."""

    @wraps(view)
    @never_cache
    def page(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return page


def own_business(user, slug):
    """With `is_owned`: whether `user` is an owner, not staff."""
    roles = Membership.objects.filter(business=OuterRef("pk"), user=user.pk)
    mine = Business.objects.of_member(user).annotate(
        role=Subquery(roles.values("role"))
    )
    business = get_object_or_404(mine.select_related("province", "regency"), slug=slug)
    business.is_owned = business.role == Membership.Role.OWNER
    return business
