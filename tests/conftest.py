import gc
import os

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import storages
from django.utils.translation import deactivate, override
from hypothesis import settings as hypothesis_settings

from businesses import reference
from businesses.models import Province
from missions.deals.imports import import_reported_deals
from missions.imports import import_missions
from umkm_portal import gateway

# Looking for garbage among the many objects that live on took a tenth of the time of all tests.
gc.set_threshold(100_000, 50, 50)

# CI must not fail by the luck of the draw; on one's own machine new examples are wanted.
hypothesis_settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis_settings.register_profile("own", deadline=None)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "own")


# One worker prepares the portal and crawls it while the others have work to do.
FIRST = ["test_prepared.py", "test_site_crawl.py"]


def is_postgresql():
    return settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def pytest_report_header():
    if is_postgresql():
        return "on PostgreSQL: without what no database changes, which SQLite has run"
    return None


def is_browser_test(item):
    return "browser" in item.path.parts


def is_for_one_database(item):
    """Marked 'once', or without a database at all, or a journey on another screen once more."""
    if is_browser_test(item):
        is_repeated = hasattr(item, "callspec") and item.callspec.indices.get("page")
    else:
        marked = item.get_closest_marker("django_db")
        is_repeated = not (marked or "db" in item.fixturenames)
    return is_repeated or item.get_closest_marker("once")


def pytest_collection_modifyitems(config, items):
    """Other browser tests run last: what they show is easier to read once the rest holds."""
    items.sort(key=lambda item: (item.path.name not in FIRST, is_browser_test(item)))
    if is_postgresql():
        once = [item for item in items if is_for_one_database(item)]
        items[:] = [item for item in items if not is_for_one_database(item)]
        config.hook.pytest_deselected(items=once)
        return
    on_sqlite = pytest.mark.skip(reason="needs PostgreSQL: bin/postgres make test")
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(on_sqlite)


@pytest.fixture(autouse=True)
def _nobody_was_too_fast():
    """Rate limits count in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture(autouse=True)
def _nobody_left_in_english():
    """The language of a page stays active after the request for it."""
    yield
    deactivate()


@pytest.fixture(autouse=True)
def _no_files_left():
    """Files are kept in memory, which outlives a test too."""
    yield
    for storage in (storages["default"], storages["private"]):
        for folder in storage.listdir("")[0]:
            for name in storage.listdir(folder)[1]:
                storage.delete(f"{folder}/{name}")


@pytest.fixture
def texts(monkeypatch):
    """The texts sent to phones: [(phone, text), …]."""
    sent = []
    keep = lambda phone, text: sent.append((phone, text))  # noqa: E731
    monkeypatch.setitem(gateway.BACKENDS, "console", keep)
    return sent


@pytest.fixture
def english():
    with override("en"):
        yield


@pytest.fixture
def provinces(db):
    """All 38."""
    Province.objects.bulk_create(Province(**facts) for facts in reference.provinces())


@pytest.fixture
def shipped_missions(provinces):
    """The 70 real missions with their 124 counts."""
    return import_missions(settings.BASE_DIR / "missions/data/missions.csv")


@pytest.fixture
def shipped_deals(shipped_missions):
    """The 80 deals that public reports name."""
    return import_reported_deals(settings.BASE_DIR / "missions/deals/data/deals.csv")
