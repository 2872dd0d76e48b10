from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy as _
from simple_history.models import HistoricalRecords


def in_active_language(indonesian, english):
    return english if english and get_language() == "en" else indonesian


class Province(models.Model):
    """One of the 38 provinces, by its Kemendagri code (not the BPS code, which differs)."""

    class Timezone(models.TextChoices):
        WIB = "Asia/Jakarta", "WIB"
        WITA = "Asia/Makassar", "WITA"
        WIT = "Asia/Jayapura", "WIT"

    code = models.CharField(_("Kemendagri code"), max_length=2, primary_key=True)
    name = models.CharField(_("official name"), max_length=80, unique=True)
    short_name = models.CharField(_("short name"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=80)
    iso_code = models.CharField(_("ISO 3166-2 code"), max_length=6, unique=True)
    capital = models.CharField(_("capital"), max_length=60)
    timezone = models.CharField(_("time zone"), max_length=20, choices=Timezone)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5)
    capital_latitude = models.DecimalField(
        _("latitude of the capital"), max_digits=8, decimal_places=5
    )
    capital_longitude = models.DecimalField(
        _("longitude of the capital"), max_digits=8, decimal_places=5
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["code"]
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        constraints = [
            models.CheckConstraint(
                name="province_inside_indonesia",
                condition=Q(latitude__range=(-12, 7), longitude__range=(94, 142)),
                violation_error_message=_("This point lies outside Indonesia."),
            ),
            models.CheckConstraint(
                name="province_timezone_known",
                condition=Q(
                    timezone__in=["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
                ),
            ),
        ]

    def __str__(self):
        return self.short_name

    @property
    def label(self):
        return in_active_language(self.short_name, self.name_en)

    @property
    def zone(self):
        """WIB, WITA or WIT."""
        return self.get_timezone_display()


class Regency(models.Model):
    """A kabupaten or kota. Its short name is not unique: 25 names occur as both in one province."""

    class Kind(models.TextChoices):
        KABUPATEN = "kabupaten", _("regency")
        KOTA = "kota", _("city")

    code = models.CharField(_("Kemendagri code"), max_length=5, primary_key=True)
    province = models.ForeignKey(
        Province, models.PROTECT, related_name="regencies", verbose_name=_("province")
    )
    name = models.CharField(_("official name"), max_length=80)
    short_name = models.CharField(_("short name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    is_administrative = models.BooleanField(
        _("administrative"),
        default=False,
        help_text=_("One of the six of Jakarta, without an own council."),
    )
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5)

    history = HistoricalRecords()

    class Meta:
        ordering = ["code"]
        verbose_name = _("regency or city")
        verbose_name_plural = _("regencies and cities")
        constraints = [
            models.UniqueConstraint(
                fields=["province", "name"], name="regency_name_unique_in_province"
            ),
            models.CheckConstraint(
                name="regency_inside_indonesia",
                condition=Q(latitude__range=(-12, 7), longitude__range=(94, 142)),
                violation_error_message=_("This point lies outside Indonesia."),
            ),
            models.CheckConstraint(
                name="regency_kind_known", condition=Q(kind__in=["kabupaten", "kota"])
            ),
        ]

    def __str__(self):
        return self.name


class Sector(models.Model):
    slug = models.SlugField(_("slug"), primary_key=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=60, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")

    def __str__(self):
        return self.name

    @property
    def label(self):
        return in_active_language(self.name, self.name_en)


class ClassificationCode(models.Model):
    """A code of a published classification. A bare code means nothing: the same KBLI code names
    other activities in 2020 and in 2025, so scheme and version belong to it."""

    class Scheme(models.TextChoices):
        HS = "HS", "HS"
        KBLI = "KBLI", "KBLI"

    scheme = models.CharField(_("scheme"), max_length=4, choices=Scheme)
    version = models.CharField(_("version"), max_length=4)
    code = models.CharField(_("code"), max_length=8)
    section = models.CharField(_("section"), max_length=5)
    title = models.CharField(_("title"), max_length=255)
    title_en = models.CharField(_("English title"), max_length=255, blank=True)

    class Meta:
        ordering = ["scheme", "version", "code"]
        verbose_name = _("classification code")
        verbose_name_plural = _("classification codes")
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "version", "code"],
                name="classification_code_unique_in_version",
            ),
            models.CheckConstraint(
                name="classification_scheme_known",
                condition=Q(scheme__in=["HS", "KBLI"]),
            ),
        ]

    def __str__(self):
        return f"{self.scheme} {self.version} {self.code}"

    @property
    def label(self):
        return in_active_language(self.title, self.title_en)


class CommodityGroup(models.Model):
    """What is traded, at the grain a mission report uses."""

    slug = models.SlugField(_("slug"), primary_key=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_en = models.CharField(_("English name"), max_length=80, unique=True)
    sector = models.ForeignKey(
        Sector,
        models.PROTECT,
        related_name="commodity_groups",
        verbose_name=_("sector"),
    )
    typical_unit = models.CharField(_("typical unit"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    codes = models.ManyToManyField(
        ClassificationCode,
        related_name="commodity_groups",
        verbose_name=_("HS and KBLI codes"),
        blank=True,
    )

    history = HistoricalRecords(m2m_fields=[codes])

    class Meta:
        ordering = ["sector", "name"]
        verbose_name = _("commodity group")
        verbose_name_plural = _("commodity groups")

    def __str__(self):
        return self.name

    @property
    def label(self):
        return in_active_language(self.name, self.name_en)
