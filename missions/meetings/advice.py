"""What an organiser can do for a verified UMKM below the floor, by the cause."""

from django.utils.translation import gettext_lazy as _

from .models import FloorGap

Cause = FloorGap.Cause
MATCHES = "meetings:office_matches"
# The words, and the page on which it is done
ADVICE = {
    Cause.NO_NEED: (
        _(
            "Invite businesses of the other side that trade in it, and score the pairs again."
        ),
        "missions:board",
    ),
    Cause.CONFLICTS: (
        _(
            "See what stands in the way. Some conflicts can be mended, as a certificate."
        ),
        MATCHES,
    ),
    Cause.NO_AVAILABILITY: (
        _("Ask it when it can come, or fill that in for it."),
        "missions:letters",
    ),
    Cause.TOO_FEW_SLOTS: (
        _(
            "Ask it to come at more times, or add times at which its partners can come too."
        ),
        "missions:letters",
    ),
    Cause.TABLES_FULL: (
        _("Add tables or times."),
        "meetings:rules",
    ),
    Cause.PARTNERS_FULL: (
        _("Allow more meetings for each business, or invite more partners for it."),
        "meetings:rules",
    ),
}
