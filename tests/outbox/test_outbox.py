"""The one way out for messages: written with their cause, sent once, and never lost."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.factories import UserFactory
from tests.portal.test_health import work
from umkm_portal import gateway
from umkm_portal.gateway import NotSent
from umkm_portal.outbox import sending
from umkm_portal.outbox.links import KEY_LASTS
from umkm_portal.outbox.models import Message
from umkm_portal.outbox.services import (
    forget_fleeting,
    note_handed,
    post,
    send_again,
    withhold_name,
)
from umkm_portal.outbox.tasks import catch_up, deliver

pytestmark = pytest.mark.django_db
State, Channel, Problem = Message.State, Message.Channel, Message.Problem
PHONE = "+6281234567890"


@pytest.fixture
def user():
    user = UserFactory(email="siti@contoh.id")
    user.confirm_phone(PHONE)
    return user


@pytest.fixture
def gateway_down(monkeypatch):
    tried = []

    def fail(phone, text):
        tried.append(phone)
        raise NotSent

    monkeypatch.setitem(gateway.BACKENDS, "console", fail)
    return tried


@pytest.fixture
def later(time_machine):
    time_machine.move_to(timezone.now(), tick=False)

    def move(**by):
        time_machine.move_to(timezone.now() + timedelta(**by), tick=False)

    return move


def write(user, text="Halo", **facts):
    return post(user, kind="accepted", subject="Kabar", text=text, **facts)


def test_a_confirmed_phone_gets_a_text(user, texts):
    message = write(user)
    assert message.state == State.QUEUED
    assert texts == []

    work()

    assert texts == [(PHONE, "Portal Misi Dagang: Halo")]
    message.refresh_from_db()
    assert (message.state, message.channel) == (State.SENT, Channel.TEXT)
    assert (message.attempts, message.problem) == (1, "")
    assert message.sent_at


def test_without_a_confirmed_phone_a_mail_goes(texts):
    user = UserFactory(email="siti@contoh.id", phone=PHONE)

    message = write(user)
    work()

    assert texts == []
    assert mail.outbox[0].to == ["siti@contoh.id"]
    assert mail.outbox[0].subject == "[Portal Misi Dagang] Kabar"
    message.refresh_from_db()
    assert (message.state, message.channel) == (State.SENT, Channel.EMAIL)


def test_nothing_goes_when_its_cause_did_not_happen(user, texts):
    with suppress(ZeroDivisionError), transaction.atomic():
        write(user)
        raise ZeroDivisionError

    work()

    assert texts == []
    assert not DBTaskResult.objects.exists()


def test_a_message_is_written_in_the_language_of_its_reader():
    assert write(UserFactory(language="en")).language == "en"
    assert write(UserFactory()).language == "id"


def test_a_long_subject_is_cut_not_refused(user):
    message = post(user, kind="accepted", subject="x" * 500, text="Halo")

    assert len(message.subject) == 150


# Failures


def test_a_failure_is_tried_again_after_longer_and_longer_pauses(
    user, gateway_down, later
):
    message = write(user)
    for number, pause in enumerate(Message.PAUSES, start=1):
        work()
        message.refresh_from_db()
        assert (message.state, message.attempts) == (State.QUEUED, number)
        assert message.due_at == timezone.now() + pause
        later(seconds=pause.total_seconds() - 1)
        work()
        assert len(gateway_down) == number
        later(seconds=1)
    work()

    message.refresh_from_db()
    assert message.state == State.FAILED
    assert message.attempts == Message.MOST_ATTEMPTS == len(gateway_down)
    assert message.problem == Problem.GATEWAY
    later(days=30)
    work()
    assert len(gateway_down) == Message.MOST_ATTEMPTS


def test_it_goes_once_the_gateway_is_back(user, gateway_down, later, monkeypatch):
    message = write(user)
    work()
    sent = []
    monkeypatch.setitem(
        gateway.BACKENDS, "console", lambda phone, text: sent.append(text)
    )

    later(minutes=1)
    work()

    message.refresh_from_db()
    assert (message.state, message.attempts, message.problem) == (State.SENT, 2, "")
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"email": None, "phone": PHONE}, Problem.NO_ADDRESS),
        ({"is_active": False}, Problem.SWITCHED_OFF),
    ],
)
def test_what_cannot_go_at_all_fails_at_once(texts, facts, problem):
    message = write(UserFactory(**facts))
    work()

    message.refresh_from_db()
    assert (message.state, message.problem) == (State.FAILED, problem)
    assert (texts, mail.outbox) == ([], [])


def test_a_failed_one_is_sent_again_on_request(user, texts):
    message = write(user)
    Message.objects.update(state=State.FAILED, problem=Problem.GATEWAY, attempts=5)

    send_again(message)
    work()

    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.SENT, 1)
    assert len(texts) == 1
    with pytest.raises(ValidationError):
        send_again(message)


# A worker that dies


def test_a_worker_that_dies_while_sending_sends_nothing_twice_and_loses_nothing(
    user, texts, later, monkeypatch
):
    """It sent the text, and ended before it could write that down."""
    message = write(user)

    def die(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(sending, "_this_attempt", die)
        with pytest.raises(SystemExit):
            deliver.call(message.pk)
    assert len(texts) == 1

    later(hours=12)
    work()
    catch_up()
    work()

    assert len(texts) == 1
    message.refresh_from_db()
    assert message.is_uncertain
    assert message in Message.objects.failed()
    send_again(message)
    work()
    assert len(texts) == 2


def test_what_is_being_sent_is_neither_failed_nor_open(user):
    message = write(user)

    claimed = sending.claim(message.pk)

    assert (claimed.is_failed, claimed.is_open) == (False, False)
    assert not Message.objects.failed().exists()
    assert sending.claim(message.pk) is None
    with pytest.raises(ValidationError):
        note_handed(claimed, by=UserFactory())


def test_a_message_whose_task_was_lost_gets_another_one(user, texts, later):
    message = write(user)
    DBTaskResult.objects.all().delete()
    later(minutes=59)
    assert catch_up() == 0

    later(minutes=2)
    assert catch_up() == 1
    assert catch_up() == 0
    work()

    message.refresh_from_db()
    assert message.is_sent
    assert len(texts) == 1


def test_an_attempt_that_was_given_up_overwrites_nothing(user, texts, later):
    """Somebody sent it by hand because it was taken for interrupted, while it still was under way."""
    message = write(user)
    official = UserFactory()
    slow = sending.claim(message.pk)
    later(minutes=11)
    note_handed(message, by=official)

    sending.attempt(slow)

    message.refresh_from_db()
    assert (message.channel, message.handed_by) == (Channel.HAND, official)


# By hand


def test_an_official_notes_that_it_went_by_hand(user, texts):
    message, official = write(user), UserFactory()
    with pytest.raises(ValidationError):
        note_handed(message, by=official)
    Message.objects.update(state=State.FAILED, problem=Problem.GATEWAY)

    note_handed(message, by=official)
    work()

    message.refresh_from_db()
    assert (message.state, message.channel) == (State.SENT, Channel.HAND)
    assert message.handed_by == official
    assert texts == []
    with pytest.raises(ValidationError):
        note_handed(message, by=official)


# A business that is gone


def test_the_name_of_a_business_that_is_gone_leaves_what_was_sent(user, texts):
    sent = write(user, text="Kopi Gayo menerima permintaan Anda")
    other = write(user, text="Kopi Gayolah menerima permintaan Anda")
    work()
    waits = write(user, text="Kopi Gayo mundur")

    withhold_name("Kopi Gayo", Message.objects.all(), put="(…)")

    for message in (sent, other):
        message.refresh_from_db()
    assert sent.text == "(…) menerima permintaan Anda"
    assert other.text == "Kopi Gayolah menerima permintaan Anda"
    work()
    assert texts[-1][1].endswith("Kopi Gayo mundur")
    waits.refresh_from_db()
    assert (waits.is_sent, waits.subject, waits.text) == (True, "", "")


def test_what_could_not_be_sent_within_a_week_loses_the_name_too(
    user, gateway_down, later
):
    message = write(user, text="Kopi Gayo mundur")
    withhold_name("Kopi Gayo", Message.objects.all(), put="(…)")
    work()
    tries = len(gateway_down)
    later(days=6)
    assert forget_fleeting() == 0

    later(days=2)
    assert forget_fleeting() == 1

    message.refresh_from_db()
    assert (message.state, message.problem) == (State.FAILED, Problem.FORGOTTEN)
    assert message.text == ""
    work()
    for act in (send_again, partial(note_handed, by=UserFactory())):
        with pytest.raises(ValidationError):
            act(message)
    assert len(gateway_down) == tries


def test_without_words_nothing_is_sent(user, texts, later):
    """The worker was away for longer than what it should have sent was kept."""
    message = write(user, text="Kopi Gayo mundur")
    withhold_name("Kopi Gayo", Message.objects.all(), put="(…)")
    later(days=8)
    forget_fleeting()

    work()
    catch_up()
    work()

    assert texts == []
    Message.objects.update(state=State.QUEUED, problem="")
    assert sending.claim(message.pk) is None


def test_only_messages_that_may_be_about_it_lose_a_name(user):
    about, other = write(user, text="Permintaan 1"), write(user, text="Permintaan 2")

    withhold_name("Permintaan", Message.objects.filter(pk=about.pk), put="(…)")

    about.refresh_from_db()
    other.refresh_from_db()
    assert (about.is_fleeting, other.is_fleeting) == (True, False)


def test_a_very_short_name_is_no_reason_to_change_messages(user):
    message = write(user, text="UD mundur")

    withhold_name("UD", Message.objects.all(), put="(…)")

    message.refresh_from_db()
    assert message.text == "UD mundur"


def fails(message):
    Message.objects.update(state=State.FAILED, problem=Problem.GATEWAY)
    message.refresh_from_db()


def test_a_key_that_arrives_late_is_valid_as_long_as_any_other(user, later):
    message = write(user, has_key=True)
    assert message.link_until == timezone.now() + KEY_LASTS

    for _time in range(3):
        fails(message)
        later(days=10)
        send_again(message)

        message.refresh_from_db()
        assert message.link_until == timezone.now() + KEY_LASTS


def test_what_goes_by_hand_has_no_key_and_renews_none(user, later):
    message = write(user, has_key=True)
    ends = message.link_until
    fails(message)
    later(days=10)

    note_handed(message, by=UserFactory())

    message.refresh_from_db()
    assert message.link_until == ends


def test_what_never_had_a_key_gets_none(user):
    message = write(user)
    fails(message)

    send_again(message)

    message.refresh_from_db()
    assert message.link_until is None
