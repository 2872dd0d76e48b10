import json
import re
from datetime import UTC
from hashlib import sha256

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext

from umkm_portal.validators import (
    MAX_RUPIAH,
    printable,
    since_independence,
    web_address,
)

from ..notes import added_note
from .dates import DatePrecision

AT_LEAST = re.compile(r"\b(more than|lebih dari)\b", re.IGNORECASE)


class CountSnapshotQuerySet(models.QuerySet):
    def best_first(self):
        """The count that stands for a mission comes first.

        A commitment stands before a year total, an estimate or stand sales. Among commitments a
        correction stands before a final count, that before a figure quoted later, that before an
        interim one. Of two interim counts the one of the later hour stands, of two corrections the
        one recorded later; of two final counts or quotations the first, as closest to the event.
        """
        stage = CountSnapshot.Stage
        return (
            self.filter(total__isnull=False)
            .annotate(
                basis_rank=Case(
                    When(basis=CountSnapshot.Basis.COMMITMENT, then=0), default=1
                ),
                stage_rank=Case(
                    When(stage=stage.CORRECTED, then=0),
                    When(stage=stage.FINAL, then=1),
                    When(stage=stage.QUOTED, then=2),
                    default=3,
                ),
                interim_at=Case(When(stage=stage.INTERIM, then=F("as_of_at"))),
                turn=Case(
                    When(
                        stage__in=[stage.CORRECTED, stage.INTERIM],
                        then=Value(0) - F("position"),
                    ),
                    default=F("position"),
                    output_field=models.IntegerField(),
                ),
            )
            .order_by(
                "basis_rank",
                "stage_rank",
                F("interim_at").desc(nulls_last=True),
                "turn",
            )
        )

    def headlines(self):
        """One count per mission: the one that stands for it."""
        best = CountSnapshot.objects.filter(mission=OuterRef("mission")).best_first()
        return self.filter(pk=Subquery(best.values("pk")[:1]))

    def in_order(self):
        """As the counting went: without a value, interim, final, corrected, quoted later."""
        stage = CountSnapshot.Stage
        return self.alias(
            stage_turn=Case(
                When(stage=stage.NO_VALUE, then=0),
                When(stage=stage.INTERIM, then=1),
                When(stage=stage.FINAL, then=2),
                When(stage=stage.CORRECTED, then=3),
                default=4,
            )
        ).order_by("mission", "stage_turn", "position")


def between_zero_and(most, *fields):
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__isnull": True}) | Q(
            **{f"{field}__range": (0, most)}
        )
    return condition


