import json
import time
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.db import connection
from django.db.models import CharField, FileField, JSONField, TextField
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from businesses import refusals, services
from businesses.consents import give_consent
from businesses.forms.rights import WORD
from businesses.models import (
    Approval,
    Business,
    Certificate,
    Consent,
    Contact,
    Listing,
    MemberFirm,
    Membership,
    Photo,
    VerificationRequest,
)
from businesses.personal_data import archive, personal_data
from businesses.retention import PERIODS
from businesses.rights import close_business, delete_account, farewell
from missions.models import Mission
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CertificateFactory,
    ContactFactory,
    CountSnapshotFactory,
    DealFactory,
    ListingFactory,
    MatchFactory,
    MembershipFactory,
    MissionFactory,
    ParticipationFactory,
    ProductFactory,
    RegencyFactory,
    UserFactory,
)
from umkm_portal.accounts.access import SIGNED_IN_AT
from umkm_portal.accounts.models import User

pytestmark = pytest.mark.django_db
Purpose = Consent.Purpose
# None of these words may be left anywhere once Siti is gone.
TRACES = ("Siti", "Sambalaya", "sambalaya", "628123456789", "9120001234567", "Melati")


@pytest.fixture(autouse=True)
def no_files_left_over():
    yield
    for storage, folder in (
        (default_storage, "foto"),
        (storages["private"], "sertifikat"),
    ):
        for name in storage.listdir(folder)[1] if storage.exists(folder) else ():
            storage.delete(f"{folder}/{name}")


@pytest.fixture
def siti():
    user = UserFactory(
        name="Siti Aminah", email="siti@sambalaya.id", phone="+628123456789"
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True)
    return user


def photo_of(business, **facts):
    photo = Photo(business=business, width=10, height=10, **facts)
    photo.image.save("sambalaya.webp", ContentFile(b"picture"), save=True)
    thumbnail = photo.image.name.replace(".webp", "-400.webp")
    default_storage.save(thumbnail, ContentFile(b"small"))
    return photo


@pytest.fixture
def business(siti):
    """One with something in every corner."""
    business = BusinessFactory(
        name="Sambalaya Siti",
        nib="9120001234567",
        regency=RegencyFactory(),
        sells="sambal Siti",
        description="Sambalaya is made by Siti",
        owner=siti,
        published=True,
    )
    for kind, value in {
        Contact.Kind.WHATSAPP: siti.phone,
        Contact.Kind.PERSON: siti.name,
        Contact.Kind.ADDRESS: "Jl. Melati 1",
    }.items():
        ContactFactory(business=business, kind=kind, value=value, public_by=siti)
    product = ProductFactory(business=business, name="Sambalaya pedas")
    photo_of(business, kind=Photo.Kind.LOGO, caption="Siti")
    photo_of(business, kind=Photo.Kind.PRODUCT, product=product)
    certificate = CertificateFactory(
        business=business, number="Sambalaya-1", sha256="x" * 64, file="later"
    )
    certificate.file.save("sambalaya.pdf", ContentFile(b"%PDF-"), save=True)
    ListingFactory(
        business=business, product=product, title="Sambalaya", note="Siti", open=True
    )
    approach(business, siti)
    compare(business)
    return business


def compare(business):
    """What was compared for missions that are over: its offer, and its need."""
    for side, words in (("seller", "offer"), ("buyer", "need")):
        mission = MissionFactory(status=Mission.Status.CLOSED)
        own = ParticipationFactory(mission=mission, business=business, side=side)
        other = ParticipationFactory(
            mission=mission, business=BusinessFactory(), side=own.other_side
        )
        parties = {side: own, own.other_side: other}
        match = MatchFactory(run__mission=mission, **parties)
        match.facts |= {
            words: "Sambalaya pedas",
            "quantity": {"capacity": ("4", "ton"), "wanted": ("2", "ton")},
            "price": {"asked": (14_000, "kg"), "paid": (15_000, "kg")},
        }
        match.save()


