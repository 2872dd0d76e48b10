"""Every kind of public page, on a phone and a desktop, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from .conftest import Screen

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/",
    "list": "/misi/",
    "search": "/misi/?q=kopi",
    "mission": "/misi/jatim-kaltim-2025/",
    "history": "/misi/jatim-kaltim-2025/riwayat-angka/",
    "businesses": "/usaha/",
    "businesses, searched": "/usaha/?q=kopo&provinsi=35",
    "businesses, map": "/usaha/?tampilan=peta",
    "methodology": "/metodologi/",
    "data": "/data/",
    "404": "/tidak-ada/",
    "sign in": "/akun/masuk/",
    "sign up": "/akun/daftar/",
    "forgotten password": "/akun/masuk/lupa-sandi/",
}
# English differs in the length of its words only, and a phone is where they may not fit.
SCREENS = [
    (Screen(360), ""),
    (Screen(1280), ""),
    (Screen(360, javascript=False), ""),
    (Screen(360), "/en"),
]
KILOBYTE = 1024


@pytest.mark.parametrize(("page", "prefix"), SCREENS, indirect=["page"], ids=str)
@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_and_fits_its_screen(page, axe, name, prefix):
    response = page.goto(prefix + PAGES[name])

    assert response.status == (404 if name == "404" else 200)
    assert page.locator("html").get_attribute("lang") == (prefix.strip("/") or "id")
    expect(page.locator("h1")).to_have_count(1)
    assert axe(page) == []
    assert widest(page) <= page.viewport_size["width"]


def widest(page):
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize(
    "name", ["home", "list", "mission", "businesses", "businesses, map"]
)
def test_page_weight(page, name):
    first = transferred(page, lambda: page.goto(PAGES[name]))
    again = transferred(page, lambda: page.goto(PAGES[name]))

    assert first <= 100 * KILOBYTE
    assert again <= 20 * KILOBYTE


def transferred(page, visit):
    """The bytes that came over the wire, compressed, headers included."""
    sizes = []
    network = page.context.new_cdp_session(page)
    network.on(
        "Network.loadingFinished",
        lambda event: sizes.append(event["encodedDataLength"]),
    )
    network.send("Network.enable")
    visit()
    page.wait_for_load_state("networkidle")
    network.detach()
    assert sizes
    return sum(sizes)
