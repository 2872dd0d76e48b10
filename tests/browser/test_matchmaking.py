"""Two owners and an official, from the application to a meeting that both have agreed on."""

import re
import subprocess
import sys
import time
from itertools import count

import pytest
from playwright.sync_api import expect

from .conftest import Screen
from .signing_in import give_password, sign_in
from .sites import ROOT
from .test_accounts import check, sign_up, submit
from .test_owner import publish

pytestmark = pytest.mark.browser
PHONES = [Screen(360), Screen(360, javascript=False)]
BOTH = [Screen(360), Screen(1280)]
MISSION, PAST = "contoh-jatim-kaltim", "contoh-jatim-kaltim-lalu"
OFFICE = f"/petugas/misi/{MISSION}/"
NUMBERS = count(1)
MOST_SECONDS = 60
# Lists are narrowed to a few lines: a hundred are no other page, and take ten times as long.
PUBLIC = [
    f"/misi/{MISSION}/",
    f"/misi/{MISSION}/peserta/?q=madu",
    f"/misi/{PAST}/hasil-temu-bisnis/?komoditas=kopi",
]
OFFICIALS = [
    "/petugas/misi/",
    "/petugas/pesan/",
    *(
        OFFICE + room
        for room in (
            "",
            "pendaftaran/",
            "daftarkan/?q=Duya",
            "kurasi/?status=declined",
            "acara/",
            "aturan/",
            "kecocokan/?penjual=Duya&pembeli=Wiya",
            "bobot/",
            "pertemuan/",
            "permintaan/?q=Duya",
            "pesan/?q=Duya",
            "pesan/pengingat/",
        )
    ),
]
PARTICIPANTS = [
    "",
    "cocok/?q=Wiya",
    "peserta/?q=Wiya",
    "permintaan/",
    "ketersediaan/",
    "penawaran/",
    "tampil/",
    "mundur/",
]

