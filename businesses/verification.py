"""What officials check about a business, against which source, and until when that holds.

A badge says only what a check says. Whatever the business changes afterwards ends the badge at
once: a check is compared with what is stated now (`Check.objects.valid()`).
"""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from umkm_portal.formatting import partial_date

from . import directory, messages
from .claims import claims, missing
from .models import (
    Business,
    Certificate,
    Check,
    FileOpening,
    VerificationRequest,
)
from .models.verification import CHECKERS, own_work

Kind = Certificate.Kind
Source = Check.Source
Status = VerificationRequest.Status
Subject = Check.Subject

MOST_LOOK_ALIKES = 10
NIB_TAKEN = _(
    "This NIB was already checked for another business. Compare the two below: if they are the "
    "same, reject this one as already registered; if the number is mistyped, ask for more; if "
    "the earlier check was wrong, revoke it first."
)


@transaction.atomic
def submit(business, *, by, note=""):
    """Asks the officials of the province for a check; after “more needed” it asks again."""
    business = Business.objects.select_for_update().get(pk=business.pk)
    if problems := missing(business):
        raise ValidationError(problems, code="nothing_to_check")
    request = business.verification_requests.undecided().first()
    if request and request.status == Status.WAITING:
        raise ValidationError(
            _("Your business already waits for a check. You need not ask again."),
            code="already_waiting",
        )
    request = request or VerificationRequest(business=business)
    request.status = Status.WAITING
    request.note = note
    request.submitted_by = by
    request.submitted_at = timezone.now()
    request.decided_by = request.decided_at = None
    request.save()
    return request


@transaction.atomic
def recheck(business):
    """Puts a business into the queue because a check of it ends soon."""
    business = Business.objects.select_for_update().get(pk=business.pk)
    request, _is_new = business.verification_requests.undecided().get_or_create(
        defaults={"business": business}
    )
    return request


@transaction.atomic
def withdraw(request):
    """The owner no longer asks. Checks made before stay."""
    Business.objects.select_for_update().get(pk=request.business_id)
    VerificationRequest.objects.undecided().filter(pk=request.pk).update(
        status=Status.WITHDRAWN
    )


@transaction.atomic
def decide(request, *, by, outcome, reason="", message="", findings=()):
    """Approves, asks for more or rejects; records one check per finding, and tells the owners."""
    business = Business.objects.select_for_update().get(pk=request.business_id)
    try:
        request = (
            VerificationRequest.objects.decidable_by(by)
            .select_for_update()
            .get(pk=request.pk)
        )
    except VerificationRequest.DoesNotExist:
        raise ValidationError(
            _(
                "This request is no longer yours to decide: another official has decided it, "
                "the owner has withdrawn it, or you work for this business."
            ),
            code="not_decidable",
        ) from None
    _refuse_incomplete(outcome, reason, message, findings)
    for finding in findings:
        _record(finding, business, request, by)
    request.status = outcome
    request.reason = "" if outcome == Status.APPROVED else reason
    request.message = message
    request.decided_by = by
    request.decided_at = timezone.now()
    request.save()
    directory.refresh(business)
    messages.tell_owners_of_decision(request)
    return request


def why_not(request, user):
    """Why `user` may not decide on a request that waits."""
    business = Business.objects.filter(pk=request.business_id)
    if not business.in_provinces_of(user, *CHECKERS).exists():
        return [gettext("Verifiers and province admins of the province decide.")]
    asked = request.submitted_by_id == user.pk
    return [
        *(
            reason
            for reason, is_own in own_work(user)
            if business.filter(is_own).exists()
        ),
        *([gettext("You asked for this check yourself.")] if asked else []),
    ]


def _refuse_incomplete(outcome, reason, message, findings):
    if outcome == Status.APPROVED:
        if not findings:
            raise ValidationError(
                _(
                    "Tick what you have checked. Without that there is nothing to approve."
                ),
                code="nothing_checked",
            )
    elif outcome not in (Status.MORE_NEEDED, Status.REJECTED):
        raise ValidationError(_("Choose a decision."), code="no_outcome")
    elif not reason or not message:
        raise ValidationError(
            _("Choose a reason, and write to the owner what to do next."),
            code="no_reason",
        )
    elif outcome == Status.REJECTED and findings:
        raise ValidationError(
            _("A rejected request has no checks. Ask for more, or untick them."),
            code="rejected_with_checks",
        )


