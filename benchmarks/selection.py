"""What `make bench-selection` runs: how long it takes to choose the meetings of a large mission.

It fills a throw-away SQLite with a mission in which every seller may meet every buyer, the most that
can be, and chooses as the page and the worker do. The measure beside it is building the same flow
without solving it: python -m benchmarks.selection [SIDE]. Times differ between machines; the ratio
within one run is what counts.
"""

import random
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from .__main__ import use_temporary_portal

SIDE = 500
SLOTS = 24
FLOOR, MOST_MEETINGS = 3, 12
MOST_RATIO = 50


def main(side=SIDE):
    side = int(side)
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        use_temporary_portal(Path(folder))
        mission = fill(side)
        seconds, selection = measure_all(mission)
        reading, situation = timed(read, mission)
        preparing, task = timed(situation.task, FLOOR)
        building, _network = timed(build, task)
        choosing, _chosen = timed(choose, task)
    print(f"{side} × {side} participants, {selection.pairs:,} pairs to choose from")
    print(f"meetings chosen: {selection.meetings_chosen:,} of {selection.capacity:,}")
    for name, part in {
        "the whole job": seconds,
        "  reading it": reading,
        "  which pairs may meet": preparing,
        "  choosing, once": choosing,
        "the same flow, unsolved": building,
    }.items():
        print(f"{name:<24}{part:>8.2f} s")
    ratio = choosing / building
    print(f"Choosing takes {ratio:.1f} times as long as building the flow.")
    if ratio > MOST_RATIO:
        sys.exit(f"More than {MOST_RATIO} times.")


def read(mission):
    from missions.meetings.situation import read

    return read(mission)


def build(task):
    from missions.meetings.flow import network

    return network(task, sorted(task.pairs))


def choose(task):
    from missions.meetings.flow import choose

    return choose(task)


def timed(do, *arguments):
    """In seconds of the processor, which other work on the machine does not lengthen."""
    start = time.process_time()
    done = do(*arguments)
    return time.process_time() - start, done


def measure_all(mission):
    from missions.meetings.selection import select

    seconds, selection = timed(lambda: select(mission, by=None))
    assert selection.is_done, selection.problem
    assert not selection.unplaced
    selection.meetings_chosen = selection.meetings.count()
    return seconds, selection


def fill(side):
    from django.core.management import call_command
    from django.utils import timezone

    from businesses.models import Business, Province
    from missions.meetings.models import MatchingRules
    from missions.models import Mission, Participation, Side

    call_command("seed_businesses", str(2 * side))
    jatim, kaltim = (Province.objects.get(pk=code) for code in ("35", "64"))
    mission = Mission.objects.create(
        slug="ukur",
        initiator_province=jatim,
        host_province=kaltim,
        starts_on=date(2030, 1, 1),
        status=Mission.Status.CURATION,
    )
    MatchingRules.objects.create(
        mission=mission,
        tables=side // 2,
        floor=FLOOR,
        most_meetings=MOST_MEETINGS,
    )
    firms = Participation.objects.bulk_create(
        Participation(
            mission=mission,
            business=business,
            side=(Side.SELLER, Side.BUYER)[number % 2],
            status=Participation.Status.ACCEPTED,
            decided_at=timezone.now(),
        )
        for number, business in enumerate(guaranteed(Business, 2 * side))
    )
    lay_out(mission)
    score(mission, firms[::2], firms[1::2])
    return mission


def guaranteed(model, count):
    businesses = list(model.objects.order_by("pk")[:count])
    for number, business in enumerate(businesses):
        business.size, business.size_basis = "micro", "sales"
        business.nib, business.is_nib_verified = f"{number:013}", number % 5 > 0
    fields = ["size", "size_basis", "nib", "is_nib_verified"]
    model.objects.bulk_update(businesses, fields, batch_size=200)
    return businesses


def lay_out(mission):
    from missions.meetings import programme

    begins = datetime(2030, 1, 1, 8, tzinfo=ZoneInfo(mission.timezone))
    starts = [begins + number * timedelta(minutes=20) for number in range(SLOTS)]
    times = [(start, start + timedelta(minutes=20)) for start in starts]
    programme.lay_out(mission, times, by=None)


def score(mission, sellers, buyers):
    """Popular ones are popular with all, as in real missions."""
    from missions.meetings.models import Match, ScoreRun
    from missions.meetings.weights import Component

    run = ScoreRun.objects.create(mission=mission, state=ScoreRun.State.DONE)
    luck = random.Random(1)  # noqa: S311
    appeal = {firm.pk: luck.randrange(300) for firm in [*sellers, *buyers]}
    points = dict.fromkeys(Component.values, 50)
    for seller in sellers:
        Match.objects.bulk_create(
            Match(
                run=run,
                seller=seller,
                buyer=buyer,
                score=appeal[seller.pk] + appeal[buyer.pk] + luck.randrange(400),
                **points,
            )
            for buyer in buyers
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
