from django.conf import settings
from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from simple_history.models import HistoricalRecords

from businesses.models import Business, Check, Consent, Listing
from businesses.size import UMKM
from missions.reasons import said
from umkm_portal.validators import printable

from .mission import Mission
from .registration import Side
from .slots import Slot


def brought():
    """The chosen listings by which partners are found: offers of sellers and needs of buyers that
    are not closed."""
    kinds = Q(participation__side=Side.SELLER, listing__kind=Listing.Kind.OFFER) | Q(
        participation__side=Side.BUYER, listing__kind=Listing.Kind.NEED
    )
    chosen = Participation.listings.through.objects.filter(kinds)
    return chosen.exclude(listing__status=Listing.Status.CLOSED)


class ParticipationQuerySet(models.QuerySet):
    def accepted(self):
        return self.filter(status=Participation.Status.ACCEPTED)

    def in_play(self):
        """Applied, waiting or accepted: neither declined nor withdrawn."""
        return self.filter(status__in=Participation.IN_PLAY)

    def of_member(self, user):
        """Those of the businesses that `user` works for."""
        return self.filter(business__in=Business.objects.of_member(user))

    def curated_by(self, user, *roles):
        """All of missions that a province of `user` initiates; of other missions those businesses
        that come from a province of `user`."""
        if user.is_superuser:
            return self.all()
        provinces = user.provinces_as(*roles)
        return self.filter(
            Q(mission__initiator_province__in=provinces)
            | Q(business__province__in=provinces)
        )

    def assisted_by(self, user, *roles):
        """Those whose owner lets the officials of its province fill in, still today."""
        assisted = Business.objects.assisted_by(user, *roles)
        return self.filter(business__in=assisted)

    def consenting(self, purpose):
        """Those that agreed to be shown, of businesses with a public page."""
        agreed = ParticipationConsent.objects.active().filter(
            participation=OuterRef("pk"), purpose=purpose
        )
        return self.filter(Exists(agreed), business__in=Business.objects.published())

    def bringing_nothing(self):
        """Whose partners can only be found by what the business says that it sells or seeks."""
        return self.filter(~Exists(brought().filter(participation=OuterRef("pk"))))

    def silent_about_times(self):
        """Who has not said when it can come, though there are times to choose from."""
        times = Slot.objects.filter(mission=OuterRef("mission"))
        return self.filter(Exists(times), availability_at=None)

    def for_board(self):
        """What an official has to know to decide."""
        return self.with_listings().prefetch_related(
            models.Prefetch(
                "business__checks", Check.objects.valid(), to_attr="valid_checks"
            ),
            "business__sectors",
        )

    def for_own_page(self):
        """As its owner sees it, the latest mission first."""
        return (
            self.select_related("mission__initiator_province", "mission__host_province")
            .prefetch_related("mission__partner_provinces")
            .order_by(models.F("mission__starts_on").desc(nulls_last=True), "-pk")
        )

    def with_listings(self):
        """Everything that `sector_ids` and a line of the board need."""
        return self.select_related(
            "mission", "business__province", "business__regency"
        ).prefetch_related("listings__commodity__sector", "business__sectors")


