from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy


class MessageQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=Message.State.QUEUED)

    def due(self):
        return self.waiting().filter(due_at__lte=timezone.now()).exclude(text="")

    def failed(self):
        """What will not go by itself, and what was interrupted so that nobody knows."""
        interrupted = Q(
            state=Message.State.SENDING,
            due_at__lt=timezone.now() - Message.SENDING_ENDS,
        )
        return self.filter(Q(state=Message.State.FAILED) | interrupted)

    def without_task(self):
        """Those that waited for much longer than any queue: the task that was to send them is lost."""
        return self.waiting().filter(due_at__lt=timezone.now() - Message.TASK_LOST)

    def fleeting(self):
        """Whose words are to go, at the latest once they are a week old."""
        return self.filter(is_fleeting=True).exclude(text="")


class Message(models.Model):
    """One message to one person. To which number or address it goes is looked up when it goes.

    `text` holds LINK where the address of the page belongs: the address is a key, so it is made
    anew from the portal's secret whenever it is needed, and kept nowhere.
    """

    class Channel(models.TextChoices):
        TEXT = "text", _("text to the phone")
        EMAIL = "email", _("e-mail")
        HAND = "hand", _("WhatsApp, sent by an official")

    class State(models.TextChoices):
        QUEUED = "queued", _("waits to be sent")
        SENDING = "sending", _("is being sent")
        SENT = "sent", pgettext_lazy("message", "sent")
        FAILED = "failed", _("could not be sent")

    class Problem(models.TextChoices):
        """Never the failure's own text: that may name the recipient."""

        NO_ADDRESS = "address", _("neither a confirmed phone nor an e-mail")
        SWITCHED_OFF = "inactive", _("the account is switched off")
        GATEWAY = "gateway", _("the text gateway did not take it")
        MAIL = "mail", _("the mail server did not take it")
        FORGOTTEN = (
            "gone",
            _("it named a business that is gone, and its words are deleted"),
        )

    LINK = "{link}"
    MOST_ATTEMPTS = 5
    # Before the second, third, … attempt.
    PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 240)]
    # Whoever still sends by then has ended without saying how it went.
    SENDING_ENDS = timedelta(minutes=10)
    TASK_LOST = timedelta(hours=1)
    FLEETING_ENDS = timedelta(days=7)

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="messages",
        verbose_name=_("to"),
    )
    kind = models.CharField(_("kind"), max_length=40)
    language = models.CharField(_("language"), max_length=2, default="id")
    subject = models.CharField(_("subject"), max_length=150)
    text = models.TextField(_("text"))
    # Where the link leads within the pages it opens; see `links.py`.
    path = models.CharField(max_length=200, blank=True)
    link_until = models.DateTimeField(_("link valid until"), null=True, blank=True)
    channel = models.CharField(_("sent by"), max_length=5, choices=Channel, blank=True)
    state = models.CharField(
        _("state"), max_length=7, choices=State, default=State.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    problem = models.CharField(_("problem"), max_length=8, choices=Problem, blank=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    # It names a business that is gone: once it has been sent, its words go too.
    is_fleeting = models.BooleanField(default=False, editable=False)
    # When the next attempt may begin; while it is being sent, when that began.
    due_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sent by the official"),
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(
                name="message_state_known",
                condition=Q(state__in=["queued", "sending", "sent", "failed"]),
            ),
            models.CheckConstraint(
                name="message_sent_at_a_time",
                condition=~Q(state="sent") | Q(sent_at__isnull=False) & ~Q(channel=""),
            ),
            models.CheckConstraint(
                name="message_failed_with_problem",
                condition=~Q(state="failed") | ~Q(problem=""),
            ),
            models.CheckConstraint(
                name="message_channel_known",
                condition=Q(channel__in=["", "text", "email", "hand"]),
            ),
            models.CheckConstraint(
                name="message_problem_known",
                condition=Q(
                    problem__in=["", "address", "inactive", "gateway", "mail", "gone"]
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="message_by_state"),
            models.Index(fields=["created_at"], name="message_by_age"),
        ]

    def __str__(self):
        return f"{self.kind} · {self.created_at:%Y-%m-%d}"

    @property
    def has_link(self):
        return self.LINK in self.text

    @property
    def shown_text(self):
        """For others than the reader: without the key, which is not kept anyway."""
        return self.text.replace(self.LINK, "[…]")

    @property
    def is_sent(self):
        return self.state == self.State.SENT

    @property
    def is_uncertain(self):
        """The worker ended between sending and writing it down: it may have arrived, or not."""
        ends_at = self.due_at + self.SENDING_ENDS
        return self.state == self.State.SENDING and ends_at < timezone.now()

    @property
    def is_failed(self):
        return self.state == self.State.FAILED or self.is_uncertain

    @property
    def is_open(self):
        """Whether a person may send it now, again or by hand: nobody is at it and nobody will be,
        and it still has words."""
        return self.is_failed and bool(self.text)

    @property
    def state_words(self):
        """The state with what has to be known about it."""
        if self.is_uncertain:
            return _("may have gone: the program was interrupted")
        if self.is_sent:
            return self.get_channel_display()
        if self.problem:
            return f"{self.get_state_display()}: {self.get_problem_display()}"
        return self.get_state_display()
