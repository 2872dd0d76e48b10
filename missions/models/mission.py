from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from businesses.models import Province
from umkm_portal.accounts.models import Appointment
from umkm_portal.validators import (
    MAX_RUPIAH,
    lower_case_slug,
    printable,
    since_independence,
)

from .commodity import MissionCommodity
from .count import CountSnapshot
from .dates import DatePrecision


def in_provinces(provinces):
    """Missions that any of `provinces` initiates, hosts or takes part in as a partner."""
    return (
        Q(initiator_province__in=provinces)
        | Q(host_province__in=provinces)
        | Exists(
            Mission.partner_provinces.through.objects.filter(
                mission=OuterRef("pk"), province__in=provinces
            )
        )
    )


class MissionQuerySet(models.QuerySet):
    def published(self):
        """What lists, feeds and figures are made of: an example is in none of them."""
        return self.exclude(status=Mission.Status.DRAFT).filter(is_example=False)

    def examples(self):
        return self.exclude(status=Mission.Status.DRAFT).filter(is_example=True)

    def not_over(self):
        return self.exclude(status__in=Mission.OVER)

    def upcoming(self):
        return self.filter(status__in=Mission.UPCOMING)

    def visible_to(self, user):
        """Published missions for everyone; drafts for officials of a province that takes part."""
        if not user.is_authenticated:
            return self.exclude(status=Mission.Status.DRAFT)
        if user.is_superuser and user.has_second_factor:
            return self.all()
        return self.filter(
            ~Q(status=Mission.Status.DRAFT) | in_provinces(user.provinces_with_drafts)
        )

    def run_by(self, user):
        """Missions of the provinces in which `user` holds any role: what the admin shows."""
        if user.is_superuser:
            return self.all()
        return self.filter(in_provinces(user.provinces_as()))

    def editable_by(self, user):
        """A mission and its counts belong to the initiating province's admin."""
        if user.is_superuser:
            return self.all()
        return self.filter(
            initiator_province__in=user.provinces_as(Appointment.Role.PROVINCE_ADMIN)
        )

    def organised_by(self, user, *roles):
        """Missions whose matchmaking `user` runs: those that a province of `user` initiates."""
        if user.is_superuser:
            return self.all()
        return self.filter(initiator_province__in=user.provinces_as(*roles))

    def in_provinces(self, provinces):
        """Missions that any of `provinces` takes part in."""
        return self.filter(in_provinces(provinces))

    def with_province(self, province):
        return self.in_provinces([province])

    def in_sector(self, sector):
        named = MissionCommodity.objects.filter(mission=OuterRef("pk"), sector=sector)
        return self.filter(Exists(named))

    def with_headline(self):
        """Adds `headline_value` (rupiah, None without a value) and fetches `mission.headline`."""
        best = CountSnapshot.objects.filter(mission=OuterRef("pk")).best_first()
        return self.annotate(
            headline_value=Subquery(
                best.values(value=F("total") - Coalesce("foreign", 0))[:1]
            )
        ).prefetch_related(
            models.Prefetch(
                "counts",
                CountSnapshot.objects.headlines(),
                to_attr="headline_counts",
            )
        )

    def for_cards(self):
        """Everything that a line of a list shows, in three queries whatever its length."""
        return (
            self.with_headline()
            .select_related("initiator_province", "host_province")
            .prefetch_related("partner_provinces")
        )

    def for_office_list(self):
        """What an official sees of each: how many have applied, and how many are accepted."""
        status = self.model.participations.rel.related_model.Status
        counts = {
            word: models.Count("participations", filter=Q(participations__status=one))
            for word, one in {
                "applied": status.APPLIED,
                "accepted": status.ACCEPTED,
            }.items()
        }
        return self.with_registration().annotate(**counts).in_order()

    def with_registration(self):
        """What a page about joining shows of a mission."""
        return self.select_related(
            "initiator_province", "host_province", "registration"
        ).prefetch_related("partner_provinces")

    def in_order(self):
        """Newest first; missions without a date last."""
        return self.order_by(F("starts_on").desc(nulls_last=True), "slug")


