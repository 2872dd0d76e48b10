"""What `make bench-opportunities` runs: how long the opportunities of one business take to find.

It fills a throw-away database with open listings of invented businesses, measures the top 20 for a few
businesses, adds more listings and measures again, on SQLite and on PostgreSQL. Times differ between
machines; the ratio within one run is what counts, and it must stay below MOST_RATIO.
"""

import itertools
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SMALL, LARGE = 1_000, 100_000
MOST_RATIO = 3
VISITS = 15
BATCH = 2_000
# What the measured businesses offer, from the most to the least common in the examples.
COMMODITIES = ("makanan-olahan", "kopi", "batik-tenun", "logistik")


def main(small=SMALL, large=LARGE):
    small, large = int(small), int(large)
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        use_temporary_portal(Path(folder))
        times, numbers = {}, itertools.count(1)
        for count in (small, large):
            fill(count, numbers)
            times[count] = {
                commodity: measure(looking_for_buyers(commodity))
                for commodity in COMMODITIES
            }
    ratio = print_table(times, small, large)
    if ratio > MOST_RATIO:
        sys.exit(f"More than {MOST_RATIO} times as long.")


def use_temporary_portal(folder):
    """Production settings, on the database that bin/postgres named or else an SQLite file."""
    os.environ |= {
        "DEBUG": "False",
        "HTTPS": "False",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "testserver",
        "STATIC_ROOT": str(folder / "static"),
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "umkm_portal.settings",
    }
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'bench.sqlite3'}"
    for command in ("migrate", "load_reference"):
        subprocess.run(
            [sys.executable, "manage.py", command],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    # Settings read the environment when they are imported.
    import django

    django.setup()


def fill(count, numbers):
    """Adds businesses that have an open listing, with nothing else, until there are `count`."""
    from django.db import connection

    from businesses import examples
    from businesses.models import Business, Listing

    world = examples.see_world()
    while missing := count - Listing.objects.count():
        batch = []
        while len(batch) < min(missing, BATCH):
            business = examples._business(next(numbers), 1, world)
            batch += [business] if business.open_listings else []
        Business.objects.bulk_create(batch)
        Listing.objects.bulk_create(one.open_listings[0] for one in batch)
    with connection.cursor() as cursor:
        # What the server does by itself within minutes, and SQLite when it is told to.
        cursor.execute("ANALYZE")
    print(f"{connection.vendor}: {Listing.objects.count():,} open listings", flush=True)


def looking_for_buyers(commodity):
    """A business with one offer of the commodity: the same one at every size."""
    from businesses.models import Business, Listing

    offers = Listing.objects.filter(kind=Listing.Kind.OFFER, commodity=commodity)
    return Business.objects.get(pk=offers.earliest("pk").business_id)


def measure(business):
    """How long the top 20 take, in milliseconds, and how many there are."""
    from missions.meetings.opportunities import opportunities_for

    # The first visit fills caches.
    found = opportunities_for(business)
    return fastest(lambda: opportunities_for(business)), len(found)


def fastest(do):
    """The fastest of some visits: whatever else runs on the machine only makes one slower."""
    durations = []
    for _visit in range(VISITS):
        start = time.perf_counter()
        do()
        durations.append(time.perf_counter() - start)
    return min(durations) * 1000


def print_table(times, small, large):
    print(f"{'a business that offers':<24}{small:>14,}{large:>16,}{'ratio':>8}")
    for commodity in COMMODITIES:
        (before, found), (after, found_after) = (
            times[count][commodity] for count in (small, large)
        )
        print(
            f"{commodity:<24}{before:>8.1f} ms {found:>2}{after:>10.1f} ms {found_after:>2}"
            f"{after / before:>7.1f}x"
        )
    before, after = (
        sum(time for time, _n in times[count].values()) for count in (small, large)
    )
    print(
        f"{'all together':<24}{before:>8.1f} ms{after:>13.1f} ms{after / before:>10.1f}x"
    )
    return after / before


if __name__ == "__main__":
    main(*sys.argv[1:])
