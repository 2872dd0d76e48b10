from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from missions.deals.imports import import_reported_deals
from umkm_portal.csv_files import BadFile


class Command(BaseCommand):
    help = "Load deals that public reports name from a CSV file: all or nothing, repeatable."

    def add_arguments(self, parser):
        parser.add_argument(
            "file", help="a CSV file of the form of missions/deals/data/deals.csv"
        )

    def handle(self, *, file, **options):
        try:
            result = import_reported_deals(file)
        except BadFile as problem:
            raise CommandError(str(problem)) from problem
        if result.deals:
            self.stdout.write(
                _("Added %(new)d reported deals; %(same)d were there.")
                % {"new": result.deals, "same": result.unchanged}
            )
        else:
            self.stdout.write(
                _("Nothing changed: all %d deals are already there.") % result.unchanged
            )