def approach(business, siti):
    """What others wrote about Siti and her business."""
    official = AppointmentFactory().user
    staff = MembershipFactory(business=business, role=Membership.Role.STAFF).user
    business.checks.create(
        subject="nib",
        value=business.nib,
        source="oss",
        checked_by=official,
        valid_until="2027-01-01",
    )
    VerificationRequest.objects.create(
        business=business, submitted_by=siti, note="Please, Siti"
    )
    Approval.objects.create(
        business=business,
        name=siti.name,
        phone=siti.phone,
        token_hash="a" * 64,
        created_by=official,
        expires_at="2026-12-01T00:00Z",
    )
    services.invite(
        business, role=Membership.Role.STAFF, for_whom="Siti's son", by=staff
    )
    MemberFirm.objects.create(association=BusinessFactory(), firm=business)
    for thing in (siti, business, business.contacts.first()):
        LogEntry.objects.log_actions(
            official.pk, [thing], CHANGE, "Siti", single_object=True
        )
    DBTaskResult.objects.create(
        args_kwargs={"args": [siti.phone, "Halo Siti"], "kwargs": {}},
        run_after="2026-12-01T00:00Z",
        backend_name="default",
    )


def traces(words=TRACES):
    """{(model, field): text} of every text in every table that contains any of `words`."""
    kinds = (CharField, TextField, JSONField, FileField)
    found = {}
    for model in apps.get_models(include_auto_created=True):
        names = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, kinds)
        ]
        for row in model._base_manager.values(*names):
            for name, value in row.items():
                text = json.dumps(value, default=str)
                if any(word in text for word in words):
                    found[model.__name__, name] = text
    for session in Session.objects.all():
        text = str(session.get_decoded())
        if any(word in text for word in words):
            found["Session", "session_data"] = text
    return found


def files():
    return [
        name
        for storage in (default_storage, storages["private"])
        for folder in ("foto", "sertifikat")
        if storage.exists(folder)
        for name in storage.listdir(folder)[1]
    ]


def test_nothing_is_left_of_a_person_and_her_business(
    siti, business, django_capture_on_commit_callbacks
):
    assert len(traces()) > 15
    assert len(files()) == 5

    with django_capture_on_commit_callbacks(execute=True):
        delete_account(siti, by=siti)

    assert traces() == {}
    assert files() == []
    assert not User.objects.filter(pk=siti.pk).exists()


