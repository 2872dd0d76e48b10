from datetime import timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from businesses.units import Unit
from umkm_portal.validators import MAX_RUPIAH, printable

from .business import Business
from .offers import Certificate, Product, price, quantity
from .reference import CommodityGroup, Province


def has_page():
    """Of a business with a public page, looked up row by row: a list wants only the first rows."""
    return Exists(Business.objects.published().filter(pk=OuterRef("business")))


def open_now():
    return Q(
        has_page(),
        status=Listing.Status.OPEN,
        expires_on__gte=timezone.localdate(),
    )


class ListingQuerySet(models.QuerySet):
    def open(self):
        """What `/peluang/` shows: published, not expired, of businesses with a public page."""
        return self.filter(open_now())

    def real(self):
        """Without those of invented businesses."""
        return self.filter(business__is_example=False)

    def expired(self):
        return self.filter(
            status=Listing.Status.OPEN, expires_on__lt=timezone.localdate()
        )

    def for_rows(self):
        """All that a line of a list shows, in one query."""
        return self.select_related(
            "business__province", "business__regency", "commodity"
        )

    def for_page(self):
        return self.for_rows().prefetch_related("certificates", "delivery_provinces")

    def newest_first(self):
        """Each is open for the same number of days, so the end goes before the start, and one index
        finds the open ones and keeps them in order."""
        return self.order_by("-expires_on", "-published_at", "-pk")

    def ending_first(self):
        return self.order_by("expires_on", "published_at", "pk")

    def similar_to(self, listing):
        """Open ones of the same kind and commodity, or sector where that is all there is. Invented
        ones are similar to invented ones only."""
        others = self.open().filter(
            kind=listing.kind, business__is_example=listing.business.is_example
        )
        others = others.exclude(pk=listing.pk)
        if listing.commodity_id:
            return others.filter(commodity=listing.commodity_id)
        sectors = listing.business.sectors.all()
        return others.filter(commodity__sector__in=sectors)

    def once_public(self):
        """Closed or expired ones that anyone could see, of businesses that still have a page."""
        over = self.filter(status=Listing.Status.CLOSED) | self.expired()
        return over.filter(has_page(), published_at__isnull=False)

    def visible_to(self, user):
        """Open ones for everyone; all of a business for its people and its province's officials."""
        if not user.is_authenticated:
            return self.open()
        insiders = Business.objects.of_member(user)
        if user.is_staff and user.has_second_factor:
            insiders |= Business.objects.in_provinces_of(user)
        return self.filter(open_now() | Q(business__in=insiders))


class Listing(models.Model):
    """An offer or a need of a business."""

    class Kind(models.TextChoices):
        OFFER = "offer", _("offer")
        NEED = "need", _("need")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("published")
        CLOSED = "closed", pgettext_lazy("listing", "closed")

    DAYS = 90

    business = models.ForeignKey(
        Business, models.CASCADE, related_name="listings", verbose_name=_("business")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    title = models.CharField(_("title"), max_length=120, validators=[printable])
    product = models.ForeignKey(
        Product,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="listings",
        verbose_name=_("product"),
    )
    commodity = models.ForeignKey(
        CommodityGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="listings",
        verbose_name=_("commodity"),
    )
    quantity = quantity(_("quantity per month"))
    unit = models.CharField(_("unit"), max_length=3, choices=Unit, blank=True)
    price_min = price(_("lowest price per unit (rupiah)"))
    price_max = price(_("highest price per unit (rupiah)"))
    delivers_everywhere = models.BooleanField(
        _("to and from all of Indonesia"), default=False
    )
    delivery_provinces = models.ManyToManyField(
        Province,
        blank=True,
        related_name="+",
        verbose_name=_("delivery provinces"),
        help_text=_("An offer: where you deliver to. A need: where it is needed."),
    )
    note = models.TextField(
        _("more about it"), max_length=1000, blank=True, validators=[printable]
    )
    status = models.CharField(
        _("status"),
        max_length=6,
        choices=Status,
        default=Status.DRAFT,
        editable=False,
    )
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)
    published_at = models.DateTimeField(
        _("published"), null=True, blank=True, editable=False
    )
    expires_on = models.DateField(
        _("open until"), null=True, blank=True, editable=False
    )

    objects = ListingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        constraints = [
            models.CheckConstraint(
                name="listing_kind_known", condition=Q(kind__in=["offer", "need"])
            ),
            models.CheckConstraint(
                name="listing_open_until_a_date",
                condition=~Q(status="open")
                | Q(expires_on__isnull=False, published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="listing_lowest_price_first",
                condition=Q(price_min__isnull=True)
                | Q(price_max__isnull=True)
                | Q(price_min__lte=F("price_max")),
                violation_error_message=_(
                    "The lowest price is above the highest. Swap the two."
                ),
            ),
            models.CheckConstraint(
                name="listing_amounts_possible",
                condition=(Q(quantity__isnull=True) | Q(quantity__gt=0))
                & (Q(price_min__isnull=True) | Q(price_min__range=(1, MAX_RUPIAH)))
                & (Q(price_max__isnull=True) | Q(price_max__range=(1, MAX_RUPIAH))),
            ),
            models.CheckConstraint(
                name="listing_amounts_have_a_unit",
                condition=Q(
                    quantity__isnull=True,
                    price_min__isnull=True,
                    price_max__isnull=True,
                )
                | ~Q(unit=""),
                violation_error_message=_("Choose the unit of quantity and price."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "-expires_on", "-published_at", "-id"],
                name="listing_open_newest",
            ),
            models.Index(
                fields=[
                    "kind",
                    "commodity",
                    "status",
                    "-expires_on",
                    "-published_at",
                    "-id",
                ],
                name="listing_open_by_commodity",
            ),
            models.Index(
                fields=["kind", "status", "-expires_on", "-published_at", "-id"],
                condition=Q(commodity__isnull=True),
                name="listing_open_without_commodity",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("publication:listing_detail", args=[self.pk])

    @property
    def is_open(self):
        return (
            self.status == self.Status.OPEN and self.expires_on >= timezone.localdate()
        )

    @property
    def is_public(self):
        return self.is_open and self.business.is_public

    @property
    def is_need(self):
        return self.kind == self.Kind.NEED

    @property
    def published_on(self):
        return self.published_at and timezone.localdate(self.published_at)

    @property
    def days_left(self):
        """Days until it expires; None while it is not open."""
        if self.status != self.Status.OPEN:
            return None
        return (self.expires_on - timezone.localdate()) / timedelta(days=1)

    @property
    def certificate_kinds(self):
        """Names of the certificates held (offer) or required (need)."""
        return [str(row.get_kind_display()) for row in self.certificates.all()]


class ListingCertificate(models.Model):
    """A certificate that an offer holds or a need requires."""

    listing = models.ForeignKey(
        Listing, models.CASCADE, related_name="certificates", verbose_name=_("listing")
    )
    kind = models.CharField(_("certificate"), max_length=8, choices=Certificate.Kind)

    class Meta:
        ordering = ["kind"]
        verbose_name = _("certificate of a listing")
        verbose_name_plural = _("certificates of listings")
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "kind"], name="listing_certificate_once"
            )
        ]

    def __str__(self):
        return self.get_kind_display()
