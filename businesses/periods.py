"""How long personal data are kept (UU 27/2022 articles 16, 42 and 44). One table, with
what settings.RETENTION_PERIODS adds: retention.py enforces it every day, and the privacy page shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, ngettext
from django_tasks_db.models import DBTaskResult

from umkm_portal.accounts.models import User
from umkm_portal.accounts.services import forget_ended_sessions
from umkm_portal.outbox.models import Message
from umkm_portal.traces import erase, erase_versions
from umkm_portal.uploads import delete_file_on_commit

from .consents import delete_contact
from .models import (
    Approval,
    Business,
    Certificate,
    Contact,
    FileOpening,
    ImportFile,
    ImportRefusal,
    Invitation,
    Listing,
    Membership,
    VerificationRequest,
)
from .rights import erase_account, remove_draft

YEAR = timedelta(days=365)
WARNED_BEFORE = timedelta(days=30)
# An older warning is forgotten: its reader has come back since, or the task did not run.
WARNING_HOLDS = 2 * WARNED_BEFORE


@dataclass(frozen=True)
class Period:
    """`due` names the rows whose time was over at a moment, `end` ends them."""

    kept: str
    after: timedelta
    since: str
    due: Callable
    end: Callable

    @property
    def length(self):
        """ "2 years", "30 days", "1 hour" """
        if not self.after:
            return gettext("at once")
        if self.after % YEAR == timedelta():
            years = self.after // YEAR
            return ngettext("%d year", "%d years", years) % years
        if self.after >= timedelta(days=1):
            return ngettext("%d day", "%d days", self.after.days) % self.after.days
        hours = self.after // timedelta(hours=1)
        return ngettext("%d hour", "%d hours", hours) % hours

    def rows(self):
        return self.due(timezone.now() - self.after)


# What is over


def unproven_accounts(before):
    return (
        User.objects.unclaimed()
        .filter(joined_at__lt=before, appointments=None, memberships=None)
        .exclude(Exists(Approval.objects.filter(phone=OuterRef("phone"))))
    )


def invitations(before):
    return Invitation.objects.filter(
        Q(expires_at__lt=before) | Q(accepted_at__lt=before) | Q(revoked_at__lt=before)
    )


def unanswered_approvals(before):
    return Approval.objects.filter(approved_at=None, expires_at__lt=before)


def given_approvals(before):
    return Approval.objects.filter(approved_at__lt=before)


def warned_drafts(before):
    now = timezone.now()
    in_time = (now - WARNING_HOLDS, now - WARNED_BEFORE)
    return untouched_drafts(before).filter(warned_at__range=in_time)


def untouched_drafts(before):
    """Nothing of it was changed, and none of its people signed in. No people: see imports."""
    people = Membership.objects.filter(business=OuterRef("pk"))
    active = people.filter(Q(user__last_login__gte=before) | Q(joined_at__gte=before))
    return Business.objects.filter(
        Exists(people),
        ~Exists(active),
        published_at=None,
        closed_at=None,
        updated_at__lt=before,
    )


def unclaimed_imports(before):
    return Business.objects.unclaimed_imports().filter(
        imported_at__lt=before, updated_at__lt=before
    )


def withdrawn_contacts(before):
    """Their publication was withdrawn, and not agreed to again."""
    return (
        Contact.objects.filter(consents__withdrawn_at__lt=before)
        .exclude(
            pk__in=Contact.objects.filter(
                Q(consents__withdrawn_at=None, consents__isnull=False)
                | Q(consents__withdrawn_at__gte=before)
            ).values("pk")
        )
        .distinct()
    )


def old_certificate_files(before):
    return Certificate.objects.filter(
        expires_on__lt=timezone.localdate(before)
    ).exclude(file="")


def old_listings(before):
    """What was closed, or has ended, may hold names in its text."""
    ended = Q(expires_on__lt=timezone.localdate(before)) | Q(
        expires_on=None, status=Listing.Status.CLOSED, created_at__lt=before
    )
    return Listing.objects.filter(ended).exclude(note="")


def old_requests(before):
    return VerificationRequest.objects.filter(decided_at__lt=before).exclude(
        note="", message=""
    )


def import_files(before):
    return ImportFile.objects.filter(sent_at__lt=before)


def refusals(before):
    return ImportRefusal.objects.filter(refused_at__lt=before)


def ended_sessions(before):
    return Session.objects.filter(expire_date__lt=before)


def finished_tasks(before):
    return DBTaskResult.objects.finished().filter(finished_at__lt=before)


def old_messages(before):
    return Message.objects.filter(created_at__lt=before)


def openings(before):
    return FileOpening.objects.filter(opened_at__lt=before)


def log_entries(before):
    return LogEntry.objects.filter(action_time__lt=before)


def account_versions(before):
    return User.history.filter(history_date__lt=before)


def business_versions(before):
    return Business.history.filter(history_date__lt=before)


# How it ends


def _delete(rows):
    rows.delete()


def _erase_accounts(users):
    for user in users:
        erase_account(user)


def _remove_drafts(drafts):
    for business in drafts.select_for_update(of=["self"]).order_by("pk"):
        # Whoever held it may have become its owner.
        if drafts.filter(pk=business.pk).exists():
            remove_draft(business)


def _delete_contacts(contacts):
    for contact in contacts:
        delete_contact(contact, by=None)


def _delete_files(certificates):
    for certificate in certificates:
        delete_file_on_commit(certificate.file)
    certificates.update(file="", sha256="", media_type="")


def _empty_notes(listings):
    listings.update(note="")


def _empty_messages(requests):
    requests.update(note="", message="")


def _forget_sessions(sessions):
    forget_ended_sessions()


PERIODS = (
    Period(
        _("Sign-ups whose phone or e-mail nobody confirmed"),
        timedelta(days=30),
        _("the sign-up"),
        unproven_accounts,
        _erase_accounts,
    ),
    Period(
        _("Invitations, with the name of who was invited"),
        timedelta(days=30),
        _("they were used, revoked or ran out"),
        invitations,
        erase,
    ),
    Period(
        _("Name and phone of owners who did not answer an official's question"),
        timedelta(days=30),
        _("the question ran out"),
        unanswered_approvals,
        erase,
    ),
    Period(
        _("Name of owners who agreed by phone; the consent itself stays on record"),
        YEAR,
        _("they agreed"),
        given_approvals,
        erase,
    ),
    Period(
        _("Businesses that were never published, after a warning a month before"),
        2 * YEAR,
        _("the last change or sign-in"),
        warned_drafts,
        _remove_drafts,
    ),
    Period(
        _("Businesses from lists of offices that no owner has taken over"),
        YEAR,
        _("the import"),
        unclaimed_imports,
        _remove_drafts,
    ),
    Period(
        _("Contacts that were taken off the public page"),
        YEAR,
        _("the withdrawal"),
        withdrawn_contacts,
        _delete_contacts,
    ),
    Period(
        _("Files of certificates"),
        YEAR,
        _("the certificate expired"),
        old_certificate_files,
        _delete_files,
    ),
    Period(
        _("Texts of offers and needs that are closed"),
        YEAR,
        _("their end"),
        old_listings,
        _empty_notes,
    ),
    Period(
        _("Messages between owners and officials about a check"),
        2 * YEAR,
        _("the decision"),
        old_requests,
        _empty_messages,
    ),
    Period(
        _("Messages that the portal wrote to you, by text or e-mail"),
        YEAR,
        _("they were written"),
        old_messages,
        _delete,
    ),
    Period(
        _("Who of the officials opened a certificate's file"),
        2 * YEAR,
        _("it was opened"),
        openings,
        _delete,
    ),
    Period(
        _("Earlier versions of accounts"),
        5 * YEAR,
        _("the change"),
        account_versions,
        erase_versions,
    ),
    Period(
        _("Earlier versions of businesses"),
        5 * YEAR,
        _("the change"),
        business_versions,
        erase_versions,
    ),
    Period(
        _("What officials did in the admin"),
        5 * YEAR,
        _("they did it"),
        log_entries,
        _delete,
    ),
    Period(
        _("Lists of businesses while an official imports them"),
        ImportFile.KEPT,
        _("the upload"),
        import_files,
        erase,
    ),
    Period(
        _("That the owner behind a phone number declined, as a key without the number"),
        5 * YEAR,
        _("the refusal"),
        refusals,
        _delete,
    ),
    Period(
        _("Sessions, with address and browser"),
        timedelta(),
        _("their end"),
        ended_sessions,
        _forget_sessions,
    ),
    Period(
        _("What the task worker did, without names"),
        timedelta(days=30),
        _("it was done"),
        finished_tasks,
        _delete,
    ),
)
