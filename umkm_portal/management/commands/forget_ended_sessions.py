from django.core.management.base import BaseCommand

from umkm_portal.accounts.services import forget_ended_sessions


class Command(BaseCommand):
    help = "Delete sessions that have ended, with address and browser. Run daily; safe to repeat."

    def handle(self, **options):
        self.stdout.write(f"Forgot {forget_ended_sessions()} ended sessions.")
