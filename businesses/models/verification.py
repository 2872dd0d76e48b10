from datetime import timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from umkm_portal.accounts.models import Appointment
from umkm_portal.validators import printable

from .business import Business
from .contacts import Consent
from .offers import Certificate
from .people import Membership

# Who may check. Operators and auditors look.
CHECKERS = (Appointment.Role.VERIFIER, Appointment.Role.PROVINCE_ADMIN)


def own_work(user):
    """[(why `user` does not check some businesses, which these are), …]"""
    works_here = Membership.objects.filter(business=OuterRef("pk"), user=user.pk)
    helped = Consent.objects.filter(business=OuterRef("pk"), assisted_by=user.pk)
    filled_in = Business.history.filter(id=OuterRef("pk"), history_user=user.pk)
    added = Certificate.objects.filter(business=OuterRef("pk"), added_by=user.pk)
    return [
        (_("You work for this business."), Exists(works_here)),
        (_("You helped its owner to register."), Exists(helped)),
        (
            _("You filled in something of it yourself."),
            Exists(filled_in) | Exists(added),
        ),
    ]


def checkable_by(user):
    """Businesses that `user` may check: of the own provinces, and not one's own work."""
    own = reduce(or_, (is_own for _why, is_own in own_work(user)))
    return Business.objects.in_provinces_of(user, *CHECKERS).exclude(own)


