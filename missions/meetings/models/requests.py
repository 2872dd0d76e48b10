from datetime import timedelta

from django.contrib import admin
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from businesses.models import Product
from missions.models import Participation, Slot
from missions.reasons import said
from umkm_portal.validators import printable

LONG = timedelta(hours=24)


class MeetingRequestQuerySet(models.QuerySet):
    def of(self, participation):
        return self.filter(Q(sender=participation) | Q(receiver=participation))

    def of_mission(self, mission):
        return self.filter(sender__mission=mission)

    def visible_to(self, user):
        """For officials: those in which one of the two is theirs to look at, see
        `ParticipationQuerySet.curated_by`."""
        theirs = Participation.objects.curated_by(user).values("pk")
        return self.filter(Q(sender__in=theirs) | Q(receiver__in=theirs))

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

    def ahead(self):
        """Agreed meetings that have not taken place: whoever leaves the mission cancels them."""
        took_place = Q(slot__ends_at__lte=timezone.now()) | Q(reports__isnull=False)
        return self.accepted().exclude(took_place)

    def without_time(self):
        return self.accepted().filter(slot__isnull=True)

    def moving(self):
        """Agreed meetings for which one side has proposed a new time."""
        return self.accepted().filter(new_slot__isnull=False)

    def awaiting(self, participation):
        """Those that `participation`, or each row of an outer query, has to answer."""
        return self.filter(
            to_answer(),
            Q(receiver=participation, turn=MeetingRequest.Turn.RECEIVER)
            | Q(sender=participation, turn=MeetingRequest.Turn.SENDER),
        )

    def waiting(self):
        """Those that one of the two sides has to answer."""
        return self.filter(to_answer())

    def with_waits_since(self):
        """Adds the last step of one of the two sides: only that restarts the clock, and no change
        of the programme does."""
        steps = MeetingRequest.objects.filter(
            pk=OuterRef("pk"), events__participation__isnull=False
        )
        last = steps.order_by("-events__at").values("events__at")[:1]
        return self.annotate(waits_since=Coalesce(Subquery(last), "created_at"))

    def waiting_long(self):
        """Those that wait for more than 24 hours since the last step of one of the two sides."""
        long_ago = timezone.now() - LONG
        return self.waiting().with_waits_since().filter(waits_since__lte=long_ago)

    def live(self):
        return self.filter(status__in=MeetingRequest.LIVE)

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
            "new_slot__mission",
        )


def to_answer():
    return Q(
        Q(status=MeetingRequest.Status.PENDING) | Q(new_slot__isnull=False),
        expires_at__gt=timezone.now(),
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
    REFUSED = (Status.DECLINED, Status.CANCELLED)

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
    # Of an agreed meeting: what one side proposes instead. `turn` and `expires_at` then say who has
    # to answer and until when; what was agreed stands meanwhile.
    new_slot = models.ForeignKey(
        Slot,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("new time"),
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
            models.CheckConstraint(
                name="meeting_request_new_time_of_agreed",
                condition=Q(new_slot__isnull=True) | Q(status="accepted"),
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
    def is_moving(self):
        """Whether a new time for the agreed meeting waits for an answer."""
        return self.new_slot_id is not None and self.expires_at > timezone.now()

    @property
    def is_closed(self):
        """Answered with no, taken back, cancelled, or too late to answer."""
        return not (self.is_pending or self.is_accepted)

    @property
    def answerer(self):
        """The participant who has to answer."""
        return self.receiver if self.turn == self.Turn.RECEIVER else self.sender

    @admin.display(description=_("reason"))
    def get_reason_display(self):
        return said(self.reason)

    @property
    def parties(self):
        return self.sender, self.receiver

    def partner_of(self, participation):
        return self.receiver if participation.pk == self.sender_id else self.sender


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
