from django.core.management.base import BaseCommand, CommandError

from umkm_portal.accounts.models import User
from umkm_portal.accounts.services import remove_second_factor


class Command(BaseCommand):
    help = "Remove the second factor of somebody who lost phone and recovery codes."

    def add_arguments(self, parser):
        parser.add_argument("login", help="e-mail or phone")

    def handle(self, login, **options):
        user = User.objects.with_login(login).first()
        if user is None:
            raise CommandError(f"There is no account with the login {login}.")
        remove_second_factor(user)
        self.stdout.write(f"{user} can sign in and set up a new second factor.")