def a_year_after(day):
    """The same day of the next year; 28 February after a 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


class VerificationRequestQuerySet(models.QuerySet):
    def waiting(self):
        """Those that an official still has to decide."""
        return self.filter(status=VerificationRequest.Status.WAITING)

    def undecided(self):
        return self.filter(status__in=VerificationRequest.UNDECIDED)

    def for_official(self, user, *roles):
        return self.filter(business__in=Business.objects.in_provinces_of(user, *roles))

    def decidable_by(self, user):
        return (
            self.waiting()
            .filter(business__in=checkable_by(user))
            .exclude(submitted_by=user.pk)
        )

    def decided(self):
        return self.exclude(status__in=VerificationRequest.UNDECIDED)


class VerificationRequest(models.Model):
    """A business asks the officials of its province to check its documents."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting for an official")
        MORE_NEEDED = "more_needed", _("the owner has to add something")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Reason(models.TextChoices):
        UNREADABLE = "unreadable", _("a file cannot be read")
        NOT_FOUND = "not_found", _("the number is not in the register")
        OTHER_NAME = "other_name", _("the register has another name")
        EXPIRED = "expired", _("a document has expired")
        MISSING = "missing", _("a document is missing")
        DUPLICATE = "duplicate", _("the business is already registered")
        OTHER = "other", _("another reason")

    UNDECIDED = (Status.WAITING, Status.MORE_NEEDED)

    business = models.ForeignKey(
        Business,
        models.CASCADE,
        related_name="verification_requests",
        verbose_name=_("business"),
    )
    status = models.CharField(
        _("status"), max_length=11, choices=Status, default=Status.WAITING
    )
    note = models.CharField(
        _("message to the official"), max_length=500, blank=True, validators=[printable]
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason, blank=True)
    message = models.CharField(
        _("message to the owner"), max_length=500, blank=True, validators=[printable]
    )

    objects = VerificationRequestQuerySet.as_manager()

    class Meta:
        ordering = ["submitted_at", "pk"]
        verbose_name = _("verification request")
        verbose_name_plural = _("verification requests")
        constraints = [
            models.UniqueConstraint(
                fields=["business"],
                condition=Q(status__in=["waiting", "more_needed"]),
                name="verification_request_one_undecided",
                violation_error_message=_("This business already waits for a check."),
            ),
            models.CheckConstraint(
                name="verification_request_decision_signed",
                condition=Q(status__in=["waiting", "withdrawn"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="verification_request_decided_by_another",
                condition=Q(decided_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(decided_by=F("submitted_by")),
                violation_error_message=_("Nobody decides on a request of one's own."),
            ),
            models.CheckConstraint(
                name="verification_request_refusal_has_reason",
                condition=~Q(status__in=["more_needed", "rejected"]) | ~Q(reason=""),
                violation_error_message=_("Say why, so that the owner can mend it."),
            ),
        ]

    def __str__(self):
        return f"{self.business} · {self.get_status_display()}"


class CheckQuerySet(models.QuerySet):
    def valid(self):
        """Neither expired nor revoked, and about what the business states now."""
        Subject = Check.Subject
        owners = Membership.objects.annotate(person=Cast("user", models.CharField()))
        still_owner = owners.filter(
            business=OuterRef("business"),
            role=Membership.Role.OWNER,
            person=OuterRef("value"),
        )
        return self.filter(
            Q(
                subject=Subject.NIB,
                value=F("business__nib"),
                stated=F("business__name"),
                business__is_nib_verified=True,
            )
            | Q(
                subject=Subject.CERTIFICATE,
                value=F("certificate__number"),
                stated=F("certificate__name"),
                certificate_kind=F("certificate__kind"),
            )
            | Q(subject=Subject.ADDRESS, value=F("business__regency"))
            | Q(subject=Subject.CAPACITY, value=F("business__capacity"))
            | Q(Exists(still_owner), subject=Subject.OWNER),
            revoked_at__isnull=True,
            valid_until__gte=timezone.localdate(),
        )

    def expiring(self, days):
        """Valid for at most `days` more, and not yet followed by a newer check of the same."""
        newer = Check.objects.filter(
            business=OuterRef("business"),
            subject=OuterRef("subject"),
            value=OuterRef("value"),
            certificate_kind=OuterRef("certificate_kind"),
            revoked_at__isnull=True,
            valid_until__gt=OuterRef("valid_until"),
        )
        last_day = timezone.localdate() + timedelta(days=days)
        return self.valid().filter(~Exists(newer), valid_until__lte=last_day)

    def for_official(self, user, *roles):
        return self.filter(business__in=Business.objects.in_provinces_of(user, *roles))

    def revocable_by(self, user):
        return self.filter(revoked_at__isnull=True, business__in=checkable_by(user))


class Check(models.Model):
    """One fact: an official compared one document or claim with one source on one day."""

    class Subject(models.TextChoices):
        NIB = "nib", _("NIB")
        CERTIFICATE = "certificate", _("certificate")
        ADDRESS = "address", _("place of business")
        OWNER = "owner", _("identity of the owner")
        CAPACITY = "capacity", _("capacity")

    class Source(models.TextChoices):
        OSS = "oss", "OSS"
        BPJPH = "bpjph", _("BPJPH register")
        BPOM = "bpom", _("BPOM register")
        BSN = "bsn", _("BSN register")
        DJKI = "djki", _("DJKI register")
        HEALTH_OFFICE = "dinkes", _("health office")
        ISSUER = "issuer", _("issuer of the certificate")
        DOCUMENT = "document", _("original document")
        VISIT = "visit", _("visit on site")

    REMIND_DAYS = 30

    business = models.ForeignKey(
        Business, models.CASCADE, related_name="checks", verbose_name=_("business")
    )
    request = models.ForeignKey(
        VerificationRequest,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="checks",
        verbose_name=_("verification request"),
    )
    subject = models.CharField(_("what was checked"), max_length=11, choices=Subject)
    certificate = models.ForeignKey(
        Certificate,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="checks",
        verbose_name=_("certificate"),
    )
    # What the business stated when it was checked: the NIB, the certificate's number, the code of
    # the regency, the capacity, or the owner's account. A check of anything else shows nowhere.
    value = models.CharField(_("checked as"), max_length=150)
    stated = models.CharField(_("under the name"), max_length=150, blank=True)
    certificate_kind = models.CharField(
        _("kind of certificate"), max_length=8, choices=Certificate.Kind, blank=True
    )
    source = models.CharField(_("against"), max_length=8, choices=Source)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="checks",
        verbose_name=_("checked by"),
    )
    checked_at = models.DateTimeField(_("checked"), default=timezone.now)
    valid_until = models.DateField(_("valid until"))
    reminded_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )
    revoked_because = models.CharField(
        _("revoked because"), max_length=300, blank=True, validators=[printable]
    )

    objects = CheckQuerySet.as_manager()

    class Meta:
        ordering = ["-checked_at", "-pk"]
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        constraints = [
            models.CheckConstraint(
                name="check_of_a_certificate",
                condition=Q(subject="certificate", certificate__isnull=False)
                & ~Q(certificate_kind="")
                | ~Q(subject="certificate")
                & Q(certificate__isnull=True, certificate_kind=""),
            ),
            models.CheckConstraint(
                name="check_of_something_stated", condition=~Q(value="")
            ),
            models.CheckConstraint(
                name="check_of_a_nib_in_oss",
                condition=~Q(subject="nib") | Q(source="oss"),
            ),
            models.CheckConstraint(
                name="check_revoked_with_reason",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False)
                & ~Q(revoked_because=""),
            ),
        ]

    def __str__(self):
        return f"{self.get_subject_display()} · {self.get_source_display()}"


class FileOpening(models.Model):
    """An official opened the private file of a certificate."""

    certificate = models.ForeignKey(
        Certificate,
        models.CASCADE,
        related_name="openings",
        verbose_name=_("certificate"),
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("opened by"),
    )
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("opened file")
        verbose_name_plural = _("opened files")

    def __str__(self):
        return f"{self.certificate} · {self.opened_at:%Y-%m-%d}"