class Mission(models.Model):
    """One province brings its businesses to another for a day of business matching."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        REGISTRATION = "registration", _("registration open")
        CURATION = "curation", _("curating participants")
        SCHEDULED = "scheduled", _("scheduled")
        RUNNING = "running", _("running")
        COUNTING = "counting", _("counting")
        CLOSED = "closed", _("closed")

    TO_THE_DAY = DatePrecision.DAY
    # What is announced and has not begun.
    UPCOMING = (Status.REGISTRATION, Status.CURATION, Status.SCHEDULED)
    # Nothing can be agreed or changed any more.
    OVER = (Status.COUNTING, Status.CLOSED)

    slug = models.SlugField(
        _("slug"), max_length=80, unique=True, validators=[lower_case_slug]
    )
    initiator_province = models.ForeignKey(
        Province,
        models.PROTECT,
        related_name="initiated_missions",
        verbose_name=_("initiating province"),
    )
    host_province = models.ForeignKey(
        Province,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted_missions",
        verbose_name=_("host province"),
        help_text=_(
            "Where the mission takes place; may differ from the partner. Empty when it is online."
        ),
    )
    partner_provinces = models.ManyToManyField(
        Province,
        related_name="partnered_missions",
        verbose_name=_("partner provinces"),
        blank=True,
    )
    theme = models.CharField(
        _("theme"), max_length=300, blank=True, validators=[printable]
    )
    venue = models.CharField(
        _("venue"), max_length=200, blank=True, validators=[printable]
    )
    city = models.CharField(
        _("city"), max_length=100, blank=True, validators=[printable]
    )
    starts_on = models.DateField(
        _("first day"), null=True, blank=True, validators=[since_independence]
    )
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    date_precision = models.CharField(
        _("date known to the"),
        max_length=8,
        choices=DatePrecision,
        default=DatePrecision.DAY,
    )
    timezone = models.CharField(
        _("time zone"), max_length=20, choices=Province.Timezone, editable=False
    )
    target = models.BigIntegerField(
        _("target (rupiah)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_RUPIAH)],
    )
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT
    )
    is_example = models.BooleanField(_("example"), default=False, editable=False)

    objects = MissionQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[partner_provinces])

    class Meta:
        ordering = ["slug"]
        verbose_name = _("trade mission")
        verbose_name_plural = _("trade missions")
        indexes = [models.Index(fields=["starts_on", "slug"])]
        constraints = [
            models.CheckConstraint(
                name="mission_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A mission cannot end before it starts."),
            ),
            models.CheckConstraint(
                name="mission_date_known_or_said_unknown",
                condition=Q(starts_on__isnull=True, date_precision="unknown")
                | Q(starts_on__isnull=False) & ~Q(date_precision="unknown"),
                violation_error_message=_(
                    "Fill in the first day, or say that the date is unknown."
                ),
            ),
            models.CheckConstraint(
                name="mission_last_day_only_with_exact_date",
                condition=Q(ends_on__isnull=True) | Q(date_precision="day"),
                violation_error_message=_(
                    "A last day needs a first day that is known exactly."
                ),
            ),
            models.CheckConstraint(
                name="mission_target_positive",
                condition=Q(target__isnull=True)
                | Q(target__gt=0, target__lte=MAX_RUPIAH),
                violation_error_message=_(
                    "A target is above zero, and at most Rp1,000 trillion."
                ),
            ),
            models.CheckConstraint(
                name="mission_slug_in_small_letters",
                condition=Q(slug=Lower("slug")),
                violation_error_message=_("Write the slug in small letters."),
            ),
            models.CheckConstraint(
                name="mission_status_known",
                condition=Q(
                    status__in=[
                        "draft",
                        "registration",
                        "curation",
                        "scheduled",
                        "running",
                        "counting",
                        "closed",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="mission_timezone_known",
                condition=Q(
                    timezone__in=["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
                ),
            ),
        ]

    def __str__(self):
        return self.slug

    def save(self, **kwargs):
        """The zone is where the mission takes place; an online one keeps the initiator's."""
        self.timezone = (self.host_province or self.initiator_province).timezone
        super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("publication:mission_detail", args=[self.slug])

    def clean(self):
        """What was published stays where it was published."""
        if self.pk is None:
            return
        before = Mission.objects.get(pk=self.pk)
        is_withdrawn = before.is_published and self.status == self.Status.DRAFT
        if is_withdrawn and before.counts.exists():
            raise ValidationError(
                {"status": _("A mission with counts cannot become a draft again.")}
            )
        if before.is_published and self.slug != before.slug:
            raise ValidationError(
                {"slug": _("The address of a published mission stays as it is.")}
            )
        self._keep_ground_of_programme(before)

    def _keep_ground_of_programme(self, before):
        """Its times are hours of these days, in the zone of this place: they do not move along."""
        names = ["host_province", "starts_on", "date_precision"]
        if self.host_province_id is None:
            names.append("initiator_province")
        moved = [name for name in names if getattr(self, name) != getattr(before, name)]
        if self.ends_on != before.ends_on and self._has_times_after(self.ends_on):
            moved.append("ends_on")
        if moved and self.slots.exists():
            said = _(
                "Meetings have times on these days already. First take the programme off (on the "
                "page Programme of this mission), which tells everybody concerned; then change "
                "this, and lay it out anew."
            )
            raise ValidationError(dict.fromkeys(moved, said))

    def _has_times_after(self, day):
        day, zone = day or self.starts_on, ZoneInfo(self.timezone)
        ends = self.slots.values_list("ends_at", flat=True)
        return any(one.astimezone(zone).date() > day for one in ends if day)

    @property
    def is_ahead(self):
        """Whether its first day is still to come, in its own zone."""
        today = timezone.localdate(timezone=ZoneInfo(self.timezone))
        return self.starts_on is not None and self.starts_on > today

    @property
    def is_over(self):
        return self.status in self.OVER

    @property
    def is_upcoming(self):
        return self.status in self.UPCOMING

    @property
    def title(self):
        """The provinces that meet: "Jawa Timur – Kalimantan Timur"."""
        partners = [province.label for province in self.partner_provinces.all()]
        if not partners:
            partners = [self.city or self.host_label]
        return f"{self.initiator_province.label} – {', '.join(partners)}"

    @property
    def host_label(self):
        return self.host_province.label if self.host_province else str(_("online"))

    @property
    def place(self):
        """City and province: "Balikpapan, Kalimantan Timur"."""
        return ", ".join(filter(None, [self.city, self.host_label]))

    @property
    def venue_and_place(self):
        return ", ".join(filter(None, [self.venue, self.place]))

    @property
    def is_published(self):
        return self.status != self.Status.DRAFT

    @property
    def headline(self):
        """The count that stands for this mission (see `CountSnapshotQuerySet.best_first`)."""
        if not hasattr(self, "headline_counts"):
            self.headline_counts = list(self.counts.best_first()[:1])
        return self.headline_counts[0] if self.headline_counts else None

    @property
    def number(self):
        """Its place among the published missions of the initiating province, by date: 1, 2, …

        Computed, never typed: officially announced numbers skip and repeat. None without a date,
        and for an example.
        """
        if self.starts_on is None:
            return None
        earlier = Q(starts_on__lt=self.starts_on) | Q(
            starts_on=self.starts_on, slug__lt=self.slug
        )
        if self.is_example:
            return None
        siblings = Mission.objects.published().filter(
            initiator_province=self.initiator_province_id
        )
        return siblings.filter(earlier).count() + 1

    @property
    def zone(self):
        """WIB, WITA or WIT."""
        return self.get_timezone_display()
