import os

import pytest
from django.conf import settings
from django.utils.translation import override
from hypothesis import settings as hypothesis_settings

from businesses import reference
from businesses.models import Province
from missions.deals.imports import import_reported_deals
from missions.imports import import_missions

# CI must not fail by the luck of the draw; on one's own machine new examples are wanted.
hypothesis_settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis_settings.register_profile("own", deadline=None)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "own")


def pytest_collection_modifyitems(items):
    """Browser tests run last: what they show is easier to read once the rest holds."""
    items.sort(key=lambda item: "browser" in item.path.parts)
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    on_sqlite = pytest.mark.skip(reason="needs PostgreSQL: bin/postgres make test")
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(on_sqlite)


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
