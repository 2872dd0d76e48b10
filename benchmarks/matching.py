"""What `make bench-matching` runs: how fast all pairs of a mission are scored.

It fills a throw-away SQLite with two sides of invented businesses and runs the job as the worker
does: reading, comparing, writing. The measure beside it is a bare loop that compares the same titles
with rapidfuzz and the same numbers with numpy, and keeps nothing: python -m benchmarks.matching [SIDE].
Times differ between machines; the ratio within one run is what counts.
"""

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from .__main__ import use_temporary_portal

SIDE = 500
MOST_SECONDS = 120
PROVINCES = {"seller": "35", "buyer": "64"}


def main(side=SIDE):
    side = int(side)
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        use_temporary_portal(Path(folder))
        mission = fill(side)
        seconds, busy, pairs = measure_job(mission)
        compared = measure_scoring(mission)
        bare = measure_bare_loop(mission)
    print(f"{side} × {side} participants, {pairs:,} pairs")
    print(
        f"the whole job:         {seconds:7.2f} s {pairs / seconds:>13,.0f} pairs a second"
    )
    print(f"  processor time:      {busy:7.2f} s {pairs / busy:>13,.0f} pairs a second")
    print(
        f"scoring only:          {compared:7.2f} s {pairs / compared:>13,.0f} pairs a second"
    )
    print(f"bare rapidfuzz, numpy: {bare:7.2f} s {pairs / bare:>13,.0f} pairs a second")
    print(f"The job takes {seconds / bare:.1f} times as long as the bare loop.")
    if seconds > MOST_SECONDS:
        sys.exit(f"More than {MOST_SECONDS} seconds.")


def fill(side):
    """A mission with `side` sellers and as many buyers, each with the listings it was invented with."""
    from django.core.management import call_command

    from businesses.models import Business, Province
    from missions.models import Mission

    call_command("seed_businesses", str(2 * side))
    jatim, kaltim = (Province.objects.get(pk=code) for code in PROVINCES.values())
    mission = Mission.objects.create(
        slug="ukur",
        initiator_province=jatim,
        host_province=kaltim,
        starts_on=date(2026, 1, 1),
    )
    businesses = list(Business.objects.order_by("pk")[: 2 * side])
    for name, own in (("seller", businesses[:side]), ("buyer", businesses[side:])):
        take_part(mission, name, own)
    return mission


def take_part(mission, side, businesses):
    from django.utils import timezone

    from businesses.models import CommodityGroup, Listing
    from missions.models import Participation

    kind = {"seller": Listing.Kind.OFFER, "buyer": Listing.Kind.NEED}[side]
    commodities = list(CommodityGroup.objects.order_by("pk"))
    for number, business in enumerate(businesses):
        business.province_id, business.regency = PROVINCES[side], None
        business.save()
        taking_part = Participation.objects.create(
            mission=mission,
            business=business,
            side=side,
            status=Participation.Status.ACCEPTED,
            decided_at=timezone.now(),
        )
        taking_part.listings.set(
            Listing.objects.create(
                business=business,
                kind=kind,
                title=f"{commodity.name} {business.name}"[:120],
                commodity=commodity,
                quantity=1 + number % 17,
                unit=("KGM", "TNE")[number % 2],
                price_min=10_000 + 100 * (number % 40),
                price_max=15_000 + 100 * (number % 90),
                delivers_everywhere=number % 3 > 0,
            )
            for commodity in (commodities[number % 20], commodities[number % 23 + 20])
        )


def measure_job(mission):
    from missions.meetings.matching import request_run
    from missions.meetings.scoring_run import score_all

    run = request_run(mission, by=None)
    start, before = time.perf_counter(), time.process_time()
    score_all(run.pk)
    seconds, busy = time.perf_counter() - start, time.process_time() - before
    run.refresh_from_db()
    assert run.is_done, run.problem
    assert run.scored == run.pairs == run.matches.count()
    return seconds, busy, run.pairs


def firms(mission):
    from missions.meetings.firms import firms_of, rows_of
    from missions.models import Participation

    rows = rows_of(Participation.objects.filter(mission=mission))
    found = firms_of(rows)
    sides = {"seller": [], "buyer": []}
    for pk, side, *_rest in rows[0]:
        sides[side].append(found[pk])
    return sides["seller"], sides["buyer"]


def measure_scoring(mission):
    from missions.meetings.likeness import Likenesses
    from missions.meetings.scoring import score_pair

    sellers, buyers = firms(mission)
    start = time.perf_counter()
    likeness = Likenesses(
        [item.title for seller in sellers for item in seller.offers],
        [item.title for buyer in buyers for item in buyer.needs],
    )
    for seller in sellers:
        for buyer in buyers:
            score_pair(seller, buyer, likeness=likeness)
    return time.perf_counter() - start


def measure_bare_loop(mission):
    """The first offer with the first need of each pair: words, quantity and price."""
    import numpy
    from rapidfuzz import fuzz, process

    sellers, buyers = firms(mission)
    offers = [seller.offers[0] for seller in sellers]
    needs = [buyer.needs[0] for buyer in buyers]
    start = time.perf_counter()
    alike = process.cdist(
        [offer.title.lower() for offer in offers],
        [need.title.lower() for need in needs],
        scorer=fuzz.token_set_ratio,
        workers=-1,
    )
    capacity = numpy.array([float(offer.quantity) for offer in offers])
    wanted = numpy.array([float(need.quantity) for need in needs])
    asked = numpy.array([offer.price_min for offer in offers])
    paid = numpy.array([need.price_max for need in needs])
    quantity = numpy.minimum(1, capacity[:, None] / wanted) * 100
    price = numpy.clip(60 + 200 * (paid - asked[:, None]) / paid, 0, 100)
    scores = (40 * alike + 15 * quantity + 15 * price) / 70
    numpy.argsort(-scores, axis=1)
    return time.perf_counter() - start


if __name__ == "__main__":
    main(*sys.argv[1:])
