"""What was written to participants, and what officials do where it did not arrive."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from businesses.consents import give_consent
from businesses.models import Consent
from missions.letters import write
from missions.models import Letter, Mission
from tests.factories import AppointmentFactory, MissionFactory, ParticipationFactory
from tests.portal.test_health import work
from umkm_portal.outbox.models import Message

pytestmark = pytest.mark.django_db
State, Channel, Problem = Message.State, Message.Channel, Message.Problem
PHONE = "+6281234567890"


@pytest.fixture
def mission():
    return MissionFactory(status=Mission.Status.CURATION)


@pytest.fixture
def operator(mission):
    return AppointmentFactory(role="operator", province=mission.initiator_province).user


@pytest.fixture
def office(client, operator):
    client.force_login(operator)
    return client


def written(mission, kind="accepted", phone=PHONE, state=State.FAILED, **facts):
    """A letter to the owner of a new participant."""
    participation = ParticipationFactory(mission=mission, **facts)
    owner = participation.business.memberships.get().user
    if phone:
        owner.confirm_phone(phone)
    [message] = write(participation, kind)
    done = {"sent_at": timezone.now(), "channel": Channel.TEXT}
    if state == State.FAILED:
        done = {"problem": Problem.GATEWAY, "attempts": 5}
    if state != State.QUEUED:
        Message.objects.filter(pk=message.pk).update(state=state, **done)
    return Letter.objects.get(message=message)


def page_of(mission):
    return reverse("missions:letters", args=[mission.slug])


def about(letter, name):
    mission = letter.participation.mission
    return reverse(f"missions:letter_{name}", args=[mission.slug, letter.pk])


def shown(office, mission, **query):
    return list(office.get(page_of(mission), query).context["page"])


# The list


def test_the_latest_comes_first_with_its_state(office, mission):
    first = written(mission)
    second = written(mission, phone="+6281234567891", state=State.SENT)
    written(MissionFactory(), phone="+6281234567892")

    page = office.get(page_of(mission))

    assert list(page.context["page"]) == [second, first]
    assert page.context["failed"] == 1
    assert page.text.count(about(first, "again")) == 1
    assert about(second, "again") not in page.text
    assert about(second, "whatsapp") not in page.text
    assert "{link}" not in page.text
    assert "6281234567890" not in page.text
    assert "0812" not in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    office, mission, count, django_assert_num_queries
):
    for number in range(count):
        written(mission, phone=f"+628123456780{number}")
    with django_assert_num_queries(12):
        office.get(page_of(mission))


def test_it_can_be_narrowed(office, mission):
    failed = written(mission, business__name="Kopi Bromo")
    sent = written(mission, "declined", phone="+6281234567891", state=State.SENT)
    interrupted = written(mission, phone="+6281234567892", state=State.QUEUED)
    long_ago = timezone.now() - 2 * Message.SENDING_ENDS
    Message.objects.filter(letter=interrupted).update(
        state=State.SENDING, due_at=long_ago
    )

    assert shown(office, mission, jenis="declined") == [sent]
    assert shown(office, mission, keadaan="sent") == [sent]
    assert shown(office, mission, keadaan="failed") == [interrupted, failed]
    assert shown(office, mission, keadaan="sending") == []
    assert shown(office, mission, q="bromo") == [failed]
    assert len(shown(office, mission, keadaan="x")) == 3


def test_an_official_of_the_partner_sees_the_own_businesses_only(client, mission):
    ours = written(mission, business__province__code="64")
    written(mission, phone="+6281234567891", business__province__code="35")
    mission.partner_provinces.add("64")
    client.force_login(AppointmentFactory(role="operator", province__code="64").user)

    assert shown(client, mission) == [ours]


def test_an_auditor_looks_only(client, mission):
    letter = written(mission)
    client.force_login(
        AppointmentFactory(role="auditor", province=mission.initiator_province).user
    )

    assert shown(client, mission) == [letter]
    assert about(letter, "again") not in client.get(page_of(mission)).text
    assert client.post(about(letter, "again")).status_code == 404
    assert client.get(about(letter, "whatsapp")).status_code == 404
    assert client.post(about(letter, "handed")).status_code == 404


def test_officials_of_others_find_nothing(client, mission):
    letter = written(mission)
    client.force_login(AppointmentFactory(role="operator", province__code="73").user)

    assert client.get(page_of(mission)).status_code == 404
    assert client.get(about(letter, "whatsapp")).status_code == 404


# Again


def test_a_failed_one_is_sent_again(office, mission, texts):
    letter = written(mission)
    office.post(about(letter, "again"))
    work()

    letter.message.refresh_from_db()
    assert letter.message.is_sent
    assert len(texts) == 1
    office.post(about(letter, "again"))
    work()
    assert len(texts) == 1


# By hand


def parts_of_address(page):
    address = urlsplit(page.context["address"])
    return address, parse_qs(address.query)["text"][0]


def test_an_official_opens_whatsapp_with_the_text_and_says_so(
    office, operator, mission
):
    letter = written(mission)
    page = office.get(about(letter, "whatsapp"))

    address, text = parts_of_address(page)
    assert (address.netloc, address.path) == ("wa.me", "/6281234567890")
    assert letter.participation.name in text
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    letter.message.refresh_from_db()
    assert letter.message.state == State.FAILED, "opening changes nothing"

    office.post(about(letter, "handed"))

    letter.message.refresh_from_db()
    message = letter.message
    assert (message.state, message.channel) == (State.SENT, Channel.HAND)
    assert message.handed_by == operator
    assert operator.name in office.get(page_of(mission)).text


@pytest.mark.parametrize("consents", [True, False])
def test_no_official_gets_the_key_of_an_owner(office, mission, consents):
    letter = written(mission, business__province=mission.initiator_province)
    if consents:
        business, owner = letter.participation.business, letter.message.recipient
        give_consent(business, Consent.Purpose.ASSISTANCE, by=owner)
    page = office.get(about(letter, "whatsapp"))
    _address, text = parts_of_address(page)

    assert "/t/" not in page.text
    assert "/t/" not in text
    with override("id"):
        own = reverse(
            "meetings:own:home",
            args=[letter.participation.business.slug, mission.slug],
        )
    assert own in text


def test_number_and_text_are_in_no_log(office, mission, caplog):
    caplog.set_level("DEBUG")
    letter = written(mission)
    office.get(about(letter, "whatsapp"))
    office.post(about(letter, "handed"))

    assert "6281234567890" not in caplog.text
    assert "/t/" not in caplog.text


def test_without_a_confirmed_phone_there_is_no_address(office, mission):
    letter = written(mission, phone="")
    page = office.get(about(letter, "whatsapp"))

    assert page.context["address"] == ""
    assert "wa.me" not in page.text


def test_what_has_lost_its_words_is_not_sent_any_more(office, mission, texts):
    letter = written(mission)
    Message.objects.update(problem=Problem.FORGOTTEN, subject="", text="")

    page = office.get(page_of(mission)).text
    assert about(letter, "again") not in page
    assert about(letter, "whatsapp") not in page
    office.post(about(letter, "again"))
    office.post(about(letter, "handed"))
    work()

    letter.message.refresh_from_db()
    assert letter.message.state == State.FAILED
    assert texts == []


def test_what_waits_for_its_turn_is_not_sent_by_hand_too(office, mission, texts):
    letter = written(mission, state=State.QUEUED)

    assert about(letter, "whatsapp") not in office.get(page_of(mission)).text
    assert office.get(about(letter, "whatsapp")).url == page_of(mission)
    office.post(about(letter, "handed"))
    work()

    letter.message.refresh_from_db()
    assert letter.message.channel == Channel.TEXT
    assert len(texts) == 1


def test_what_has_gone_is_not_sent_by_hand(office, mission):
    letter = written(mission, state=State.SENT)

    assert office.get(about(letter, "whatsapp")).url == page_of(mission)
    office.post(about(letter, "handed"))

    letter.message.refresh_from_db()
    assert letter.message.channel == Channel.TEXT


def test_an_official_of_the_partner_writes_to_the_own_businesses_only(client, mission):
    ours = written(mission, business__province__code="64")
    theirs = written(mission, phone="+6281234567891", business__province__code="35")
    mission.partner_provinces.add("64")
    client.force_login(AppointmentFactory(role="operator", province__code="64").user)

    assert client.get(about(ours, "whatsapp")).status_code == 200
    assert client.get(about(theirs, "whatsapp")).status_code == 404
    assert client.post(about(theirs, "handed")).status_code == 404


def test_an_organiser_sees_no_number_of_a_business_of_another_province(
    office, mission, texts
):
    letter = written(mission, business__province__code="73")

    page = office.get(page_of(mission))
    assert about(letter, "again") in page.text
    assert about(letter, "whatsapp") not in page.text
    assert page.text.count(letter.participation.business.province.label) == 1
    assert office.get(about(letter, "whatsapp")).status_code == 404
    assert office.post(about(letter, "handed")).status_code == 404
    letter.message.refresh_from_db()
    assert letter.message.is_open

    office.post(about(letter, "again"))
    work()
    assert [phone for phone, _text in texts] == [PHONE]
