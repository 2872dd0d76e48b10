from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from umkm_portal.checks import (
    data_protection_officer,
    shared_limits,
    text_gateway,
    texts_reach_phones,
)


class AccountsConfig(AppConfig):
    name = "umkm_portal.accounts"
    verbose_name = _("Officials and accounts")
    default = True

    def ready(self):
        register(text_gateway)
        register(texts_reach_phones, deploy=True)
        register(data_protection_officer, deploy=True)
        register(shared_limits, deploy=True)


class OfficialSiteConfig(admin_apps.AdminConfig):
    """`django.contrib.admin` with our site in place of its own."""

    default = False
    default_site = "umkm_portal.accounts.site.OfficialSite"