def test_the_last_message_says_that_the_account_is_deleted(
    siti, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        delete_account(siti, by=siti)

    assert [mail.to for mail in mailoutbox] == [["siti@sambalaya.id"]]


def test_files_stay_when_the_deletion_fails(siti, business):
    """Nothing is committed inside this test, so nothing may be gone."""
    delete_account(siti, by=siti)

    assert len(files()) == 5


def test_what_stays_of_a_closed_business_says_not_who_it_was(siti, business):
    deal = DealFactory(seller_business=business, seller_name="Sambalaya Siti")

    close_business(business)

    business.refresh_from_db()
    deal.refresh_from_db()
    assert deal.seller_business == business
    assert deal.value == 1_500_000_000
    assert business.withholds_name
    assert business.closed_at
    assert not business.is_public
    assert business.display_name not in ("", "Sambalaya Siti")
    assert not business.memberships.exists()
    assert not Business.objects.visible_to(siti).exists()
    assert {listing.status for listing in business.listings.all()} == {
        Listing.Status.CLOSED
    }
    assert deal.seller_name == business.slug
    assert deal.names_both_parties
    assert traces(["Sambalaya", "9120001234567", "Melati"]) == {}


def test_the_proof_of_a_consent_stays_without_a_name(siti, business):
    given = set(Consent.objects.values_list("purpose", "text", "given_at"))

    delete_account(siti, by=siti)

    assert set(Consent.objects.values_list("purpose", "text", "given_at")) == given
    assert not Consent.objects.active().exists()
    assert {consent.given_by for consent in Consent.objects.all()} == {None}


def test_a_business_with_another_owner_lives_on(siti, business):
    other = MembershipFactory(business=business).user

    delete_account(siti, by=siti)

    business.refresh_from_db()
    assert business.is_public
    assert business.name == "Sambalaya Siti"
    assert set(
        business.memberships.filter(role=Membership.Role.OWNER).values_list(
            "user", flat=True
        )
    ) == {other.pk}
    left = set(business.contacts.values_list("value", flat=True))
    assert left == {"Jl. Melati 1"}
    assert "628123456789" not in str(traces())


def test_staff_who_leave_close_nothing(business):
    staff = business.memberships.get(role=Membership.Role.STAFF).user

    delete_account(staff, by=staff)

    business.refresh_from_db()
    assert business.closed_at is None


def test_what_will_happen_is_known_before(siti, business):
    shared = BusinessFactory(owner=siti)
    MembershipFactory(business=shared)

    will_happen = farewell(siti)

    assert will_happen.closes == [business]
    assert will_happen.leaves == [shared]
    assert will_happen.obstacle == ""


def test_officials_and_recorders_are_refused():
    official = AppointmentFactory().user
    former = CountSnapshotFactory(recorded_by=UserFactory()).recorded_by
    checker = UserFactory()
    BusinessFactory().checks.create(
        subject="address",
        value="Jl. Melati 1",
        source="visit",
        checked_by=checker,
        valid_until="2027-01-01",
    )

    for user in (official, former, checker, UserFactory(is_superuser=True)):
        with pytest.raises(ValidationError):
            delete_account(user, by=user)
        assert farewell(user).obstacle
        assert User.objects.filter(pk=user.pk).exists()


def test_an_account_without_a_business_goes_as_well(siti):
    AppointmentFactory(user=siti).delete()
    siti = User.objects.get(pk=siti.pk)

    delete_account(siti, by=siti)

    assert traces() == {}


def test_a_deleted_business_of_a_list_is_not_brought_back_by_the_next_list(
    siti, business
):
    Business.objects.filter(pk=business.pk).update(imported_at="2026-01-01T00:00Z")

    delete_account(siti, by=siti)

    assert refusals.refused([siti.phone]) == {siti.phone}


def test_others_keep_what_is_theirs(siti, business):
    neighbour = BusinessFactory(published=True)
    ContactFactory(business=neighbour)
    listing = ListingFactory(business=neighbour, open=True)
    certificate = CertificateFactory(business=neighbour)

    delete_account(siti, by=siti)

    neighbour.refresh_from_db()
    listing.refresh_from_db()
    assert neighbour.is_public
    assert neighbour.history.exists()
    assert neighbour.contacts.count() == 1
    assert listing.is_open
    assert Certificate.objects.get() == certificate
    assert MemberFirm.objects.count() == 0


# The right to a copy


def test_a_copy_holds_everything_and_the_files(siti, business):
    with ZipFile(BytesIO(b"".join(archive(siti)))) as packed:
        names = set(packed.namelist())
        data = json.loads(packed.read("data-saya.json"))
        photo = data["businesses"][0]["business"]["photos"][0]["image"]
        assert packed.read(photo) == b"picture"

    kept = data["businesses"][0]["business"]
    assert kept["name"] == "Sambalaya Siti"
    assert kept["certificates"][0]["file"] in names
    assert len(names) == 4
    assert {contact["value"] for contact in kept["contacts"]} >= {siti.phone}
    assert data["account"]["email"] == siti.email
    assert len(data["consents"]) == 4
    assert data["business_versions"]


def test_a_copy_names_nobody_else(siti, business):
    colleague = MembershipFactory(
        business=business, user=UserFactory(name="Wayan", email="wayan@contoh.id")
    )
    give_consent(business, Purpose.DEALS, by=colleague.user)

    copy = json.dumps(personal_data(siti), default=str)

    assert "Wayan" not in copy
    assert "wayan@contoh.id" not in copy


def test_staff_get_no_copy_of_the_owners_data(business):
    staff = business.memberships.get(role=Membership.Role.STAFF).user

    data = personal_data(staff)

    assert data["businesses"] == [
        {
            "role": Membership.Role.STAFF,
            "joined_at": staff.memberships.get().joined_at,
            "business": "Sambalaya Siti",
        }
    ]
    with ZipFile(BytesIO(b"".join(archive(staff)))) as packed:
        assert packed.namelist() == ["data-saya.json"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_copy_takes_as_many_queries_for_one_business_as_for_three(
    siti, django_assert_num_queries, count
):
    for _ in range(count):
        business = BusinessFactory(owner=siti, published=True)
        ListingFactory(business=business, open=True)
        CertificateFactory(business=business)
        ContactFactory(business=business)

    with django_assert_num_queries(35):
        personal_data(siti)


# The pages


def signed_in(client, user, *, seconds_ago=0):
    """As after a sign-in by code `seconds_ago`."""
    client.force_login(user)
    session = client.session
    session[SIGNED_IN_AT] = time.time() - seconds_ago
    session.save()
    return client


def test_my_data_shows_what_is_kept_and_its_files_can_be_had(client, siti, business):
    signed_in(client, siti)

    page = client.get(reverse("businesses:my_data"))
    file = client.get(reverse("businesses:my_data_download"))

    text = page.content.decode()
    assert siti.email in text
    assert "Sambalaya Siti" in text
    assert "no-store" in page["Cache-Control"]
    assert "no-store" in file["Cache-Control"]
    with ZipFile(BytesIO(file.getvalue())) as packed:
        assert "data-saya.json" in packed.namelist()


@pytest.mark.parametrize("count", [1, 3])
def test_my_data_takes_as_many_queries_for_one_business_as_for_three(
    client, siti, django_assert_num_queries, count
):
    for _ in range(count):
        business = BusinessFactory(owner=siti, published=True)
        ContactFactory(business=business, public_by=siti)
    signed_in(client, siti)

    with django_assert_num_queries(21):
        client.get(reverse("businesses:my_data"))


@pytest.mark.parametrize("name", ["my_data", "my_data_download", "account_delete"])
def test_a_stranger_is_asked_to_sign_in(client, name):
    response = client.get(reverse(f"businesses:{name}"))

    assert response.status_code == 302
    assert response.url.startswith(reverse(settings.LOGIN_URL))


def test_an_owner_withdraws_a_consent_and_its_page_is_gone(client, siti, business):
    signed_in(client, siti)
    consent = business.consents.get(purpose=Purpose.PROFILE)

    response = client.post(reverse("businesses:consent_withdraw", args=[consent.pk]))

    assert response.url == reverse("businesses:my_data")
    consent.refresh_from_db()
    business.refresh_from_db()
    assert consent.withdrawn_by == siti
    assert not business.is_public


def test_nobody_else_withdraws_it(client, siti, business):
    consent = business.consents.get(purpose=Purpose.PROFILE)
    staff = business.memberships.get(role=Membership.Role.STAFF).user

    for user in (staff, UserFactory(), AppointmentFactory().user):
        client.force_login(user)
        address = reverse("businesses:consent_withdraw", args=[consent.pk])
        assert client.post(address).status_code == 404
        assert client.get(address).status_code == 405
    consent.refresh_from_db()
    assert consent.withdrawn_at is None


def test_staff_withdraw_what_they_gave_while_they_work_there(client, business):
    membership = business.memberships.get(role=Membership.Role.STAFF)
    staff = membership.user
    own = give_consent(business, Purpose.DEALS, by=staff)
    client.force_login(staff)
    address = reverse("businesses:consent_withdraw", args=[own.pk])

    membership.delete()
    assert client.post(address).status_code == 404
    MembershipFactory(business=business, user=staff, role=Membership.Role.STAFF)
    assert client.post(address).status_code == 302

    own.refresh_from_db()
    assert own.withdrawn_by == staff


def test_a_person_deletes_the_account_on_its_page(
    client, siti, business, django_capture_on_commit_callbacks
):
    signed_in(client, siti)
    address = reverse("businesses:account_delete")

    page = client.get(address)
    assert page.context["outcome"].closes == [business]
    assert User.objects.filter(pk=siti.pk).exists()

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(address, {"word": f" {WORD} ".lower()})

    assert response.url == reverse("publication:home")
    assert traces() == {}
    assert files() == []
    assert not client.get(reverse("publication:home")).context["user"].is_authenticated
    connection.check_constraints()


@pytest.mark.parametrize("word", ["", "HAPU", "hapus semua"])
def test_a_wrong_word_deletes_nothing_and_says_so(client, siti, word):
    signed_in(client, siti)

    response = client.post(reverse("businesses:account_delete"), {"word": word})

    assert response.status_code == 200
    assert response.context["form"].errors["word"]
    assert User.objects.filter(pk=siti.pk).exists()


def test_an_owner_deletes_one_business_and_keeps_the_account(client, siti, business):
    kept = BusinessFactory(owner=siti)
    signed_in(client, siti)
    address = reverse("businesses:business_delete", args=[business.slug])

    assert client.get(address).context["outcome"].closes == [business]
    assert client.post(address, {"word": "x"}).context["form"].errors
    response = client.post(address, {"word": str(WORD)})

    assert response.url == reverse("businesses:dashboard")
    business.refresh_from_db()
    assert business.closed_at
    assert Business.objects.of_member(siti).get() == kept
    assert traces(["Sambalaya", "9120001234567", "Melati"]) == {}


def test_one_of_several_owners_deletes_no_business(client, siti, business):
    MembershipFactory(business=business)
    signed_in(client, siti)
    address = reverse("businesses:business_delete", args=[business.slug])

    assert client.get(address).context["outcome"].obstacle
    assert client.post(address, {"word": str(WORD)}).status_code == 200

    business.refresh_from_db()
    assert business.closed_at is None


def test_staff_and_strangers_delete_no_business(client, business):
    staff = business.memberships.get(role=Membership.Role.STAFF).user
    address = reverse("businesses:business_delete", args=[business.slug])

    for user, status in ((staff, 403), (UserFactory(), 404)):
        signed_in(client, user)
        assert client.get(address).status_code == status
        assert client.post(address, {"word": str(WORD)}).status_code == status
    business.refresh_from_db()
    assert business.closed_at is None


def test_an_old_session_does_not_delete(client, siti):
    signed_in(client, siti, seconds_ago=3600)

    response = client.post(reverse("businesses:account_delete"), {"word": str(WORD)})

    assert response.status_code == 302
    assert User.objects.filter(pk=siti.pk).exists()


def test_an_official_reads_why_the_account_stays(client):
    official = signed_in(client, AppointmentFactory().user)
    address = reverse("businesses:account_delete")

    page = official.get(address)
    official.post(address, {"word": str(WORD)})

    assert page.context["outcome"].obstacle in page.content.decode()
    assert b'name="word"' not in page.content
    assert User.objects.count() == 1


def test_the_privacy_page_names_officer_periods_and_rights(client, settings):
    settings.DPO_CONTACT = "pdp@contoh.id"

    page = client.get(reverse("businesses:privacy"))

    text = unescape(page.content.decode())
    assert "pdp@contoh.id" in text
    for period in PERIODS:
        assert str(period.kept) in text
        assert period.length in text
    assert reverse("businesses:my_data") in text
    assert reverse("businesses:account_delete") in text


def test_the_privacy_page_says_whom_to_ask_while_nobody_is_named(client, settings):
    settings.DPO_CONTACT = ""

    page = client.get(reverse("businesses:privacy"))

    said = page.text.partition('id="contact"')[2]
    assert "Dinas Perindustrian dan Perdagangan" in said


def test_my_data_has_a_name_that_people_use_for_everything(client, siti, business):
    signed_in(client, siti)
    UserSession.objects.create(user=siti, ip="10.0.0.1", session_key="x")
    services.invite(business, role=Membership.Role.STAFF, for_whom="Budi", by=siti)

    parts = client.get(reverse("businesses:my_data")).context["parts"]

    shown = {str(label) for part in parts for row in part.rows for label, _value in row}
    raw = {field.verbose_name for field in UserSession._meta.fields}
    assert shown & raw == set()


def test_each_business_that_closes_is_a_heading(client, siti, business):
    page = signed_in(client, siti).get(reverse("businesses:account_delete"))

    assert f"<h3>{business}</h3>" in page.text


def test_every_public_page_links_to_the_privacy_page(client):
    page = client.get(reverse("publication:home")).content.decode()

    assert f'href="{reverse("businesses:privacy")}"' in page
