import json
from hashlib import sha256

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from businesses.models import Province
from missions.models import Mission
from umkm_portal.validators import MAX_RUPIAH, printable, web_address


class DealQuerySet(models.QuerySet):
    def published(self):
        """Deals of published missions, and the foreign ones, which belong to none."""
        return self.filter(
            Q(mission__isnull=True) | ~Q(mission__status=Mission.Status.DRAFT)
        ).exclude(rung=Deal.Rung.VOID)

    def by_value(self):
        """Largest first; deals without a value last."""
        return self.order_by(F("value").desc(nulls_last=True), "pk")

    def run_by(self, user):
        """Deals of the missions that `user` may see in the admin."""
        if user.is_superuser:
            return self.all()
        return self.filter(mission__in=Mission.objects.run_by(user))

    def naming_both_parties(self):
        return self.exclude(seller_name="").exclude(buyer_name="")


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

    @property
    def number(self):
        return f"D-{self.pk:06d}"

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
