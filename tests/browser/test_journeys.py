"""What a visitor comes for, from the home page to the last click, with and without JavaScript."""

import csv

import pytest
from playwright.sync_api import expect

from .conftest import Screen

pytestmark = pytest.mark.browser

SCREENS = [Screen(360), Screen(1280), Screen(360, javascript=False)]
every_screen = pytest.mark.parametrize("page", SCREENS, indirect=True, ids=str)


@every_screen
def test_journalist_follows_a_figure_from_home_to_its_sources(page, axe):
    page.goto("/")
    page.get_by_role("searchbox", name="Cari misi").fill("balikpapan kalimantan timur")
    page.get_by_role("button", name="Cari").click()
    assert page.url.endswith("/misi/?q=balikpapan+kalimantan+timur")

    page.get_by_role("link", name="Jawa Timur – Kalimantan Timur").first.click()
    assert page.url.endswith("/misi/jatim-kaltim-2025/")
    expect(page.get_by_text("Rp1,053 triliun").first).to_be_visible()

    page.get_by_role("link", name="Semua hitungan dan sumbernya").click()
    expect(page.locator(".counts .numeral")).to_have_text(
        [
            "lebih dari Rp400.000.000.000",
            "Rp666.000.000.000",
            "Rp834.496.700.000",
            "Rp1.053.146.943.500",
        ]
    )
    assert (
        page.get_by_role("link", name="porosnews.co")
        .get_attribute("href")
        .startswith("https://porosnews.co/")
    )
    assert axe(page) == []


@every_screen
def test_visitor_opens_a_line_of_the_value_and_downloads_what_is_in_it(page):
    page.goto("/")
    line = page.get_by_role("row").filter(has_text="Total setahun")
    announced = line.get_by_text("Rp3.211.300.000.000")
    expect(announced).to_be_visible()
    line.get_by_role("link", name="11").click()

    expect(page.get_by_role("heading", level=2).first).to_have_text("11 misi")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    with open(download.value.path(), newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["value_idr"]) for row in rows) == 3_211_300_000_000


@every_screen
def test_filter_is_a_permalink(page, axe):
    page.goto("/misi/")
    page.get_by_label("Provinsi").select_option(label="Bali")
    page.get_by_role("button", name="Tampilkan").click()
    page.wait_for_url("**provinsi=51**")
    page.wait_for_load_state()

    found = page.locator(".row-title").all_inner_texts()
    assert found
    page.goto(page.url)
    assert page.locator(".row-title").all_inner_texts() == found
    assert page.get_by_label("Provinsi").input_value() == "51"
    assert axe(page) == []


@every_screen
def test_visitor_changes_the_language_and_stays_on_the_page(page):
    page.goto("/misi/?provinsi=51")
    page.get_by_title("English").click()

    assert page.url.endswith("/en/misi/?provinsi=51")
    expect(page.get_by_role("heading", level=1)).to_have_text("Trade missions")
    page.get_by_title("Bahasa Indonesia").click()
    assert page.url.endswith("/misi/?provinsi=51")
    assert "/en/" not in page.url


@pytest.mark.parametrize("page", [Screen(1280)], indirect=True, ids=str)
def test_keyboard_reaches_the_content_first(page):
    page.goto("/")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Langsung ke isi"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@every_screen
def test_methodology_shows_the_code_on_demand(page):
    page.goto("/metodologi/")
    code = page.get_by_text("def cumulative(missions):")
    expect(code).to_be_hidden()

    page.get_by_text("Kode yang menjalankan aturan ini").first.click()
    expect(code).to_be_visible()
    years = page.get_by_role("row").filter(has_text="2019–2023")
    expect(years.get_by_text("Rp10,148 triliun")).to_be_visible()
