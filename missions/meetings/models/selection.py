from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from missions.meetings.weights import MOST_SCORE
from missions.models import Mission, Participation, Side

from .requests import MeetingRequest


class SelectionQuerySet(models.QuerySet):
    def done(self):
        return self.filter(state=Selection.State.DONE)

    def unfinished(self):
        return self.filter(state__in=Selection.UNFINISHED)

    def dead(self):
        now, found = timezone.now(), Q()
        for state, limit in Selection.DEAD_AFTER.items():
            found |= Q(state=state, made_at__lt=now - limit)
        return self.filter(found)

    def published(self):
        return self.filter(published_at__isnull=False)


class Selection(models.Model):
    """Which pairs should meet, as computed once for a mission: a proposal of the organiser."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waits for its turn")
        RUNNING = "running", pgettext_lazy("scoring", "running")
        DONE = "done", _("done")
        FAILED = "failed", pgettext_lazy("scoring", "failed")

    UNFINISHED = (State.QUEUED, State.RUNNING)
    # Choosing takes seconds; a worker that was busy with other things may come late.
    DEAD_AFTER = {
        State.RUNNING: timedelta(minutes=15),
        State.QUEUED: timedelta(minutes=60),
    }

    mission = models.ForeignKey(
        Mission, models.CASCADE, related_name="selections", verbose_name=_("mission")
    )
    state = models.CharField(
        _("state"), max_length=7, choices=State, default=State.QUEUED
    )
    # The name of the failure only: its own text may hold what is nobody's business.
    problem = models.CharField(_("problem"), max_length=60, blank=True)
    floor = models.PositiveSmallIntegerField(_("floor"), default=0)
    capacity = models.PositiveIntegerField(_("meetings that fit"), default=0)
    pairs = models.PositiveIntegerField(_("pairs to choose from"), default=0)
    value = models.BigIntegerField(_("value"), default=0)
    value_without_floor = models.BigIntegerField(_("value without floor"), default=0)
    # For how many of the meetings a quick trial (trial.py) found no time.
    unplaced = models.PositiveIntegerField(
        _("meetings without a time in the trial"), default=0
    )
    # From when on nothing that happened is in it; before that, since when it waits.
    made_at = models.DateTimeField(_("computed"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # From then on participants see which meetings the organiser proposes to them.
    published_at = models.DateTimeField(_("shown to participants"), null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    objects = SelectionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("selection of meetings")
        verbose_name_plural = _("selections of meetings")
        constraints = [
            models.UniqueConstraint(
                fields=["mission"],
                condition=Q(state__in=["queued", "running"]),
                name="selection_one_at_a_time",
                violation_error_message=_("The meetings are being chosen already."),
            ),
            models.CheckConstraint(
                name="selection_state_known",
                condition=Q(state__in=["queued", "running", "done", "failed"]),
            ),
            models.CheckConstraint(
                name="selection_published_once_done",
                condition=Q(published_at__isnull=True) | Q(state="done"),
            ),
            models.CheckConstraint(
                name="selection_floor_in_range",
                condition=Q(floor__range=(0, 20)),
            ),
        ]

    def __str__(self):
        return f"{self.mission} · {self.made_at:%Y-%m-%d}"

    @property
    def is_done(self):
        return self.state == self.State.DONE

    @property
    def is_unfinished(self):
        return self.state in self.UNFINISHED

    @property
    def is_dead(self):
        """Nobody works on it any more: its worker ended, or its task was lost."""
        if not self.is_unfinished:
            return False
        return timezone.now() - self.made_at > self.DEAD_AFTER[self.state]

    @property
    def is_alive(self):
        return self.is_unfinished and not self.is_dead

    @property
    def has_failed(self):
        return self.state == self.State.FAILED or self.is_dead

    @property
    def cost_of_floor(self):
        """The share of the value that the floor costs: 0.02 is two per cent."""
        if not self.value_without_floor:
            return 0
        return 1 - self.value / self.value_without_floor


def requests_of_pair(**which):
    """Requests between the two of a selected meeting, whoever asked."""
    seller, buyer = OuterRef("seller"), OuterRef("buyer")
    return MeetingRequest.objects.filter(
        Q(sender=seller, receiver=buyer) | Q(sender=buyer, receiver=seller), **which
    )


def is_agreed():
    return Exists(requests_of_pair(status=MeetingRequest.Status.ACCEPTED))


class SelectedMeetingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """For officials: those in which one of the two is theirs to look at, see
        `ParticipationQuerySet.curated_by`."""
        theirs = Participation.objects.curated_by(user).values("pk")
        return self.filter(Q(seller__in=theirs) | Q(buyer__in=theirs))

    def standing(self):
        """Without those of a participant who has left or changed sides, and without those that
        one of the two has declined or called off since."""
        accepted = Participation.Status.ACCEPTED
        refused = requests_of_pair(
            status__in=MeetingRequest.REFUSED,
            closed_at__gte=OuterRef("selection__made_at"),
        )
        return self.filter(
            is_agreed() | ~Exists(refused),
            seller__status=accepted,
            seller__side=Side.SELLER,
            buyer__status=accepted,
            buyer__side=Side.BUYER,
        )

    def agreed(self):
        return self.filter(is_agreed())

    def proposed(self):
        """What the organiser proposes: what is agreed already is no proposal."""
        return self.standing().filter(~is_agreed())

    def with_agreed(self):
        """Adds `is_agreed`: whether the two have agreed to meet, as it stands now."""
        return self.annotate(is_agreed=is_agreed())


class SelectedMeeting(models.Model):
    """`value` heeds what both wish, which is nobody else's business: pages show the `score`."""

    selection = models.ForeignKey(
        Selection,
        models.CASCADE,
        related_name="meetings",
        verbose_name=_("selection"),
    )
    seller = models.ForeignKey(
        Participation, models.CASCADE, related_name="+", verbose_name=_("seller")
    )
    buyer = models.ForeignKey(
        Participation, models.CASCADE, related_name="+", verbose_name=_("buyer")
    )
    # Empty where the pair was not among the scored ones.
    score = models.PositiveSmallIntegerField(_("score"), null=True)
    value = models.PositiveIntegerField(_("value"), editable=False)

    objects = SelectedMeetingQuerySet.as_manager()

    class Meta:
        ordering = [F("score").desc(nulls_last=True), "pk"]
        verbose_name = _("selected meeting")
        verbose_name_plural = _("selected meetings")
        constraints = [
            models.UniqueConstraint(
                fields=["selection", "seller", "buyer"], name="selected_meeting_once"
            ),
            models.CheckConstraint(
                name="selected_meeting_score_in_range",
                condition=Q(score__isnull=True) | Q(score__range=(0, MOST_SCORE)),
            ),
            models.CheckConstraint(
                name="selected_meeting_of_two", condition=~Q(seller=F("buyer"))
            ),
        ]

    def __str__(self):
        return f"{self.seller_id} – {self.buyer_id}"

    @property
    def points(self):
        """From 0 to 100, as pages show it."""
        return None if self.score is None else Decimal(self.score) / 10


