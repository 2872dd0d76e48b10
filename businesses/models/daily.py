from django.db import models
from django.utils.translation import gettext_lazy as _


class DailyRun(models.Model):
    """A daily job was done on this day, whichever worker did it."""

    KEEP_DAYS = 30

    job = models.CharField(max_length=100)
    day = models.DateField()

    class Meta:
        ordering = ["-day", "job"]
        verbose_name = _("daily run")
        verbose_name_plural = _("daily runs")
        constraints = [
            models.UniqueConstraint(fields=["job", "day"], name="daily_run_once")
        ]

    def __str__(self):
        return f"{self.job} · {self.day}"
