from django.core.management.base import BaseCommand

from umkm_portal.tasks import heartbeat


class Command(BaseCommand):
    help = "Let the task worker show at /sehat/ that it lives. Run before each worker start; safe to repeat."

    def handle(self, **options):
        heartbeat.enqueue()
