from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from businesses.models import Listing
from missions.meetings.weights import MOST_POINTS, MOST_SCORE, WEIGHTS, Component
from missions.models import Mission, Participation, Side


class ScoreRun(models.Model):
    """One scoring of all pairs of a mission, done by the task worker."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waits for its turn")
        RUNNING = "running", pgettext_lazy("scoring", "running")
        DONE = "done", _("done")
        FAILED = "failed", pgettext_lazy("scoring", "failed")

    UNFINISHED = (State.QUEUED, State.RUNNING)
    # A batch takes seconds; a worker that was busy with other things may come late.
    DEAD_AFTER = {
        State.RUNNING: timedelta(minutes=5),
        State.QUEUED: timedelta(minutes=60),
    }

    mission = models.ForeignKey(
        Mission, models.CASCADE, related_name="score_runs", verbose_name=_("mission")
    )
    state = models.CharField(
        _("state"), max_length=7, choices=State, default=State.QUEUED
    )
    pairs = models.PositiveIntegerField(_("pairs"), default=0)
    scored = models.PositiveIntegerField(_("pairs scored"), default=0)
    weights = models.JSONField(_("weights"), default=dict)
    # Of all that was compared, see firms.py.
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    problem = models.CharField(_("problem"), max_length=60, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True)
    progressed_at = models.DateTimeField(_("last progress"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("scoring of pairs")
        verbose_name_plural = _("scorings of pairs")
        constraints = [
            models.UniqueConstraint(
                fields=["mission"],
                condition=Q(state__in=["queued", "running"]),
                name="score_run_one_at_a_time",
                violation_error_message=_("The pairs are being scored already."),
            ),
            models.CheckConstraint(
                name="score_run_state_known",
                condition=Q(state__in=["queued", "running", "done", "failed"]),
            ),
            models.CheckConstraint(
                name="score_run_scored_within_pairs",
                condition=Q(scored__lte=F("pairs")),
            ),
        ]

    def __str__(self):
        return f"{self.mission} · {self.get_state_display()}"

    @property
    def percent(self):
        return 100 * self.scored // self.pairs if self.pairs else 0

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
        lived_at = self.progressed_at or self.created_at
        return timezone.now() - lived_at > self.DEAD_AFTER[self.state]

    @property
    def is_alive(self):
        return self.is_unfinished and not self.is_dead

    @property
    def all_weights(self):
        return WEIGHTS | {Component(name): one for name, one in self.weights.items()}


# 0 or 1, to sort by.
HAS_CONFLICT = Case(When(conflicts=[], then=0), default=1)


class MatchQuerySet(models.QuerySet):
    def current(self):
        """Those of the latest finished scoring of their mission, between accepted businesses that
        have not changed sides since."""
        latest = ScoreRun.objects.filter(
            mission=OuterRef("run__mission"), state=ScoreRun.State.DONE
        )
        accepted = Participation.Status.ACCEPTED
        return self.filter(
            run=Subquery(latest.order_by("-pk").values("pk")[:1]),
            seller__status=accepted,
            seller__side=Side.SELLER,
            buyer__status=accepted,
            buyer__side=Side.BUYER,
        )

    def of_mission(self, mission):
        return self.current().filter(run__mission=mission)

    def visible_to(self, user):
        """For officials: those in which one of the two is theirs to look at, see
        `ParticipationQuerySet.curated_by`."""
        theirs = Participation.objects.curated_by(user).values("pk")
        return self.filter(Q(seller__in=theirs) | Q(buyer__in=theirs))

    def of(self, participation):
        """Those in which `participation` sits on its own side, best first."""
        own = self.of_mission(participation.mission_id)
        return own.filter(**{participation.side: participation}).best_first()

    def without_conflicts(self):
        return self.filter(conflicts=[])

    def without_conflicts_first(self):
        """The best partners: what speaks against a meeting is shown, at the end."""
        return self.order_by(HAS_CONFLICT, "-score", "pk")

    def best_first(self):
        return self.order_by("-score", "pk")

    def with_parties(self):
        """All that a line and its reasons show, in one query."""
        return self.select_related(
            "run",
            "seller__business__province",
            "seller__business__regency",
            "buyer__business__province",
            "buyer__business__regency",
            "offer",
            "need",
        )


def points(component):
    return models.PositiveSmallIntegerField(component.label)


class Match(models.Model):
    """A seller and a buyer of a mission: how well they fit, and why.

    `facts` are what the points were computed from, so that explain.py can say it in words; the
    points, never the words, are what is stored.
    """

    run = models.ForeignKey(
        ScoreRun, models.CASCADE, related_name="matches", verbose_name=_("scoring")
    )
    seller = models.ForeignKey(
        Participation, models.CASCADE, related_name="+", verbose_name=_("seller")
    )
    buyer = models.ForeignKey(
        Participation, models.CASCADE, related_name="+", verbose_name=_("buyer")
    )
    offer = models.ForeignKey(
        Listing, models.SET_NULL, null=True, related_name="+", verbose_name=_("offer")
    )
    need = models.ForeignKey(
        Listing, models.SET_NULL, null=True, related_name="+", verbose_name=_("need")
    )
    # Tenths of a point, see weights.py.
    score = models.PositiveSmallIntegerField(_("score"))
    commodity = points(Component.COMMODITY)
    quantity = points(Component.QUANTITY)
    price = points(Component.PRICE)
    certificates = points(Component.CERTIFICATES)
    delivery = points(Component.DELIVERY)
    trade = points(Component.TRADE)
    met = points(Component.MET)
    facts = models.JSONField(_("facts"), default=dict)
    # Names of `scoring.Conflict`.
    conflicts = models.JSONField(_("conflicts"), default=list)

    objects = MatchQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "seller", "buyer"], name="match_once_per_run"
            ),
            models.CheckConstraint(
                name="match_score_in_range", condition=Q(score__range=(0, MOST_SCORE))
            ),
            models.CheckConstraint(
                name="match_points_in_range",
                condition=Q(
                    **{f"{one}__range": (0, MOST_POINTS) for one in Component.values}
                ),
            ),
            models.CheckConstraint(
                name="match_of_two", condition=~Q(seller=F("buyer"))
            ),
        ]
        indexes = [
            models.Index(fields=["run", "-score", "id"], name="match_best_of_run"),
            models.Index(fields=["seller", "-score"], name="match_best_of_seller"),
            models.Index(fields=["buyer", "-score"], name="match_best_of_buyer"),
        ]

    def __str__(self):
        return f"{self.seller_id} – {self.buyer_id}: {self.score}"

    @property
    def points(self):
        """{component: points from 0 to 100}"""
        return {one: getattr(self, one.value) for one in Component}

    @property
    def value(self):
        """The score as people read it: 71.5"""
        return Decimal(self.score) / 10

    def partner_of(self, participation):
        return self.buyer if participation.side == Side.SELLER else self.seller


class WishQuerySet(models.QuerySet):
    def between(self, one, other):
        return self.filter(by=one, about=other) | self.filter(by=other, about=one)


class Wish(models.Model):
    """What one participant thinks of meeting another, shown to its own people only. The selection
    of meetings heeds it: a wish to meet may lead to a proposal, which the other side sees; a "no"
    leaves no trace anywhere."""

    class Level(models.TextChoices):
        MUST = "must", _("must meet")
        WOULD = "would", _("would meet")
        NO = "no", _("no, thanks")

    by = models.ForeignKey(
        Participation, models.CASCADE, related_name="wishes", verbose_name=_("by")
    )
    about = models.ForeignKey(
        Participation, models.CASCADE, related_name="+", verbose_name=_("about")
    )
    level = models.CharField(_("wish"), max_length=5, choices=Level)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        constraints = [
            models.UniqueConstraint(fields=["by", "about"], name="wish_once"),
            models.CheckConstraint(
                name="wish_about_another", condition=~Q(by=F("about"))
            ),
            models.CheckConstraint(
                name="wish_level_known", condition=Q(level__in=["must", "would", "no"])
            ),
        ]

    def __str__(self):
        return f"{self.by_id} → {self.about_id}"
