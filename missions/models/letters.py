from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from businesses.models import Business, Province
from umkm_portal.outbox.models import Message
from umkm_portal.validators import printable

from .mission import Mission
from .participation import Participation


class Mailing(models.Model):
    """One tap of an official that wrote to everybody on a list."""

    mission = models.ForeignKey(
        Mission, models.CASCADE, related_name="mailings", verbose_name=_("mission")
    )
    kind = models.CharField(_("kind"), max_length=40)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-sent_at", "-pk"]
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")

    def __str__(self):
        return f"{self.kind} · {self.sent_at:%Y-%m-%d}"


class LetterQuerySet(models.QuerySet):
    def of_mission(self, mission):
        return self.filter(participation__mission=mission)

    def for_official(self, user, *roles):
        """Those to businesses that `user` curates, in any of `roles` (default: any role)."""
        curated = Participation.objects.curated_by(user, *roles)
        return self.filter(participation__in=curated)

    def by_hand_of(self, user, *roles):
        """Those whose reader's phone number `user` may see: to businesses of the own provinces.
        Owners let nobody but the office of their province act for them."""
        reachable = Business.objects.in_provinces_of(user, *roles)
        return self.for_official(user, *roles).filter(
            participation__business__in=reachable
        )

    def in_state(self, state):
        """What was interrupted while it was being sent counts as failed."""
        failed = Message.objects.failed()
        if state == Message.State.FAILED:
            return self.filter(message__in=failed)
        return self.filter(message__state=state).exclude(message__in=failed)

    def with_parties(self):
        return self.select_related(
            "message__recipient",
            "message__handed_by",
            "participation__business__province",
        )


class Letter(models.Model):
    """A message to somebody of a participating business. Its link opens the pages of that
    participant."""

    message = models.OneToOneField(
        Message, models.CASCADE, related_name="letter", verbose_name=_("message")
    )
    participation = models.ForeignKey(
        Participation,
        models.CASCADE,
        related_name="letters",
        verbose_name=_("participation"),
    )
    mailing = models.ForeignKey(
        Mailing,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name=_("mailing"),
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("message to a participant")
        verbose_name_plural = _("messages to participants")

    def __str__(self):
        return str(self.message)


class MessageWording(models.Model):
    """How a province words a kind of message, in place of the words that ship."""

    class Language(models.TextChoices):
        INDONESIAN = "id", "Bahasa Indonesia"
        ENGLISH = "en", "English"

    province = models.ForeignKey(
        Province, models.CASCADE, related_name="+", verbose_name=_("province")
    )
    kind = models.CharField(_("kind"), max_length=40)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    subject = models.CharField(_("subject"), max_length=100, validators=[printable])
    text = models.TextField(_("text"), max_length=600, validators=[printable])

    history = HistoricalRecords()

    class Meta:
        ordering = ["province", "kind", "language"]
        verbose_name = _("wording of a message")
        verbose_name_plural = _("wordings of messages")
        constraints = [
            models.UniqueConstraint(
                fields=["province", "kind", "language"], name="message_wording_once"
            ),
            models.CheckConstraint(
                name="message_wording_language_known",
                condition=Q(language__in=["id", "en"]),
            ),
        ]

    def __str__(self):
        return f"{self.kind} · {self.language}"
