"""Files with a hash in their name: compressed, and kept by browsers for good."""

import re
import urllib.error
import urllib.request

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.once]


def fetch(address, **headers):
    return urllib.request.urlopen(
        urllib.request.Request(address, headers=headers), timeout=10
    )


@pytest.mark.parametrize("path", ["/", "/akun/masuk/"])
def test_every_file_of_a_page_is_hashed_and_kept_for_good(site, path):
    html = fetch(site + path).read().decode()
    files = set(re.findall(r'"(/static/[^"]+)"', html))

    assert any(name.endswith(".css") for name in files)
    for name in files:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", name)
        with fetch(site + name) as response:
            cached = response.headers["Cache-Control"]
            policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "immutable" in cached
        assert int(re.search(r"max-age=(\d+)", cached)[1]) >= 31_536_000


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_style_sheets_are_compressed_beforehand(site, encoding):
    html = fetch(site).read().decode()
    name = re.search(r'"(/static/css/portal\.[^"]+)"', html)[1]
    whole = fetch(site + name).read()

    with fetch(site + name, **{"Accept-Encoding": encoding}) as response:
        assert response.headers["Content-Encoding"] == encoding
        assert len(response.read()) < len(whole) / 2
        assert "Accept-Encoding" in response.headers["Vary"]


def test_a_file_that_is_not_there_is_not_found(site):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetch(f"{site}/static/css/tidak-ada.css")


def test_no_file_outside_of_the_static_folder_is_served(site):
    for path in ("/static/../manage.py", "/static/%2e%2e/manage.py", "/.env"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            fetch(site + path)
