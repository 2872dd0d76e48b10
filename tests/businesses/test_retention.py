from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from businesses import retention, services
from businesses.consents import give_consent, withdraw_consent
from businesses.models import (
    Approval,
    Business,
    Certificate,
    Consent,
    Contact,
    FileOpening,
    ImportFile,
    Invitation,
    Membership,
    VerificationRequest,
)
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CertificateFactory,
    ContactFactory,
    DealFactory,
    ListingFactory,
    MembershipFactory,
    UserFactory,
)
from umkm_portal.accounts.models import User
from umkm_portal.outbox.models import Message

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def later(time_machine):
    """Moves the clock on: `later(days=30)`."""
    start = timezone.now()
    time_machine.move_to(start, tick=False)

    def move(**by):
        time_machine.move_to(timezone.now() + timedelta(**by), tick=False)

    return move


def unclaimed(**facts):
    user = UserFactory(**facts)
    user.set_unusable_password()
    user.save()
    return user


def enforced():
    """{what ended rows: how many}, of those that ended any."""
    return {
        period.due.__name__: count for period, count in retention.enforce() if count
    }


def test_a_sign_up_that_nobody_confirmed_goes_after_a_month(later):
    forgotten = unclaimed(name="Lupa")
    appointed = AppointmentFactory(user=unclaimed()).user
    confirmed = UserFactory(last_login=timezone.now())

    later(days=30)
    assert enforced() == {}

    later(days=1)
    assert enforced() == {"unproven_accounts": 1}
    assert set(User.objects.all()) == {appointed, confirmed}
    assert not User.history.filter(id=forgotten.pk).exists()


def test_invitations_go_a_month_after_their_end(later):
    owner = MembershipFactory()
    invite = {"role": Membership.Role.STAFF, "for_whom": "Budi", "by": owner.user}
    services.invite(owner.business, **invite)
    _used, token = services.invite(owner.business, **invite)
    services.accept_invitation(token, by=UserFactory())

    later(days=31)
    assert enforced() == {"invitations": 1}
    later(days=7)
    assert enforced() == {"invitations": 1}
    assert not Invitation.objects.exists()


def approval(business, **facts):
    return Approval.objects.create(
        business=business,
        name="Siti",
        phone="+628123456789",
        token_hash=str(business.pk),
        created_by=AppointmentFactory().user,
        expires_at=timezone.now() + 7 * DAY,
        **facts,
    )


def test_names_and_phones_of_owners_who_were_asked_go(later):
    approval(BusinessFactory())
    approval(BusinessFactory(), approved_at=timezone.now())

    later(days=38)
    assert enforced() == {"unanswered_approvals": 1}
    later(days=328)
    assert enforced() == {"given_approvals": 1}


# Drafts


@pytest.fixture
def draft():
    owner = UserFactory(name="Siti", last_login=timezone.now())
    return MembershipFactory(business=BusinessFactory(name="Lama"), user=owner).business


def test_a_draft_goes_after_two_years_and_a_warning(draft, later, mailoutbox):
    later(days=2 * 365 - 31)
    assert enforced() == {}
    assert mailoutbox == []

    later(days=2)
    assert enforced() == {}
    run_waiting_tasks()
    assert [mail.to for mail in mailoutbox] == [[draft.memberships.get().user.email]]
    assert "Lama" in mailoutbox[0].body

    later(days=29)
    enforced()
    assert Business.objects.filter(pk=draft.pk).exists()

    later(days=2)
    assert enforced()["warned_drafts"] == 1
    assert not Business.objects.exists()
    assert not Business.history.exists()


def run_waiting_tasks():
    for waiting in DBTaskResult.objects.filter(status=TaskResultStatus.READY):
        waiting.task.call(*waiting.args_kwargs["args"], **waiting.args_kwargs["kwargs"])


def test_the_warning_comes_once(draft, later):
    later(days=2 * 365 - 29)
    enforced()
    enforced()
    later(days=1)
    enforced()

    assert Message.objects.filter(kind="draft_ends").count() == 1


@pytest.mark.parametrize("sign", ["sign in", "change"])
def test_a_sign_of_life_keeps_a_draft_and_the_next_warning_is_a_new_one(
    draft, later, sign
):
    later(days=2 * 365 - 29)
    enforced()
    if sign == "sign in":
        User.objects.update(last_login=timezone.now())
    else:
        draft.save()

    later(days=2 * 365 - 29)
    enforced()
    assert Business.objects.filter(pk=draft.pk).exists()
    draft.refresh_from_db()
    assert draft.warned_at == timezone.now()

    later(days=31)
    assert enforced()["warned_drafts"] == 1


def test_public_businesses_are_not_drafts(draft, later):
    give_consent(draft, Consent.Purpose.PROFILE, by=draft.memberships.get().user)

    later(days=5 * 365)
    enforced()
    later(days=31)

    assert "warned_drafts" not in enforced()


def test_a_draft_that_a_deal_names_is_closed_without_its_name(draft, later):
    deal = DealFactory(seller_business=draft, seller_name="Lama")

    later(days=2 * 365)
    enforced()
    later(days=31)
    enforced()

    deal.refresh_from_db()
    assert deal.seller_business.withholds_name
    assert deal.seller_business.name == ""


def test_businesses_from_lists_go_after_a_year_unless_an_owner_took_over(later):
    BusinessFactory(imported_at=timezone.now())
    taken = MembershipFactory(business__imported_at=timezone.now()).business

    later(days=365)
    assert enforced() == {}
    later(days=1)

    assert enforced() == {"unclaimed_imports": 1}
    assert Business.objects.get() == taken


# Contacts, files, texts


