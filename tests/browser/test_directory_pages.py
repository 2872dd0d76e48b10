"""From the home page to a business and to what it offers, as a visitor on a phone finds them."""

import csv
import json

import pytest
from playwright.sync_api import expect

from .conftest import Screen
from .test_pages import KILOBYTE, SCREENS as LANGUAGES, transferred, widest

pytestmark = pytest.mark.browser

SCREENS = [Screen(360), Screen(1280), Screen(360, javascript=False)]
every_screen = pytest.mark.parametrize("page", SCREENS, indirect=True, ids=str)
LISTING = "main a.row-title"
BUSINESS = "main .intro a[href*='/usaha/']"


@pytest.mark.once
@pytest.mark.parametrize(("page", "prefix"), LANGUAGES, indirect=["page"], ids=str)
def test_pages_are_accessible_and_fit_their_screen(page, axe, prefix):
    def fits():
        expect(page.locator("h1")).to_have_count(1)
        assert axe(page) == []
        assert widest(page) <= page.viewport_size["width"]

    page.goto(f"{prefix}/usaha/")
    fits()
    page.goto(f"{prefix}/peluang/")
    fits()
    page.locator(LISTING).first.click()
    fits()
    page.locator(BUSINESS).click()
    assert f"{prefix}/usaha/" in page.url
    fits()


@every_screen
def test_visitor_narrows_the_list_and_shares_the_address(page):
    page.goto("/")
    page.locator(".site-nav a[href='/peluang/']").click()
    page.wait_for_load_state()
    everything = page.locator(LISTING).count()
    if page.viewport_size["width"] < 768:
        page.locator("details.filters summary").click()
    page.locator("[name=jenis]").select_option("kebutuhan")
    page.locator("main form button").click()
    page.wait_for_url("**jenis=kebutuhan**")
    page.wait_for_load_state()

    titles = page.locator(LISTING).all_inner_texts()
    assert 0 < len(titles) <= everything
    page.goto(page.url)
    assert page.locator(LISTING).all_inner_texts() == titles
    with page.expect_download() as download:
        page.locator(".downloads a", has_text="CSV").click()
    with open(download.value.path(), newline="") as file:
        kinds = {row["kind"] for row in csv.DictReader(file)}
    assert kinds == {"need"}


@every_screen
def test_visitor_reads_who_offers_it_and_what_was_checked(page):
    page.goto("/peluang/")
    page.locator(LISTING).first.click()
    name = page.locator(BUSINESS).inner_text()
    page.locator(BUSINESS).click()

    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("#checked")).to_be_visible()
    # All that ships is made up, and says so.
    expect(page.locator("main .notice")).to_have_count(1)
    expect(page.locator("meta[name=robots][content=noindex]")).to_have_count(1)
    for script in page.locator("script[type='application/ld+json']").all():
        json.loads(script.inner_text())


@pytest.mark.once
@pytest.mark.parametrize("path", ["/", "/usaha/", "/peluang/"])
def test_lists_weigh_little(page, path):
    first = transferred(page, lambda: page.goto(path))
    again = transferred(page, lambda: page.goto(path))

    assert first <= 100 * KILOBYTE
    assert again <= 20 * KILOBYTE


@pytest.mark.once
def test_business_and_listing_weigh_little(page):
    page.goto("/peluang/")
    listing = page.locator(LISTING).first.get_attribute("href")
    page.goto(listing)
    business = page.locator(BUSINESS).get_attribute("href")

    for path in (listing, business):
        assert transferred(page, lambda path=path: page.goto(path)) <= 20 * KILOBYTE


def test_registering_is_one_tap_from_the_home_page(page):
    page.goto("/")
    page.locator("main a[href='/akun/daftar/']").click()

    assert page.url.endswith("/akun/daftar/")
