"""Every kind of public page, on a phone and a desktop, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from .conftest import Screen, save_screenshot

pytestmark = [pytest.mark.browser, pytest.mark.once]

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
    "sign in": "/akun/masuk/",
    "sign up": "/akun/daftar/",
    "forgotten password": "/akun/masuk/lupa-sandi/",
    # Last: the console reports it, as it should for the page that is open and for no other.
    "404": "/tidak-ada/",
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
def test_pages_are_accessible_and_fit_their_screen(page, axe, prefix, request):
    for name, path in PAGES.items():
        response = page.goto(prefix + path)

        assert response.status == (404 if name == "404" else 200), name
        language = page.locator("html").get_attribute("lang")
        assert language == (prefix.strip("/") or "id"), name
        expect(page.locator("h1"), name).to_have_count(1)
        assert axe(page) == [], name
        assert widest(page) <= page.viewport_size["width"], name
        save_screenshot(page, f"{name}-{request.node.callspec.id}")


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
