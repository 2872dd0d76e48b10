"""What no message can say about itself, whoever writes it."""

import pytest
from django.db.models import CheckConstraint
from django.utils import timezone

from tests.factories import UserFactory
from tests.missions.test_constraints import refuses
from umkm_portal.outbox.models import Message

pytestmark = pytest.mark.django_db
NOW = timezone.now()
BREAKERS = [
    ({"state": "lost"}, "message_state_known"),
    ({"state": "sent", "channel": "text"}, "message_sent_at_a_time"),
    ({"state": "sent", "sent_at": NOW}, "message_sent_at_a_time"),
    ({"state": "failed"}, "message_failed_with_problem"),
    ({"channel": "fax"}, "message_channel_known"),
    ({"state": "failed", "problem": "weather"}, "message_problem_known"),
]


def message(**facts):
    return Message(
        recipient=UserFactory(), kind="accepted", subject="Kabar", text="Halo", **facts
    )


@pytest.mark.parametrize(("facts", "constraint"), BREAKERS)
def test_database_refuses_an_impossible_message(facts, constraint):
    refuses(message(**facts), constraint)


@pytest.mark.parametrize("problem", ["", *Message.Problem])
@pytest.mark.parametrize("channel", ["", *Message.Channel])
def test_every_way_and_every_problem_can_be_kept(channel, problem):
    message(channel=channel, problem=problem).save()


def test_every_check_is_broken_above():
    checks = {
        constraint.name
        for constraint in Message._meta.constraints
        if isinstance(constraint, CheckConstraint)
    }

    assert checks == {constraint for _facts, constraint in BREAKERS}
