from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from businesses.models import Product
from missions.doors import Via
from missions.models import Participation, Slot
from umkm_portal.validators import printable


class Outcome(models.TextChoices):
    DEAL = "deal", _("we agreed on a deal")
    FOLLOW_UP = "follow_up", _("we go on talking")
    NO_INTEREST = "no_interest", _("it leads nowhere")
    NOT_HELD = "not_held", _("the meeting did not take place")


class MeetingRequestQuerySet(models.QuerySet):
    def of(self, participation):
        return self.filter(Q(sender=participation) | Q(receiver=participation))

    def of_mission(self, mission):
        return self.filter(sender__mission=mission)

    def visible_to(self, user):
        """For officials: all of missions that a province of `user` initiates; of others those in
        which a business of a province of `user` has a part."""
        if user.is_superuser:
            return self.all()
        own = user.provinces_as()
        return self.filter(
            Q(sender__mission__initiator_province__in=own)
            | Q(sender__business__province__in=own)
            | Q(receiver__business__province__in=own)
        )

    def pending(self):
        return self.filter(
            status=MeetingRequest.Status.PENDING, expires_at__gt=timezone.now()
        )

    def overdue(self):
        return self.filter(
            status=MeetingRequest.Status.PENDING, expires_at__lte=timezone.now()
        )

    def accepted(self):
        return self.filter(status=MeetingRequest.Status.ACCEPTED)

    def awaiting(self, participation):
        """Those that `participation` has to answer."""
        return self.pending().filter(
            Q(receiver=participation, turn=MeetingRequest.Turn.RECEIVER)
            | Q(sender=participation, turn=MeetingRequest.Turn.SENDER)
        )

    def live(self):
        return self.filter(status__in=MeetingRequest.LIVE)

    def held(self):
        """At least one side says that they met, and none that they did not."""
        reports = MeetingReport.objects.filter(request=OuterRef("pk"))
        missed = reports.filter(outcome=Outcome.NOT_HELD)
        return self.accepted().filter(Exists(reports), ~Exists(missed))

    def between(self, one, other):
        return self.filter(sender=one, receiver=other) | self.filter(
            sender=other, receiver=one
        )

    def with_parties(self):
        return self.select_related(
            "sender__business__province",
            "receiver__business__province",
            "sender__mission",
            "slot__mission",
        )


