"""A real server process and a real Chromium.

Not Django's live_server: it empties tables between tests, which the append-only tables refuse.
"""

import re
import subprocess
import time
from base64 import b64decode
from hashlib import sha256
from typing import NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import sync_playwright

from .sites import ROOT, WORKER, copied_site, is_sqlite, prepared_site, server

SCREENSHOTS = ROOT / "artefacts" / "screenshots"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RUN_AXE = """
axe.run({resultTypes: ["violations"]}).then(found => found.violations.flatMap(
  problem => problem.nodes.map(
    node => `${problem.id}: ${problem.help}: ${node.html.slice(0, 120)}`
  )
))
"""
# Elements in a <noscript> are there for visitors without JavaScript only.
WHAT_AXE_SEES = """
[innerWidth, document.querySelectorAll("noscript *").length,
  document.documentElement.outerHTML].join()
"""
FORM_TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")\w+')


class Screen(NamedTuple):
    """How a visitor looks at a page: @pytest.mark.parametrize("page", [Screen(1280)], indirect=True)."""

    width: int = 360
    javascript: bool = True

    def __str__(self):
        return f"{self.width}px" + ("" if self.javascript else "-nojs")


@pytest.fixture(scope="session")
def outbox(tmp_path_factory):
    """outbox("+628…") is the latest code sent to this phone: production prints texts as well."""
    file = tmp_path_factory.mktemp("outbox") / "stdout.txt"
    file.touch()

    def code_sent_to(phone):
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            lines = file.read_text().splitlines()
            sent = [line for line in lines if line.startswith(f"Text to {phone}: ")]
            if sent and (code := re.search(r"\b\d{6}\b", sent[-1])):
                return code[0]
            time.sleep(0.05)
        return pytest.fail(f"No code was sent to {phone}.")

    code_sent_to.file = file
    return code_sent_to


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A folder that all workers of a run see."""
    folder = tmp_path_factory.getbasetemp()
    shared = (folder.parent if WORKER else folder) / "browser"
    shared.mkdir(exist_ok=True)
    return shared


@pytest.fixture(scope="session")
def environment(shared, tmp_path_factory):
    """Of a portal with production settings and all data that ships."""
    original, data = shared / "site", tmp_path_factory.mktemp("site") / "data"
    with (
        prepared_site(original),
        copied_site(original, data) as environment,
    ):
        yield environment


@pytest.fixture(scope="session")
def site(environment, outbox):
    """The address of that portal."""
    with (
        outbox.file.open("a") as output,
        server(environment, output) as address,
    ):
        yield address


@pytest.fixture(scope="package")
def browser():
    """Not for the whole session: Django refuses the database while its event loop runs."""
    found = subprocess.run(
        ["bin/browser"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if found.returncode != 0:
        pytest.skip(found.stdout.strip())
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found.stdout.strip(), args=CHROMIUM_ARGUMENTS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(request, browser, site):
    """A new visitor's tab. What the console reports (CSP violations too) fails the test."""
    screen = getattr(request, "param", Screen())
    context = browser.new_context(
        base_url=site,
        viewport={"width": screen.width, "height": 740},
        locale="id-ID",
    )
    page = context.new_page()
    page.devtools = context.new_cdp_session(page)
    page.has_javascript = screen.javascript
    set_javascript(page, screen.javascript)
    reported = []
    page.on("console", lambda message: reported.append(message))
    page.on("pageerror", lambda error: reported.append(error))
    yield page
    save_screenshot(page, request.node.name)
    problems = [str(message) for message in reported if is_problem(message, page)]
    context.close()
    assert problems == []


def set_javascript(page, is_on):
    """Not by the context's own option: under that one axe would wait for its answer for ever."""
    page.devtools.send("Emulation.setScriptExecutionDisabled", {"value": not is_on})


def is_problem(message, page):
    """A page that is meant to answer 404 is reported too, and is no problem."""
    if getattr(message, "type", "error") not in ("error", "warning"):
        return False
    is_own_status = "Failed to load resource" in str(message)
    return not (is_own_status and message.location["url"] == page.url)


def save_screenshot(page, name):
    """The whole page; the browser is not asked to make the file small, which takes as long again."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    size = page.devtools.send("Page.getLayoutMetrics")["cssContentSize"]
    options = {
        "captureBeyondViewport": True,
        "optimizeForSpeed": True,
        "clip": {**size, "scale": 1},
    }
    taken = page.devtools.send("Page.captureScreenshot", options)["data"]
    file_name = re.sub(r"[^\w.-]+", "_", name).strip("_") + ".png"
    (SCREENSHOTS / file_name).write_bytes(b64decode(taken))


@pytest.fixture
def axe(shared):
    """Checks a page: axe(page) is the list of its accessibility violations."""
    if not is_sqlite():
        # What the database is cannot be seen on a page.
        return lambda page: []
    fine = shared / "fine"
    fine.mkdir(exist_ok=True)

    def check(page):
        page.wait_for_load_state()
        seen = FORM_TOKEN.sub(r"\1", page.evaluate(WHAT_AXE_SEES))
        same_page = fine / sha256(seen.encode()).hexdigest()
        if same_page.exists():
            return []
        if not (found := run_axe(page)):
            same_page.touch()
        return found

    return check


def run_axe(page):
    # The page is as its visitor got it: scripts that it skipped do not run now.
    set_javascript(page, True)
    page.devtools.send("Runtime.evaluate", {"expression": AXE_SCRIPT})
    found = page.evaluate(RUN_AXE)
    set_javascript(page, page.has_javascript)
    return found
