"""Portals to look at: bin/prepare runs once, and each worker serves a copy of what it made."""

import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

ROOT = settings.BASE_DIR
SERVER_STARTS_WITHIN = 60
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
ORIGINAL, COPY = "original", f"copy{WORKER}"
DROP = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
PRODUCTION = {
    "DEBUG": "False",
    "HTTPS": "False",
    "SECRET_KEY": "for-browser-tests-only-" + "x" * 40,
    # Passkeys belong to a name: for an address of numbers browsers make none.
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
    "LOG_LEVEL": "WARNING",
}


@contextmanager
def prepared_site(folder):
    """A folder that all workers share: whoever comes first prepares the portal in it."""
    done = folder / "done"
    folder.mkdir(exist_ok=True)
    with alone_in(folder):
        is_first = not done.exists()
        if is_first:
            prepare(folder)
            done.touch()
    yield
    if is_first:
        # A worker that needs it only now prepares it anew.
        with alone_in(folder):
            done.unlink()
            change_databases(DROP, ORIGINAL)


@contextmanager
def alone_in(folder):
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare(folder):
    (folder / "data").mkdir(exist_ok=True)
    change_databases(DROP, ORIGINAL)
    change_databases("CREATE DATABASE {}", ORIGINAL)
    environment = environment_of(folder, folder / "data", ORIGINAL)
    # Example logins are only made with DEBUG, hashed static files only without.
    run("bin/prepare", environment | {"DEBUG": "True"})
    run("bin/prepare", environment)


@contextmanager
def copied_site(original, data):
    """The environment of a portal like the prepared one, that no other worker changes."""
    with alone_in(original):
        shutil.copytree(original / "data", data)
        change_databases(DROP, COPY)
        change_databases("CREATE DATABASE {} TEMPLATE {}", COPY, ORIGINAL)
    yield environment_of(original, data, COPY)
    change_databases(DROP, COPY)


def environment_of(site, data, database):
    address = f"sqlite:///{data / 'portal.sqlite3'}"
    if not is_sqlite():
        server = os.environ["DATABASE_URL"].rpartition("/")[0]
        address = f"{server}/{database_name(database)}"
    return {
        **os.environ,
        **PRODUCTION,
        "DATABASE_URL": address,
        "STATIC_ROOT": str(site / "static"),
        "MEDIA_ROOT": str(data / "media"),
        "PRIVATE_ROOT": str(data / "private"),
    }


def is_sqlite():
    return settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


def database_name(which):
    configured = os.environ["DATABASE_URL"].rpartition("/")[2]
    return f"{re.match(r'\w+', configured)[0]}_browser_{which}"


def change_databases(statement, *names):
    """On PostgreSQL. An SQLite database is a file, which is made by opening it."""
    if is_sqlite():
        return
    configured = settings.DATABASES["default"]
    with psycopg.connect(
        host=configured["HOST"],
        port=configured["PORT"] or None,
        user=configured["USER"],
        password=configured["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as connection:
        named = (sql.Identifier(database_name(name)) for name in names)
        connection.execute(sql.SQL(statement).format(*named))


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
