from allauth.account.internal.flows.logout import logout
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from .access import own_page, to_second_factor


class OfficialSite(AdminSite):
    site_header = site_title = _("Portal Misi Dagang: officials")
    index_title = _("What would you like to do?")

    def has_permission(self, request):
        return super().has_permission(request) and request.user.has_second_factor

    def login(self, request, extra_context=None):
        """Where the admin sends everybody whom it does not let in: says why, and what to do."""
        wanted = own_page(request, request.GET.get("next", "")) or reverse(
            "admin:index"
        )
        if self.has_permission(request):
            return redirect(wanted)
        if request.user.is_anonymous:
            return redirect_to_login(wanted)
        if not request.user.is_staff:
            raise PermissionDenied
        return to_second_factor(wanted)

    @method_decorator(require_POST)
    def logout(self, request, extra_context=None):
        logout(request)
        return redirect("publication:home")

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def get_urls(self):
        """Without the redirect to any object's public page: it tells a hidden draft's address."""
        return [
            url
            for url in super().get_urls()
            if getattr(url, "name", None) != "view_on_site"
        ]
