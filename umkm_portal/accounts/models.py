from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from umkm_portal.validators import printable

from .phones import normalise_phone


class UserQuerySet(models.QuerySet):
    def with_login(self, login):
        """Accounts whose e-mail or phone is `login`, however it was typed."""
        login = login.strip()
        if "@" in login:
            return self.filter(email__iexact=login)
        try:
            return self.filter(phone=normalise_phone(login))
        except ValidationError:
            return self.none()

    def unclaimed(self):
        """Accounts that nobody has ever signed in to: neither phone nor e-mail is proven."""
        return self.filter(
            last_login=None,
            phone_verified_at=None,
            is_superuser=False,
            password__startswith=UNUSABLE_PASSWORD_PREFIX,
        ).exclude(pk__in=EmailAddress.objects.filter(verified=True).values("user"))

    def manageable_by(self, user):
        """Officials whom `user` may appoint, change or dismiss.

        A province admin manages the people who serve only in that admin's provinces: whoever
        also serves elsewhere, or runs the portal, could otherwise be switched off by any of them.
        """
        if user.is_superuser:
            return self.all()
        provinces = user.provinces_as(Appointment.Role.PROVINCE_ADMIN)
        elsewhere = Appointment.objects.exclude(province__in=provinces)
        return (
            self.filter(appointments__province__in=provinces, is_superuser=False)
            .exclude(pk__in=elsewhere.values("user"))
            .distinct()
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, login):
        return self.with_login(login).get()

    def create_user(self, email=None, password=None, *, phone=None, **fields):
        user = self.model(email=email or None, phone=phone or None, **fields)
        user.clean()
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email=None, password=None, **fields):
        """Whoever may run commands need not prove the e-mail: the first sign-in sends no mail."""
        user = self.create_user(email, password, is_superuser=True, **fields)
        if user.email:
            EmailAddress.objects.create(
                user=user, email=user.email, verified=True, primary=True
            )
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in, by e-mail or by phone."""

    class Language(models.TextChoices):
        INDONESIAN = "id", "Bahasa Indonesia"
        ENGLISH = "en", "English"

    name = models.CharField(_("name"), max_length=150, validators=[printable])
    email = models.EmailField(
        _("e-mail"),
        unique=True,
        null=True,
        blank=True,
        error_messages={"unique": _("Someone already uses this e-mail.")},
    )
    phone = models.CharField(
        _("phone"),
        max_length=20,
        unique=True,
        null=True,
        blank=True,
        error_messages={"unique": _("Someone already uses this phone number.")},
    )
    phone_verified_at = models.DateTimeField(
        _("phone confirmed"), null=True, blank=True, editable=False
    )
    language = models.CharField(
        _("language of messages"),
        max_length=2,
        choices=Language,
        default=Language.INDONESIAN,
    )
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(
                name="user_has_email_or_phone",
                condition=Q(email__isnull=False) | Q(phone__isnull=False),
                violation_error_message=_("Fill in an e-mail or a phone number."),
            ),
            models.CheckConstraint(
                name="user_login_not_empty",
                condition=~Q(email="") & ~Q(phone=""),
                violation_error_message=_("Fill in an e-mail or a phone number."),
            ),
            models.CheckConstraint(
                name="user_confirmed_phone_is_there",
                condition=Q(phone_verified_at__isnull=True) | Q(phone__isnull=False),
            ),
            models.CheckConstraint(
                name="user_language_known", condition=Q(language__in=["id", "en"])
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_in_any_case",
                violation_error_message=_("Someone already uses this e-mail."),
            ),
        ]

    def __str__(self):
        return self.name or self.email or self.phone

    def clean(self):
        self.email = self.email.strip().lower() if self.email else None
        try:
            self.phone = normalise_phone(self.phone) if self.phone else None
        except ValidationError as error:
            raise ValidationError({"phone": error}) from error

    def get_username(self):
        return self.email or self.phone

    @cached_property
    def provinces_by_role(self):
        """{role: {province code, …}} of this person's appointments."""
        provinces = {role: set() for role in Appointment.Role}
        for role, province in self.appointments.values_list("role", "province"):
            provinces[Appointment.Role(role)].add(province)
        return provinces

    def provinces_as(self, *roles):
        """Codes of the provinces in which this person holds any of `roles` (default: any role)."""
        held = self.provinces_by_role
        return set().union(*(held[role] for role in roles or held))

    @property
    def is_official(self):
        return bool(self.provinces_as())

    @property
    def is_staff(self):
        """Officials and superusers may open the admin, with a second factor; nobody else."""
        return self.is_superuser or self.is_official

    @cached_property
    def has_second_factor(self):
        """Whether signing in takes an authenticator app or a passkey. Recovery codes alone do not."""
        factors = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        return self.authenticator_set.filter(type__in=factors).exists()

    @property
    def provinces_with_drafts(self):
        """Codes of the provinces whose drafts open: none for an official without a second factor."""
        provinces = self.provinces_as()
        return provinces if provinces and self.has_second_factor else set()

    @property
    def has_confirmed_email(self):
        return EmailAddress.objects.filter(
            user=self, email=self.email, verified=True
        ).exists()

    def confirm_phone(self, phone):
        self.phone = phone
        self.phone_verified_at = timezone.now()
        self.save(update_fields=["phone", "phone_verified_at"])


class Appointment(models.Model):
    """One role that one person holds in one province."""

    class Role(models.TextChoices):
        OPERATOR = "operator", _("operator")
        VERIFIER = "verifier", _("verifier")
        PROVINCE_ADMIN = "province_admin", _("province admin")
        AUDITOR = "auditor", _("auditor")

    user = models.ForeignKey(
        User, models.CASCADE, related_name="appointments", verbose_name=_("account")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    province = models.ForeignKey(
        "businesses.Province",
        models.PROTECT,
        related_name="appointments",
        verbose_name=_("province"),
    )
    appointed_at = models.DateTimeField(_("appointed"), auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["province", "role", "user"]
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "province"],
                name="appointment_once_per_role_and_province",
                violation_error_message=_("This person already holds this role there."),
            ),
            models.CheckConstraint(
                name="appointment_role_known",
                condition=Q(
                    role__in=["operator", "verifier", "province_admin", "auditor"]
                ),
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()} · {self.province_id}"
