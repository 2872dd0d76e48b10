"""The key in a link opens pages without a sign-in, so it is nowhere but in the message as sent."""

import re

import pytest
from django.core.management import call_command

from missions.letters import write
from tests.businesses.test_rights import traces
from tests.factories import ParticipationFactory
from tests.portal.test_health import work
from umkm_portal import gateway
from umkm_portal.gateway import NotSent
from umkm_portal.outbox.links import message_of
from umkm_portal.outbox.models import Message

pytestmark = pytest.mark.django_db
KEY = re.compile(r"/t/([^/]+)/")


@pytest.fixture
def participation():
    participation = ParticipationFactory()
    owner = participation.business.memberships.get().user
    owner.confirm_phone("+6281234567890")
    return participation


def test_the_key_is_in_no_table_and_no_log(participation, texts, caplog, client):
    caplog.set_level("DEBUG")
    [message] = write(participation, "accepted")
    work()
    key = KEY.search(texts[0][1])[1]
    signature = key.partition(".")[2]
    assert message_of(key) == message

    client.get(f"/t/{key}/buka/")
    call_command("enforce_retention", "--dry-run")

    assert traces([signature]) == {}
    said = [r for r in caplog.records if not r.name.startswith("django.request")]
    assert not any(signature in record.getMessage() for record in said)


def test_neither_key_nor_phone_is_logged_when_sending_fails(
    participation, monkeypatch, caplog
):
    def fail(phone, text):
        raise NotSent

    monkeypatch.setitem(gateway.BACKENDS, "console", fail)
    caplog.set_level("DEBUG")
    write(participation, "accepted")
    work()

    assert Message.objects.get().problem
    assert "6281234567890" not in caplog.text
    assert "/t/" not in caplog.text
