"""Matching and meeting: the pages of a participant behind three doors, and those of officials."""

from django.urls import include, path, register_converter

from missions.converters import LinkConverter
from missions.urls import participant_urls as joining_urls

from .views import (
    calendar,
    chasing,
    matches,
    office_matches,
    office_requests,
    opportunities,
    participant,
    programme,
    requests,
    selection,
    weights,
    wishes,
)

app_name = "meetings"
register_converter(LinkConverter, "link")

matching_urls = [
    path("cocok/", matches.matches, name="matches"),
    path("cocok/<int:pk>/", matches.match, name="match"),
]
request_urls = [
    path("peserta/", wishes.partners, name="partners"),
    path("keinginan/<int:pk>/", wishes.wish, name="wish"),
    path("permintaan/", requests.requests, name="requests"),
    path("permintaan/baru/<int:pk>/", requests.request_new, name="request_new"),
    path("permintaan/<int:pk>/", requests.request_detail, name="request"),
    *(
        path(
            f"permintaan/<int:pk>/{address}/",
            requests.request_step,
            {"name": name},
            name=f"request_{name}",
        )
        for name, address in (
            ("accept", "terima"),
            ("decline", "tolak"),
            ("propose", "usul"),
            ("withdraw", "tarik"),
            ("cancel", "batal"),
            ("report", "hasil"),
            ("take_back", "tarik-usul"),
            ("move", "jam-baru"),
            ("move_agree", "jam-baru/setuju"),
            ("move_refuse", "jam-baru/tolak"),
        )
    ),
    path("jadwal.ics", calendar.calendar, name="calendar"),
]
participant_urls = [
    path("", participant.home, name="home"),
    *joining_urls,
    *matching_urls,
    *request_urls,
]
# The same pages, with the one that follows a link first to where it leads
link_urls = [path("buka/", participant.enter, name="enter"), *participant_urls]
# /petugas/misi/<mission>/
office_urls = [
    path(
        "petugas/misi/<slug:mission>/pesan/pengingat/",
        chasing.chasing,
        name="chasing",
    ),
    path(
        "petugas/misi/<slug:mission>/pesan/pengingat/<slug:key>/kirim/",
        chasing.chase,
        name="chase",
    ),
    path(
        "petugas/misi/<slug:mission>/kecocokan/",
        office_matches.office_matches,
        name="office_matches",
    ),
    path(
        "petugas/misi/<slug:mission>/kecocokan/hitung/",
        office_matches.office_score,
        name="office_score",
    ),
    path(
        "petugas/misi/<slug:mission>/kecocokan/data.<extension:extension>",
        office_matches.office_matches_download,
        name="office_matches_download",
    ),
    path(
        "petugas/misi/<slug:mission>/kecocokan/<int:seller>/<int:buyer>/",
        office_matches.office_match,
        name="office_match",
    ),
    path("petugas/misi/<slug:mission>/bobot/", weights.weights, name="weights"),
    path("petugas/misi/<slug:mission>/acara/", programme.programme, name="programme"),
    path("petugas/misi/<slug:mission>/aturan/", programme.rules, name="rules"),
    path(
        "petugas/misi/<slug:mission>/pertemuan/", selection.selection, name="selection"
    ),
    path(
        "petugas/misi/<slug:mission>/pertemuan/pilih/",
        selection.selection_start,
        name="selection_start",
    ),
    path(
        "petugas/misi/<slug:mission>/pertemuan/<int:pk>/tampilkan/",
        selection.selection_publish,
        name="selection_publish",
    ),
    path(
        "petugas/misi/<slug:mission>/pertemuan/data.<extension:extension>",
        selection.selection_download,
        name="selection_download",
    ),
    path(
        "petugas/misi/<slug:mission>/permintaan/",
        office_requests.office_requests,
        name="office_requests",
    ),
    path(
        "petugas/misi/<slug:mission>/permintaan/<int:pk>/jam/",
        office_requests.office_time,
        name="office_time",
    ),
]
# /dasbor/<slug>/, and where the message about opportunities is stopped
opportunity_urls = [
    path(
        "dasbor/<slug:slug>/peluang-baru/",
        opportunities.opportunities,
        name="opportunities",
    ),
    path("dasbor/<slug:slug>/kabar-peluang/", opportunities.digest, name="digest"),
    path("berhenti/<str:token>/", opportunities.digest_end, name="digest_end"),
]
urlpatterns = [
    path(
        "dasbor/<slug:slug>/misi/<slug:mission>/",
        include((participant_urls, "own"), namespace="own"),
    ),
    path("t/<link:token>/", include((link_urls, "link"), namespace="link")),
    path(
        "petugas/misi/<slug:mission>/peserta/<int:participation>/",
        include((participant_urls, "assisted"), namespace="assisted"),
    ),
    *office_urls,
    *opportunity_urls,
]
