"""/akun/…: allauth's flows under Indonesian addresses. Its own names are kept, which they rely on."""

from allauth.account import views as flows
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path
from django.views.generic import RedirectView

from . import views
from .access import fresh_sign_in_required as fresh
from .views import ends_other_sessions, stays_when_not_sent

# /akun/masuk/
entrance = [
    path("", views.Login.as_view(), name="account_login"),
    path(
        "kode/",
        stays_when_not_sent(views.ConfirmLoginCode.as_view()),
        name="account_confirm_login_code",
    ),
    path(
        "kode-baru/",
        RedirectView.as_view(pattern_name="account_login", query_string=True),
        name="account_request_login_code",
    ),
    path("langkah-kedua/", second_step.authenticate, name="mfa_authenticate"),
    path(
        "kunci-sandi/",
        stays_when_not_sent(passkeys.login_webauthn),
        name="mfa_login_webauthn",
    ),
    path("lupa-sandi/", views.forgotten_password, name="account_reset_password"),
    path("lagi/", views.sign_in_again, name="account_sign_in_again"),
    path("lanjut/", views.start, name="account_start"),
]
# /akun/sandi/
password = [
    path("", fresh(flows.password_change), name="account_change_password"),
    path("buat/", fresh(flows.password_set), name="account_set_password"),
    path("hapus/", fresh(views.delete_password), name="account_remove_password"),
]
# /akun/keamanan/aplikasi/
authenticator_app = [
    path(
        "",
        fresh(ends_other_sessions(app.activate_totp)),
        name="mfa_activate_totp",
    ),
    path("hapus/", fresh(app.deactivate_totp), name="mfa_deactivate_totp"),
]
# /akun/keamanan/kunci-sandi/
own_passkeys = [
    path("", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path(
        "tambah/",
        fresh(ends_other_sessions(passkeys.add_webauthn)),
        name="mfa_add_webauthn",
    ),
    path("<int:pk>/nama/", fresh(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "<int:pk>/hapus/", fresh(passkeys.remove_webauthn), name="mfa_remove_webauthn"
    ),
]
# /akun/keamanan/kode-cadangan/
recovery_codes = [
    path("", fresh(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "baru/",
        fresh(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "unduh/",
        fresh(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
# /akun/
urlpatterns = [
    path("", views.overview, name="account_overview"),
    path("daftar/", views.Signup.as_view(), name="account_signup"),
    path("masuk/", include(entrance)),
    path("keluar/", flows.logout, name="account_logout"),
    path("nonaktif/", flows.account_inactive, name="account_inactive"),
    path("nama/", views.change_name, name="account_name"),
    path(
        "email/",
        fresh(stays_when_not_sent(views.ChangeEmail.as_view())),
        name="account_email",
    ),
    path(
        "email/kode/",
        stays_when_not_sent(views.ConfirmEmail.as_view()),
        name="account_email_verification_sent",
    ),
    path("telepon/", fresh(views.ChangePhone.as_view()), name="account_change_phone"),
    path(
        "telepon/kode/",
        stays_when_not_sent(views.confirm_phone),
        name="account_verify_phone",
    ),
    path("sandi/", include(password)),
    path("sesi/", views.sessions, name="usersessions_list"),
    path("keamanan/", second_step.index, name="mfa_index"),
    path("keamanan/wajib/", views.second_factor, name="account_second_factor"),
    path("keamanan/aplikasi/", include(authenticator_app)),
    path("keamanan/kunci-sandi/", include(own_passkeys)),
    path("keamanan/kode-cadangan/", include(recovery_codes)),
]
