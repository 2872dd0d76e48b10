from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from missions.publication.sitemaps import SITEMAPS
from missions.publication.views import robots

from .views import health

# The same in every language
urlpatterns = [
    path("sehat/", health, name="health"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
]
# / in Indonesian, /en/ in English
urlpatterns += i18n_patterns(
    path("admin/", admin.site.urls),
    path("", include("missions.publication.urls")),
    prefix_default_language=False,
)
