from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from businesses.models import Province, Sector
from umkm_portal.validators import printable

from .mission import Mission


class Side(models.TextChoices):
    """On which side of the table a business sits."""

    SELLER = "seller", _("seller")
    BUYER = "buyer", _("buyer")


class RegistrationQuerySet(models.QuerySet):
    def open(self):
        now = timezone.now()
        return self.filter(
            opens_at__lte=now,
            closes_at__gt=now,
            mission__status=Mission.Status.REGISTRATION,
        )

    def to_come(self):
        return self.filter(
            opens_at__gt=timezone.now(),
            mission__status=Mission.Status.REGISTRATION,
        )

    def for_business(self, business):
        """Of missions of its province; an example business joins examples only."""
        missions = Mission.objects.with_province(business.province_id)
        if business.is_example:
            missions = missions.filter(is_example=True)
        return self.filter(mission__in=missions)

    def for_rows(self):
        return (
            self.select_related("mission__initiator_province", "mission__host_province")
            .prefetch_related("mission__partner_provinces")
            .order_by("closes_at", "pk")
        )


class Registration(models.Model):
    """When businesses may apply for a mission, and what they are told about it."""

    mission = models.OneToOneField(
        Mission,
        models.CASCADE,
        related_name="registration",
        verbose_name=_("mission"),
    )
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    note = models.TextField(
        _("what applicants should know"),
        max_length=1000,
        blank=True,
        validators=[printable],
        help_text=_("What it costs, what to bring, who decides and when."),
    )

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration for a mission")
        verbose_name_plural = _("registrations for missions")
        constraints = [
            models.CheckConstraint(
                name="registration_closes_after_it_opens",
                condition=Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("Registration cannot close before it opens."),
            )
        ]

    def __str__(self):
        return str(self.mission)

    @property
    def is_open(self):
        return (
            self.mission.status == Mission.Status.REGISTRATION
            and self.opens_at <= timezone.now() < self.closes_at
        )


class Quota(models.Model):
    """At most so many accepted businesses of a side, a sector, a province, or any mix of them.

    What is left empty means all.
    """

    mission = models.ForeignKey(
        Mission, models.CASCADE, related_name="quotas", verbose_name=_("mission")
    )
    side = models.CharField(_("side"), max_length=6, choices=Side, blank=True)
    sector = models.ForeignKey(
        Sector,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sector"),
    )
    province = models.ForeignKey(
        Province,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("province"),
    )
    seats = models.PositiveSmallIntegerField(
        _("places"),
        validators=[
            MinValueValidator(1, _("Write a number above zero.")),
            MaxValueValidator(5000, _("This is too many to be right.")),
        ],
    )

    class Meta:
        ordering = ["mission", "side", "province", "sector"]
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.UniqueConstraint(
                "mission",
                "side",
                Coalesce("sector", Value("")),
                Coalesce("province", Value("")),
                name="quota_once",
                violation_error_message=_("There is a quota for this already."),
            ),
            models.CheckConstraint(
                name="quota_side_known", condition=Q(side__in=["", "seller", "buyer"])
            ),
            models.CheckConstraint(
                name="quota_has_places", condition=Q(seats__range=(1, 5000))
            ),
        ]

    def __str__(self):
        return f"{self.label}: {self.seats}"

    @property
    def label(self):
        """ "sellers · Jawa Timur · Perikanan"; "everybody" without any."""
        parts = [
            str(self.get_side_display()) if self.side else "",
            self.province.label if self.province else "",
            self.sector.label if self.sector else "",
        ]
        return " · ".join(filter(None, parts)) or str(_("everybody"))

    def covers(self, participation):
        """Whether `participation` takes one of its places once it is accepted."""
        return (
            self.side in ("", participation.side)
            and self.province_id in (None, participation.business.province_id)
            and (self.sector_id is None or self.sector_id in participation.sector_ids)
        )
