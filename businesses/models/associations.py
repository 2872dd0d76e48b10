from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from umkm_portal.validators import printable

from .business import Business


class MemberFirmQuerySet(models.QuerySet):
    def public(self):
        """Named firms, and registered ones that confirmed and have a public page themselves."""
        confirmed = Q(confirmed_at__isnull=False, firm__in=Business.objects.published())
        return self.filter(Q(firm__isnull=True) | confirmed)

    def confirmed_publicly(self):
        """Where the firm confirmed and the association has a public page."""
        return self.filter(
            confirmed_at__isnull=False, association__in=Business.objects.published()
        )


class MemberFirm(models.Model):
    """A firm that an association or cooperative lists; registered here or only named."""

    association = models.ForeignKey(
        Business,
        models.CASCADE,
        related_name="member_firms",
        verbose_name=_("association"),
    )
    firm = models.ForeignKey(
        Business,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="associations",
        verbose_name=_("registered business"),
    )
    name = models.CharField(
        _("name of the firm"), max_length=150, blank=True, validators=[printable]
    )
    added_at = models.DateTimeField(_("listed since"), auto_now_add=True)
    confirmed_at = models.DateTimeField(
        _("confirmed by the firm"), null=True, blank=True, editable=False
    )

    objects = MemberFirmQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]
        verbose_name = _("member firm")
        verbose_name_plural = _("member firms")
        constraints = [
            models.CheckConstraint(
                name="member_firm_registered_or_named",
                condition=Q(firm__isnull=False, name="")
                | Q(firm__isnull=True) & ~Q(name=""),
                violation_error_message=_("Choose a business or type its name."),
            ),
            models.CheckConstraint(
                name="member_firm_not_itself",
                condition=Q(firm__isnull=True) | ~Q(firm=F("association")),
                violation_error_message=_("An association is not its own member."),
            ),
            models.CheckConstraint(
                name="member_firm_confirmed_by_a_business",
                condition=Q(confirmed_at__isnull=True) | Q(firm__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["association", "firm"],
                name="member_firm_listed_once",
                violation_error_message=_("This business is already listed."),
            ),
            models.UniqueConstraint(
                fields=["association", "name"],
                condition=Q(firm__isnull=True),
                name="member_firm_named_once",
                violation_error_message=_("A firm of this name is already listed."),
            ),
        ]

    def __str__(self):
        return str(self.firm) if self.firm_id else self.name