def _record(finding, business, request, by):
    claim = _confirmed(finding, business)
    if claim.subject == Subject.NIB:
        _verify_nib(business)
    Check.objects.create(
        business=business,
        request=request,
        subject=claim.subject,
        certificate=claim.certificate,
        certificate_kind=claim.certificate.kind if claim.certificate else "",
        value=claim.value,
        stated=claim.stated,
        source=finding.source,
        checked_by=by,
        valid_until=finding.valid_until,
    )


def _confirmed(finding, business):
    """The claim as it stands, once nothing speaks against the finding."""
    what = finding.claim.label
    claim = next((one for one in claims(business) if one == finding.claim), None)
    if claim is None:
        raise ValidationError(
            _("%(what)s was changed while you were looking. Look at it again."),
            code="changed",
            params={"what": what},
        )
    if finding.source not in claim.sources:
        raise ValidationError(
            _("%(what)s cannot be checked against this source."),
            code="wrong_source",
            params={"what": what},
        )
    if not timezone.localdate() <= finding.valid_until <= claim.latest_day:
        latest = partial_date(claim.latest_day, "day")
        raise ValidationError(
            _("The check of %(what)s can hold until %(day)s at the latest."),
            code="too_long",
            params={"what": what, "day": latest},
        )
    return claim


def _verify_nib(business):
    try:
        with transaction.atomic():
            Business.objects.filter(pk=business.pk).update(is_nib_verified=True)
    except IntegrityError:
        raise ValidationError(NIB_TAKEN, code="nib_taken") from None
    business.is_nib_verified = True


@transaction.atomic
def revoke(check, *, by, because):
    """Takes a check back; its badge is gone at once, and the owners are told why."""
    business = Business.objects.select_for_update().get(pk=check.business_id)
    if not because.strip():
        raise ValidationError(_("Say why you revoke this check."), code="no_reason")
    revoked = (
        Check.objects.revocable_by(by)
        .filter(pk=check.pk)
        .update(revoked_at=timezone.now(), revoked_by=by, revoked_because=because)
    )
    if not revoked:
        raise ValidationError(
            _("This check was already revoked, or it is not yours to revoke."),
            code="not_revocable",
        )
    _end_nib_without_check(business)
    directory.refresh(business)
    check.refresh_from_db()
    messages.tell_owners_of_revocation(check)


def _end_nib_without_check(business):
    if not business.checks.valid().filter(subject=Subject.NIB).exists():
        Business.objects.filter(pk=business.pk).update(is_nib_verified=False)
        business.is_nib_verified = False


# Who looked, and what else an official should see


def note_opening(certificate, *, by):
    """Records that an official opened a private file."""
    return FileOpening.objects.create(certificate=certificate, opened_by=by)


def look_alikes(business):
    """Other businesses with the same NIB, or of the same name in the same place."""
    same = Q(name__iexact=business.name, province=business.province_id)
    if business.regency_id:
        same &= Q(regency=business.regency_id) | Q(regency=None)
    if business.nib:
        same |= Q(nib=business.nib)
    others = Business.objects.filter(same, closed_at=None).exclude(pk=business.pk)
    return others.select_related("province", "regency")[:MOST_LOOK_ALIKES]


# Every day


def free_nibs_without_check():
    """A NIB whose check has ended may be checked for another business that states it."""
    still_valid = Check.objects.valid().filter(subject=Subject.NIB)
    ended = Business.objects.filter(is_nib_verified=True).exclude(
        pk__in=still_valid.values("business")
    )
    keys = list(ended.values_list("pk", flat=True))
    for business in Business.objects.select_for_update().filter(pk__in=keys):
        _end_nib_without_check(business)
    return len(keys)


def remind_of_expiring_checks():
    """Owners and officials learn once, 30 days ahead, that a check ends."""
    expiring = Check.objects.expiring(Check.REMIND_DAYS).filter(reminded_at=None)
    checks = list(expiring.select_related("business").order_by("pk"))
    Check.objects.filter(pk__in=[check.pk for check in checks]).update(
        reminded_at=timezone.now()
    )
    for business in {check.business for check in checks}:
        messages.tell_owners_of_expiry(business)
    for province in sorted({check.business.province_id for check in checks}):
        messages.tell_officials_of_expiry(province)
    return len(checks)
