"""An official fills in a business; its owner says yes or no by code or link."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from businesses import assistance, consents, verification
from businesses.forms.assistance import AssistedChangeForm
from businesses.models import (
    Approval,
    Business,
    Consent,
    Contact,
    Listing,
    VerificationRequest,
)
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    ProvinceFactory,
    RegencyFactory,
    UserFactory,
)
from umkm_portal import gateway
from umkm_portal.accounts.models import User

pytestmark = pytest.mark.django_db
PHONE = "+6281234567890"
CREATE = reverse("businesses:assisted_create")
LIST = reverse("businesses:assisted_list")
FILLED = {
    "name": "Kopi Ijen",
    "province": "35",
    "sells": "Kopi robusta sangrai",
    "quantity": "1,5",
    "unit": "TNE",
    "seeks": "Kemasan",
    "owner_name": "Siti Aminah",
    "phone": "0812-3456-7890",
    "publishes": "on",
}


@pytest.fixture
def operator():
    return AppointmentFactory(role="operator").user


@pytest.fixture
def office(client, operator, django_capture_on_commit_callbacks):
    """The browser of an operator of Jawa Timur; what a request leaves to do is done."""
    client.force_login(operator)
    return answering(client, django_capture_on_commit_callbacks)


@pytest.fixture
def phone(django_capture_on_commit_callbacks):
    """The browser of whoever got the text."""
    return answering(Client(), django_capture_on_commit_callbacks)


def answering(client, capture):
    """A client whose requests end as they do outside of tests: what waits for the commit runs."""
    send = client.post

    def post(*args, **kwargs):
        with capture() as waiting:
            response = send(*args, **kwargs)
        for callback in waiting:
            callback()
        return response

    client.post = post
    return client


@pytest.fixture
def approval(office, texts):
    office.post(CREATE, FILLED)
    return Approval.objects.get()


def code_in(texts):
    return re.search(r"\b\d{6}\b", texts[-1][1])[0]


def link_in(texts):
    return re.search(r"/t/[^ ]+/", texts[-1][1])[0]


def status_of(approval):
    return reverse("businesses:approval_status", args=[approval.pk])


def everything_is_gone():
    return not (
        Business.objects.exists()
        or Approval.objects.exists()
        or Listing.objects.exists()
        or Business.history.exists()
    )


# Filling in


def test_an_official_fills_in_and_the_owner_is_asked(office, operator, texts):
    response = office.post(CREATE, FILLED)

    approval = Approval.objects.get()
    business = approval.business
    assert response.url == status_of(approval)
    assert (business.name, business.published_at) == ("Kopi Ijen", None)
    assert not business.memberships.exists()
    offer, need = business.listings.order_by("kind", "pk").reverse()
    assert (offer.title, str(offer.quantity)) == ("Kopi robusta sangrai", "1.500")
    assert need.status == offer.status == Listing.Status.DRAFT
    assert (approval.phone, approval.created_by) == (PHONE, operator)
    [(to, said)] = texts
    assert to == PHONE
    assert "Kopi Ijen" in said
    assert operator.name in said
    assert code_in(texts) not in approval.code_hash
    assert not User.objects.filter(phone=PHONE).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"province": "64"}, "province"),
        ({"phone": "12"}, "phone"),
        ({"sells": "", "seeks": ""}, "sells"),
        ({"unit": ""}, "unit"),
        ({"quantity": "dua ton"}, "quantity"),
        ({"owner_name": ""}, "owner_name"),
    ],
)
def test_a_failed_form_comes_back_filled(office, texts, changes, field):
    ProvinceFactory(code="64")

    form = office.post(CREATE, FILLED | changes).context["form"]

    assert field in form.errors
    assert form["name"].value() == "Kopi Ijen"
    assert texts == []
    assert not Business.objects.exists()


def test_an_officials_own_phone_cannot_stand_for_an_owner(office, operator, texts):
    operator.confirm_phone(PHONE)

    assert "phone" in office.post(CREATE, FILLED).context["form"].errors


@pytest.mark.parametrize("role", ["auditor", None])
def test_who_may_not_fill_in_is_refused(client, role):
    user = AppointmentFactory(role=role).user if role else UserFactory()
    client.force_login(user)

    assert client.get(CREATE).status_code == 403
    assert client.post(CREATE, FILLED).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_text_that_could_not_be_sent_can_be_sent_again(client, operator, monkeypatch):
    def fail(phone, text):
        raise gateway.NotSent

    monkeypatch.setitem(gateway.BACKENDS, "console", fail)
    client.force_login(operator)

    response = client.post(CREATE, FILLED)

    assert response.url == LIST
    assert Approval.objects.get().is_pending


# By code


def test_the_owner_tells_the_code(office, approval, operator, texts):
    page = office.get(status_of(approval))
    assert page.context["asked"] == [
        consents.WORDS[Consent.Purpose.ASSISTANCE],
        consents.WORDS[Consent.Purpose.PROFILE],
    ]

    office.post(status_of(approval), {"code": code_in(texts)})

    business = Business.objects.get()
    owner = User.objects.get(phone=PHONE)
    assert (owner.name, owner.phone_verified_at is None) == ("Siti Aminah", False)
    assert list(business.memberships.values_list("user", "role")) == [
        (owner.pk, "owner")
    ]
    given = {consent.purpose: consent for consent in business.consents.active()}
    assert given.keys() == {"assistance", "profile"}
    for purpose, consent in given.items():
        assert consent.text == str(consents.WORDS[purpose])
        assert (consent.via, consent.given_by) == (Consent.Via.CODE, owner)
        assert consent.assisted_by == operator
    assert business.is_public
    assert business.listings.open().count() == 2
    assert business.contacts.get().value == PHONE
    assert not Contact.objects.public().exists()
    approval.refresh_from_db()
    assert PHONE not in approval.phone


def test_the_receipt_is_sent_and_says_who_agreed_to_what(
    office, approval, phone, texts
):
    asked = link_in(texts)
    office.post(status_of(approval), {"code": code_in(texts)})

    receipt = link_in(texts)
    page = phone.get(receipt)
    assert receipt != asked
    assert phone.get(asked).status_code == 404
    assert len(page.context["consents"]) == 2
    assert PHONE not in page.content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert phone.get(receipt).status_code == 404
        owner = User.objects.get(phone=PHONE)
        phone.force_login(owner)
        own = reverse("businesses:consent_receipt", args=[approval.business.slug])
        assert len(phone.get(own).context["consents"]) == 2


def test_an_account_with_the_phone_becomes_the_owner(office, approval, texts):
    known = UserFactory(name="Bu Siti")
    known.confirm_phone(PHONE)

    office.post(status_of(approval), {"code": code_in(texts)})

    assert Business.objects.get().memberships.get().user == known
    known.refresh_from_db()
    assert known.name == "Bu Siti"


def test_an_account_that_only_claims_the_phone_does_not(office, approval, texts):
    """Somebody typed this number and proved only an e-mail: the business would be theirs."""
    User.objects.create_user("x@contoh.id", phone=PHONE, password="rahasia-123")

    office.post(status_of(approval), {"code": code_in(texts)})

    assert not Business.objects.get().memberships.exists()


def test_five_wrong_codes_end_the_code_but_not_the_link(office, approval, phone, texts):
    right = code_in(texts)
    wrong = "000000" if right != "000000" else "111111"
    for _turn in range(Approval.MOST_ATTEMPTS):
        assert office.post(status_of(approval), {"code": wrong}).status_code == 200

    form = office.post(status_of(approval), {"code": right}).context["form"]

    assert "code" in form.errors
    assert not Business.objects.get().memberships.exists()
    phone.post(link_in(texts), {"answer": "register"})
    assert Business.objects.get().memberships.exists()


# By link


def test_opening_the_link_changes_nothing(approval, phone, texts):
    page = phone.get(link_in(texts))

    assert page.status_code == 200
    assert page.context["may_publish"]
    assert page["X-Robots-Tag"] == "noindex"
    assert "no-store" in page["Cache-Control"]
    for said in ("Kopi Ijen", "Kopi robusta sangrai", "1,5", "Kemasan", PHONE):
        assert said in page.content.decode()
    assert not Business.objects.get().memberships.exists()


@pytest.mark.parametrize(
    ("answer", "is_public"), [("publish", True), ("register", False)]
)
def test_the_owner_says_yes_by_link(approval, phone, texts, answer, is_public):
    response = phone.post(link_in(texts), {"answer": answer})

    business = Business.objects.get()
    assert business.is_public == is_public
    assert business.listings.filter(status="open").count() == (2 if is_public else 0)
    assert {consent.via for consent in business.consents.all()} == {Consent.Via.LINK}
    assert phone.get(response.url).context["consents"]


def test_a_no_deletes_the_draft_and_the_phone(approval, phone, texts):
    link = link_in(texts)

    response = phone.post(link, {"answer": "refuse"})

    assert response.url == reverse("publication:home")
    assert everything_is_gone()
    assert phone.get(link).status_code == 404


def test_a_link_that_ended_says_what_to_do_and_nothing_of_the_business(
    approval, phone, texts
):
    link = link_in(texts)
    phone.post(link, {"answer": "register"})

    response = phone.get(link)

    assert response.status_code == 404
    assert reverse("account_login") in response.content.decode()
    assert approval.business.name not in response.content.decode()


def test_what_is_no_answer_changes_nothing(approval, phone, texts):
    assert phone.post(link_in(texts), {"answer": "apa"}).url == link_in(texts)
    assert phone.get("/t/tidak-ada/").status_code == 404
    assert phone.post("/t/tidak-ada/", {"answer": "publish"}).status_code == 404
    assert Approval.objects.get().is_pending


def test_a_page_is_not_published_that_nobody_asked_for(office, phone, texts):
    office.post(CREATE, {**FILLED, "publishes": ""})

    phone.post(link_in(texts), {"answer": "publish"})

    assert not Business.objects.get().is_public


# Sending again, taking back, and time


def test_a_new_code_replaces_the_old_one(office, approval, texts):
    old_code, old_link = code_in(texts), link_in(texts)
    again = reverse("businesses:approval_again", args=[approval.pk])
    office.post(again)
    assert len(texts) == 1, "not within a minute"

    Approval.objects.update(texted_at=timezone.now() - timedelta(minutes=2))
    office.post(again)

    assert len(texts) == 2
    assert link_in(texts) != old_link
    assert office.get(old_link).status_code == 404
    if code_in(texts) != old_code:
        office.post(status_of(approval), {"code": old_code})
        assert not Business.objects.get().memberships.exists()


def test_texts_have_an_end(office, approval, texts):
    again = reverse("businesses:approval_again", args=[approval.pk])

    for _turn in range(Approval.MOST_TEXTS + 2):
        Approval.objects.update(texted_at=timezone.now() - timedelta(minutes=2))
        office.post(again)

    assert len(texts) == Approval.MOST_TEXTS


def test_one_phone_gets_few_texts_a_day(office, texts):
    for turn in range(assistance.MOST_TEXTS_PER_PHONE + 2):
        office.post(CREATE, FILLED | {"name": f"Usaha {turn}"})

    assert len(texts) == assistance.MOST_TEXTS_PER_PHONE
    assert Business.objects.count() == assistance.MOST_TEXTS_PER_PHONE


def test_an_official_takes_a_draft_back(office, approval):
    office.post(reverse("businesses:approval_discard", args=[approval.pk]))

    assert everything_is_gone()


def test_without_an_answer_the_draft_is_deleted(office, approval, phone, texts):
    with time_machine.travel(timezone.now() + timedelta(days=Approval.DAYS)):
        assert phone.get(link_in(texts)).status_code == 404
        form = office.post(status_of(approval), {"code": code_in(texts)})
        assert form.context["form"].errors
        assert assistance.delete_expired_drafts() == 1

    assert everything_is_gone()


def test_what_was_agreed_to_is_not_deleted(office, approval, texts):
    office.post(status_of(approval), {"code": code_in(texts)})
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert assistance.delete_expired_drafts() == 0

    with pytest.raises(ValidationError):
        assistance.refuse(approval)
    assert Business.objects.exists()


# Who else


def test_officials_of_other_provinces_see_nothing(client, approval):
    elsewhere = AppointmentFactory(role="operator", province__code="64").user
    client.force_login(elsewhere)

    assert client.get(status_of(approval)).status_code == 404
    assert client.post(status_of(approval), {"code": "1"}).status_code == 404
    for name in ("approval_again", "approval_discard"):
        address = reverse(f"businesses:{name}", args=[approval.pk])
        assert client.post(address).status_code == 404
    assert not client.get(LIST).context["pending"]


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_as_many_queries_for_one_as_for_three(
    office, operator, django_assert_num_queries, number
):
    for turn in range(number):
        assistance.register_for_owner(
            BusinessFactory.build(province=ProvinceFactory(code="35")),
            [],
            owner_name="Siti",
            phone=f"+62812345678{turn:02}",
            purposes=[],
            by=operator,
        )
        business = BusinessFactory()
        consents.give_consent(business, Consent.Purpose.ASSISTANCE, by=UserFactory())
    office.get(LIST)

    with django_assert_num_queries(7):
        response = office.get(LIST)

    assert len(response.context["pending"]) == number
    assert len(response.context["page"]) == number


# Filling in later


@pytest.fixture
def assisted():
    business = BusinessFactory(published=True)
    owner = business.memberships.get().user
    consents.give_consent(business, Consent.Purpose.ASSISTANCE, by=owner)
    return business


def test_an_official_fills_in_while_the_owner_agrees(office, assisted):
    page = reverse("businesses:assisted_change", args=[assisted.slug])
    place = RegencyFactory()
    RegencyFactory(province__code="64")
    form = office.get(page).context["form"]
    assert list(form.fields["regency"].queryset) == [place]
    sent = {"name": "Nama Baru", "regency": place.pk, "nib": "9120001234567"}

    assert office.post(page, sent).url == LIST

    assisted.refresh_from_db()
    assert (assisted.name, assisted.regency) == ("Nama Baru", place)
    assert assisted.is_public


def test_no_longer_once_the_consent_is_withdrawn(office, assisted, operator):
    page = reverse("businesses:assisted_change", args=[assisted.slug])
    form = AssistedChangeForm({"name": "Direbut"}, instance=assisted, by=operator)
    consent = assisted.consents.active().get(purpose="assistance")
    consents.withdraw_consent(consent, by=consent.given_by)

    assert office.get(page).status_code == 404
    assert form.is_valid()
    assert form.save() is None
    assisted.refresh_from_db()
    assert assisted.name != "Direbut"


def test_auditors_do_not_fill_in(client, assisted):
    client.force_login(AppointmentFactory(role="auditor").user)

    assert (
        client.get(
            reverse("businesses:assisted_change", args=[assisted.slug])
        ).status_code
        == 404
    )


def test_no_code_and_no_phone_in_what_is_logged(office, texts, caplog):
    caplog.set_level("DEBUG")

    office.post(CREATE, FILLED)
    office.post(status_of(Approval.objects.get()), {"code": code_in(texts)})

    assert "81234567890" not in caplog.text
    assert code_in([texts[0]]) not in caplog.text


def test_who_filled_in_does_not_check(office, assisted):
    helper = AppointmentFactory(role="verifier").user
    other = AppointmentFactory(role="verifier").user
    office.force_login(helper)
    page = reverse("businesses:assisted_change", args=[assisted.slug])
    office.post(page, {"name": assisted.name, "nib": "9120001234567"})
    owner = assisted.memberships.get().user

    request = verification.submit(assisted, by=owner)

    decidable = VerificationRequest.objects.decidable_by
    assert request in decidable(other)
    assert request not in decidable(helper)


def test_who_helped_the_owner_does_not_check(office, approval, operator, texts):
    AppointmentFactory(user=operator, role="verifier")
    office.post(status_of(approval), {"code": code_in(texts)})
    business = Business.objects.get()
    Business.objects.update(nib="9120001234567")
    Business.history.all().delete()

    request = verification.submit(business, by=business.memberships.get().user)

    operator = User.objects.get(pk=operator.pk)
    assert request not in VerificationRequest.objects.decidable_by(operator)
