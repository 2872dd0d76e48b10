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

# CI must not fail by the luck of the draw; on one's own machine new examples are wanted.
hypothesis_settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis_settings.register_profile("own", deadline=None)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "own")


def is_postgresql():
    return settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def pytest_report_header():
    if is_postgresql():
        return "on PostgreSQL: without the tests marked 'once', which SQLite has run"
    return None


def pytest_collection_modifyitems(config, items):
    """Browser tests run last: what they show is easier to read once the rest holds."""
    items.sort(key=lambda item: "browser" in item.path.parts)
    if is_postgresql():
        once = [item for item in items if item.get_closest_marker("once")]
        items[:] = [item for item in items if not item.get_closest_marker("once")]
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
