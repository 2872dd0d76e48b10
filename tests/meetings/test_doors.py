import pytest
from django.urls import reverse

from missions.letters import write
from tests.factories import ParticipationFactory, UserFactory
from umkm_portal.outbox.links import token_of

pytestmark = pytest.mark.django_db


def test_the_link_of_a_message_opens_the_pages_of_its_participant(client):
    participation = ParticipationFactory()
    [message] = write(participation, "accepted")

    response = client.get(
        reverse("meetings:link:enter", args=[token_of(message)]), follow=True
    )

    assert response.context["participation"] == participation
    assert response["Referrer-Policy"] == "same-origin"


def test_a_link_that_nobody_made_opens_nothing(client):
    [message] = write(ParticipationFactory(), "accepted")
    forged = f"{token_of(message)[:-1]}{'A' if token_of(message)[-1] != 'A' else 'B'}"

    response = client.get(reverse("meetings:link:home", args=[forged]))

    assert response.status_code == 404
    assert "meetings/link_over.html" in {one.name for one in response.templates}


def test_who_no_longer_works_there_finds_the_link_closed(client):
    participation = ParticipationFactory()
    [message] = write(participation, "accepted")
    participation.business.memberships.all().delete()

    response = client.get(reverse("meetings:link:home", args=[token_of(message)]))

    assert response.status_code == 404


def test_a_stranger_does_not_find_the_pages_of_a_participant(client):
    participation = ParticipationFactory()
    client.force_login(UserFactory())

    response = client.get(
        reverse(
            "meetings:own:home",
            args=[participation.business.slug, participation.mission.slug],
        )
    )

    assert response.status_code == 404
