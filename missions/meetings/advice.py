"""What an organiser can do for a verified UMKM below the floor, by the cause."""

from django.utils.translation import gettext_lazy as _

from .models import FloorGap
from .points import Conflict

Cause = FloorGap.Cause
# The words, and the page on which it is done
ADVICE = {
    Cause.NO_NEED: (
        _(
            "Invite businesses of the other side that trade in it, and score the pairs again."
        ),
        "",
    ),
    Cause.CONFLICTS: (
        _("See what stands in the way of most of its pairs."),
        "",
    ),
    Cause.NO_AVAILABILITY: (
        _("Ask it when it can come, or fill that in for it."),
        "meetings:chasing",
    ),
    Cause.TOO_FEW_SLOTS: (
        _(
            "Ask it to come at more times, or add times at which its partners can come too."
        ),
        "meetings:programme",
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
# Against the conflict that most of its pairs have
AGAINST = {
    Conflict.SAME_PROVINCE: _("Invite partners from other provinces."),
    Conflict.CERTIFICATE: _(
        "Ask whether it has the certificate and has not entered it, or can get it; ask the buyers "
        "whether they need it."
    ),
    Conflict.NO_DELIVERY: _(
        "Ask whether it can deliver further, or whether the buyers fetch the goods."
    ),
    Conflict.SAME_PEOPLE: _("Invite partners for whom other people work."),
}
