"""The pages on which owners ask for a check and officials decide."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from businesses import verification
from businesses.consents import give_consent
from businesses.models import Check, FileOpening, VerificationRequest
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CertificateFactory,
    CheckFactory,
    ContactFactory,
    MembershipFactory,
    ProvinceFactory,
    UserFactory,
    VerificationRequestFactory,
)
from tests.portal.test_health import work

pytestmark = pytest.mark.django_db
Status = VerificationRequest.Status
HOME = reverse("businesses:official_home")
QUEUE = reverse("businesses:verification_queue")


@pytest.fixture
def verifier():
    return AppointmentFactory(role="verifier").user


@pytest.fixture
def office(client, verifier):
    """The browser of a verifier of Jawa Timur."""
    client.force_login(verifier)
    return client


def page_of(request):
    return reverse("businesses:verification_detail", args=[request.pk])


def filled(office, request, **changes):
    """What the browser sends when every row is ticked and approved."""
    form = office.get(page_of(request)).context["form"]
    sent = {"outcome": "approved", "seen": form["seen"].initial}
    for row in form.rows:
        checked, source, until = row.names
        sent |= {
            checked: "on",
            source: form.fields[source].choices[0][0],
            until: form.fields[until].initial.isoformat(),
        }
    return sent | changes


# The queue


@pytest.mark.parametrize("number", [1, 3])
def test_queue_takes_as_many_queries_for_one_as_for_three(
    office, django_assert_num_queries, number
):
    VerificationRequestFactory.create_batch(number)
    office.get(QUEUE)

    with django_assert_num_queries(10):
        response = office.get(QUEUE)

    assert len(response.context["page"]) == number


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_ending_checks_takes_as_many_queries_for_one_as_for_three(
    office, django_assert_num_queries, number
):
    soon = timezone.localdate() + timedelta(days=30)
    CheckFactory.create_batch(number, valid_until=soon)
    CheckFactory(valid_until=soon + timedelta(days=1))
    office.get(QUEUE)

    with django_assert_num_queries(10):
        response = office.get(QUEUE, {"daftar": "berakhir"})

    assert len(response.context["page"]) == number


def test_queue_shows_own_provinces_oldest_first(office):
    now = timezone.now()
    newer = VerificationRequestFactory()
    older = VerificationRequestFactory(submitted_at=now - timedelta(days=2))
    VerificationRequestFactory(
        business=BusinessFactory(province=ProvinceFactory(code="64"))
    )

    assert list(office.get(QUEUE).context["page"]) == [older, newer]


@pytest.mark.parametrize(
    ("chosen", "status"),
    [("menunggu", "waiting"), ("kurang", "more_needed"), ("selesai", "approved")],
)
def test_queue_is_split_by_what_there_is_to_do(office, chosen, status):
    other = {"decided_by": UserFactory(), "decided_at": timezone.now()}
    found = {
        one: VerificationRequestFactory(status=one, reason="other", **other)
        for one in ("waiting", "more_needed", "approved")
    }

    shown = office.get(QUEUE, {"daftar": chosen}).context["page"]

    assert list(shown) == [found[status]]


def test_home_counts_what_waits(office):
    VerificationRequestFactory()
    CheckFactory(valid_until=timezone.localdate())

    context = office.get(HOME).context

    assert (context["waiting"], context["expiring"]) == (1, 1)
    assert context["waiting_for_others"] == 0


def test_home_counts_apart_what_another_official_has_to_decide(office, verifier):
    VerificationRequestFactory()
    own = VerificationRequestFactory().business
    MembershipFactory(business=own, user=verifier)

    page = office.get(HOME)

    assert (page.context["waiting"], page.context["waiting_for_others"]) == (1, 1)


# Deciding


def test_an_official_approves_and_goes_on_to_the_next(office):
    first, second = VerificationRequestFactory.create_batch(2)
    sent = filled(office, first)

    response = office.post(page_of(first), sent)

    assert response.url == page_of(second)
    assert {check.subject for check in first.checks.all()} == {"nib", "owner"}
    assert office.post(page_of(second), filled(office, second)).url == QUEUE


@pytest.mark.parametrize("number", [1, 3])
def test_detail_takes_as_many_queries_for_one_as_for_three(
    office, django_assert_num_queries, number
):
    request = VerificationRequestFactory()
    business = request.business
    for _turn in range(number):
        CertificateFactory(business=business)
        ContactFactory(business=business)
        CheckFactory(business=business)
        MembershipFactory(business=business)
    office.get(page_of(request))

    with django_assert_num_queries(22):
        response = office.get(page_of(request))

    assert len(response.context["claims"]) == 2 + 2 * number


def test_a_failed_decision_comes_back_filled(office):
    request = VerificationRequestFactory()
    row = office.get(page_of(request)).context["form"].rows[0]
    sent = filled(office, request, message="Sudah saya lihat") | {row.names[2]: ""}

    form = office.post(page_of(request), sent).context["form"]

    assert row.names[2] in form.errors
    assert form["message"].value() == "Sudah saya lihat"
    assert not Check.objects.exists()


def test_a_decision_that_cannot_be_is_refused_where_it_is_seen(office):
    request = VerificationRequestFactory()
    page = office.get(page_of(request))
    sent = {
        "seen": page.context["form"].fields["seen"].initial,
        "outcome": VerificationRequest.Status.APPROVED,
    }

    response = office.post(page_of(request), sent)

    [problem] = response.context["form"].non_field_errors()
    assert f'role="alert">{problem}</p>' in response.content.decode()


def test_asking_for_more_needs_reason_and_message(office):
    request = VerificationRequestFactory()
    seen = filled(office, request)["seen"]

    refused = office.post(page_of(request), {"outcome": "more_needed", "seen": seen})
    assert refused.context["form"].errors

    sent = {"reason": "missing", "message": "Kirim NIB", "seen": seen}
    office.post(page_of(request), sent | {"outcome": "more_needed"})
    request.refresh_from_db()
    assert (request.status, request.message) == (Status.MORE_NEEDED, "Kirim NIB")


def test_what_changed_while_looking_has_to_be_looked_at_again(office):
    request = VerificationRequestFactory()
    sent = filled(office, request)
    request.business.nib = "9999999999999"
    request.business.save()

    form = office.post(page_of(request), sent).context["form"]

    assert form.errors
    assert not Check.objects.exists()
    # Sent again, it is about what is shown now.
    again = office.post(page_of(request), sent | {"seen": form["seen"].value()})
    assert again.status_code == 302
    assert Check.objects.get(subject="nib").value == "9999999999999"


def test_a_request_decided_by_another_official_is_not_decided_again(office):
    request = VerificationRequestFactory()
    sent = filled(office, request)
    VerificationRequest.objects.update(status=Status.WITHDRAWN)

    assert office.post(page_of(request), sent).url == page_of(request)
    assert not Check.objects.exists()


OWN_WORK = {
    "You work for this business.": lambda business, user: MembershipFactory(
        business=business, user=user, role="staff"
    ),
    "You helped its owner to register.": lambda business, user: give_consent(
        business, "assistance", by=UserFactory(), assisted_by=user
    ),
    "You filled in something of it yourself.": lambda business, user: (
        CertificateFactory(business=business, added_by=user)
    ),
    "You asked for this check yourself.": lambda business, user: (
        business.verification_requests.update(submitted_by=user)
    ),
}


@pytest.mark.parametrize("reason", OWN_WORK)
def test_who_may_not_decide_reads_why(office, verifier, english, reason):
    request = VerificationRequestFactory()
    OWN_WORK[reason](request.business, verifier)

    page = office.get(page_of(request))

    assert page.context["form"] is None
    assert page.context["reasons"] == [reason]
    office.post(page_of(request), {"outcome": "approved"})
    request.refresh_from_db()
    assert request.status == Status.WAITING


def test_who_added_or_changed_a_certificate_and_left_does_not_decide(office, verifier):
    added = VerificationRequestFactory().business
    changed = VerificationRequestFactory().business
    certificate = CertificateFactory(business=changed)
    for business, page in (
        (added, reverse("businesses:certificate_add", args=[added.slug])),
        (
            changed,
            reverse("businesses:certificate_edit", args=[changed.slug, certificate.pk]),
        ),
    ):
        works = MembershipFactory(business=business, user=verifier, role="staff")
        office.post(page, {"kind": "halal", "number": "ID35110000123456789"})
        works.delete()

    assert added.certificates.get().added_by == verifier
    assert changed.certificates.get().number == "ID35110000123456789"
    assert not VerificationRequest.objects.decidable_by(verifier).exists()


def test_what_is_decided_gives_no_reasons(office, verifier):
    request = VerificationRequestFactory()
    verification.decide(
        request, by=verifier, outcome=Status.REJECTED, reason="other", message="!"
    )

    assert office.get(page_of(request)).context["reasons"] == []


def test_who_only_looks_gets_no_form(client):
    request = VerificationRequestFactory()
    for role in ("operator", "auditor"):
        client.force_login(AppointmentFactory(role=role).user)

        assert client.get(page_of(request)).context["form"] is None
        assert client.post(page_of(request), {"outcome": "approved"}).status_code == 302

    request.refresh_from_db()
    assert request.status == Status.WAITING


# Files


@pytest.fixture
def with_file():
    return CertificateFactory(
        business=VerificationRequestFactory().business,
        file=ContentFile(b"%PDF-1.7 isi", "x.pdf"),
        sha256="0" * 64,
        media_type="application/pdf",
    )


def test_a_file_is_downloaded_and_who_opened_it_is_recorded(
    office, verifier, with_file
):
    response = office.get(reverse("businesses:certificate_file", args=[with_file.pk]))

    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content) == b"%PDF-1.7 isi"
    opening = FileOpening.objects.get()
    assert (opening.certificate, opening.opened_by) == (with_file, verifier)


@pytest.mark.parametrize(
    ("role", "province"), [("operator", "35"), ("auditor", "35"), ("verifier", "64")]
)
def test_only_who_checks_opens_a_file(client, with_file, role, province):
    province = ProvinceFactory(code=province)
    client.force_login(AppointmentFactory(role=role, province=province).user)

    answer = client.get(reverse("businesses:certificate_file", args=[with_file.pk]))

    assert answer.status_code == 404
    assert not FileOpening.objects.exists()


# Revoking


def test_an_official_revokes_a_check(office):
    check = CheckFactory()
    page = reverse("businesses:check_revoke", args=[check.pk])

    assert office.get(page).status_code == 200
    assert office.post(page, {"because": ""}).context["form"].errors
    assert office.post(page, {"because": "Salah"}).url == QUEUE
    assert office.get(page).status_code == 404
    check.refresh_from_db()
    assert check.revoked_because == "Salah"


def test_an_ending_check_is_put_into_the_queue_by_one_tap(office):
    check = CheckFactory()

    answer = office.post(reverse("businesses:check_again", args=[check.pk]))

    assert answer.url == page_of(check.business.verification_requests.get())


# The owner


@pytest.fixture
def owner(client):
    membership = MembershipFactory(business=BusinessFactory(nib="9120001234567"))
    client.force_login(membership.user)
    return membership


def own_page(owner):
    return reverse("businesses:verification_submit", args=[owner.business.slug])


def test_an_owner_asks_and_withdraws(client, owner):
    assert client.get(own_page(owner)).status_code == 200
    client.post(own_page(owner), {"note": "Halo"})
    request = VerificationRequest.objects.get()
    assert (request.note, request.submitted_by) == ("Halo", owner.user)
    assert client.get(own_page(owner)).context["is_waiting"]

    client.post(reverse("businesses:verification_withdraw", args=[owner.business.slug]))

    request.refresh_from_db()
    assert request.status == Status.WITHDRAWN


def test_an_owner_reads_what_to_add_and_sends_it_again(client, owner, verifier):
    request = verification.submit(owner.business, by=owner.user)
    verification.decide(
        request,
        by=verifier,
        outcome=Status.MORE_NEEDED,
        reason="unreadable",
        message="Foto ulang",
    )

    assert "Foto ulang" in client.get(own_page(owner)).content.decode()
    client.post(own_page(owner), {"note": ""})

    request.refresh_from_db()
    assert request.status == Status.WAITING


def test_who_has_nothing_to_check_gets_no_form(client, owner):
    owner.business.nib = ""
    owner.business.save()

    page = client.get(own_page(owner))
    assert page.context["missing"]
    client.post(own_page(owner), {"note": ""})

    assert not VerificationRequest.objects.exists()


def test_nobody_else_opens_the_pages_of_a_business(client, owner):
    client.force_login(UserFactory())

    assert client.get(own_page(owner)).status_code == 404
    assert client.post(own_page(owner)).status_code == 404
    withdraw = reverse("businesses:verification_withdraw", args=[owner.business.slug])
    assert client.post(withdraw).status_code == 404


# What owners are told


@pytest.fixture
def told(owner, verifier, texts):
    """Decides, and runs what is queued: the texts that went out."""

    def decide(**decision):
        request = verification.submit(owner.business, by=owner.user)
        verification.decide(request, by=verifier, **decision)
        work()
        return texts

    return decide


@pytest.mark.parametrize("outcome", [Status.MORE_NEEDED, Status.REJECTED])
def test_the_owner_gets_a_text_with_what_to_do_next(owner, told, outcome):
    owner.user.confirm_phone("+6281234567890")

    sent = told(outcome=outcome, reason="missing", message="Kirim foto NIB.")

    [(phone, text)] = sent
    assert phone == "+6281234567890"
    assert "Kirim foto NIB." in text
    assert own_page(owner) in text


def test_who_has_no_phone_gets_a_mail(owner, told):
    sent = told(outcome=Status.REJECTED, reason="other", message="Nomor salah.")

    assert sent == []
    [letter] = mail.outbox
    assert letter.to == [owner.user.email]
    assert "Nomor salah." in letter.body
