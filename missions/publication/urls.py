from django.urls import include, path, register_converter
from django.views.decorators.http import require_safe

from . import businesses, directory, listings, matchmaking, views
from .converters import TableConverter
from .feeds import ListingFeed, MissionFeed

app_name = "publication"
register_converter(TableConverter, "table")

# /misi/<slug>/
mission_urls = [
    path("", views.mission_detail, name="mission_detail"),
    path("kalender.ics", views.mission_calendar, name="mission_calendar"),
    path("riwayat-angka/", views.mission_history, name="mission_history"),
    path("hasil-temu-bisnis/", matchmaking.mission_results, name="mission_results"),
    path(
        "hasil-temu-bisnis/data.<extension:extension>",
        matchmaking.mission_results_download,
        name="mission_results_download",
    ),
    path("peserta/", matchmaking.mission_participants, name="mission_participants"),
    path(
        "peserta/data.<extension:extension>",
        matchmaking.mission_participants_download,
        name="mission_participants_download",
    ),
]
# /misi/
mission_list_urls = [
    path("", views.mission_list, name="mission_list"),
    path("data.<extension:extension>", views.mission_download, name="mission_download"),
    path("atom.xml", require_safe(MissionFeed()), name="mission_feed"),
    path("<slug:slug>/", include(mission_urls)),
]
# /usaha/
business_urls = [
    path("", directory.business_list, name="business_list"),
    path(
        "data.<extension:extension>",
        directory.business_download,
        name="business_download",
    ),
    path("<slug:slug>/", businesses.business_detail, name="business_detail"),
]
# /peluang/
listing_urls = [
    path("", listings.listing_list, name="listing_list"),
    path(
        "data.<extension:extension>",
        listings.listing_download,
        name="listing_download",
    ),
    path("atom.xml", require_safe(ListingFeed()), name="listing_feed"),
    path("<int:pk>/", listings.listing_detail, name="listing_detail"),
]
# /
urlpatterns = [
    path("", views.home, name="home"),
    path("misi/", include(mission_list_urls)),
    path("usaha/", include(business_urls)),
    path("peluang/", include(listing_urls)),
    path("metodologi/", views.methodology, name="methodology"),
    path("data/", views.data, name="data"),
    path(
        "data/<table:table>.<extension:extension>",
        views.table_download,
        name="table_download",
    ),
]
