"""Signing up and in, in a real browser: the console fixture catches what the CSP refuses."""

import re
from itertools import count

import pytest
from playwright.sync_api import expect

from umkm_portal.accounts.phones import readable_phone

from .conftest import Screen
from .signing_in import give_password, sign_in

pytestmark = pytest.mark.browser
NUMBERS = count(81_200_000_001)
PHONES = [Screen(360), Screen(360, javascript=False)]
OWN = {
    "overview": "/akun/",
    "name": "/akun/nama/",
    "e-mail": "/akun/email/",
    "phone": "/akun/telepon/",
    "password": "/akun/sandi/buat/",
    "second factor": "/akun/keamanan/",
    "why": "/akun/keamanan/wajib/",
    "app": "/akun/keamanan/aplikasi/",
    "passkeys": "/akun/keamanan/kunci-sandi/",
    "add passkey": "/akun/keamanan/kunci-sandi/tambah/",
    "sessions": "/akun/sesi/",
    "sign in again": "/akun/masuk/lagi/",
    "sign out": "/akun/keluar/",
}


def submit(page):
    """The first button of the page's own form, until what it answers is there."""
    with page.expect_navigation():
        page.locator("main form button.btn-main").first.click()


def sign_up(page, outbox, address="/akun/daftar/"):
    """Returns the phone number of a new owner."""
    phone = f"+62{next(NUMBERS)}"
    page.goto(address)
    page.fill("[name=name]", "Siti Aminah")
    page.fill("[name=login]", "0" + phone[3:])
    submit(page)
    page.wait_for_url("**/akun/telepon/kode/")
    page.fill("[name=code]", outbox(phone))
    submit(page)
    expect(page.locator(".site-tools a[href='/akun/']")).to_be_visible()
    return phone


def widest(page):
    return page.evaluate("document.documentElement.scrollWidth")


def check(page, axe):
    expect(page.locator("h1")).to_have_count(1)
    assert axe(page) == [], page.url
    assert widest(page) <= page.viewport_size["width"], page.url


@pytest.mark.parametrize("page", PHONES, indirect=True, ids=str)
def test_an_owner_signs_up_and_in_by_phone(page, outbox):
    phone = sign_up(page, outbox)
    page.goto("/akun/")
    expect(page.get_by_text(readable_phone(phone))).to_be_visible()

    page.goto("/akun/keluar/")
    submit(page)
    page.goto("/akun/masuk/")
    page.fill("[name=login]", phone)
    submit(page)
    page.wait_for_url("**/akun/masuk/kode/**")
    page.fill("[name=code]", outbox(phone))
    submit(page)

    page.goto("/akun/")
    expect(page.get_by_text("Siti Aminah").first).to_be_visible()


@pytest.mark.once
def test_every_page_of_the_account_is_accessible_and_fits_a_phone(page, axe, outbox):
    page.goto("/akun/daftar/")
    page.fill("[name=name]", "Siti Aminah")
    page.fill("[name=login]", "12")
    submit(page)
    expect(page.locator(".invalid-feedback")).to_be_visible()
    check(page, axe)
    sign_up(page, outbox)

    for address in OWN.values():
        page.goto(address)
        assert page.url.endswith(address)
        check(page, axe)


def test_the_page_for_the_code_is_accessible_and_says_what_was_wrong(page, axe):
    page.goto("/akun/daftar/")
    page.fill("[name=name]", "Siti")
    page.fill("[name=login]", f"0{next(NUMBERS)}")
    submit(page)
    check(page, axe)

    page.fill("[name=code]", "abc")
    submit(page)

    expect(page.locator(".invalid-feedback")).to_be_visible()
    check(page, axe)


@pytest.mark.parametrize("page", PHONES, indirect=True, ids=str)
def test_an_official_takes_the_second_step(page, axe):
    give_password(page, "verifikator.kaltim@contoh.id")
    page.wait_for_url("**/langkah-kedua/")
    check(page, axe)

    page.context.clear_cookies()
    sign_in(page, "operator.jatim@contoh.id")

    assert page.url.endswith("/admin/")


def add_authenticator(page):
    """A fingerprint reader that always agrees."""
    page.devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    page.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_and_signs_in_alone(page, axe, outbox, site):
    home = site.replace("127.0.0.1", "localhost")
    add_authenticator(page)
    sign_up(page, outbox, f"{home}/akun/daftar/")

    page.goto(f"{home}/akun/keamanan/kunci-sandi/tambah/")
    page.fill("[name=name]", "Ponsel kerja")
    page.locator("#passkey-add").click()
    page.wait_for_url("**/kode-cadangan/")
    check(page, axe)
    page.goto(f"{home}/akun/keamanan/kunci-sandi/")
    expect(page.get_by_text("Ponsel kerja")).to_be_visible()
    check(page, axe)

    page.goto(f"{home}/akun/keluar/")
    submit(page)
    page.goto(f"{home}/akun/masuk/")
    page.locator("#passkey-login").click()
    page.wait_for_url(re.compile(r"/(akun|dasbor)/(?!masuk)"))

    page.goto(f"{home}/akun/")
    expect(page.get_by_text("Siti Aminah").first).to_be_visible()


def test_a_passkey_that_was_not_used_is_said_on_the_page(page):
    page.goto("/akun/masuk/")
    expect(page.locator("#passkey-problem")).to_be_hidden()

    page.locator("#passkey-login").click()

    expect(page.locator("#passkey-problem")).to_be_visible()


@pytest.mark.parametrize(
    "page", [Screen(360, javascript=False)], indirect=True, ids=str
)
def test_without_javascript_no_button_does_nothing(page):
    page.goto("/akun/masuk/")

    expect(page.locator("#passkey-login")).to_be_hidden()
