"""The sentences that say what an official checked: no more than the check itself."""

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from umkm_portal.formatting import partial_date

from .models import Certificate, Check

Kind = Certificate.Kind
Source = Check.Source
Subject = Check.Subject

CHECKED = {
    Source.OSS: _("checked in OSS"),
    Source.BPJPH: _("checked in the BPJPH register"),
    Source.BPOM: _("checked in the BPOM register"),
    Source.BSN: _("checked in the BSN register"),
    Source.DJKI: _("checked in the DJKI register"),
    Source.HEALTH_OFFICE: _("checked with the health office"),
    Source.ISSUER: _("checked with the issuer"),
    Source.DOCUMENT: _("checked against the original document"),
    Source.VISIT: _("checked during a visit"),
}


def badges(business):
    """One sentence per thing that an official checked and that still holds, the NIB first."""
    if not hasattr(business, "valid_checks"):
        business.valid_checks = list(business.checks.valid())
    latest = {}
    for check in business.valid_checks:
        latest.setdefault((check.subject, check.certificate_id), check)
    order = list(Subject)
    checks = sorted(latest.values(), key=lambda check: order.index(check.subject))
    return [badge(check) for check in checks]


def badge(check):
    """ "NIB diperiksa di OSS, 12 Januari 2027 (berlaku sampai 12 Januari 2028)" """
    return gettext("%(what)s %(checked)s, %(day)s (valid until %(until)s)") % {
        "what": _what(check),
        "checked": CHECKED[check.source],
        "day": partial_date(timezone.localdate(check.checked_at), "day"),
        "until": partial_date(check.valid_until, "day"),
    }


def _what(check):
    if check.subject == Subject.CERTIFICATE:
        label = certificate_label(check.certificate_kind, check.stated)
        return f"{label} {check.value}"
    if check.subject == Subject.CAPACITY:
        return gettext("Capacity “%(capacity)s”") % {"capacity": check.value}
    return {
        Subject.NIB: gettext("NIB"),
        Subject.ADDRESS: gettext("Place of business"),
        Subject.OWNER: gettext("Identity of the owner"),
    }[check.subject]


def certificate_label(kind, name):
    label = str(Kind(kind).label)
    return f"{label} ({name})" if name and name != label else label
