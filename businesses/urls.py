from django.urls import include, path

from .views import (
    assistance,
    associations,
    business,
    certificates,
    contacts,
    dashboard,
    imports,
    listings,
    officials,
    people,
    products,
    rights,
    start,
    verification,
)

app_name = "businesses"

# /dasbor/baru/
first_run_urls = [
    path("", start.start, name="start"),
    path("<slug:slug>/", start.start_again, name="start_again"),
    path("<slug:slug>/jual/", start.start_sells, name="start_sells"),
    path("<slug:slug>/cari/", start.start_seeks, name="start_seeks"),
    path("<slug:slug>/terbitkan/", start.start_publish, name="start_publish"),
]
# /dasbor/<slug>/kontak/
contact_urls = [
    path("", contacts.contacts, name="contacts"),
    path("<int:pk>/terbitkan/", contacts.contact_publish, name="contact_publish"),
    path("<int:pk>/hapus/", contacts.contact_delete, name="contact_delete"),
]
# /dasbor/<slug>/izin/
consent_urls = [
    path("", contacts.consents, name="consents"),
    path("beri/<slug:purpose>/", contacts.consent_give, name="consent_give"),
    path("<int:pk>/tarik/", contacts.consent_withdraw, name="own_consent_withdraw"),
]
# /dasbor/<slug>/orang/
people_urls = [
    path("", people.people, name="people"),
    path("undang/", people.invite, name="invite"),
    path("keluar/", people.leave, name="leave"),
    path(
        "undangan/<int:pk>/cabut/",
        people.invitation_revoke,
        name="invitation_revoke",
    ),
    path("<int:pk>/peran/", people.role_change, name="role_change"),
    path("<int:pk>/keluarkan/", people.member_remove, name="member_remove"),
]
# /dasbor/<slug>/anggota/, /dasbor/<slug>/asosiasi/
member_firm_urls = [
    path("anggota/", associations.member_firms, name="member_firms"),
    path(
        "anggota/<slug:firm>/minta/",
        associations.member_firm_ask,
        name="member_firm_ask",
    ),
    path(
        "anggota/<int:pk>/hapus/",
        associations.member_firm_remove,
        name="member_firm_remove",
    ),
    path(
        "asosiasi/<int:pk>/terima/",
        associations.membership_confirm,
        name="membership_confirm",
    ),
    path(
        "asosiasi/<int:pk>/tolak/",
        associations.membership_decline,
        name="membership_decline",
    ),
]
# /dasbor/<slug>/produk/
product_urls = [
    path("", products.products, name="products"),
    path("baru/", products.product_add, name="product_add"),
    path("<int:pk>/", products.product_edit, name="product_edit"),
    path("<int:pk>/hapus/", products.product_delete, name="product_delete"),
]
# /dasbor/<slug>/foto/
photo_urls = [
    path("", products.photos, name="photos"),
    path("<int:pk>/", products.photo_edit, name="photo_edit"),
    path("<int:pk>/kecil/", products.photo_small, name="photo_small"),
    path("<int:pk>/hapus/", products.photo_delete, name="photo_delete"),
]
# /dasbor/<slug>/sertifikat/
certificate_urls = [
    path("", certificates.certificates, name="certificates"),
    path("baru/", certificates.certificate_add, name="certificate_add"),
    path("<int:pk>/", certificates.certificate_edit, name="certificate_edit"),
    path(
        "<int:pk>/berkas/",
        certificates.certificate_download,
        name="certificate_download",
    ),
    path("<int:pk>/hapus/", certificates.certificate_delete, name="certificate_delete"),
]
# /dasbor/<slug>/peluang/
listing_urls = [
    path("", listings.listings, name="listings"),
    path("baru/penawaran/", listings.offer_add, name="offer_add"),
    path("baru/kebutuhan/", listings.need_add, name="need_add"),
    path("<int:pk>/", listings.listing_edit, name="listing_edit"),
    path("<int:pk>/terbitkan/", listings.listing_publish, name="listing_publish"),
    path("<int:pk>/tutup/", listings.listing_close, name="listing_close"),
    path("<int:pk>/hapus/", listings.listing_delete, name="listing_delete"),
]
# /dasbor/<slug>/
own_urls = [
    path("", dashboard.business_dashboard, name="business_dashboard"),
    path("identitas/", business.identity, name="identity"),
    path("skala/", business.size, name="size"),
    path("lokasi/", business.place, name="place"),
    path("profil/", business.about, name="about"),
    path("terbitkan/", contacts.profile_publish, name="profile_publish"),
    path("kontak/", include(contact_urls)),
    path("izin/", include(consent_urls)),
    path("orang/", include(people_urls)),
    path("", include(member_firm_urls)),
    path("produk/", include(product_urls)),
    path("foto/", include(photo_urls)),
    path("sertifikat/", include(certificate_urls)),
    path("peluang/", include(listing_urls)),
]
# /dasbor/, /undangan/: people of a business
owner_urls = [
    path("dasbor/", dashboard.dashboard, name="dashboard"),
    path("dasbor/baru/", include(first_run_urls)),
    path("dasbor/<slug:slug>/", include(own_urls)),
    path("undangan/<str:token>/", people.invitation, name="invitation"),
    path(
        "undangan/<str:token>/terima/",
        people.invitation_accept,
        name="invitation_accept",
    ),
]
# /petugas/usaha/
assistance_urls = [
    path("", assistance.assisted_list, name="assisted_list"),
    path("baru/", assistance.assisted_create, name="assisted_create"),
    path("daftar/", imports.imported_list, name="imported_list"),
    path("<slug:slug>/ubah/", assistance.assisted_change, name="assisted_change"),
]
# /petugas/persetujuan/<pk>/
approval_urls = [
    path("", assistance.approval_status, name="approval_status"),
    path("kirim-lagi/", assistance.approval_again, name="approval_again"),
    path("hapus/", assistance.approval_discard, name="approval_discard"),
]
# /petugas/
office_urls = [
    path("", officials.home, name="official_home"),
    path("verifikasi/", officials.verification_queue, name="verification_queue"),
    path(
        "verifikasi/<int:pk>/",
        officials.verification_detail,
        name="verification_detail",
    ),
    path("sertifikat/<int:pk>/", officials.certificate_file, name="certificate_file"),
    path("pemeriksaan/<int:pk>/cabut/", officials.check_revoke, name="check_revoke"),
    path("pemeriksaan/<int:pk>/ulang/", officials.check_again, name="check_again"),
    path("usaha/", include(assistance_urls)),
    path("persetujuan/<int:pk>/", include(approval_urls)),
]
# /dasbor/<slug>/: what people of a business see of it
checked_urls = [
    path("verifikasi/", verification.verification_submit, name="verification_submit"),
    path(
        "verifikasi/tarik/",
        verification.verification_withdraw,
        name="verification_withdraw",
    ),
    path("persetujuan/", assistance.consent_receipt, name="consent_receipt"),
]
# /petugas/, /t/: officials, and the owners whom they help
official_urls = [
    path("petugas/", include(office_urls)),
    path("dasbor/<slug:slug>/", include(checked_urls)),
    path("t/<str:token>/", assistance.approval, name="approval"),
]
# /akun/data-saya/, /privasi/: rights under UU 27/2022
rights_urls = [
    path("akun/data-saya/", rights.my_data, name="my_data"),
    path("akun/data-saya/unduh/", rights.my_data_download, name="my_data_download"),
    path(
        "akun/data-saya/izin/<int:pk>/tarik/",
        rights.consent_withdraw,
        name="consent_withdraw",
    ),
    path("akun/hapus/", rights.account_delete, name="account_delete"),
    path("dasbor/<slug:slug>/hapus/", rights.business_delete, name="business_delete"),
    path("privasi/", rights.privacy, name="privacy"),
]
urlpatterns = [*owner_urls, *official_urls, *rights_urls]
