"""What `make bench` runs: how page times grow with the number of missions.

Times differ between machines, so the ratios within one run are what to compare.
"""

import csv
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MISSIONS = ROOT / "missions" / "data" / "missions.csv"
GROWTH = [1, 10, 100]
VISITS = 15
PAGES = {
    "home": "/",
    "list": "/misi/",
    "list, searched": "/misi/?q=kalimantan",
    "mission": "/misi/jatim-kaltim-2025/",
    "history": "/misi/jatim-kaltim-2025/riwayat-angka/",
    "methodology": "/metodologi/",
}


def main():
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        use_temporary_portal(Path(folder))
        times = {}
        for factor, before in zip(GROWTH, [0, *GROWTH], strict=False):
            for copies in range(max(before, 1), factor):
                add_copy(copies, Path(folder))
            times[factor] = {name: measure(path) for name, path in PAGES.items()}
            print(f"measured at {count_missions()} missions", flush=True)
        print_table(times)


def use_temporary_portal(folder):
    """Production settings on an SQLite file, with all data that ships."""
    os.environ |= {
        "DEBUG": "False",
        "HTTPS": "False",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "testserver",
        "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
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


def add_copy(number, folder):
    """Every mission once more, a year's worth of work in one import."""
    from django.core.management import call_command

    copy = folder / f"copy-{number}.csv"
    with MISSIONS.open() as source, copy.open("w") as target:
        rows = csv.DictReader(source)
        writer = csv.DictWriter(target, rows.fieldnames)
        writer.writeheader()
        writer.writerows(row | {"slug": f"{row['slug']}-{number}"} for row in rows)
    with open(os.devnull, "w") as nowhere:
        call_command("import_missions", str(copy), stdout=nowhere)


def count_missions():
    from missions.models import Mission

    return Mission.objects.count()


def measure(path):
    from django.test import Client

    client = Client()
    durations = []
    for _visit in range(VISITS + 2):
        start = time.perf_counter()
        response = client.get(path)
        durations.append(time.perf_counter() - start)
        assert response.status_code == 200, f"{path}: {response.status_code}"
    # The first visits fill caches.
    return statistics.median(durations[2:]) * 1000


def print_table(times):
    first = GROWTH[0]
    print(f"\n{'page':<16}" + "".join(f"{f'{factor}x':>18}" for factor in GROWTH))
    for name in PAGES:
        cells = (
            f"{times[factor][name]:.1f} ms ({times[factor][name] / times[first][name]:.1f}x)"
            for factor in GROWTH
        )
        print(f"{name:<16}" + "".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    main()
