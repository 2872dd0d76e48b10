"""What happened to a request, and what its sides say came of the meeting."""

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from missions.doors import Via
from missions.models import Participation
from missions.reasons import said

from .requests import MeetingRequest


class Outcome(models.TextChoices):
    DEAL = "deal", _("we agreed on a deal")
    FOLLOW_UP = "follow_up", _("we go on talking")
    NO_INTEREST = "no_interest", _("it leads nowhere")
    NOT_HELD = "not_held", _("the meeting did not take place")


class RequestEvent(models.Model):
    """Each step of a request, who took it and through which door. Steps are added, never changed;
    only what a person typed goes with them who are deleted, or in time."""

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
        TAKEN_BACK = "takenback", _("took the proposed time back")
        # Of agreed meetings
        MOVING = "moving", _("proposed a new time for the agreed meeting")
        MOVED = "moved", _("agreed to the new time")
        NOT_MOVED = "not_moved", _("refused the new time")
        LAPSED = "lapsed", _("the new time came to nothing")
        TIME_SET = "time_set", _("the organiser found a time")

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
        constraints = [
            models.CheckConstraint(
                name="request_event_step_known",
                condition=Q(
                    step__in=[
                        "sent",
                        "proposed",
                        "accepted",
                        "declined",
                        "expired",
                        "withdrawn",
                        "cancelled",
                        "time_lost",
                        "reported",
                        "takenback",
                        "moving",
                        "moved",
                        "not_moved",
                        "lapsed",
                        "time_set",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="request_event_via_known",
                condition=Q(via__in=["", "portal", "link", "assisted"]),
            ),
            models.CheckConstraint(
                name="request_event_outcome_of_report",
                condition=Q(
                    step="reported",
                    outcome__in=["deal", "follow_up", "no_interest", "not_held"],
                )
                | ~Q(step="reported") & Q(outcome=""),
            ),
        ]

    def __str__(self):
        return f"{self.request_id} · {self.get_step_display()}"

    @admin.display(description=_("reason"))
    def get_reason_display(self):
        return said(self.reason)


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
            models.CheckConstraint(
                name="meeting_report_via_known",
                condition=Q(via__in=["portal", "link", "assisted"]),
            ),
        ]

    def __str__(self):
        return f"{self.request_id} · {self.get_outcome_display()}"
