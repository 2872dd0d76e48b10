"""Joining a mission: for owners, and for the officials who curate."""

from django.urls import include, path

from .views import (
    assisting,
    board,
    letters,
    office,
    own,
    participant,
    wordings,
)

app_name = "missions"

# /dasbor/<slug>/misi/
owner_urls = [
    path("misi/<slug:slug>/daftar/", own.join, name="join"),
    path("dasbor/<slug:slug>/misi/", own.own_missions, name="own_missions"),
    path("dasbor/<slug:slug>/misi/<slug:mission>/daftar/", own.apply, name="apply"),
]
# Pages of a participant, behind any of the three doors of doors.py; see meetings/urls.py
participant_urls = [
    path("ketersediaan/", participant.availability, name="availability"),
    path("penawaran/", participant.listings, name="listings"),
    path("tampil/", participant.consents, name="consents"),
    path("mundur/", participant.withdraw, name="withdraw"),
]
# /petugas/misi/<mission>/
office_mission_urls = [
    path("", office.office_mission, name="office_mission"),
    path("pendaftaran/", office.office_registration, name="office_registration"),
    path("tahap/", office.office_move, name="office_move"),
    path("kuota/baru/", office.quota_add, name="quota_add"),
    path("kuota/<int:pk>/", office.quota_edit, name="quota_edit"),
    path("kuota/<int:pk>/hapus/", office.quota_remove, name="quota_remove"),
    path("daftarkan/", assisting.office_apply, name="office_apply"),
    path("kurasi/", board.board, name="board"),
    path("kurasi/data.csv", board.board_download, name="board_download"),
]
# /petugas/misi/<mission>/pesan/
letter_urls = [
    path("", letters.letters, name="letters"),
    path("<int:pk>/lagi/", letters.letter_again, name="letter_again"),
    path("<int:pk>/whatsapp/", letters.letter_whatsapp, name="letter_whatsapp"),
    path("<int:pk>/terkirim/", letters.letter_handed, name="letter_handed"),
]
office_urls = [
    path("petugas/misi/<slug:mission>/pesan/", include(letter_urls)),
    path("petugas/misi/", office.office_missions, name="office_missions"),
    path("petugas/misi/<slug:mission>/", include(office_mission_urls)),
]
# /petugas/pesan/
wording_urls = [
    path("", wordings.wordings_list, name="wordings"),
    path("<str:province>/<slug:kind>/", wordings.wording_edit, name="wording_edit"),
    path(
        "<str:province>/<slug:kind>/kembali/",
        wordings.wording_reset,
        name="wording_reset",
    ),
]
urlpatterns = [
    *owner_urls,
    *office_urls,
    path("petugas/pesan/", include(wording_urls)),
]
