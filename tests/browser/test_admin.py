"""What officials do, in a real browser: the console fixture catches what the CSP refuses."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import Screen
from .signing_in import sign_in

pytestmark = pytest.mark.browser
# What Django's own admin brings: the heads of the columns for a row's name and for deletion are
# empty, the search field is named by a picture, and Select2 names only the frame of its field.
DJANGO = ("empty-table-header", "label-title-only", "select2-selection__rendered")
PAGES = {
    "index": "/admin/",
    "missions": "/admin/missions/mission/",
    "flagged": "/admin/missions/countsnapshot/?flagged=yes",
    "add count": "/admin/missions/countsnapshot/add/",
    "import": "/admin/missions/mission/impor/",
    "officials": "/admin/accounts/user/",
    "add official": "/admin/accounts/user/add/",
    "deals": "/admin/deals/deal/",
    "provinces": "/admin/businesses/province/",
}


def open_mission(page, slug):
    page.goto(f"/admin/missions/mission/?q={slug}")
    page.get_by_role("link", name=slug, exact=True).click()
    expect(page.locator("h2", has_text=slug)).to_be_visible()


def problems(axe, page):
    return [problem for problem in axe(page) if not any(map(problem.count, DJANGO))]


def widest(page):
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.once
@pytest.mark.parametrize("page", [Screen(360), Screen(1280)], indirect=True, ids=str)
def test_admin_is_accessible_and_fits_its_screen(page, axe):
    sign_in(page)
    for name, address in PAGES.items():
        page.goto(address)

        assert problems(axe, page) == [], name
        assert widest(page) <= page.viewport_size["width"], name


@pytest.mark.parametrize("page", [Screen(360), Screen(1280)], indirect=True, ids=str)
def test_a_mission_shows_its_counts_and_its_history(page, axe):
    sign_in(page)
    open_mission(page, "jatim-kaltim-2025")
    for amount in ("Rp1.053.146.943.500", "Rp834.496.700.000"):
        expect(page.get_by_text(amount, exact=True)).to_have_count(1)
    assert problems(axe, page) == []

    page.locator(".historylink").click()
    version = page.locator("#change-history a").first
    expect(version).to_be_visible()
    assert problems(axe, page) == []

    version.click()
    expect(page.locator("[name=city]")).to_be_disabled()
    assert problems(axe, page) == []
    expect(page.locator("[name=_save]")).to_have_count(0)


@pytest.mark.parametrize(
    "page", [Screen(360), Screen(360, javascript=False)], indirect=True, ids=str
)
def test_a_count_is_read_back_in_words_and_nothing_typed_is_lost(page):
    sign_in(page)
    open_mission(page, "jatim-kaltim-2025")
    page.locator(".object-tools .addlink").click()
    page.wait_for_url("**/countsnapshot/add/*")
    page.select_option("[name=stage]", "quoted")
    page.fill("[name=total]", "Rp1.053.000.000.000")
    page.fill("[name=participants]", "172")
    page.fill("[name=source_url]", "https://berita.contoh.id/kutipan")

    page.click("[name=_save]")

    words = page.locator(".field-total .help").inner_text()
    assert "satu triliun lima puluh tiga miliar rupiah" in words
    for name, typed in {
        "total": "Rp1.053.000.000.000",
        "participants": "172",
        "source_url": "https://berita.contoh.id/kutipan",
        "stage": "quoted",
    }.items():
        assert page.locator(f"[name={name}]").input_value() == typed
    assert not page.locator("[name=read_back]").is_checked()


def test_a_confirmed_count_stands_on_the_missions_public_page(page):
    sign_in(page)
    open_mission(page, "jatim-kepri-2021")
    page.locator(".object-tools .addlink").click()
    page.wait_for_url("**/countsnapshot/add/*")
    page.select_option("[name=stage]", "quoted")
    page.fill("[name=total]", "306528500001")
    page.fill("[name=source_url]", "https://berita.contoh.id/kepri")
    page.click("[name=_save]")
    page.locator(".errornote").wait_for()
    page.check("[name=read_back]")

    page.click("[name=_save]")

    page.wait_for_url(re.compile(r"/admin/missions/mission/\d+/change/$"))
    expect(page.get_by_text("Rp306.528.500.001", exact=True)).to_have_count(1)
    page.goto("/misi/jatim-kepri-2021/riwayat-angka/")
    assert "306.528.500.001" in page.content()


def test_the_admin_is_in_indonesian_and_one_click_from_english(page):
    sign_in(page)
    assert page.locator("html").get_attribute("lang") == "id"

    page.get_by_role("link", name="English").click()

    page.wait_for_url("**/en/admin/")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_role("button", name="Log out")).to_have_count(1)


def test_an_auditor_finds_nothing_to_fill_in(page):
    sign_in(page, "auditor.jatim@contoh.id")
    open_mission(page, "jatim-kaltim-2025")

    expect(page.locator("[name=_save]")).to_have_count(0)
    expect(page.locator("main input:not([type=hidden])")).to_have_count(0)
    expect(page.locator(".object-tools .addlink")).to_have_count(0)
