"""A real server process and a real Chromium.

Not Django's live_server: it empties tables between tests, which the append-only tables refuse.
"""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import sync_playwright
from psycopg import sql

ROOT = settings.BASE_DIR
SCREENSHOTS = ROOT / "artefacts" / "screenshots"
SERVER_STARTS_WITHIN = 30
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Screen(NamedTuple):
    """How a visitor looks at a page: @pytest.mark.parametrize("page", [Screen(1280)], indirect=True)."""

    width: int = 360
    javascript: bool = True

    def __str__(self):
        return f"{self.width}px" + ("" if self.javascript else "-nojs")


@pytest.fixture(scope="package")
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


@pytest.fixture(scope="package")
def site(tmp_path_factory, outbox):
    """The address of the portal, run with production settings and all data that ships."""
    folder = tmp_path_factory.mktemp("site")
    with own_database(folder) as database_url:
        production = {
            **os.environ,
            "DATABASE_URL": database_url,
            "STATIC_ROOT": str(folder / "static"),
            "MEDIA_ROOT": str(folder / "media"),
            "PRIVATE_ROOT": str(folder / "private"),
            "DEBUG": "False",
            "HTTPS": "False",
            "SECRET_KEY": "for-browser-tests-only-" + "x" * 40,
            # Passkeys belong to a name: for an address of numbers browsers make none.
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "LOG_LEVEL": "WARNING",
        }
        # Example logins are only made with DEBUG, hashed static files only without.
        run("bin/prepare", production | {"DEBUG": "True"})
        run("bin/prepare", production)
        with outbox.file.open("w") as output, server(production, output) as address:
            yield address


@contextmanager
def own_database(folder):
    configured = settings.DATABASES["default"]
    if configured["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{folder / 'portal.sqlite3'}"
        return
    url, name = os.environ["DATABASE_URL"].rsplit("/", 1)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = re.match(r"\w+", name)[0] + f"_browser{worker}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
        sql.Identifier(name)
    )
    with psycopg.connect(
        host=configured["HOST"],
        port=configured["PORT"] or None,
        user=configured["USER"],
        password=configured["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{url}/{name}"
        connection.execute(drop)


def run(script, environment):
    done = subprocess.run(
        [sys.executable, script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{script} failed:\n{done.stdout}{done.stderr}"


@contextmanager
def server(environment, output):
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    granian = Path(sys.executable).parent / "granian"
    options = [
        "--interface",
        "wsgi",
        "--blocking-threads",
        "4",
        "--log-level",
        "warning",
    ]
    process = subprocess.Popen(
        [granian, *options, "--port", str(port), "umkm_portal.wsgi:application"],
        cwd=ROOT,
        env=environment,
        stdout=output,
    )
    try:
        wait_for(f"{address}/sehat/", process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(url, process):
    deadline = time.monotonic() + SERVER_STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError as error:
            pytest.fail(f"{url} answered {error.code}")
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{url} did not answer within {SERVER_STARTS_WITHIN} seconds.")


@pytest.fixture(scope="package")
def browser():
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
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    file_name = re.sub(r"[^\w.-]+", "_", name).strip("_") + ".png"
    page.screenshot(path=SCREENSHOTS / file_name, full_page=True)


@pytest.fixture
def axe():
    """Checks a page: axe(page) is the list of its accessibility violations."""

    def check(page):
        page.wait_for_load_state()
        # The page is as its visitor got it: scripts that it skipped do not run now.
        set_javascript(page, True)
        found = Axe().run(page).response["violations"]
        return [
            f"{violation['id']}: {violation['help']}: {node['html'][:120]}"
            for violation in found
            for node in violation["nodes"]
        ]

    return check
