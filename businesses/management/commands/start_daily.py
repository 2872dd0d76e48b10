from django.core.management.base import BaseCommand

from businesses.tasks import daily


class Command(BaseCommand):
    help = "Let the task worker do its daily jobs. Run before each worker start; safe to repeat."

    def handle(self, **options):
        daily.enqueue()
