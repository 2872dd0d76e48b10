from django.core.management.base import BaseCommand

from businesses.retention import enforce


class Command(BaseCommand):
    help = (
        "Delete what is kept for longer than the privacy page says. The daily task does it anyway; "
        "safe to repeat."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="only count what would be deleted"
        )

    def handle(self, *, dry_run, **options):
        for period, count in enforce(dry_run=dry_run):
            shown = "failed" if count is None else count
            self.stdout.write(f"{shown:>6}  {period.kept} ({period.length})")
        if dry_run:
            self.stdout.write("Nothing was deleted.")
