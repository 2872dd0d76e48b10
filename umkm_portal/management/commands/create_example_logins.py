from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from businesses.models import Province
from umkm_portal.accounts.models import Appointment, User

PASSWORD = "misi-dagang-contoh"  # noqa: S105  an example for one's own machine, refused elsewhere
Role = Appointment.Role
EXAMPLES = (
    ("pengelola@contoh.id", "Pengelola portal (contoh)", None, None),
    ("admin.jatim@contoh.id", "Admin Jawa Timur (contoh)", Role.PROVINCE_ADMIN, "35"),
    ("operator.jatim@contoh.id", "Operator Jawa Timur (contoh)", Role.OPERATOR, "35"),
    (
        "verifikator.kaltim@contoh.id",
        "Verifikator Kaltim (contoh)",
        Role.VERIFIER,
        "64",
    ),
    ("auditor.jatim@contoh.id", "Auditor Jawa Timur (contoh)", Role.AUDITOR, "35"),
)


class Command(BaseCommand):
    help = "Create example logins of every role and print them. Only with DEBUG; safe to repeat."

    def handle(self, **options):
        if not settings.DEBUG:
            raise CommandError("Example logins are only made with DEBUG=True.")
        with transaction.atomic():
            for login in EXAMPLES:
                create_example(*login)
        self.stdout.write(
            f"Example logins for /admin/, all with the password {PASSWORD}:"
        )
        for email, name, *_rest in EXAMPLES:
            self.stdout.write(f"  {email:<30} {name}")


def create_example(email, name, role, province):
    user = User.objects.with_login(email).first()
    if user is None:
        user = User.objects.create_user(
            email, PASSWORD, name=name, is_superuser=role is None
        )
    if role:
        Appointment.objects.get_or_create(
            user=user, role=role, province=Province.objects.get(pk=province)
        )
