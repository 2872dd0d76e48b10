from django.core.management.base import BaseCommand

from missions.meetings.examples import remove


class Command(BaseCommand):
    help = "Remove the example mission with everybody in it. Safe to repeat."

    def handle(self, **options):
        self.stdout.write(f"Removed {remove()} example missions.")
