from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from missions.commodities import import_mission_commodities
from umkm_portal.csv_files import BadFile


class Command(BaseCommand):
    help = "Load the commodities that reports name, mission by mission. Safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument(
            "file", help="a CSV file of the form of missions/data/commodities.csv"
        )

    def handle(self, *, file, **options):
        try:
            added = import_mission_commodities(file)
        except BadFile as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(
            _("Added %d commodities.") % added
            if added
            else _("Nothing changed: all commodities are already there.")
        )
