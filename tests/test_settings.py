"""Settings as a fresh process reads them from its environment."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from .factories import AppointmentFactory

PRODUCTION = {
    "SECRET_KEY": "for-tests-only-" + "x" * 50,
    "ALLOWED_HOSTS": "portal.contoh.id",
}
# The environment of a host, without what the test run itself has set.
BARE = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=BARE | {"DJANGO_SETTINGS_MODULE": "umkm_portal.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def read(*names, **environment):
    """The named settings, in the order asked for."""
    code = (
        "import json; from django.conf import settings;"
        f"print(json.dumps([getattr(settings, name) for name in {names!r}], default=str))"
    )
    done = run(code, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", PRODUCTION)
@pytest.mark.parametrize("value", [None, ""])
def test_production_does_not_start_without(name, value):
    environment = PRODUCTION | {name: value}
    environment = {key: text for key, text in environment.items() if text is not None}

    started = run(
        "import sys, manage; sys.argv = ['manage.py', 'check']; manage.main()",
        **environment,
    )
    served = run("import umkm_portal.wsgi", **environment)

    assert started.returncode == 1
    assert started.stderr.startswith(f"{name} is not set.")
    assert ".env.example" in started.stderr
    assert served.returncode != 0
    assert f"{name} is not set." in served.stderr


def test_one_machine_needs_only_debug():
    assert read("ALLOWED_HOSTS", "SECURE_SSL_REDIRECT", DEBUG="True") == [
        ["localhost", "127.0.0.1", "[::1]"],
        False,
    ]


def test_links_in_messages_begin_with_the_address_that_is_served():
    host = "https://portal.contoh.id"
    assert read("SITE_URL", **PRODUCTION) == [host]
    assert read("SITE_URL", **PRODUCTION, PORT="8001") == [host]
    assert read("SITE_URL", DEBUG="True", PORT="8001") == ["http://127.0.0.1:8001"]
    assert read("SITE_URL", DEBUG="True") == ["http://127.0.0.1:8000"]


def test_debug_is_off_unless_asked_for():
    assert read("DEBUG", **PRODUCTION) == [False]


def test_production_speaks_https_only():
    names = (
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
    )

    assert read(*names, **PRODUCTION) == [True, 31_536_000, True, True, True]
    assert read(*names, **PRODUCTION, HTTPS="False") == [False, 0, False, False, False]


def test_a_forwarded_scheme_is_believed_only_behind_a_proxy():
    believed = ["HTTP_X_FORWARDED_PROTO", "https"]

    assert read("SECURE_PROXY_SSL_HEADER", **PRODUCTION) == [None]
    assert read("SECURE_PROXY_SSL_HEADER", **PRODUCTION, BEHIND_PROXY="True") == [
        believed
    ]


def test_sqlite_writes_ahead_and_locks_at_once(tmp_path):
    code = """
import django; django.setup()
from django.db import connection, transaction
with connection.cursor() as cursor:
    for pragma in ("journal_mode", "synchronous", "foreign_keys"):
        print(cursor.execute(f"PRAGMA {pragma}").fetchone()[0])
print(connection.transaction_mode)
"""
    done = run(
        code, DEBUG="True", DATABASE_URL=f"sqlite:///{tmp_path / 'portal.sqlite3'}"
    )

    assert done.stdout.split() == ["wal", "1", "1", "IMMEDIATE"], done.stderr


def test_postgresql_is_pooled():
    url = "postgres://portal:rahasia@db.contoh.id:5433/portal"

    [databases] = read(
        "DATABASES", **PRODUCTION, DATABASE_URL=url, DATABASE_POOL_MAX="3"
    )

    default = databases["default"]
    assert default["ENGINE"] == "django.db.backends.postgresql"
    assert (default["HOST"], default["PORT"]) == ("db.contoh.id", 5433)
    assert (default["NAME"], default["PASSWORD"]) == ("portal", "rahasia")
    assert default["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 3, "timeout": 10}


def assert_secure(response):
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]
    assert b"style=" not in response.content


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/misi/", "/data/", "/akun/masuk/"])
def test_public_pages_carry_security_headers(client, path):
    response = client.get(path)

    assert response.status_code == 200
    assert_secure(response)


@pytest.mark.django_db
def test_the_admin_carries_security_headers(client):
    client.force_login(AppointmentFactory(role="operator").user)
    for name in ("index", "missions_mission_changelist", "missions_countsnapshot_add"):
        assert_secure(client.get(reverse(f"admin:{name}")))


@pytest.mark.django_db
def test_error_pages_carry_security_headers(monkeypatch):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)

    missing = client.get("/tidak-ada/")
    forged = client.post("/akun/masuk/", {"login": "x"})
    monkeypatch.setattr("missions.publication.views.cumulative", None)
    broken = client.get("/")

    answers = {404: missing, 403: forged, 500: broken}
    for status, response in answers.items():
        assert response.status_code == status
        assert_secure(response)


@pytest.mark.django_db
def test_an_unknown_host_is_refused(client):
    assert client.get("/", headers={"host": "jahat.contoh"}).status_code == 400
