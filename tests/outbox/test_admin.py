"""Whoever runs the portal sees how messages went, and not what they say."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory
from tests.portal.test_health import work
from umkm_portal.outbox.models import Message
from umkm_portal.outbox.services import post

pytestmark = pytest.mark.django_db
LIST = reverse("admin:outbox_message_changelist")


@pytest.fixture
def admin(client):
    client.force_login(UserFactory(is_superuser=True))
    return client


@pytest.fixture
def message():
    user = UserFactory(email="siti@contoh.id")
    return post(user, kind="check_ends", subject="Kabar", text="Rahasia dagang")


def test_the_words_are_shown_nowhere(admin, message):
    page = reverse("admin:outbox_message_change", args=[message.pk])

    for address in (LIST, page):
        text = admin.get(address).text
        assert message.recipient.name in text
        assert "Rahasia" not in text
        assert "siti@contoh.id" not in text


def test_what_failed_is_sent_again_from_the_list(admin, message, mailoutbox):
    Message.objects.update(state="failed", problem="mail", attempts=5)
    sent = post(message.recipient, kind="check_ends", subject="Kabar", text="Halo")
    assert list(admin.get(LIST, {"failed": "yes"}).context["cl"].queryset) == [message]

    admin.post(
        LIST, {"action": "send_again", "_selected_action": [message.pk, sent.pk]}
    )
    work()

    message.refresh_from_db()
    assert message.is_sent
    assert len(mailoutbox) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    admin, count, django_assert_num_queries
):
    for _ in range(count):
        post(UserFactory(), kind="check_ends", subject="Kabar", text="Halo")
    with django_assert_num_queries(7):
        admin.get(LIST)
