from django.core.management.base import BaseCommand, CommandError

from businesses.imports import FIELDS, import_businesses
from businesses.models import Province
from umkm_portal.csv_files import BadFile


class Command(BaseCommand):
    help = (
        "Load businesses from an XLSX or CSV list, as drafts that nobody sees: all or nothing, "
        "repeatable. Template: /admin/businesses/business/impor/"
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="an .xlsx or .csv file")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help=f"what a column means; nothing after = leaves it out. Fields: {', '.join(FIELDS)}",
        )
        parser.add_argument(
            "--province", help="Kemendagri code for rows that name no place"
        )
        parser.add_argument("--sheet", help="name of the sheet (default: the first)")
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would happen"
        )

    def handle(self, *, file, province, sheet, dry_run, **options):
        try:
            result = import_businesses(
                file,
                mapping=dict(map(read_mapping, options["map"])),
                province=find_province(province),
                sheet=sheet,
                dry_run=dry_run,
            )
        except BadFile as problem:
            raise CommandError(str(problem)) from problem
        for note in result.notes:
            self.stdout.write(note)
        self.stdout.write(result.summary)
        if dry_run:
            self.stdout.write("Nothing was written.")


def read_mapping(text):
    column, _equals, field = text.rpartition("=")
    if not column or field not in ("", *FIELDS):
        raise CommandError(f"--map {text}: write COLUMN=FIELD with a known field.")
    return column, field or None


def find_province(code):
    if code is None:
        return None
    try:
        return Province.objects.get(pk=code)
    except Province.DoesNotExist as error:
        raise CommandError(f"No province has the code {code}.") from error
