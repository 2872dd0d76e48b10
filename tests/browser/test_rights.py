"""What a person can do about the own data, and how an official brings a list, in a real browser."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from umkm_portal.accounts.phones import readable_phone

from .conftest import Screen
from .signing_in import sign_in
from .test_accounts import PHONES, check, sign_up, submit
from .test_admin import problems, widest

pytestmark = pytest.mark.browser


@pytest.mark.once
@pytest.mark.parametrize("page", [*PHONES, Screen(1280)], indirect=True, ids=str)
def test_the_privacy_page_is_one_tap_from_home_and_accessible(page, axe):
    page.goto("/")
    page.locator("footer a[href='/privasi/']").click()

    expect(page.locator("h1")).to_be_visible()
    check(page, axe)
    expect(page.locator("table")).to_have_count(2)


@pytest.mark.parametrize("page", PHONES, indirect=True, ids=str)
def test_a_person_sees_downloads_and_deletes_all_that_is_kept(page, axe, outbox):
    phone = sign_up(page, outbox)

    page.goto("/akun/data-saya/")
    expect(page.get_by_text(phone)).to_be_visible()
    check(page, axe)
    with page.expect_download() as downloading:
        page.locator("main a[href='/akun/data-saya/unduh/']").click()
    packed = ZipFile(BytesIO(downloading.value.path().read_bytes()))
    assert json.loads(packed.read("data-saya.json"))["account"]["phone"] == phone

    page.locator("main a[href='/akun/hapus/']").click()
    check(page, axe)
    page.fill("[name=word]", "salah")
    page.locator("main form [type=submit]").click()
    expect(page.locator(".invalid-feedback")).to_be_visible()
    check(page, axe)

    page.fill("[name=word]", asked_word(page))
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/")
    page.goto("/akun/data-saya/")
    page.wait_for_url("**/akun/masuk/**")


def asked_word(page):
    """The word in capitals that the label asks for."""
    words = page.locator("label[for=id_word]").inner_text().split()
    return next(word for word in words if word.isupper() and len(word) > 1)


def a_list():
    book = Workbook()
    book.active.append(["No", "Nama IKM", "Kab/Kota", "No HP/WA", "NPWP"])
    book.active.append([1, "Kopi Lereng Ijen", "Kab. Banyuwangi", "081234567811", "1"])
    book.active.append([2, "Sambal Bu Ani", "Malang", "081234567812", "2"])
    file = BytesIO()
    book.save(file)
    return {
        "name": "daftar.xlsx",
        "mimeType": "application/octet-stream",
        "buffer": file.getvalue(),
    }


def check_admin(page, axe):
    assert problems(axe, page) == [], page.url
    assert widest(page) <= page.viewport_size["width"], page.url


@pytest.mark.parametrize(
    "page", [Screen(360), Screen(360, javascript=False)], indirect=True, ids=str
)
def test_an_official_brings_a_list_in_three_steps(page, axe):
    sign_in(page, "operator.jatim@contoh.id")
    page.goto("/admin/businesses/business/")
    page.locator(".object-tools a[href='/admin/businesses/business/impor/']").click()
    check_admin(page, axe)

    page.set_input_files("[name=file]", a_list())
    page.locator("main [type=submit]").click()
    page.wait_for_url("**/impor/*/")
    assert page.locator("[name=column_1]").input_value() == "name"
    check_admin(page, axe)

    page.locator("main .submit-row [type=submit]").click()
    expect(page.get_by_text("Kabupaten Malang")).to_be_visible()
    expect(page.locator("[name=import]")).to_have_count(0)
    check_admin(page, axe)

    page.select_option("[name=column_2]", "")
    page.locator("main .submit-row [type=submit]").click()
    expect(page.locator("[name=import]")).to_be_visible()
    check_admin(page, axe)

    page.locator("[name=import]").click()
    page.wait_for_url("**/admin/businesses/business/")
    page.goto("/petugas/usaha/daftar/")
    expect(page.get_by_text("Sambal Bu Ani")).to_be_visible()
    check(page, axe)


def test_an_owner_deletes_a_business_and_keeps_the_account(page, axe, outbox):
    phone = sign_up(page, outbox)
    page.goto("/dasbor/baru/")
    page.fill("[name=name]", "Sambal Hilang")
    page.select_option("[name=province]", "35")
    submit(page)
    page.goto("/dasbor/")
    page.get_by_text("Sambal Hilang").first.wait_for()
    slug = "sambal-hilang"

    page.goto(f"/dasbor/{slug}/hapus/")
    check(page, axe)
    page.fill("[name=word]", asked_word(page))
    page.locator("main form [type=submit]").click()
    page.wait_for_url(lambda url: slug not in url)

    page.goto("/akun/")
    expect(page.get_by_text(readable_phone(phone))).to_be_visible()
    assert page.goto(f"/dasbor/{slug}/").status == 404
