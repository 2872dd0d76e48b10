from django.core.management.base import BaseCommand, CommandError

from businesses.models import CommodityGroup, Regency
from missions.meetings.examples import seed as seed_example


class Command(BaseCommand):
    help = (
        "Add an example mission with 120 sellers and 100 buyers, all invented, marked as examples "
        "and in no figure. Safe to repeat; remove_example_mission takes it away."
    )

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *, seed, **options):
        if not (Regency.objects.exists() and CommodityGroup.objects.exists()):
            raise CommandError("Run load_reference first.")
        mission = seed_example(seed=seed)
        self.stdout.write(
            f"Added the example mission at {mission.get_absolute_url()}."
            if mission
            else "The example mission is there already."
        )
