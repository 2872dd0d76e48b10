from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from businesses.reference import load_reference


class Command(BaseCommand):
    help = "Load provinces, regencies, sectors, commodities, HS and KBLI codes. Safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument(
            "--refresh",
            action="store_true",
            help="overwrite rows that are there, corrections of officials included",
        )

    def handle(self, *, refresh, **options):
        loaded = load_reference(refresh=refresh)
        changed = ", ".join(
            f"{count} {name}" for name, count in loaded.items() if count
        )
        self.stdout.write(
            _("Reference data loaded: %s.") % changed
            if changed
            else _("Reference data: nothing changed.")
        )