class MeetingRequest(models.Model):
    """One participant asks another for a meeting; they agree on a time, or do not.

    While it waits it holds no slot: only `Booking`s of accepted requests do.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("waits for an answer")
        ACCEPTED = "accepted", pgettext_lazy("request", "accepted")
        DECLINED = "declined", pgettext_lazy("request", "declined")
        EXPIRED = "expired", pgettext_lazy("request", "expired")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")
        CANCELLED = "cancelled", pgettext_lazy("request", "cancelled")

    class Turn(models.TextChoices):
        RECEIVER = "receiver", _("the one who was asked")
        SENDER = "sender", _("the one who asked")

    LIVE = (Status.PENDING, Status.ACCEPTED)

    sender = models.ForeignKey(
        Participation,
        models.CASCADE,
        related_name="sent_requests",
        verbose_name=_("from"),
    )
    receiver = models.ForeignKey(
        Participation,
        models.CASCADE,
        related_name="received_requests",
        verbose_name=_("to"),
    )
    message = models.TextField(
        _("message"), max_length=500, blank=True, validators=[printable]
    )
    products = models.ManyToManyField(
        Product, blank=True, related_name="+", verbose_name=_("products")
    )
    # The time proposed last; the one agreed on once it is accepted. Empty: the organiser finds one.
    slot = models.ForeignKey(
        Slot,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("time"),
    )
    status = models.CharField(
        _("status"), max_length=9, choices=Status, default=Status.PENDING
    )
    turn = models.CharField(
        _("to be answered by"), max_length=8, choices=Turn, default=Turn.RECEIVER
    )
    reason = models.TextField(
        _("reason"), max_length=500, blank=True, validators=[printable]
    )
    created_at = models.DateTimeField(_("sent"), default=timezone.now)
    expires_at = models.DateTimeField(_("to be answered until"))
    closed_at = models.DateTimeField(_("answered"), null=True, editable=False)

    objects = MeetingRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("meeting request")
        verbose_name_plural = _("meeting requests")
        constraints = [
            models.UniqueConstraint(
                Least("sender", "receiver"),
                Greatest("sender", "receiver"),
                condition=Q(status__in=["pending", "accepted"]),
                name="meeting_request_one_per_pair",
                violation_error_message=_(
                    "A request between these two is open already."
                ),
            ),
            models.CheckConstraint(
                name="meeting_request_to_another",
                condition=~Q(sender=F("receiver")),
            ),
            models.CheckConstraint(
                name="meeting_request_status_known",
                condition=Q(
                    status__in=[
                        "pending",
                        "accepted",
                        "declined",
                        "expired",
                        "withdrawn",
                        "cancelled",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="meeting_request_turn_known",
                condition=Q(turn__in=["receiver", "sender"]),
            ),
            models.CheckConstraint(
                name="meeting_request_pending_or_closed",
                condition=Q(status="pending", closed_at__isnull=True)
                | ~Q(status="pending") & Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="meeting_request_declined_with_reason",
                condition=~Q(status__in=["declined", "cancelled"]) | ~Q(reason=""),
                violation_error_message=_("Say why, so that the other side knows."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "expires_at"], name="meeting_request_overdue"
            )
        ]

    def __str__(self):
        return f"{self.sender_id} → {self.receiver_id}: {self.status}"

    @property
    def is_pending(self):
        return self.status == self.Status.PENDING and self.expires_at > timezone.now()

    @property
    def is_accepted(self):
        return self.status == self.Status.ACCEPTED

    @property
    def is_closed(self):
        """Answered with no, taken back, cancelled, or too late to answer."""
        return not (self.is_pending or self.is_accepted)

    @property
    def answerer(self):
        """The participant who has to answer."""
        return self.receiver if self.turn == self.Turn.RECEIVER else self.sender

    def partner_of(self, participation):
        return self.receiver if participation.pk == self.sender_id else self.sender


class RequestEvent(models.Model):
    """Each step of a request, who took it and through which door. Steps are never changed."""

    class Step(models.TextChoices):
        SENT = "sent", pgettext_lazy("request", "sent")
        PROPOSED = "proposed", _("proposed another time")
        ACCEPTED = "accepted", pgettext_lazy("request", "accepted")
        DECLINED = "declined", pgettext_lazy("request", "declined")
        EXPIRED = "expired", pgettext_lazy("request", "expired")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")
        CANCELLED = "cancelled", pgettext_lazy("request", "cancelled")
        TIME_LOST = "time_lost", _("its time was taken off the programme")
        REPORTED = "reported", _("said how it went")

    request = models.ForeignKey(
        MeetingRequest,
        models.CASCADE,
        related_name="events",
        verbose_name=_("request"),
    )
    step = models.CharField(_("step"), max_length=9, choices=Step)
    # Empty when time or the organiser did it.
    participation = models.ForeignKey(
        Participation,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    via = models.CharField(_("through"), max_length=8, choices=Via, blank=True)
    # The time that was proposed, agreed on or lost: kept here, because a slot can go.
    starts_at = models.DateTimeField(_("begins"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=500, blank=True)
    outcome = models.CharField(_("outcome"), max_length=11, choices=Outcome, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("step of a request")
        verbose_name_plural = _("steps of requests")

    def __str__(self):
        return f"{self.request_id} · {self.get_step_display()}"


class Booking(models.Model):
    """A participant sits in an agreed meeting at this time: once only, the database sees to it."""

    participation = models.ForeignKey(
        Participation,
        models.CASCADE,
        related_name="bookings",
        verbose_name=_("participation"),
    )
    slot = models.ForeignKey(
        Slot, models.CASCADE, related_name="bookings", verbose_name=_("slot")
    )
    request = models.ForeignKey(
        MeetingRequest,
        models.CASCADE,
        related_name="bookings",
        verbose_name=_("request"),
    )

    class Meta:
        ordering = ["slot", "pk"]
        verbose_name = _("booked time")
        verbose_name_plural = _("booked times")
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "slot"],
                name="booking_one_meeting_at_a_time",
                violation_error_message=_("This time is taken already."),
            ),
            models.UniqueConstraint(
                fields=["request", "participation"], name="booking_once_per_request"
            ),
        ]

    def __str__(self):
        return f"{self.participation_id} · {self.slot_id}"


class MeetingReport(models.Model):
    """What one side, or an official, says about a meeting after it."""

    Outcome = Outcome

    request = models.ForeignKey(
        MeetingRequest,
        models.CASCADE,
        related_name="reports",
        verbose_name=_("request"),
    )
    participation = models.ForeignKey(
        Participation,
        models.CASCADE,
        related_name="+",
        verbose_name=_("said by"),
    )
    outcome = models.CharField(_("outcome"), max_length=11, choices=Outcome)
    reported_at = models.DateTimeField(_("reported"), auto_now=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    via = models.CharField(_("through"), max_length=8, choices=Via)

    class Meta:
        ordering = ["reported_at", "pk"]
        verbose_name = _("report on a meeting")
        verbose_name_plural = _("reports on meetings")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "participation"], name="meeting_report_once_per_side"
            ),
            models.CheckConstraint(
                name="meeting_report_outcome_known",
                condition=Q(
                    outcome__in=["deal", "follow_up", "no_interest", "not_held"]
                ),
            ),
        ]

    def __str__(self):
        return f"{self.request_id} · {self.get_outcome_display()}"
