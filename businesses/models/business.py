from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Left
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy
from simple_history.models import HistoricalRecords

from businesses.size import SizeBasis, SizeClass
from umkm_portal.validators import lower_case_slug, printable

from .reference import ClassificationCode, Province, Regency, Sector

nib_digits = RegexValidator(
    r"^\d{13}\Z", _("A NIB has 13 digits, for example 9120001234567.")
)


# Addresses beside those of businesses, under /dasbor/ and /usaha/.
TAKEN_ADDRESSES = {"baru", "peta"}


def this_year():
    return timezone.localdate().year


def not_in_the_future(year):
    MaxValueValidator(this_year(), _("This year is still to come."))(year)


def _memberships_of(user):
    memberships = Business.memberships.rel.related_model.objects
    return memberships.filter(business=OuterRef("pk"), user=user.pk)


class BusinessQuerySet(models.QuerySet):
    def published(self):
        """Businesses whose owner agreed to a public page, and did not withdraw it."""
        return self.filter(published_at__isnull=False, closed_at__isnull=True)

    def of_member(self, user):
        """Businesses that `user` works for, as owner or staff."""
        return self.filter(Exists(_memberships_of(user)), closed_at__isnull=True)

    def owned_by(self, user):
        memberships = Business.memberships.rel.related_model
        owners = _memberships_of(user).filter(role=memberships.Role.OWNER)
        return self.filter(Exists(owners), closed_at__isnull=True)

    def in_provinces_of(self, user, *roles):
        """Businesses of the provinces in which `user` holds any of `roles` (default: any role)."""
        open_ones = self.filter(closed_at__isnull=True)
        if user.is_superuser:
            return open_ones
        return open_ones.filter(province__in=user.provinces_as(*roles))

    def unclaimed_imports(self):
        """From the list of an office; no owner has agreed to anything yet."""
        return self.filter(
            imported_at__isnull=False, memberships=None, closed_at__isnull=True
        )

    def with_approvals(self):
        """Fetches `pending_approvals`, and `phones` by which an owner can be asked."""
        approvals = Business.approvals.rel.related_model.objects
        contacts = Business.contacts.rel.related_model
        phones = contacts.objects.filter(kind__in=contacts.PHONES)
        return self.select_related("province", "regency").prefetch_related(
            models.Prefetch("approvals", approvals.pending(), "pending_approvals"),
            models.Prefetch("contacts", phones, "phones"),
        )

    def visible_to(self, user):
        """Published ones for everyone; a draft for its members and its province's officials."""
        if not user.is_authenticated:
            return self.published()
        if user.is_superuser and user.has_second_factor:
            return self.filter(closed_at__isnull=True)
        return self.filter(
            Q(published_at__isnull=False)
            | Q(province__in=user.provinces_with_drafts)
            | Exists(_memberships_of(user)),
            closed_at__isnull=True,
        )

    def assisted_by(self, user, *roles):
        """Businesses whose owner lets the officials of the province fill in, still today."""
        consents = Business.consents.rel.related_model
        agreed = consents.objects.active().filter(
            business=OuterRef("pk"), purpose=consents.Purpose.ASSISTANCE
        )
        return self.in_provinces_of(user, *roles).filter(Exists(agreed))

    def with_badges(self):
        """Fetches `valid_checks`, of which badges.py makes its sentences."""
        checks = Business.checks.rel.related_model.objects
        return self.prefetch_related(
            models.Prefetch("checks", checks.valid(), to_attr="valid_checks")
        )


