from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from umkm_portal.validators import printable

from .business import Business


class Membership(models.Model):
    """A person who acts for a business."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        STAFF = "staff", _("staff")

    business = models.ForeignKey(
        Business, models.CASCADE, related_name="memberships", verbose_name=_("business")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="memberships",
        verbose_name=_("account"),
    )
    role = models.CharField(_("role"), max_length=5, choices=Role)
    joined_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        ordering = ["role", "joined_at"]
        verbose_name = _("person of a business")
        verbose_name_plural = _("people of businesses")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "user"],
                name="membership_once_per_person",
                violation_error_message=_("This person already works here."),
            ),
            models.CheckConstraint(
                name="membership_role_known", condition=Q(role__in=["owner", "staff"])
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()}"


class InvitationQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(
            accepted_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=timezone.now(),
        )


class Invitation(models.Model):
    """A link by which another person may join a business, once. Only its hash is kept."""

    DAYS = 7

    business = models.ForeignKey(
        Business, models.CASCADE, related_name="invitations", verbose_name=_("business")
    )
    role = models.CharField(_("role"), max_length=5, choices=Membership.Role)
    for_whom = models.CharField(_("for whom"), max_length=100, validators=[printable])
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                name="invitation_accepted_or_revoked",
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
            )
        ]

    def __str__(self):
        return f"{self.for_whom} · {self.get_role_display()}"
