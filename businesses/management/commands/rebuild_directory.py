from django.core.management.base import BaseCommand

from businesses.directory import rebuild


class Command(BaseCommand):
    help = (
        "Make the directory anew from the businesses: after a place, a sector or a commodity was "
        "renamed. Safe to repeat."
    )

    def handle(self, **options):
        self.stdout.write(f"The directory holds {rebuild()} businesses.")
