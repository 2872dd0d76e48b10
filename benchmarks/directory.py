"""What `make bench-directory` runs: how a faceted search grows with the number of businesses.

It fills a throw-away PostgreSQL with invented businesses, measures whole answers of /usaha/, adds
more and measures again: bin/postgres python -m benchmarks.directory [SMALL [LARGE]]. Times differ
between machines; the ratio within one run is what counts, and it must stay below MOST_RATIO.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SMALL, LARGE = 10_000, 1_000_000
MOST_RATIO = 3
VISITS = 15
SEARCHES = {
    "a common word": "q=kopi",
    "a common word, other form": "q=pengolahan",
    "a rare word": "q=ekspedisi",
    "a mistyped word": "q=kopo",
    "a long word, mistyped": "q=perikann",
    "two words": "q=sambal+bawang",
    "three words, few results": "q=songket+tenun+palembang",
    "no such word": "q=zzyzx",
    "word and province": "q=kerajinan&provinsi=35",
    "word, sector, certificate": "q=kopi&sektor=perkebunan&sertifikat=halal",
    "word and regency": "q=batik&kabupaten=33.75",
    "two facets": "provinsi=35&komoditas=kopi",
    "two facets, few results": "provinsi=91&sertifikat=organik",
    "three facets": "komoditas=makanan-olahan&ukuran=small&diperiksa=ya",
    "nothing chosen": "",
    "deep page": "q=makanan&halaman=40",
    "map": "q=kopi&tampilan=peta",
    "by name": "provinsi=51&urut=nama",
}


def main(small=SMALL, large=LARGE):
    small, large = int(small), int(large)
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        use_postgresql(Path(folder))
        times = {}
        for count in (small, large):
            fill(count)
            times[count] = {name: measure(query) for name, query in SEARCHES.items()}
    ratio = print_table(times, small, large)
    if ratio > MOST_RATIO:
        sys.exit(f"More than {MOST_RATIO} times as long.")


def use_postgresql(folder):
    """Production settings on the database that bin/postgres named, with all data that ships."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        sys.exit("Run it with bin/postgres, which starts a throw-away PostgreSQL.")
    os.environ |= {
        "DEBUG": "False",
        "HTTPS": "False",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "testserver",
        "STATIC_ROOT": str(folder / "static"),
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "umkm_portal.settings",
    }
    subprocess.run(
        [sys.executable, "bin/prepare"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    # Settings read the environment when they are imported.
    import django

    django.setup()


def fill(count):
    from django.core.management import call_command
    from django.db import connection

    from businesses.models import Business, DirectoryEntry

    call_command("seed_businesses", str(count - Business.objects.count()))
    with connection.cursor() as cursor:
        # What the server does by itself within minutes.
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(
            "SELECT pg_size_pretty(pg_total_relation_size(%s)), "
            "pg_size_pretty(pg_database_size(current_database()))",
            [DirectoryEntry._meta.db_table],
        )
        directory, database = cursor.fetchone()
    print(
        f"{count:,} businesses: directory {directory}, database {database}", flush=True
    )


def measure(query):
    """How long a whole answer takes, and the search in it, in milliseconds."""
    from django.http import QueryDict
    from django.test import Client

    from missions.publication.directory_forms import DirectoryForm

    client = Client()
    answer = fastest(lambda: client.get(f"/usaha/?{query}"))
    return answer, fastest(lambda: DirectoryForm(QueryDict(query)).search())


def fastest(do):
    """The fastest of some visits: whatever else runs on the machine only makes one slower."""
    durations = []
    for _visit in range(VISITS):
        start = time.perf_counter()
        done = do()
        durations.append(time.perf_counter() - start)
        assert getattr(done, "status_code", 200) == 200
    return min(durations) * 1000


def print_table(times, small, large):
    head = f"\n{'':<28}{'whole answer':^34}{'search in it':^34}\n"
    counts = f"{small:>12,}{large:>14,}{'':>8}"
    print(f"{head}{'search':<28}{counts}{counts}")
    rows = {name: (times[small][name], times[large][name]) for name in SEARCHES}
    small_sum, large_sum = (
        tuple(map(sum, zip(*times[count].values(), strict=True)))
        for count in (small, large)
    )
    rows["all together"] = small_sum, large_sum
    for name, (before, after) in rows.items():
        cells = (
            f"{one:>9.1f} ms{other:>11.1f} ms{other / one:>7.1f}x"
            for one, other in zip(before, after, strict=True)
        )
        print(f"{name:<28}{''.join(cells)}")
    return large_sum[0] / small_sum[0]


if __name__ == "__main__":
    main(*sys.argv[1:])
