from decimal import Decimal
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from businesses.units import Unit
from umkm_portal.uploads.photos import THUMBNAIL_SIDE
from umkm_portal.uploads.storing import thumbnail_name
from umkm_portal.validators import MAX_RUPIAH, printable

from .business import Business
from .reference import CommodityGroup

MOST = Decimal(10**12)
more_than_nothing = [
    MinValueValidator(Decimal("0.001"), _("Write a quantity above zero.")),
    MaxValueValidator(MOST, _("This quantity is too large to be right.")),
]
rupiah = [
    MinValueValidator(1, _("Write an amount above zero.")),
    MaxValueValidator(MAX_RUPIAH, _("This amount is too large to be right.")),
]


def private_storage():
    return storages["private"]


def quantity(verbose_name):
    return models.DecimalField(
        verbose_name,
        max_digits=15,
        decimal_places=3,
        null=True,
        blank=True,
        validators=more_than_nothing,
    )


def price(verbose_name):
    return models.BigIntegerField(
        verbose_name, null=True, blank=True, validators=rupiah
    )


class Product(models.Model):
    business = models.ForeignKey(
        Business, models.CASCADE, related_name="products", verbose_name=_("business")
    )
    name = models.CharField(_("product"), max_length=120, validators=[printable])
    commodity = models.ForeignKey(
        CommodityGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("commodity"),
    )
    description = models.TextField(
        _("description"), max_length=1000, blank=True, validators=[printable]
    )
    unit = models.CharField(_("unit"), max_length=3, choices=Unit, blank=True)
    price = price(_("price per unit (rupiah)"))
    capacity = quantity(_("capacity per month"))
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        ordering = ["added_at", "pk"]
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "name"],
                name="product_name_once",
                violation_error_message=_("You already have a product of this name."),
            ),
            models.CheckConstraint(
                name="product_amounts_possible",
                condition=(Q(price__isnull=True) | Q(price__range=(1, MAX_RUPIAH)))
                & (Q(capacity__isnull=True) | Q(capacity__gt=0)),
            ),
            models.CheckConstraint(
                name="product_amounts_have_a_unit",
                condition=Q(price__isnull=True, capacity__isnull=True) | ~Q(unit=""),
                violation_error_message=_("Choose the unit of price and capacity."),
            ),
        ]

    def __str__(self):
        return self.name


class PhotoQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A photo is as public as the page of its business."""
        return self.filter(business__in=Business.objects.visible_to(user))


class Photo(models.Model):
    """A picture that was encoded anew on the way in: the file holds nothing but the picture."""

    class Kind(models.TextChoices):
        LOGO = "logo", _("logo")
        PLACE = "place", _("the business at work")
        PRODUCT = "product", _("product")

    MOST_PER_BUSINESS = 12

    business = models.ForeignKey(
        Business, models.CASCADE, related_name="photos", verbose_name=_("business")
    )
    kind = models.CharField(_("shows"), max_length=7, choices=Kind)
    product = models.ForeignKey(
        Product,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name=_("product"),
    )
    image = models.FileField(_("photo"), upload_to="foto", unique=True)
    caption = models.CharField(
        _("what it shows"), max_length=150, blank=True, validators=[printable]
    )
    width = models.PositiveSmallIntegerField(editable=False)
    height = models.PositiveSmallIntegerField(editable=False)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "pk"]
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.UniqueConstraint(
                fields=["business"],
                condition=Q(kind="logo"),
                name="photo_one_logo",
                violation_error_message=_("There is a logo already."),
            ),
            models.CheckConstraint(
                name="photo_of_a_product",
                condition=Q(kind="product", product__isnull=False)
                | ~Q(kind="product") & Q(product__isnull=True),
            ),
        ]

    def __str__(self):
        return self.caption or self.get_kind_display()

    def get_absolute_url(self):
        return _photo_address(self.image.name)

    @property
    def thumbnail_address(self):
        return _photo_address(thumbnail_name(self.image.name))

    @property
    def thumbnail_size(self):
        """(width, height) of the thumbnail, as `umkm_portal.uploads` makes it."""
        scale = min(1, THUMBNAIL_SIDE / max(self.width, self.height))
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))


def _photo_address(stored):
    return reverse("photo", args=[PurePosixPath(stored).name])


class CertificateQuerySet(models.QuerySet):
    def current(self):
        """Those that have not expired."""
        today = timezone.localdate()
        return self.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))


class Certificate(models.Model):
    """A certificate that a business says it holds. Its file is private; see `Check` for who looked."""

    class Kind(models.TextChoices):
        HALAL = "halal", _("Halal")
        PIRT = "pirt", _("P-IRT")
        BPOM = "bpom", _("BPOM")
        SNI = "sni", _("SNI")
        HACCP = "haccp", _("HACCP")
        ISO_9001 = "iso9001", _("ISO 9001")
        ISO_22000 = "iso22000", _("ISO 22000")
        GMP = "cppob", _("CPPOB (GMP)")
        ORGANIC = "organik", _("Organic")
        NKV = "nkv", _("NKV (animal products)")
        SVLK = "svlk", _("SVLK (timber)")
        TKDN = "tkdn", _("TKDN (local content)")
        TRADEMARK = "merek", _("Trademark")
        OTHER = "lain", _("another certificate")

    business = models.ForeignKey(
        Business,
        models.CASCADE,
        related_name="certificates",
        verbose_name=_("business"),
    )
    kind = models.CharField(_("certificate"), max_length=8, choices=Kind)
    name = models.CharField(
        _("which one"),
        max_length=80,
        blank=True,
        validators=[printable],
        help_text=_("For SNI the standard, such as SNI 2891:2014."),
    )
    number = models.CharField(_("number"), max_length=60, validators=[printable])
    issuer = models.CharField(
        _("issued by"), max_length=120, blank=True, validators=[printable]
    )
    expires_on = models.DateField(
        _("valid until"),
        null=True,
        blank=True,
        help_text=_("Leave empty if it does not expire."),
    )
    file = models.FileField(
        _("file"), upload_to="sertifikat", storage=private_storage, blank=True
    )
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    media_type = models.CharField(max_length=40, blank=True, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "pk"]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "kind", "number"],
                name="certificate_once",
                violation_error_message=_("This certificate is already there."),
            ),
            models.CheckConstraint(
                name="certificate_file_has_hash",
                condition=Q(file="", sha256="") | ~Q(file="") & ~Q(sha256=""),
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        return self.name or self.get_kind_display()

    @property
    def is_current(self):
        return self.expires_on is None or self.expires_on >= timezone.localdate()
