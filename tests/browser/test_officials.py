"""An official registers a business for its owner; another one checks it, as the owner asked."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import Screen
from .signing_in import sign_in

pytestmark = pytest.mark.browser
SCREENS = [Screen(1280), Screen(360, javascript=False)]
FACTS = {
    "1280px": ("Kopi Ijen Dua", "+6281234567802", "9120001234502"),
    "360px-nojs": ("Kopi Ijen Tiga", "+6281234567803", "9120001234503"),
}


@pytest.fixture
def look(page, axe):
    """Whether the page that is open is right for everyone and fits its screen."""

    def check():
        expect(page.locator("h1")).to_have_count(1)
        assert axe(page) == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"]

    return check


@pytest.mark.parametrize("page", SCREENS, indirect=True, ids=str)
def test_an_official_through_assistance_and_verification(page, look, outbox, request):
    name, phone, nib = FACTS[request.node.callspec.id]

    sign_in(page, "operator.jatim@contoh.id")
    register_for_owner(page, look, name, phone)
    type_code(page, look, outbox(phone))
    fill_in_nib(page, look, name, nib)
    page.context.clear_cookies()

    ask_for_check(page, look, outbox, phone, name)
    page.context.clear_cookies()

    sign_in(page, "admin.jatim@contoh.id")
    verify(page, look, name)
    expect(page.locator("main")).to_contain_text("OSS")


def register_for_owner(page, look, name, phone):
    page.goto("/petugas/")
    look()
    page.goto("/petugas/usaha/baru/")
    look()
    page.fill("[name=name]", name)
    page.fill("[name=sells]", "Kopi robusta sangrai")
    page.fill("[name=quantity]", "1,5")
    page.select_option("[name=unit]", "TNE")
    page.fill("[name=owner_name]", "Siti Aminah")
    page.fill("[name=phone]", "12")
    page.click("main button.btn-main")
    expect(page.locator("[name=name]")).to_have_value(name)
    look()
    page.fill("[name=phone]", phone)
    page.click("main button.btn-main")
    page.wait_for_url("**/petugas/persetujuan/*/")
    look()


def type_code(page, look, code):
    page.fill("[name=code]", code)
    page.click("main form button.btn-main")
    expect(page.locator("[name=code]")).to_have_count(0)
    look()


def fill_in_nib(page, look, name, nib):
    page.goto("/petugas/usaha/")
    look()
    page.get_by_role("link", name=name).click()
    look()
    page.fill("[name=nib]", nib)
    page.click("main button.btn-main")
    page.wait_for_url("**/petugas/usaha/")


def ask_for_check(page, look, outbox, phone, name):
    slug = name.lower().replace(" ", "-")
    page.goto(f"/dasbor/{slug}/verifikasi/")
    page.fill("[name=login]", phone)
    page.click("main [type=submit], main button.btn-main")
    page.wait_for_url("**/kode/**")
    page.fill("[name=code]", outbox(phone))
    page.click("main [type=submit], main button.btn-main")
    page.goto(f"/dasbor/{slug}/persetujuan/")
    look()
    page.goto(f"/dasbor/{slug}/verifikasi/")
    look()
    page.fill("[name=note]", "Nama di OSS sama.")
    page.click("#ask ~ form button")
    expect(page.locator("#status")).to_be_visible()
    look()


def verify(page, look, name):
    page.goto("/petugas/verifikasi/")
    look()
    page.get_by_role("link", name=name).click()
    look()
    page.get_by_label(re.compile("NIB: 912")).check()
    page.check("[name=outcome][value=more_needed]")
    page.click("main form button.btn-main")
    # It comes back filled: asking for more takes a reason.
    expect(page.locator("[name=outcome][value=more_needed]")).to_be_checked()
    look()
    page.check("[name=outcome][value=approved]")
    page.click("main form button.btn-main")
    page.goto("/petugas/verifikasi/?daftar=selesai")
    look()
    page.get_by_role("link", name=name).click()
    look()
