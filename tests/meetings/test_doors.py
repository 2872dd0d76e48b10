import pytest
from django.urls import reverse

from missions.letters import write
from tests.factories import ParticipationFactory
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
    home = reverse("meetings:link:home", args=[token_of(message)])
    assert client.get(home).status_code == 200

    participation.business.memberships.all().delete()

    assert client.get(home).status_code == 404


def test_the_page_to_withdraw_lies_under_the_overview(client):
    participation = ParticipationFactory()
    client.force_login(participation.business.memberships.first().user)
    place = [participation.business.slug, participation.mission.slug]

    page = client.get(reverse("meetings:own:withdraw", args=place)).text

    home = reverse("meetings:own:home", args=place)
    assert f'href="{home}" aria-current="true"' in page
    assert page.count("aria-current") == 1


def test_what_was_done_does_not_look_like_the_note_of_an_example(client):
    participation = ParticipationFactory(mission__is_example=True)
    client.force_login(participation.business.memberships.first().user)
    place = [participation.business.slug, participation.mission.slug]

    page = client.post(
        reverse("meetings:own:consents", args=place), {"withdraw": "pairs"}, follow=True
    ).text

    assert page.count('<p class="notice notice-success">') == 1
    assert page.count('<p class="notice">') == 1
