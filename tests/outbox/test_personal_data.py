"""Messages belong to their readers: they can see, download and outlive none of them."""

import json
from datetime import timedelta

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django.utils import timezone

from businesses import retention
from businesses.periods import PERIODS, old_messages
from businesses.personal_data import personal_data
from businesses.rights import close_business, delete_account, delete_business
from missions.letters import write
from tests.factories import BusinessFactory, ParticipationFactory, UserFactory
from tests.portal.test_health import work
from umkm_portal.outbox.models import Message
from umkm_portal.outbox.services import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def message():
    participation = ParticipationFactory()
    return write(participation, "accepted")[0]


def test_a_person_sees_and_downloads_the_own_messages_without_keys(client, message):
    post(UserFactory(), kind="check_ends", subject="Lain", text="Untuk orang lain")
    data = personal_data(message.recipient)

    [row] = data["messages"]
    assert (row["subject"], row["state"]) == (message.subject, "queued")
    assert "/t/" not in json.dumps(data, cls=DjangoJSONEncoder)
    client.force_login(message.recipient)
    page = client.get(reverse("businesses:my_data")).text
    assert message.subject in page
    assert "Lain" not in page


def test_messages_are_kept_for_a_year(message, time_machine):
    [period] = [period for period in PERIODS if period.due is old_messages]
    assert period.after == timedelta(days=365)
    start = timezone.now()

    time_machine.move_to(start + timedelta(days=364))
    retention.enforce()
    assert Message.objects.exists()

    time_machine.move_to(start + timedelta(days=366))
    retention.enforce()
    assert not Message.objects.exists()


def test_they_go_with_the_account(message):
    delete_account(message.recipient, by=message.recipient)

    assert not Message.objects.exists()


def test_the_name_of_a_closed_business_leaves_the_messages_of_others(message, texts):
    reader = message.letter.participation
    business = BusinessFactory(name="Sambalaya Siti", published=True)
    ParticipationFactory(mission=reader.mission, business=business)
    [told] = write(reader, "request_accepted", partner="Sambalaya Siti", time="pukul 9")
    work()

    close_business(business)

    told.refresh_from_db()
    assert "Sambalaya" not in told.subject + told.text
    assert "pukul 9" in told.text


def test_whoever_deletes_a_business_is_told_without_its_name():
    business = BusinessFactory(name="Sambalaya Siti", published=True)
    owner = business.memberships.get().user

    delete_business(business, by=owner)

    message = Message.objects.get(kind="business_deleted")
    assert message.recipient == owner
    assert "Sambalaya" not in message.subject + message.text
