from django.core.management.base import BaseCommand

from businesses.examples import remove
from businesses.models import Business


class Command(BaseCommand):
    help = (
        "Remove all invented businesses with everything they have, but for those of the example "
        "mission, which remove_example_mission takes away. Safe to repeat."
    )

    def handle(self, **options):
        self.stdout.write(f"Removed {remove()} example businesses.")
        if left := Business.objects.filter(is_example=True).count():
            self.stdout.write(
                f"{left} take part in the example mission: remove_example_mission."
            )
