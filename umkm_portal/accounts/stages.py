"""What somebody has to prove while signing in, before the session counts."""

from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage, PhoneVerificationStage

from .limits import count_code


class PhoneStage(PhoneVerificationStage):
    """Not for who came by e-mail: what is used gets proven."""

    def handle(self):
        came_by_email = bool(self.login.email)
        if came_by_email or is_proven(self.login):
            return None, True
        user = self.login.user
        phone = user.phone if user else self.login.phone
        if phone:
            count_code(self.request, phone)
        return super().handle()


class EmailStage(EmailVerificationStage):
    """allauth's would ask everybody for an e-mail, and many owners have none."""

    def handle(self):
        if is_proven(self.login):
            return None, True
        user = self.login.user
        email = self.login.email or (user and user.email)
        if email:
            count_code(self.request, email)
        return super().handle()


def is_proven(login):
    """One proven way to reach a person is enough: nobody is asked for the other one too."""
    user = login.user
    return user is not None and (
        user.phone_verified_at is not None
        or EmailAddress.objects.filter(user=user, verified=True).exists()
    )
