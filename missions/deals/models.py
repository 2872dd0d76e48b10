import json
from hashlib import sha256

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from businesses.models import Business, Province
from missions.models import Mission
from umkm_portal.accounts.models import Appointment
from umkm_portal.validators import MAX_RUPIAH, printable, web_address


class DealQuerySet(models.QuerySet):
    def published(self):
        """Deals of published missions, and the foreign ones, which belong to none."""
        of_published = ~Q(mission__status=Mission.Status.DRAFT) & Q(
            mission__is_example=False
        )
        return self.filter(Q(mission__isnull=True) | of_published).exclude(
            rung=Deal.Rung.VOID
        )

    def by_value(self):
        """Largest first; deals without a value last."""
        return self.order_by(F("value").desc(nulls_last=True), "pk")

    def run_by(self, user):
        """Deals of the missions that `user` may see in the admin."""
        if user.is_superuser:
            return self.all()
        return self.filter(mission__in=Mission.objects.run_by(user))

    def editable_by(self, user):
        """Deals whose parties `user` may link to registered businesses."""
        if user.is_superuser:
            return self.all()
        led = user.provinces_as(Appointment.Role.PROVINCE_ADMIN)
        return self.filter(mission__in=Mission.objects.in_provinces(led))

    def naming_both_parties(self):
        return self.exclude(seller_name="").exclude(buyer_name="")

    def naming(self, word):
        """Deals with `word` in the name of a party that does not withhold its name."""
        return self.filter(
            Q(seller_name__icontains=word)
            & ~Q(seller_business__in=Business.objects.filter(withholds_name=True))
            | Q(buyer_name__icontains=word)
            & ~Q(buyer_business__in=Business.objects.filter(withholds_name=True))
        )

    def withhold_name_of(self, business):
        """Takes the name of a closed business out of its deals. That a party is named still counts
        in totals, and two withheld parties stay two."""
        for party in Deal.PARTIES:
            own = self.filter(**{f"{party}_business": business}).exclude(
                **{f"{party}_name": ""}
            )
            own.update(**{f"{party}_name": business.slug})

    def with_parties(self):
        return self.select_related(
            "seller_province", "buyer_province", "seller_business", "buyer_business"
        )

    def for_profile_of(self, business):
        """What the page of `business` shows, and only with its consent: verified deals, and those
        that public reports name."""
        if not business.shows_deals:
            return self.none()
        return self.published().filter(
            Q(seller_business=business) | Q(buyer_business=business),
            rung__in=Deal.ON_PROFILES,
        )


