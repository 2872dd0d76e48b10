from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .offers import private_storage


class ImportFileQuerySet(models.QuerySet):
    def usable_by(self, user):
        """Nobody but its sender goes on with a file, and not for longer than an hour."""
        oldest = timezone.now() - ImportFile.KEPT
        return self.filter(sent_by=user, sent_at__gt=oldest)


class ImportFile(models.Model):
    """A list of businesses between the steps of its import; deleted when that is done."""

    KEPT = timedelta(hours=1)

    file = models.FileField(_("file"), upload_to="impor", storage=private_storage)
    name = models.CharField(_("name of the file"), max_length=150)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent"), auto_now_add=True)

    objects = ImportFileQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at"]
        verbose_name = _("file to import")
        verbose_name_plural = _("files to import")

    def __str__(self):
        return self.name


class ImportRefusal(models.Model):
    """Whoever answers this phone wants no place on the portal. Only a keyed hash is kept."""

    phone_hash = models.CharField(max_length=64, unique=True, editable=False)
    refused_at = models.DateTimeField(_("refused"), auto_now=True)

    class Meta:
        ordering = ["-refused_at"]
        verbose_name = _("owner who said no")
        verbose_name_plural = _("owners who said no")

    def __str__(self):
        return f"{self.refused_at:%Y-%m-%d}"