class Participation(models.Model):
    """A business in a mission: its side, and what was decided about it."""

    class Status(models.TextChoices):
        APPLIED = "applied", _("applied")
        WAITING = "waiting", _("on the waiting list")
        ACCEPTED = "accepted", pgettext_lazy("participation", "accepted")
        DECLINED = "declined", pgettext_lazy("participation", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("participation", "withdrawn")

    IN_PLAY = (Status.APPLIED, Status.WAITING, Status.ACCEPTED)
    Side = Side

    mission = models.ForeignKey(
        Mission,
        models.PROTECT,
        related_name="participations",
        verbose_name=_("mission"),
    )
    business = models.ForeignKey(
        Business,
        models.CASCADE,
        related_name="participations",
        verbose_name=_("business"),
    )
    side = models.CharField(_("side"), max_length=6, choices=Side)
    status = models.CharField(
        _("status"),
        max_length=9,
        choices=Status,
        default=Status.APPLIED,
        editable=False,
    )
    listings = models.ManyToManyField(
        Listing,
        blank=True,
        related_name="participations",
        verbose_name=_("offers and needs for this mission"),
    )
    applied_at = models.DateTimeField(_("applied on"), default=timezone.now)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("applied by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reason = models.TextField(
        _("reason"), max_length=500, blank=True, validators=[printable]
    )
    # Empty until somebody of the business said when it can come.
    availability_at = models.DateTimeField(
        _("availability stated"), null=True, editable=False
    )
    free_slots = models.ManyToManyField(
        Slot, blank=True, related_name="free", verbose_name=_("free slots")
    )

    objects = ParticipationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["mission", "applied_at", "pk"]
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.UniqueConstraint(
                fields=["mission", "business"],
                name="participation_once",
                violation_error_message=_("This business has applied already."),
            ),
            models.CheckConstraint(
                name="participation_side_known",
                condition=Q(side__in=["seller", "buyer"]),
            ),
            models.CheckConstraint(
                name="participation_status_known",
                condition=Q(
                    status__in=[
                        "applied",
                        "waiting",
                        "accepted",
                        "declined",
                        "withdrawn",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="participation_declined_with_reason",
                condition=~Q(status="declined") | ~Q(reason=""),
                violation_error_message=_("Say why it is declined."),
            ),
            models.CheckConstraint(
                name="participation_applied_or_decided",
                condition=Q(status="applied", decided_at__isnull=True)
                | ~Q(status="applied") & Q(decided_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["mission", "status", "side"], name="participation_by_status"
            )
        ]

    def __str__(self):
        return f"{self.business} · {self.mission}"

    @property
    def name(self):
        return self.business.display_name

    @admin.display(description=_("reason"))
    def get_reason_display(self):
        return said(self.reason)

    @property
    def is_accepted(self):
        return self.status == self.Status.ACCEPTED

    @property
    def is_in_play(self):
        return self.status in self.IN_PLAY

    @property
    def other_side(self):
        return Side.BUYER if self.side == Side.SELLER else Side.SELLER

    @property
    def brings_nothing(self):
        """As `bringing_nothing` says of many."""
        kind = Listing.Kind.OFFER if self.side == Side.SELLER else Listing.Kind.NEED
        return not any(
            listing.kind == kind and listing.status != Listing.Status.CLOSED
            for listing in self.listings.all()
        )

    @property
    def is_silent_about_times(self):
        return self.availability_at is None and self.mission.slots.exists()

    @property
    def is_umkm(self):
        """Micro, small or medium, as the business declared."""
        return self.business.size in UMKM

    @property
    def is_verified_umkm(self):
        """For whom an organiser guarantees meetings: an official has checked its NIB."""
        return self.is_umkm and self.business.is_nib_verified

    @cached_property
    def sector_ids(self):
        """Of the chosen listings; without any that say, those of the business."""
        chosen = {
            listing.commodity.sector_id
            for listing in self.listings.all()
            if listing.commodity
        }
        return chosen or {sector.pk for sector in self.business.sectors.all()}


class ParticipationConsentQuerySet(models.QuerySet):
    def active(self):
        return self.filter(withdrawn_at__isnull=True)


class ParticipationConsent(models.Model):
    """What of a participation may be public; withdrawn consents stay on record (UU 27/2022)."""

    class Purpose(models.TextChoices):
        LIST = "list", _("its name on the list of participants")
        PAIRS = "pairs", _("with whom it agreed to meet")

    participation = models.ForeignKey(
        Participation,
        models.CASCADE,
        related_name="consents",
        verbose_name=_("participation"),
    )
    purpose = models.CharField(_("purpose"), max_length=5, choices=Purpose)
    text = models.TextField(_("the words agreed to"))
    via = models.CharField(_("given through"), max_length=6, choices=Consent.Via)
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = ParticipationConsentQuerySet.as_manager()

    class Meta:
        ordering = ["given_at", "pk"]
        verbose_name = _("consent of a participant")
        verbose_name_plural = _("consents of participants")
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="participation_consent_once",
            ),
            models.CheckConstraint(
                name="participation_consent_purpose_known",
                condition=Q(purpose__in=["list", "pairs"]),
            ),
            models.CheckConstraint(
                name="participation_consent_via_known",
                condition=Q(via__in=["portal", "code", "link"]),
            ),
        ]

    def __str__(self):
        return f"{self.get_purpose_display()} · {self.given_at:%Y-%m-%d}"
