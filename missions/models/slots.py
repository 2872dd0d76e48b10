from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from umkm_portal.formatting import hours

from .mission import Mission

NOON = 12


class Slot(models.Model):
    """A time in which each table of a mission holds one meeting."""

    mission = models.ForeignKey(
        Mission, models.CASCADE, related_name="slots", verbose_name=_("mission")
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        ordering = ["mission", "starts_at"]
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        constraints = [
            models.UniqueConstraint(
                fields=["mission", "starts_at"], name="slot_begins_once"
            ),
            models.CheckConstraint(
                name="slot_ends_after_it_begins",
                condition=Q(ends_at__gt=F("starts_at")),
            ),
        ]

    def __str__(self):
        return self.hours

    @property
    def hours(self):
        """ "09.00–09.20", in the zone of the mission."""
        zone = ZoneInfo(self.mission.timezone)
        return hours(self.starts_at.astimezone(zone), self.ends_at.astimezone(zone))

    @property
    def half_day(self):
        """(day, whether it is in the morning), in the zone of the mission."""
        begins = self.starts_at.astimezone(ZoneInfo(self.mission.timezone))
        return begins.date(), begins.hour < NOON
