from django.db import models
from django.utils.translation import gettext_lazy as _

from businesses.models import Sector
from umkm_portal.validators import printable


class MissionCommodity(models.Model):
    """A commodity that reports name for a mission, with the sector it belongs to."""

    mission = models.ForeignKey(
        "Mission",
        models.CASCADE,
        related_name="commodities",
        verbose_name=_("mission"),
    )
    name = models.CharField(_("commodity"), max_length=100, validators=[printable])
    sector = models.ForeignKey(
        Sector,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mission_commodities",
        verbose_name=_("sector"),
    )

    class Meta:
        ordering = ["mission", "name"]
        verbose_name = _("commodity of a mission")
        verbose_name_plural = _("commodities of missions")
        constraints = [
            models.UniqueConstraint(
                fields=["mission", "name"], name="commodity_named_once_per_mission"
            )
        ]

    def __str__(self):
        return self.name
