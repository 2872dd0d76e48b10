from django.urls import include, path, register_converter
from django.views.decorators.http import require_safe

from . import views
from .converters import ExtensionConverter, TableConverter
from .feeds import MissionFeed

app_name = "publication"
register_converter(ExtensionConverter, "extension")
register_converter(TableConverter, "table")

# /misi/<slug>/
mission_urls = [
    path("", views.mission_detail, name="mission_detail"),
    path("riwayat-angka/", views.mission_history, name="mission_history"),
]
# /misi/
mission_list_urls = [
    path("", views.mission_list, name="mission_list"),
    path("data.<extension:extension>", views.mission_download, name="mission_download"),
    path("atom.xml", require_safe(MissionFeed()), name="mission_feed"),
    path("<slug:slug>/", include(mission_urls)),
]
# /
urlpatterns = [
    path("", views.home, name="home"),
    path("misi/", include(mission_list_urls)),
    path("metodologi/", views.methodology, name="methodology"),
    path("data/", views.data, name="data"),
    path(
        "data/<table:table>.<extension:extension>",
        views.table_download,
        name="table_download",
    ),
]