class CountSnapshot(models.Model):
    """One published count of a mission, exactly as its source printed it.

    Append-only: triggers in both databases refuse UPDATE and DELETE. A correction is a new row.
    `sell`, `buy` and `investment` are seen from the initiating province.
    """

    class Stage(models.TextChoices):
        NO_VALUE = "no_value", _("no value published")
        INTERIM = "interim", _("interim")
        FINAL = "final", _("final")
        CORRECTED = "corrected", _("corrected")
        QUOTED = "quoted", _("quoted")

    class Basis(models.TextChoices):
        COMMITMENT = "commitment", _("commitments of the mission")
        YEAR_TOTAL = "year_total", _("total of a year")
        POTENTIAL = "potential", _("potential or target, not signed")
        RETAIL = "retail", _("sales at the stands")

    mission = models.ForeignKey(
        "missions.Mission",
        models.PROTECT,
        related_name="counts",
        verbose_name=_("mission"),
    )
    position = models.PositiveIntegerField(_("order of recording"), editable=False)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage)
    basis = models.CharField(
        _("what was counted"), max_length=10, choices=Basis, default=Basis.COMMITMENT
    )
    total = models.BigIntegerField(_("total (rupiah)"), null=True, blank=True)
    sell = models.BigIntegerField(_("initiator sells (rupiah)"), null=True, blank=True)
    buy = models.BigIntegerField(_("initiator buys (rupiah)"), null=True, blank=True)
    investment = models.BigIntegerField(_("investment (rupiah)"), null=True, blank=True)
    foreign = models.BigIntegerField(
        _("foreign letters of intent (rupiah)"),
        null=True,
        blank=True,
        help_text=_("Part of the total, but not trade between provinces."),
    )
    sellers = models.PositiveIntegerField(
        _("businesses of the initiator"), null=True, blank=True
    )
    buyers = models.PositiveIntegerField(
        _("businesses of the host"), null=True, blank=True
    )
    participants = models.PositiveIntegerField(_("participants"), null=True, blank=True)
    transactions = models.PositiveIntegerField(_("transactions"), null=True, blank=True)
    as_of_at = models.DateTimeField(_("counted at"), null=True, blank=True)
    as_of_text = models.CharField(
        _("note on when and what was counted"),
        max_length=300,
        blank=True,
        validators=[printable],
    )
    source_url = models.URLField(_("source"), max_length=500, validators=[web_address])
    source_date = models.DateField(
        _("date of the source"), null=True, blank=True, validators=[since_independence]
    )
    source_date_precision = models.CharField(
        _("date of the source known to the"),
        max_length=8,
        choices=DatePrecision,
        default=DatePrecision.UNKNOWN,
    )
    fingerprint = models.CharField(
        max_length=64, editable=False, validators=[RegexValidator(r"^[0-9a-f]{64}$")]
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="recorded_counts",
        verbose_name=_("recorded by"),
    )

    objects = CountSnapshotQuerySet.as_manager()

    AMOUNTS = ("total", "sell", "buy", "investment", "foreign")
    COMPONENTS = AMOUNTS[1:]
    HEADCOUNTS = ("sellers", "buyers", "participants", "transactions")

    class Meta:
        ordering = ["mission", "position"]
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        constraints = [
            models.UniqueConstraint(
                fields=["mission", "position"], name="count_position_unique_in_mission"
            ),
            models.UniqueConstraint(
                fields=["mission", "fingerprint"],
                name="count_recorded_once",
                violation_error_message=_("This very count is already recorded."),
            ),
            models.CheckConstraint(
                name="count_has_value_or_says_none",
                condition=Q(total__isnull=True, stage="no_value")
                | Q(total__isnull=False) & ~Q(stage="no_value"),
                violation_error_message=_(
                    "Fill in the total, or choose the stage “no value published”."
                ),
            ),
            models.CheckConstraint(
                name="count_amounts_in_range",
                condition=between_zero_and(
                    MAX_RUPIAH, "total", "sell", "buy", "investment", "foreign"
                ),
                violation_error_message=_(
                    "An amount cannot be below zero or above Rp1,000 trillion."
                ),
            ),
            models.CheckConstraint(
                name="count_foreign_part_within_total",
                condition=Q(foreign__isnull=True)
                | Q(total__isnull=False, foreign__lte=F("total")),
                violation_error_message=_(
                    "The foreign part cannot be larger than the total."
                ),
            ),
            models.CheckConstraint(
                name="count_stage_known",
                condition=Q(
                    stage__in=["no_value", "interim", "final", "corrected", "quoted"]
                ),
            ),
            models.CheckConstraint(
                name="count_basis_known",
                condition=Q(
                    basis__in=["commitment", "year_total", "potential", "retail"]
                ),
            ),
            models.CheckConstraint(
                name="count_source_date_known_or_said_unknown",
                condition=Q(source_date__isnull=True, source_date_precision="unknown")
                | Q(source_date__isnull=False) & ~Q(source_date_precision="unknown"),
                violation_error_message=_(
                    "Fill in the date of the source, or say that it is unknown."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.mission} #{self.position}"

    def clean(self):
        """What is counted has happened: before the mission there are only targets and estimates."""
        if self.as_of_at and self.as_of_at > timezone.now():
            raise ValidationError({"as_of_at": _("This hour is still to come.")})
        if self.mission_id and self.mission.is_example:
            raise ValidationError(_("An example has no real count."))
        is_commitment = self.total is not None and self.basis == self.Basis.COMMITMENT
        if is_commitment and self.mission_id and self.mission.is_ahead:
            raise ValidationError(
                _(
                    "This mission has not begun. Until then only a potential or a target can be "
                    "recorded."
                )
            )

    @property
    def note(self):
        """What the words on when and what add, translated where the catalogues know them."""
        note = added_note(self.as_of_text)
        return pgettext("data", note) if note else ""

    @property
    def is_at_least(self):
        """Whether the source says "more than" the total, as speeches do."""
        return bool(AT_LEAST.search(self.as_of_text))

    @property
    def domestic(self):
        """Rupiah between provinces: the total without foreign letters of intent."""
        return None if self.total is None else self.total - (self.foreign or 0)

    @property
    def difference(self):
        """Rupiah by which the total exceeds the sum of its published parts; None without parts."""
        parts = [getattr(self, name) for name in self.COMPONENTS]
        if self.total is None or (self.sell is None and self.buy is None):
            return None
        return self.total - sum(part or 0 for part in parts)

    def compute_fingerprint(self):
        """SHA-256 over what the source said, so that the same count is recorded once.

        The hour belongs to it only where no words state it: with words it is derived from them
        and from the mission's date, which an official may correct.
        """
        hour = None
        if self.as_of_at and not self.as_of_text:
            hour = self.as_of_at.astimezone(UTC).isoformat()
        facts = [getattr(self, name) for name in (*self.AMOUNTS, *self.HEADCOUNTS)]
        day = self.source_date.isoformat() if self.source_date else None
        facts += [self.stage, self.as_of_text, hour, self.source_url, day]
        facts += [self.source_date_precision]
        return sha256(json.dumps(facts).encode()).hexdigest()
