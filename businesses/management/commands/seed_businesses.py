import time

from django.core.management.base import BaseCommand, CommandError

from businesses.examples import seed as seed_examples
from businesses.models import CommodityGroup, Regency

EVERY_SECONDS = 10


class Command(BaseCommand):
    help = (
        "Add invented businesses, each marked as an example. The same number and seed give the "
        "same ones; run again, it adds more. remove_example_businesses takes them away."
    )

    def add_arguments(self, parser):
        parser.add_argument("count", type=int)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *, count, seed, **options):
        if count < 1:
            raise CommandError("Give a number of businesses above zero.")
        if not (Regency.objects.exists() and CommodityGroup.objects.exists()):
            raise CommandError("Run load_reference first.")
        start = told = time.monotonic()
        done = 0
        for done in seed_examples(count, seed=seed):
            if time.monotonic() - told > EVERY_SECONDS:
                told = time.monotonic()
                self.stdout.write(f"{done:,} of {count:,} …")
        seconds = time.monotonic() - start
        self.stdout.write(
            f"Added {done:,} example businesses in {seconds:.0f} s "
            f"({done / max(seconds, 0.001):,.0f} a second)."
        )
