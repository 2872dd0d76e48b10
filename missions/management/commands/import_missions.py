from django.core.management.base import BaseCommand, CommandError

from missions.imports import import_missions
from umkm_portal.csv_files import BadFile


class Command(BaseCommand):
    help = "Load missions and their published counts from a CSV file: all or nothing, repeatable."

    def add_arguments(self, parser):
        parser.add_argument(
            "file", help="a CSV file of the form of missions/data/missions.csv"
        )

    def handle(self, *, file, **options):
        try:
            result = import_missions(file)
        except BadFile as problem:
            raise CommandError(str(problem)) from problem
        for note in result.notes:
            self.stdout.write(note)
        self.stdout.write(result.summary)
