from django.core.management.base import BaseCommand

from businesses.examples import remove


class Command(BaseCommand):
    help = "Remove all invented businesses with everything they have. Safe to repeat."

    def handle(self, **options):
        self.stdout.write(f"Removed {remove()} example businesses.")
