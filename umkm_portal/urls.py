from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import index, sitemap
from django.urls import include, path, register_converter
from django.views.decorators.http import require_safe

from missions.publication.photos import photo
from missions.publication.sitemaps import SITEMAPS
from missions.publication.views import robots

from .converters import ExtensionConverter
from .views import health

register_converter(ExtensionConverter, "extension")

# The same in every language
urlpatterns = [
    path("sehat/", health, name="health"),
    path("robots.txt", robots, name="robots"),
    path("foto/<name>", photo, name="photo"),
    path(
        "sitemap.xml",
        require_safe(index),
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_section"},
        name="sitemap",
    ),
    path(
        "sitemap-<section>.xml",
        require_safe(sitemap),
        {"sitemaps": SITEMAPS},
        name="sitemap_section",
    ),
]
# / in Indonesian, /en/ in English
urlpatterns += i18n_patterns(
    path("admin/", admin.site.urls),
    path("akun/", include("umkm_portal.accounts.urls")),
    path("", include("missions.urls")),
    path("", include("missions.meetings.urls")),
    path("", include("businesses.urls")),
    path("", include("missions.publication.urls")),
    prefix_default_language=False,
)
