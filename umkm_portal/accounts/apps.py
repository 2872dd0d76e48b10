from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "umkm_portal.accounts"
    verbose_name = _("Officials and accounts")
    default = True


class OfficialSiteConfig(admin_apps.AdminConfig):
    """`django.contrib.admin` with our site in place of its own."""

    default = False
    default_site = "umkm_portal.accounts.site.OfficialSite"
