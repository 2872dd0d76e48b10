from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from businesses.models import Province
from umkm_portal.accounts.models import Appointment, User

PASSWORD = "misi-dagang-contoh"  # noqa: S105  an example for one's own machine, refused elsewhere
TOTP_SECRET = "MISIDAGANGCONTOH"  # noqa: S105  likewise: what authenticator apps take
Role = Appointment.Role
OFFICIALS = (
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
# The businesses of the last two come with the example mission.
OWNERS = (
    ("pemilik@contoh.id", "Pemilik usaha (contoh)"),
    ("penjual@contoh.id", "Pemilik usaha penjual (contoh)"),
    ("pembeli@contoh.id", "Pemilik usaha pembeli (contoh)"),
)


class Command(BaseCommand):
    help = "Create example logins of every role and print them. Only with DEBUG; safe to repeat."

    def handle(self, **options):
        if not settings.DEBUG:
            raise CommandError("Example logins are only made with DEBUG=True.")
        with transaction.atomic():
            for email, name, role, province in OFFICIALS:
                create_official(email, name, role, province)
            for email, name in OWNERS:
                create_account(email, name)
        self.stdout.write(f"Example logins for /akun/masuk/, password {PASSWORD}:")
        for email, name, *_rest in (*OFFICIALS, *OWNERS):
            self.stdout.write(f"  {email:<30} {name}")
        self.stdout.write(
            "  Officials are then asked for a code: 000000 works while DEBUG is True, and so does"
            f" an authenticator app with the key {TOTP_SECRET}."
        )


def create_official(email, name, role, province):
    user = create_account(email, name, is_superuser=role is None)
    if role:
        province = Province.objects.get(pk=province)
        Appointment.objects.get_or_create(user=user, role=role, province=province)
    Authenticator.objects.get_or_create(
        user=user,
        type=Authenticator.Type.TOTP,
        defaults={"data": {"secret": TOTP_SECRET}},
    )


def create_account(email, name, **fields):
    user = User.objects.with_login(email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, name=name, **fields)
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user
