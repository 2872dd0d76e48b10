from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _

from .forms import LoginForm


class OfficialSite(AdminSite):
    login_form = LoginForm
    site_header = site_title = _("Portal Misi Dagang: officials")
    index_title = _("What would you like to do?")

    def get_urls(self):
        """Without the redirect to any object's public page: it tells a hidden draft's address."""
        return [
            url
            for url in super().get_urls()
            if getattr(url, "name", None) != "view_on_site"
        ]
