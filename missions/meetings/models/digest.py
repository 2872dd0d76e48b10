from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from businesses.models import Business, Membership


class DigestSubscriptionQuerySet(models.QuerySet):
    def working(self):
        """Of people who still work for the business."""
        members = Membership.objects.filter(
            business=OuterRef("business"),
            user=OuterRef("user"),
            business__closed_at__isnull=True,
            user__is_active=True,
        )
        return self.filter(Exists(members))

    def due(self):
        """Not told within the last seven days, counted in days and not in hours."""
        first = timezone.localdate() - timedelta(days=DigestSubscription.DAYS - 1)
        first_moment = timezone.make_aware(datetime.combine(first, time()))
        return self.filter(Q(sent_at__isnull=True) | Q(sent_at__lt=first_moment))


class DigestSubscription(models.Model):
    """A person asked to be told, at most once a week, of new listings that fit a business."""

    DAYS = 7

    business = models.ForeignKey(
        Business, models.CASCADE, related_name="+", verbose_name=_("business")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        verbose_name=_("account"),
    )
    since = models.DateTimeField(_("since"), default=timezone.now)
    sent_at = models.DateTimeField(_("last sent"), null=True, blank=True)

    objects = DigestSubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("subscription to new opportunities")
        verbose_name_plural = _("subscriptions to new opportunities")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "user"], name="digest_subscription_once"
            )
        ]

    def __str__(self):
        return str(self.business)


class OpportunityLook(models.Model):
    """When a person last looked at the opportunities of a business: what came since is new."""

    # Coming back within this time is the same look, so that nothing stops being new by a reload.
    LASTS = timedelta(hours=1)

    business = models.ForeignKey(
        Business, models.CASCADE, related_name="+", verbose_name=_("business")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        verbose_name=_("account"),
    )
    began_at = models.DateTimeField(_("last look"), default=timezone.now)
    before = models.DateTimeField(_("the look before"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("look at opportunities")
        verbose_name_plural = _("looks at opportunities")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "user"], name="opportunity_look_once"
            )
        ]

    def __str__(self):
        return str(self.business)