class FloorGapQuerySet(models.QuerySet):
    def visible_to(self, user):
        """For officials: of the businesses that are theirs to look at."""
        return self.filter(participation__in=Participation.objects.curated_by(user))


class FloorGap(models.Model):
    """A verified UMKM for whom the floor cannot be met, and why."""

    class Cause(models.TextChoices):
        NO_NEED = "no_need", _("too few on the other side trade in its commodity")
        CONFLICTS = "conflicts", _("too many of its partners have a conflict")
        NO_AVAILABILITY = "no_time", _("it has not said when it can come")
        TOO_FEW_SLOTS = "few_slots", _("it can come at too few times")
        TABLES_FULL = "tables", _("all tables are taken")
        PARTNERS_FULL = "full", _("none of its partners is left for it")

    selection = models.ForeignKey(
        Selection, models.CASCADE, related_name="gaps", verbose_name=_("selection")
    )
    participation = models.ForeignKey(
        Participation,
        models.CASCADE,
        related_name="+",
        verbose_name=_("participation"),
    )
    meetings = models.PositiveSmallIntegerField(_("meetings"))
    cause = models.CharField(_("cause"), max_length=9, choices=Cause)

    objects = FloorGapQuerySet.as_manager()

    class Meta:
        ordering = ["meetings", "pk"]
        verbose_name = _("gap below the floor")
        verbose_name_plural = _("gaps below the floor")
        constraints = [
            models.UniqueConstraint(
                fields=["selection", "participation"], name="floor_gap_once"
            ),
            models.CheckConstraint(
                name="floor_gap_cause_known",
                condition=Q(
                    cause__in=[
                        "no_need",
                        "conflicts",
                        "no_time",
                        "few_slots",
                        "tables",
                        "full",
                    ]
                ),
            ),
        ]

    def __str__(self):
        return f"{self.participation_id} · {self.get_cause_display()}"
