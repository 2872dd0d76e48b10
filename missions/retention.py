"""How long what concerns missions is kept; businesses/retention.py enforces it."""

from django.utils.translation import gettext_lazy as _

from businesses.periods import YEAR, Period
from umkm_portal.traces import erase_versions

from .models import Participation


def participation_versions(before):
    return Participation.history.filter(history_date__lt=before)


PERIODS = (
    Period(
        _("Earlier versions of applications to missions"),
        5 * YEAR,
        _("the change"),
        participation_versions,
        erase_versions,
    ),
)
