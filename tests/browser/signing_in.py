"""How the example logins get in. A code of their app works once, so a session is used again."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from umkm_portal.management.commands.create_example_logins import PASSWORD, TOTP_SECRET

SESSIONS = {}


def sign_in(page, login="admin.jatim@contoh.id"):
    """Opens the admin as this example official."""
    if login in SESSIONS:
        page.context.add_cookies(SESSIONS[login])
        page.goto("/admin/")
        if page.url.endswith("/admin/"):
            return
    give_password(page, login)
    page.wait_for_url("**/langkah-kedua/")
    page.fill("[name=code]", app_code())
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/petugas/")
    page.goto("/admin/")
    SESSIONS[login] = page.context.cookies()


def give_password(page, login):
    page.goto("/akun/masuk/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")


def app_code():
    return format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30))