class Deal(models.Model):
    """One commitment between a seller and a buyer, on one rung of the evidence ladder.

    So far every deal is `reported`: a public report names it, nobody has confirmed it here.
    """

    class Direction(models.TextChoices):
        SALE = "sale", _("initiator sells")
        PURCHASE = "purchase", _("initiator buys")
        INVESTMENT = "investment", _("investment")
        NOT_STATED = "contract", _("direction not stated")

    class Rung(models.TextChoices):
        REPORTED = "reported", _("reported")
        CLAIMED = "claimed", _("claimed")
        CONFIRMED = "confirmed", _("confirmed")
        VERIFIED = "verified", _("verified")
        REALISED = "realised", _("delivered")
        LAPSED = "lapsed", _("lapsed")
        VOID = "void", _("void")

    VERIFIED = (Rung.VERIFIED, Rung.REALISED)
    ON_PROFILES = (Rung.REPORTED, *VERIFIED)
    PARTIES = ("seller", "buyer")

    mission = models.ForeignKey(
        Mission,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
        verbose_name=_("mission"),
    )
    event = models.SlugField(
        _("foreign event"),
        max_length=80,
        blank=True,
        help_text=_(
            "Names the event of a foreign letter of intent, which is no mission."
        ),
    )
    seller_name = models.CharField(
        _("seller"), max_length=200, blank=True, validators=[printable]
    )
    seller_province = models.ForeignKey(
        Province,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("seller's province"),
    )
    # Protected: a business with deals is closed, never deleted, and withholds its name.
    seller_business = models.ForeignKey(
        Business,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sales",
        verbose_name=_("registered seller"),
    )
    buyer_name = models.CharField(
        _("buyer"), max_length=200, blank=True, validators=[printable]
    )
    buyer_province = models.ForeignKey(
        Province,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("buyer's province"),
    )
    buyer_business = models.ForeignKey(
        Business,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="purchases",
        verbose_name=_("registered buyer"),
    )
    commodity = models.CharField(_("commodity"), max_length=300, validators=[printable])
    quantity = models.DecimalField(
        _("quantity"), max_digits=15, decimal_places=3, null=True, blank=True
    )
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    value = models.BigIntegerField(_("value (rupiah)"), null=True, blank=True)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction)
    duration = models.CharField(_("duration"), max_length=40, blank=True)
    rung = models.CharField(
        _("evidence"), max_length=10, choices=Rung, default=Rung.REPORTED
    )
    source_url = models.URLField(
        _("source"), max_length=500, blank=True, validators=[web_address]
    )
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="recorded_deals",
        verbose_name=_("recorded by"),
    )

    objects = DealQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        indexes = [models.Index(fields=["mission", "value"])]
        constraints = [
            models.CheckConstraint(
                name="deal_belongs_to_mission_or_foreign_event",
                condition=Q(mission__isnull=False, event="")
                | Q(mission__isnull=True) & ~Q(event=""),
                violation_error_message=_(
                    "A deal belongs to a mission or to a foreign event, not to both."
                ),
            ),
            models.CheckConstraint(
                name="deal_has_two_parties",
                condition=Q(seller_business__isnull=True)
                | Q(buyer_business__isnull=True)
                | ~Q(seller_business=F("buyer_business")),
                violation_error_message=_("Seller and buyer are two businesses."),
            ),
            models.CheckConstraint(
                name="deal_value_above_zero",
                condition=Q(value__isnull=True) | Q(value__gt=0, value__lte=MAX_RUPIAH),
                violation_error_message=_(
                    "A value is above zero, and at most Rp1,000 trillion."
                ),
            ),
            models.CheckConstraint(
                name="deal_quantity_above_zero",
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0),
                violation_error_message=_("A quantity is above zero."),
            ),
            models.CheckConstraint(
                name="deal_reported_has_source",
                condition=~Q(rung="reported", source_url=""),
                violation_error_message=_("A reported deal names its source."),
            ),
            models.CheckConstraint(
                name="deal_direction_known",
                condition=Q(
                    direction__in=["sale", "purchase", "investment", "contract"]
                ),
            ),
            models.CheckConstraint(
                name="deal_rung_known",
                condition=Q(
                    rung__in=[
                        "reported",
                        "claimed",
                        "confirmed",
                        "verified",
                        "realised",
                        "lapsed",
                        "void",
                    ]
                ),
            ),
        ]

    def __str__(self):
        return self.number

    def clean(self):
        wrong = {}
        for party in self.PARTIES:
            business = getattr(self, f"{party}_business")
            if business is None:
                continue
            if business.is_example:
                wrong[f"{party}_business"] = _("An example takes part in no real deal.")
            elif self.differs_in_province(party):
                wrong[f"{party}_business"] = _(
                    "This business is registered in another province than the deal names."
                )
        if wrong:
            raise ValidationError(wrong)

    def differs_in_province(self, party):
        """Whether the linked business is registered elsewhere than the deal says."""
        business = getattr(self, f"{party}_business")
        province = getattr(self, f"{party}_province_id")
        return bool(business and province and business.province_id != province)

    @property
    def number(self):
        return f"D-{self.pk:06d}"

    @property
    def public_seller_name(self):
        """The name that a report gave; "" where the business withholds its name."""
        return self._public_name("seller")

    @property
    def public_buyer_name(self):
        return self._public_name("buyer")

    def _public_name(self, party):
        business = getattr(self, f"{party}_business")
        if business is not None and business.withholds_name:
            return ""
        return getattr(self, f"{party}_name")

    @property
    def is_foreign(self):
        return self.mission_id is None

    @property
    def names_both_parties(self):
        return bool(self.seller_name and self.buyer_name)

    def compute_fingerprint(self, event):
        """SHA-256 over what the source said of the deal at `event` (a mission's or foreign slug)."""
        quantity = None if self.quantity is None else f"{self.quantity:.3f}"
        facts = [
            event,
            self.seller_name,
            self.seller_province_id,
            self.buyer_name,
            self.buyer_province_id,
            self.commodity,
            quantity,
            self.unit,
            self.value,
            self.direction,
            self.duration,
            self.source_url,
        ]
        return sha256(json.dumps(facts).encode()).hexdigest()
