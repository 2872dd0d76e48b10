from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from missions.meetings.weights import MOST_WEIGHT, WEIGHTS, Component
from missions.models import Mission


def between(low, high):
    return [
        MinValueValidator(low, _("Write %(limit_value)s or more.")),
        MaxValueValidator(high, _("Write %(limit_value)s or less.")),
    ]


def sensible_weights(weights):
    """{component: 0 to 100}, not all of them zero. What is left out keeps its usual weight."""
    known = isinstance(weights, dict) and set(weights) <= set(Component.values)
    if not known or not all(
        type(weight) is int and 0 <= weight <= MOST_WEIGHT
        for weight in weights.values()
    ):
        raise ValidationError(_("Weights are whole numbers from 0 to 100."))
    if not any((WEIGHTS | weights).values()):
        raise ValidationError(_("At least one weight must be above zero."))


class MatchingRules(models.Model):
    """What the organiser of a mission decided about its matchmaking."""

    mission = models.OneToOneField(
        Mission, models.CASCADE, related_name="matching", verbose_name=_("mission")
    )
    tables = models.PositiveSmallIntegerField(
        _("tables"), default=40, validators=between(1, 500)
    )
    spare_percent = models.PositiveSmallIntegerField(
        _("tables kept free (per cent)"),
        default=10,
        validators=between(0, 50),
        help_text=_("For changes on the day; 10 to 20 per cent is usual."),
    )
    floor = models.PositiveSmallIntegerField(
        _("meetings for each verified UMKM at least"),
        default=3,
        validators=between(0, 20),
    )
    most_meetings = models.PositiveSmallIntegerField(
        _("meetings for one business at most"), default=12, validators=between(1, 60)
    )
    request_hours = models.PositiveSmallIntegerField(
        _("hours to answer a request"), default=48, validators=between(1, 336)
    )
    request_quota = models.PositiveSmallIntegerField(
        _("requests of one business that may wait at the same time"),
        default=10,
        validators=between(1, 100),
    )
    weights = models.JSONField(
        _("weights"), default=dict, blank=True, validators=[sensible_weights]
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("rules of matchmaking")
        verbose_name_plural = _("rules of matchmaking")
        constraints = [
            models.CheckConstraint(
                name="matching_rules_in_range",
                condition=Q(
                    tables__range=(1, 500),
                    spare_percent__range=(0, 50),
                    floor__range=(0, 20),
                    most_meetings__range=(1, 60),
                    request_hours__range=(1, 336),
                    request_quota__range=(1, 100),
                ),
            ),
            models.CheckConstraint(
                name="matching_floor_within_most_meetings",
                condition=Q(floor__lte=models.F("most_meetings")),
                violation_error_message=_(
                    "The least number of meetings is above the greatest."
                ),
            ),
        ]

    def __str__(self):
        return str(self.mission)

    @property
    def all_weights(self):
        """{component: weight}, with the usual one where the organiser chose none."""
        return WEIGHTS | {Component(name): one for name, one in self.weights.items()}