# What stands before each dot whose next letter is on a lower line, and the lines that begin with a
# dot that is to be seen.
HANGING_DOTS = """
() => {
  const found = [], range = document.createRange();
  const top = (node, at) => {
    range.setStart(node, at); range.setEnd(node, at + 1);
    return range.getBoundingClientRect().bottom;
  };
  const all = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  let dot = null;
  while (all.nextNode()) {
    const node = all.currentNode;
    for (let at = 0; at < node.length; at++) {
      if (/\\s/.test(node.data[at]) || !node.parentElement.getClientRects().length) continue;
      if (dot && top(node, at) > dot.bottom + 8) found.push(dot.words);
      dot = node.data[at] === "·"
        ? {bottom: top(node, at), words: node.parentElement.textContent.trim()} : null;
    }
  }
  for (const row of document.querySelectorAll("main .joined")) {
    const left = row.getBoundingClientRect().left;
    const isCut = getComputedStyle(row).clipPath.startsWith("inset");
    for (const part of row.children) {
      if (part.getBoundingClientRect().left <= left + 1 && !isCut) found.push(part.textContent);
    }
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def worker(environment, outbox):
    """Does what the portal leaves to its task worker; what it sends is in the outbox as well."""
    command = [sys.executable, "manage.py", "db_worker", "--no-reload"]
    options = ["--interval", "0.2", "--no-startup-delay", "--verbosity", "0"]
    with outbox.file.open("a") as output:
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=environment, stdout=output
        )
        yield process
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def look(page, axe):
    """Whether the page that is open is right for everyone and fits its screen."""
    if page.has_javascript:
        return lambda: check(page, axe)
    return lambda: None


def until(seen, what):
    """What `seen` returns once it is something."""
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline:
        if found := seen():
            return found
        time.sleep(0.1)
    return pytest.fail(f"There was no {what}.")


def link_sent_to(outbox, phone, word):
    """The path of the link in the text to `phone` that says `word`."""

    def link():
        sent = re.findall(
            rf"^Text to {re.escape(phone)}: .*{re.escape(word)}.*?https?://[^/]+(/t/\S+)",
            outbox.file.read_text(),
            re.MULTILINE,
        )
        return sent and sent[-1]

    return until(link, f"link for {phone}")


class Owner:
    """Somebody with a business of their own, and the session it was registered in."""

    def __init__(self, page, outbox, *, province, sells, seeks):
        page.context.clear_cookies()
        self.page = page
        self.phone = sign_up(page, outbox)
        self.name = f"Kopi Raung {next(NUMBERS)}"
        page.goto("/dasbor/baru/")
        page.fill("[name=name]", self.name)
        page.select_option("[name=province]", province)
        submit(page)
        page.fill("[name=sells]", sells)
        submit(page)
        page.fill("[name=seeks]", seeks)
        submit(page)
        publish(page)
        slug = page.url.rstrip("/").rpartition("/")[2]
        self.rooms = f"/dasbor/{slug}/misi/{MISSION}/"
        self.cookies = page.context.cookies()

    def open(self, room=""):
        self.page.context.clear_cookies()
        self.page.context.add_cookies(self.cookies)
        self.page.goto(self.rooms + room)

    def apply(self, side, look):
        self.page.goto(f"/misi/{MISSION}/")
        look()
        self.page.locator(f"main a[href$='/misi/{MISSION}/daftar/']").click()
        look()
        self.page.check(f"[name=side][value={side}]")
        submit(self.page)
        look()
        assert self.page.url.endswith(self.rooms)

    def say_when(self, look):
        self.open("ketersediaan/")
        look()
        for choice in self.page.locator("[type=radio][value=semua]").all():
            choice.check()
        submit(self.page)
        look()


def accept(page, look, owners):
    page.context.clear_cookies()
    sign_in(page, "operator.jatim@contoh.id")
    page.goto(f"{OFFICE}kurasi/?status=applied")
    for owner in owners:
        page.get_by_label(owner.name, exact=True).check()
    page.locator("details.decide summary").click()
    page.check("[name=keputusan][value=accepted]")
    look()
    with page.expect_navigation():
        page.locator("main form[method=post] button.btn-main").click()
    look()


def score(page, look):
    """Once is enough for all tests: what is not stored is computed for whoever looks."""
    page.goto(f"{OFFICE}kecocokan/")
    with page.expect_navigation():
        page.locator("form[action$='/kecocokan/hitung/'] button").click()
    until(lambda: is_scored(page), "end of the scoring")
    look()


def is_scored(page):
    page.wait_for_timeout(500)
    page.goto(f"{OFFICE}kecocokan/")
    return page.locator("progress").count() == 0


def ask(page, look, seller, buyer):
    """The seller finds the buyer, reads why they fit, wishes to meet and asks for it."""
    room = "cocok/" if page.has_javascript else "peserta/"
    seller.open(f"{room}?q={buyer.name}")
    look()
    page.locator("main a[href*='/cocok/']", has_text=buyer.name).click()
    expect(page.locator("#why")).to_be_visible()
    look()
    with page.expect_navigation():
        page.locator("button[name=level][value=must]").click()
    expect(page.locator("button[name=level][aria-pressed=true]")).to_have_count(1)
    page.locator("main a[href*='/permintaan/baru/']").first.click()
    look()
    page.fill("[name=message]", "Kami kirim tiap minggu.")
    page.locator("[name=products]").first.check()
    page.select_option("[name=slot]", index=1)
    submit(page)
    expect(page.locator("main")).to_contain_text("Kami kirim tiap minggu.")
    look()


def has_in_calendar(page, rooms, name):
    answer = page.context.request.get(f"{rooms}jadwal.ics")
    lines = answer.text().replace("\r\n ", "")
    return "BEGIN:VEVENT" in lines and name in lines


@pytest.mark.parametrize("page", PHONES, indirect=True, ids=str)
def test_from_the_application_to_an_agreed_meeting(page, outbox, worker, look):
    goods = "kopi sangrai 250 g"
    seller = Owner(page, outbox, province="35", sells=goods, seeks="kemasan")
    seller.apply("seller", look)
    buyer = Owner(page, outbox, province="64", sells="menu kafe", seeks=goods)
    buyer.apply("buyer", look)
    accept(page, look, [seller, buyer])
    if page.has_javascript:
        score(page, look)
    for owner in (buyer, seller):
        owner.say_when(look)
    ask(page, look, seller, buyer)

    page.context.clear_cookies()
    page.goto(link_sent_to(outbox, buyer.phone, seller.name))
    expect(page.locator("main")).to_contain_text(seller.name)
    look()
    with page.expect_navigation():
        page.locator("form[action$='/terima/'] button").click()
    look()

    by_link = page.url.partition("permintaan/")[0]
    page.goto(by_link)
    expect(page.locator("section:has(#agenda)")).to_contain_text(seller.name)
    assert has_in_calendar(page, by_link, seller.name)
    seller.open()
    expect(page.locator("section:has(#agenda)")).to_contain_text(buyer.name)
    assert has_in_calendar(page, seller.rooms, buyer.name)


@pytest.mark.once
@pytest.mark.parametrize("page", BOTH, indirect=True, ids=str)
def test_everyone_can_read_the_pages_of_the_public_and_of_officials(page, axe):
    visit(page, axe, PUBLIC)
    sign_in(page, "operator.jatim@contoh.id")
    visit(page, axe, OFFICIALS)
    page.goto(f"{OFFICE}kecocokan/?penjual=Duya&pembeli=Wiya")
    page.locator("main td a[href*='/kecocokan/']").first.click()
    check(page, axe)


@pytest.mark.once
def test_everyone_can_read_the_pages_of_a_participant(page, axe):
    give_password(page, "penjual@contoh.id")
    page.wait_for_url("**/dasbor/**")
    page.goto("/dasbor/")
    rooms = f"{page.url}misi/{MISSION}/"
    visit(page, axe, [rooms + room for room in PARTICIPANTS])
    for kind in ("permintaan", "cocok"):
        page.goto(f"{rooms}{kind}/")
        page.locator(f"main h3 a[href*='/{kind}/']").first.click()
        check(page, axe)


@pytest.mark.once
def test_no_dot_is_left_hanging_where_a_line_breaks(page):
    give_password(page, "penjual@contoh.id")
    page.wait_for_url("**/dasbor/**")
    page.goto("/dasbor/")
    rooms = f"{page.url}misi/{MISSION}/"
    for room in ("", "peserta/", "permintaan/"):
        page.goto(rooms + room)
        assert page.locator("main .joined").count() > 1
        assert page.evaluate(HANGING_DOTS) == [], room


def visit(page, axe, paths):
    for path in paths:
        response = page.goto(path)
        assert response.status == 200, path
        check(page, axe)