def test_a_contact_goes_a_year_after_it_was_taken_off_the_page(later):
    siti = UserFactory()
    business = BusinessFactory(owner=siti)
    ContactFactory(business=business)
    withdrawn, again = ContactFactory.create_batch(2, business=business, public_by=siti)
    for contact in (withdrawn, again):
        withdraw_consent(contact.consents.get(), by=siti)
    give_consent(business, Consent.Purpose.CONTACT, by=siti, contact=again)

    later(days=366)
    assert enforced() == {"withdrawn_contacts": 1}

    assert Contact.objects.count() == 2
    assert not Contact.objects.filter(pk=withdrawn.pk).exists()
    assert business.consents.count() == 3


def test_the_file_of_a_certificate_goes_a_year_after_its_expiry(
    later, django_capture_on_commit_callbacks
):
    expires_on = timezone.localdate()
    certificate = CertificateFactory(expires_on=expires_on, file="x", sha256="y" * 64)
    certificate.file.save("sertifikat.pdf", ContentFile(b"%PDF-"), save=True)
    lasting = CertificateFactory(file="z", sha256="z" * 64)
    stored = certificate.file

    later(days=365)
    assert enforced() == {}
    later(days=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert enforced() == {"old_certificate_files": 1}

    certificate.refresh_from_db()
    assert (certificate.file.name, certificate.sha256) == ("", "")
    assert not stored.storage.exists(stored.name)
    assert Certificate.objects.exclude(file="").get() == lasting


def test_texts_of_ended_listings_go_after_a_year(later):
    note = "Hubungi Siti"
    ended = ListingFactory(note=note, open=True, business__published=True)
    draft = ListingFactory(note=note)

    later(days=90 + 365)
    assert enforced() == {}
    later(days=2)
    assert enforced() == {"old_listings": 1}

    ended.refresh_from_db()
    draft.refresh_from_db()
    assert (ended.note, draft.note) == ("", note)


def test_messages_about_a_check_go_after_two_years(later):
    VerificationRequest.objects.create(
        business=BusinessFactory(),
        status=VerificationRequest.Status.REJECTED,
        reason=VerificationRequest.Reason.OTHER,
        message="Maaf, Siti",
        decided_by=AppointmentFactory().user,
        decided_at=timezone.now(),
    )

    later(days=731)
    assert enforced() == {"old_requests": 1}
    assert VerificationRequest.objects.get().message == ""


# What officials and programs leave behind


def test_a_file_to_import_goes_after_an_hour(later, django_capture_on_commit_callbacks):
    official = AppointmentFactory().user
    sent = ImportFile(name="daftar.xlsx", sent_by=official)
    sent.file.save("daftar.xlsx", ContentFile(b"PK"), save=True)
    stored = sent.file

    later(minutes=59)
    assert enforced() == {}
    later(minutes=2)
    with django_capture_on_commit_callbacks(execute=True):
        assert enforced() == {"import_files": 1}
    assert not stored.storage.exists(stored.name)


def test_openings_versions_and_log_entries_go_in_time(later):
    official = AppointmentFactory().user
    opening = FileOpening.objects.create(
        certificate=CertificateFactory(), opened_by=official
    )
    LogEntry.objects.log_actions(official.pk, [opening], CHANGE, "", single_object=True)

    later(days=731)
    assert enforced() == {"openings": 1}
    later(days=5 * 365 - 730)
    found = enforced()
    assert found.pop("log_entries") == 1
    assert set(found) == {"account_versions", "business_versions"}
    assert not User.history.exists()
    assert not Business.history.exists()


def test_sessions_and_tasks_go(later):
    session = SessionStore()
    session.set_expiry(60)
    session.create()
    DBTaskResult.objects.create(
        status=TaskResultStatus.FAILED,
        finished_at=timezone.now(),
        args_kwargs={},
        run_after=timezone.now(),
    )

    later(minutes=2)
    assert enforced() == {"ended_sessions": 1}
    assert not Session.objects.exists()
    later(days=30)
    assert enforced() == {"finished_tasks": 1}


# The door


def test_a_dry_run_counts_and_ends_nothing(draft, later):
    later(days=2 * 365)
    out = StringIO()
    session = SessionStore()
    session.set_expiry(-60)
    session.create()

    call_command("enforce_retention", "--dry-run", stdout=out)

    draft.refresh_from_db()
    assert draft.warned_at is None
    assert not DBTaskResult.objects.exists()
    assert Session.objects.exists()
    assert len(out.getvalue().splitlines()) == len(retention.all_periods()) + 1

    call_command("enforce_retention", stdout=out)
    assert not Session.objects.exists()


def test_the_daily_task_enforces_the_periods(settings):
    assert "businesses.retention.enforce_daily" in settings.DAILY_JOBS


def test_one_period_that_fails_keeps_no_other_from_ending(draft, later, monkeypatch):
    def fail(drafts):
        raise OSError

    broken = next(
        period for period in retention.PERIODS if period.due is retention.warned_drafts
    )
    periods = [
        replace(period, end=fail) if period is broken else period
        for period in retention.PERIODS
    ]
    monkeypatch.setattr(retention, "PERIODS", periods)
    later(days=2 * 365)
    enforced()
    later(days=5 * 365)
    Business.objects.update(warned_at=timezone.now() - 31 * DAY)

    counts = {period.due.__name__: count for period, count in retention.enforce()}

    assert counts["warned_drafts"] is None
    assert counts["account_versions"] == 1
    assert Business.objects.filter(pk=draft.pk).exists()


def test_a_second_run_ends_nothing(draft, later):
    later(days=10 * 365)
    enforced()

    assert enforced() == {}


@pytest.mark.parametrize(
    "period", retention.PERIODS, ids=lambda period: period.due.__name__
)
def test_every_period_says_its_length(period):
    assert period.length
    assert period.kept
    assert period.since