class Business(models.Model):
    """Who trades: a firm, a sole trader, a cooperative or an association."""

    class LegalForm(models.TextChoices):
        SOLE_TRADER = "perorangan", _("sole trader")
        TRADING_FIRM = "ud", _("UD (trading firm)")
        INDIVIDUAL_PT = "pt_perorangan", _("PT Perorangan (one-person company)")
        PT = "pt", _("PT (limited company)")
        CV = "cv", _("CV (limited partnership)")
        FIRMA = "firma", _("Firma (partnership)")
        COOPERATIVE = "koperasi", _("cooperative")
        ASSOCIATION = "asosiasi", _("association")
        VILLAGE_ENTERPRISE = "bumdes", _("BUM Desa (village enterprise)")
        REGIONAL_ENTERPRISE = "bumd", _("BUMD (regional enterprise)")
        STATE_ENTERPRISE = "bumn", _("BUMN (state enterprise)")
        FOUNDATION = "yayasan", _("foundation")
        GROUP = "kelompok", _("group of farmers, fishers or makers")
        OTHER = "lain", _("another form")

    # Their deals can be broken down to the firms they list.
    WITH_MEMBER_FIRMS = (LegalForm.COOPERATIVE, LegalForm.ASSOCIATION, LegalForm.GROUP)

    name = models.CharField(
        _("name of the business"), max_length=150, validators=[printable]
    )
    slug = models.SlugField(
        _("address of its page"),
        max_length=80,
        unique=True,
        editable=False,
        validators=[lower_case_slug],
    )
    legal_form = models.CharField(
        _("legal form"), max_length=15, choices=LegalForm, blank=True
    )
    nib = models.CharField(
        _("NIB"),
        max_length=13,
        blank=True,
        validators=[nib_digits],
        help_text=_("13 digits, from OSS. Leave it empty if you have none yet."),
    )
    # Set and cleared by verification.py together with the check of the NIB.
    is_nib_verified = models.BooleanField(default=False, editable=False)
    size = models.CharField(_("size"), max_length=6, choices=SizeClass, blank=True)
    size_basis = models.CharField(
        _("size measured by"), max_length=7, choices=SizeBasis, blank=True
    )
    size_declared_on = models.DateField(
        _("size declared on"), null=True, blank=True, editable=False
    )
    province = models.ForeignKey(
        Province,
        models.PROTECT,
        related_name="businesses",
        verbose_name=_("province"),
    )
    regency = models.ForeignKey(
        Regency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="businesses",
        verbose_name=_("regency or city"),
    )
    sectors = models.ManyToManyField(
        Sector, blank=True, related_name="businesses", verbose_name=_("sectors")
    )
    sells = models.CharField(
        _("what you sell"),
        max_length=300,
        blank=True,
        validators=[printable],
        help_text=_("In your own words, for example: roasted coffee, 250 g packs."),
    )
    seeks = models.CharField(
        _("what you look for"),
        max_length=300,
        blank=True,
        validators=[printable],
        help_text=_("Raw materials, goods to resell, partners."),
    )
    description = models.TextField(
        _("about the business"), max_length=1500, blank=True, validators=[printable]
    )
    founded_year = models.PositiveSmallIntegerField(
        _("founded in"),
        null=True,
        blank=True,
        validators=[
            MinValueValidator(1800, _("This year is too early to be right.")),
            not_in_the_future,
        ],
    )
    employees = models.PositiveIntegerField(
        _("employees"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(1_000_000, _("This is too many to be right."))],
    )
    capacity = models.CharField(
        _("capacity"),
        max_length=150,
        blank=True,
        validators=[printable],
        help_text=_("What you can make or deliver in a month, for example 6 tonnes."),
    )
    shows_deals = models.BooleanField(
        _("shows its verified deals"), default=False, editable=False
    )
    withholds_name = models.BooleanField(
        _("withholds its name"),
        default=False,
        editable=False,
        help_text=_("Its deals count, its name is shown nowhere."),
    )
    is_example = models.BooleanField(_("example"), default=False, editable=False)
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    published_at = models.DateTimeField(
        _("published"), null=True, blank=True, editable=False
    )
    closed_at = models.DateTimeField(
        pgettext_lazy("business", "closed"), null=True, blank=True, editable=False
    )
    imported_at = models.DateTimeField(
        _("imported"), null=True, blank=True, editable=False
    )
    # Its people were told that it will be closed, see retention.py.
    warned_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = BusinessQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[sectors])

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("business")
        verbose_name_plural = _("businesses")
        constraints = [
            models.UniqueConstraint(
                fields=["nib"],
                condition=Q(is_nib_verified=True),
                name="business_nib_unique_once_verified",
                violation_error_message=_(
                    "Another business has this NIB, and an official has checked it."
                ),
            ),
            models.CheckConstraint(
                name="business_nib_has_13_digits",
                condition=Q(nib="") | Q(nib__regex=r"^[0-9]{13}$"),
                violation_error_message=nib_digits.message,
            ),
            models.CheckConstraint(
                name="business_verified_nib_present",
                condition=Q(is_nib_verified=False) | ~Q(nib=""),
            ),
            models.CheckConstraint(
                name="business_regency_in_province",
                condition=Q(regency__isnull=True)
                | Q(Exact(F("province"), Left("regency", 2))),
                violation_error_message=_(
                    "This regency or city lies in another province."
                ),
            ),
            models.CheckConstraint(
                name="business_size_has_basis",
                condition=Q(size="", size_basis="") | ~Q(size="") & ~Q(size_basis=""),
                violation_error_message=_("Say by what the size was measured."),
            ),
            models.CheckConstraint(
                name="business_public_with_its_name",
                condition=Q(published_at__isnull=True)
                | Q(withholds_name=False) & ~Q(name="") & Q(closed_at__isnull=True),
                violation_error_message=_(
                    "A public page shows the name of the business."
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["province", "name"], name="business_by_province")
        ]

    def __str__(self):
        return self.display_name

    @transaction.atomic
    def save(self, *args, update_fields=None, **kwargs):
        if not self.slug:
            self.slug = self._new_slug()
        if self._has_new_nib(update_fields):
            self.is_nib_verified = False
            if update_fields is not None:
                update_fields = {*update_fields, "is_nib_verified"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self):
        return reverse("publication:business_detail", args=[self.slug])

    @property
    def display_name(self):
        if self.withholds_name or not self.name:
            return gettext("A business that withholds its name")
        return self.name

    @property
    def is_public(self):
        return self.published_at is not None and self.closed_at is None

    @property
    def is_named_in_deals(self):
        """Whether its public page may be linked to the deals in which it took part."""
        return self.is_public and self.shows_deals

    @property
    def updated_on(self):
        return timezone.localdate(self.updated_at)

    @property
    def lists_member_firms(self):
        return self.legal_form in self.WITH_MEMBER_FIRMS

    @property
    def place(self):
        return ", ".join(
            place.label if place is self.province else place.name
            for place in (self.regency, self.province)
            if place
        )

    def _has_new_nib(self, update_fields):
        """Whether a NIB that may have been verified meanwhile is about to be replaced."""
        if self._state.adding:
            return False
        if update_fields is not None and "nib" not in update_fields:
            return False
        stored = Business.objects.select_for_update().filter(pk=self.pk)
        return self.nib not in stored.values_list("nib", flat=True)

    def _new_slug(self):
        base = slugify(self.name)[:66].strip("-") or "usaha"
        taken = base in TAKEN_ADDRESSES or Business.objects.filter(slug=base).exists()
        return f"{base}-{uuid4().hex[:8]}" if taken else base


class BusinessActivity(models.Model):
    """A KBLI code of a business, as its NIB states it. The title is that of the division."""

    business = models.ForeignKey(
        Business, models.CASCADE, related_name="activities", verbose_name=_("business")
    )
    division = models.ForeignKey(
        ClassificationCode,
        models.PROTECT,
        related_name="+",
        limit_choices_to={"scheme": ClassificationCode.Scheme.KBLI},
        verbose_name=_("KBLI division"),
    )
    code = models.CharField(
        _("KBLI 2025 code"),
        max_length=5,
        validators=[
            RegexValidator(r"^\d{2,5}\Z", _("A KBLI code has two to five digits."))
        ],
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("KBLI code")
        verbose_name_plural = _("KBLI codes")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "code"], name="business_activity_once"
            ),
            models.CheckConstraint(
                name="business_activity_code_is_kbli",
                condition=Q(code__regex=r"^[0-9]{2,5}$"),
            ),
        ]

    def __str__(self):
        return f"KBLI {self.division.version} {self.code}"
