import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.checks import run_checks

from umkm_portal import checks
from umkm_portal.gateway import NotSent, send_text

PHONE = "+6281234567890"
TEXT = 'Kode: "123456" {phone}\n'


@contextmanager
def provider(status=200, delay=None):
    """A server of texts: its address, and the requests that it gets."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, dict(self.headers), json.loads(body)))
            if delay:
                delay.wait(5)
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send?from=portal", got
    finally:
        if delay:
            delay.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def gateway(settings):
    def configure(address, **changes):
        settings.TEXT_GATEWAY = {
            "backend": "http",
            "url": address,
            "header": "Authorization: Bearer kunci:rahasia",
            "body": '{"to": ["{digits}"], "note": {"text": "SMS {text} to {phone}"}, "n": 1}',
            "timeout": 5,
            **changes,
        }

    return configure


def test_a_text_is_posted_as_the_provider_wants_it(gateway):
    with provider() as (url, got):
        gateway(url)
        send_text(PHONE, TEXT)

    [(path, headers, body)] = got
    assert path == "/send?from=portal"
    assert headers["Authorization"] == "Bearer kunci:rahasia"
    assert headers["Content-Type"] == "application/json"
    assert body == {
        "to": ["6281234567890"],
        "note": {"text": f"SMS {TEXT} to {PHONE}"},
        "n": 1,
    }


@pytest.mark.parametrize("status", [302, 400, 500])
def test_what_the_provider_refuses_is_not_sent_and_not_sent_elsewhere(
    gateway, caplog, status
):
    with provider(status) as (url, got):
        gateway(url)
        with pytest.raises(NotSent):
            send_text(PHONE, TEXT)

    assert len(got) == 1
    assert str(status) in caplog.text
    assert PHONE not in caplog.text
    assert "123456" not in caplog.text


def test_a_provider_that_does_not_answer_is_not_waited_for(gateway):
    hurry = threading.Event()
    with provider(delay=hurry) as (url, _got):
        gateway(url, timeout=0.1)
        with pytest.raises(NotSent):
            send_text(PHONE, TEXT)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://", "http://[x"])
def test_an_address_where_nobody_is_fails_without_a_trace_of_the_text(
    gateway, caplog, url
):
    gateway(url)

    with pytest.raises(NotSent) as caught:
        send_text(PHONE, TEXT)

    assert caught.value.__cause__ is None
    assert PHONE not in caplog.text


def test_without_a_provider_texts_are_printed(settings, capsys):
    settings.TEXT_GATEWAY = {"backend": "console"}

    send_text(PHONE, "Kode: 123456")

    assert capsys.readouterr().out == f"Text to {PHONE}: Kode: 123456\n"


def found(**settings_):
    return {problem.id for problem in run_checks(**settings_)}


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({}, set()),
        ({"backend": "pigeon"}, {"portal.E001"}),
        ({"url": ""}, {"portal.E002"}),
        ({"url": "ftp://sms.contoh"}, {"portal.E002"}),
        ({"body": "{to: x}"}, {"portal.E003"}),
    ],
)
def test_settings_that_cannot_work_are_named(gateway, changes, problems):
    gateway("https://sms.contoh.id/kirim", **changes)

    assert {problem.id for problem in checks.text_gateway(None)} == problems


@pytest.mark.django_db
def test_production_is_warned_when_texts_are_only_printed(settings, gateway):
    settings.TEXT_GATEWAY = {**settings.TEXT_GATEWAY, "backend": "console"}
    assert "portal.W001" in found(include_deployment_checks=True)
    assert "portal.W001" not in found()

    gateway("https://sms.contoh.id/kirim")
    assert "portal.W001" not in found(include_deployment_checks=True)


@pytest.mark.django_db
def test_production_is_warned_when_every_process_counts_for_itself(settings):
    assert "portal.W003" in found(include_deployment_checks=True)
    assert "portal.W003" not in found()

    database = "django.core.cache.backends.db.DatabaseCache"
    settings.CACHES = {"default": {"BACKEND": database, "LOCATION": "portal_cache"}}
    assert "portal.W003" not in found(include_deployment_checks=True)
