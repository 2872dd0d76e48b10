"""Two workers, one message; on PostgreSQL with real transactions."""

import time
from threading import Barrier

import pytest

from tests.factories import UserFactory
from tests.races import all_at_once
from umkm_portal import gateway
from umkm_portal.outbox.models import Message
from umkm_portal.outbox.services import note_handed, post, send_again
from umkm_portal.outbox.tasks import deliver

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def slow_texts(monkeypatch):
    sent = []

    def send(phone, text):
        sent.append(text)
        time.sleep(0.2)

    monkeypatch.setitem(gateway.BACKENDS, "console", send)
    return sent


@pytest.fixture
def message():
    user = UserFactory()
    user.confirm_phone("+6281234567890")
    return post(user, kind="accepted", subject="Kabar", text="Halo")


def test_two_workers_send_one_message_once(message, slow_texts):
    all_at_once(deliver.call, [message.pk] * 4)

    message.refresh_from_db()
    assert message.is_sent
    assert message.attempts == 1
    assert len(slow_texts) == 1


def test_an_official_and_the_portal_never_both_send(message, slow_texts):
    """One sends it by hand while a colleague has the portal try again."""
    Message.objects.update(state=Message.State.FAILED, problem=Message.Problem.GATEWAY)
    official = UserFactory()
    start = Barrier(2)

    def act(who):
        start.wait(timeout=10)
        if who == "hand":
            note_handed(message, by=official)
        else:
            send_again(message)
            deliver.call(message.pk)

    all_at_once(act, ["portal", "hand"])

    message.refresh_from_db()
    by_hand = message.channel == Message.Channel.HAND
    assert message.is_sent
    assert len(slow_texts) == (0 if by_hand else 1)


def test_two_taps_send_again_once(message, slow_texts):
    Message.objects.update(state=Message.State.FAILED, problem=Message.Problem.GATEWAY)

    results = all_at_once(send_again, [message] * 3)
    all_at_once(deliver.call, [message.pk] * 3)

    assert results.count(None) == 1
    assert len(slow_texts) == 1
