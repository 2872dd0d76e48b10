"""Certificates that a business states: whether a number can be right, and the private file.

Rules of the numbers: a halal certificate starts with ID; a P-IRT number has 15 digits, the last
two after a hyphen; BPOM numbers start with letters that name the kind of goods.
"""

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from umkm_portal.uploads import delete_file_on_commit

from . import directory
from .models import Certificate
from .services import GONE, is_gone, lock_open

Kind = Certificate.Kind
MOST = 40
HALAL = re.compile(r"ID\d{12,20}")
USUAL = {
    Kind.PIRT: re.compile(r"\d{13}-?\d{2}"),
    Kind.BPOM: re.compile(r"(MD|ML|NA|NB|NC|ND|NE|TR|TI|TL|SD|SI|SL|FF|QD|QI)\d{9,15}"),
}
FATWA = _(
    "This is the number of a fatwa, not of the halal certificate. The number of the certificate "
    "starts with ID and stands on it below the halal logo."
)
NOT_HALAL = _(
    "The number of a halal certificate is ID and 12 to 20 digits, for example ID35110000123456789."
)
UNUSUAL = {
    Kind.PIRT: _("A P-IRT number has 15 digits, for example 2063578010123-27."),
    Kind.BPOM: _(
        "A BPOM number has two letters and 9 to 15 digits, for example MD 867028001234."
    ),
}


def written_plainly(kind, number):
    """The number as the register has it: without spaces, dots and the name of the certificate."""
    if kind not in (Kind.HALAL, *USUAL):
        return number.strip()
    plain = re.sub(r"[\s.]", "", number).upper()
    if kind == Kind.BPOM:
        return re.sub(r"^BPOM(RI)?", "", plain).replace("-", "")
    return re.sub(r"^P-?IRT(NO)?[:-]?", "", plain) if kind == Kind.PIRT else plain


def impossible(kind, number):
    """Why this cannot be the number of such a certificate, or ""."""
    if kind != Kind.HALAL or HALAL.fullmatch(number):
        return ""
    return FATWA if number.startswith("KH") else NOT_HALAL


def unusual(kind, number):
    """What a number of this kind usually looks like, if this one does not; else ""."""
    pattern = USUAL.get(kind)
    return "" if not pattern or pattern.fullmatch(number) else UNUSUAL[kind]


@transaction.atomic
def keep_certificate(certificate, document=None, *, by):
    """Saves a certificate; `document`, a CheckedFile, takes the place of its former file.

    Whoever added or changed one does not check the business, see `checkable_by`.
    """
    # The lock keeps certificates sent at once from passing the limit together.
    business = lock_open(certificate.business_id)
    if certificate.pk is None and business.certificates.count() >= MOST:
        raise ValidationError(
            _(
                "There are %(most)d certificates already. Delete those that have expired."
            ),
            code="too_many",
            params={"most": MOST},
        )
    if is_gone(certificate):
        raise ValidationError(GONE, code="gone")
    certificate.validate_constraints()
    if certificate.pk is None:
        certificate.added_by = by
    else:
        _note_change(business, by)
    if document:
        delete_file_on_commit(certificate.file)
        certificate.file = document
        certificate.sha256 = document.sha256
        certificate.media_type = document.media_type
    certificate.save()
    directory.refresh(business)
    return certificate


def _note_change(business, by):
    """A certificate has no history of its own; that of its business names who changed one."""
    business._history_user = by
    business.save(update_fields=["updated_at"])


@transaction.atomic
def remove_certificate(certificate):
    lock_open(certificate.business_id)
    delete_file_on_commit(certificate.file)
    certificate.delete()
    directory.refresh(certificate.business)
