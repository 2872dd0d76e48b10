from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from umkm_portal.accounts.phones import normalise_phone, readable_phone
from umkm_portal.validators import printable, web_address

from .business import Business


class ContactQuerySet(models.QuerySet):
    def public(self):
        """Those whose publication someone of the business agreed to, and has not withdrawn."""
        return self.filter(
            Exists(Consent.objects.active().filter(contact=OuterRef("pk"))),
            business__in=Business.objects.published(),
        )


class Contact(models.Model):
    """A way to reach a business. Private unless an active consent publishes it."""

    class Kind(models.TextChoices):
        WHATSAPP = "whatsapp", _("WhatsApp")
        PHONE = "phone", _("phone")
        EMAIL = "email", _("e-mail")
        PERSON = "person", _("contact person")
        ADDRESS = "address", _("business address")
        WEBSITE = "website", _("website")

    PHONES = (Kind.WHATSAPP, Kind.PHONE)

    business = models.ForeignKey(
        Business, models.CASCADE, related_name="contacts", verbose_name=_("business")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    value = models.CharField(_("contact"), max_length=300, validators=[printable])
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "pk"]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "kind", "value"],
                name="contact_once",
                violation_error_message=_("This contact is already there."),
            ),
            models.CheckConstraint(name="contact_not_empty", condition=~Q(value="")),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.value}"

    def clean(self):
        try:
            if self.kind in self.PHONES:
                self.value = normalise_phone(self.value)
            elif self.kind == self.Kind.EMAIL:
                self.value = self.value.strip().lower()
                validate_email(self.value)
            elif self.kind == self.Kind.WEBSITE:
                web_address(self.value)
        except ValidationError as error:
            raise ValidationError({"value": error}) from error

    @property
    def shown(self):
        """As people write it: 0812-3456-7890."""
        return readable_phone(self.value) if self.kind in self.PHONES else self.value

    @property
    def link(self):
        """Where a tap leads: to WhatsApp, a call, a letter or a site; "" for a name or address."""
        digits = self.value.lstrip("+")
        return {
            self.Kind.WHATSAPP: f"https://wa.me/{digits}",
            self.Kind.PHONE: f"tel:{self.value}",
            self.Kind.EMAIL: f"mailto:{self.value}",
            self.Kind.WEBSITE: self.value,
        }.get(self.kind, "")


class ConsentQuerySet(models.QuerySet):
    def active(self):
        return self.filter(withdrawn_at__isnull=True)

    def in_reach_of(self, user):
        """Those that `user` gave, or that are given for a business that `user` owns."""
        owned = Business.objects.owned_by(user)
        return self.filter(Q(given_by=user.pk) | Q(business__in=owned))

    def withdrawable_by(self, user):
        """An owner may end all of the business, staff those that they gave themselves."""
        owned = Business.objects.owned_by(user)
        joined = Business.objects.of_member(user)
        return self.active().filter(
            Q(business__in=owned) | Q(given_by=user.pk, business__in=joined)
        )


class Consent(models.Model):
    """Who agreed to what, in which words, and when; withdrawn consents stay on record.

    UU 27/2022 on personal data, articles 20 to 22 (consent) and 9 (withdrawal).
    """

    class Purpose(models.TextChoices):
        PROFILE = "profile", _("public page of the business")
        CONTACT = "contact", _("publication of a contact")
        DEALS = "deals", _("verified deals on the public page")
        ASSISTANCE = "assistance", _("an officer fills in on behalf of the owner")

    class Via(models.TextChoices):
        PORTAL = "portal", _("signed in to the portal")
        CODE = "code", _("code sent to the phone")
        LINK = "link", _("link sent to the phone")

    business = models.ForeignKey(
        Business, models.CASCADE, related_name="consents", verbose_name=_("business")
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="consents",
        verbose_name=_("contact"),
    )
    contact_kind = models.CharField(
        _("kind of contact"), max_length=8, choices=Contact.Kind, blank=True
    )
    text = models.TextField(_("the words agreed to"))
    via = models.CharField(_("given through"), max_length=6, choices=Via)
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="consents",
        verbose_name=_("given by"),
    )
    assisted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("with the help of"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["given_at", "pk"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "purpose"],
                condition=Q(contact__isnull=True, withdrawn_at__isnull=True),
                name="consent_once_per_purpose",
                violation_error_message=_("This consent was already given."),
            ),
            models.UniqueConstraint(
                fields=["contact"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_once_per_contact",
                violation_error_message=_("This consent was already given."),
            ),
            models.CheckConstraint(
                name="consent_about_a_contact",
                condition=Q(purpose="contact") & ~Q(contact_kind="")
                | ~Q(purpose="contact") & Q(contact_kind="", contact__isnull=True),
            ),
            models.CheckConstraint(
                name="consent_of_a_gone_contact_is_withdrawn",
                condition=~Q(purpose="contact")
                | Q(contact__isnull=False)
                | Q(withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after_it_was_given",
                condition=Q(withdrawn_at__isnull=True)
                | Q(withdrawn_at__gte=models.F("given_at")),
            ),
        ]

    def __str__(self):
        return f"{self.get_purpose_display()} · {self.given_at:%Y-%m-%d}"


class ApprovalQuerySet(models.QuerySet):
    def undecided(self):
        return self.filter(approved_at=None, refused_at=None)

    def pending(self):
        return self.undecided().filter(expires_at__gt=timezone.now())

    def expired(self):
        return self.undecided().filter(expires_at__lte=timezone.now())

    def for_official(self, user, *roles):
        return self.filter(business__in=Business.objects.in_provinces_of(user, *roles))


class Approval(models.Model):
    """An owner's yes, still to come, to what an officer filled in. Only hashes of code and link."""

    DAYS = 7
    MOST_ATTEMPTS = 5
    MOST_TEXTS = 5
    SECONDS_BETWEEN_TEXTS = 60
    RECEIPT_DAYS = 30

    business = models.ForeignKey(
        Business, models.CASCADE, related_name="approvals", verbose_name=_("business")
    )
    name = models.CharField(_("name of the owner"), max_length=150)
    phone = models.CharField(_("phone of the owner"), max_length=20)
    purposes = models.JSONField(_("consents asked for"), default=list)
    code_hash = models.CharField(max_length=128, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    texts = models.PositiveSmallIntegerField(default=0, editable=False)
    texted_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="approvals",
    )
    refused_at = models.DateTimeField(_("refused"), null=True, editable=False)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("approval by the owner")
        verbose_name_plural = _("approvals by owners")
        constraints = [
            models.CheckConstraint(
                name="approval_given_or_refused",
                condition=Q(approved_at__isnull=True) | Q(refused_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["business"],
                condition=Q(approved_at__isnull=True, refused_at__isnull=True),
                name="approval_one_pending",
            ),
        ]

    def __str__(self):
        return f"{self.business} · {self.created_at:%Y-%m-%d}"

    @property
    def is_pending(self):
        return (
            self.approved_at is None
            and self.refused_at is None
            and self.expires_at > timezone.now()
        )

    @property
    def takes_codes(self):
        return self.is_pending and self.attempts < self.MOST_ATTEMPTS

    @property
    def has_receipt(self):
        """Whether the link that was sent still shows what was agreed to."""
        return self.approved_at is not None and (
            timezone.now() < self.approved_at + timedelta(days=self.RECEIPT_DAYS)
        )
