"""A wish is its maker's own business: everybody else is shown nothing that depends on it."""

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse

from businesses.consents import give_consent
from businesses.models import Consent
from missions.doors import Actor, Via
from missions.letters import write
from missions.meetings.models import Selection, Wish
from missions.meetings.wishes import set_wish
from missions.models import Participation
from tests.factories import AppointmentFactory, ParticipationFactory, UserFactory
from umkm_portal.outbox.links import token_of
from umkm_portal.outbox.models import Message

pytestmark = pytest.mark.django_db
Level = Wish.Level


@pytest.fixture
def seller():
    return ParticipationFactory()


@pytest.fixture
def buyer(seller):
    return ParticipationFactory(mission=seller.mission, side="buyer")


def owner(participation):
    return participation.business.memberships.first().user


def page_of(participation, name, **kwargs):
    own = {"slug": participation.business.slug, "mission": participation.mission.slug}
    return reverse(f"meetings:own:{name}", kwargs=own | kwargs)


def wish(by, about, level):
    set_wish(by, about, level, actor=Actor(owner(by)))


def test_a_wish_is_kept_changed_and_taken_back(seller, buyer):
    wish(seller, buyer, Level.MUST)
    wish(seller, buyer, Level.NO)
    assert [one.level for one in seller.wishes.all()] == [Level.NO]
    wish(seller, buyer, "")
    assert not Wish.objects.exists()
    assert not Message.objects.exists()


def test_only_participants_of_one_mission_wish(seller, buyer):
    elsewhere = ParticipationFactory()
    waiting = ParticipationFactory(
        mission=seller.mission, status=Participation.Status.WAITING
    )

    for by, about in ((seller, elsewhere), (seller, waiting), (waiting, seller)):
        with pytest.raises(ValidationError):
            wish(by, about, Level.MUST)
    with pytest.raises(ValidationError):
        wish(seller, buyer, "perhaps")
    assert not Wish.objects.exists()


def test_the_button_leads_back_to_where_it_stood_and_nowhere_else(
    client, seller, buyer
):
    client.force_login(owner(seller))
    address = page_of(seller, "wish", pk=buyer.pk)
    here = page_of(seller, "partners") + "?q=kopi"

    response = client.post(address, {"level": "no", "next": here})
    assert response.url == f"{here}#wish-{buyer.pk}"
    assert seller.wishes.get().level == Level.NO
    response = client.post(address, {"level": "", "next": "https://jahat.example/"})
    assert response.url == page_of(seller, "partners") + f"#wish-{buyer.pk}"
    assert not Wish.objects.exists()


def test_the_link_of_a_message_takes_a_wish_but_no_get_does(client, seller, buyer):
    [message] = write(seller, "accepted")
    address = reverse("meetings:link:wish", args=[token_of(message), buyer.pk])

    assert client.get(address).status_code == 405
    assert not Wish.objects.exists()
    client.post(address, {"level": "would"})

    assert seller.wishes.get().level == Level.WOULD


def test_the_other_side_sees_the_same_pages_whatever_was_wished(client, seller, buyer):
    """Byte for byte, but for what is new in every answer."""
    client.force_login(owner(buyer))
    pages = ["home", "partners", "requests"]

    def read():
        found = [client.get(page_of(buyer, name)) for name in pages]
        found.append(client.get(page_of(buyer, "request_new", pk=seller.pk)))
        return [
            "".join(
                line
                for line in page.content.decode().splitlines()
                if "csrfmiddlewaretoken" not in line
            )
            for page in found
        ]

    before = read()
    for level in Level:
        wish(seller, buyer, level)
        assert read() == before


def test_an_official_notes_a_wish_and_is_never_shown_one(client, seller, buyer):
    appointment = AppointmentFactory(role="operator", province=seller.business.province)
    give_consent(seller.business, Consent.Purpose.ASSISTANCE, by=owner(seller))
    client.force_login(appointment.user)
    kwargs = {"mission": seller.mission.slug, "participation": seller.pk}
    partners = reverse("meetings:assisted:partners", kwargs=kwargs)

    before = client.get(partners).content.count(b'aria-pressed="true"')
    client.post(
        reverse("meetings:assisted:wish", kwargs=kwargs | {"pk": buyer.pk}),
        {"level": "no"},
    )
    page = client.get(partners)
    said = [str(message) for message in page.context["messages"]]
    assert len(said) == 1
    assert seller.name in said[0]
    assert buyer.name not in said[0]

    assert seller.wishes.get().level == Level.NO
    assert before == page.content.count(b'aria-pressed="true"') == 0
    told = Message.objects.get(letter__participation=seller)
    assert told.kind == "wish_noted"
    assert told.recipient == owner(seller)
    assert str(Level.NO.label) not in told.text


def test_its_own_people_see_it(client, seller, buyer):
    wish(seller, buyer, Level.WOULD)
    client.force_login(owner(seller))

    page = client.get(page_of(seller, "partners"))

    assert page.content.count(b'aria-pressed="true"') == 1


def test_an_unknown_level_is_said_and_changes_nothing(client, seller, buyer):
    wish(seller, buyer, Level.WOULD)
    client.force_login(owner(seller))

    client.post(page_of(seller, "wish", pk=buyer.pk), {"level": "hate"})

    assert seller.wishes.get().level == Level.WOULD


def test_the_admin_knows_no_wishes():
    assert not admin.site.is_registered(Wish)
    assert not any("wish" in model.__name__.lower() for model in admin.site._registry)


def test_no_number_in_the_admin_falls_with_a_wish():
    shown = admin.site.get_model_admin(Selection).fields

    assert not {"pairs", "value", "value_without_floor"} & set(shown)


def test_an_official_writes_for_a_business_only_when_told_so(seller, buyer):
    set_wish(seller, buyer, Level.MUST, actor=Actor(UserFactory(), Via.ASSISTED))

    assert Message.objects.filter(letter__participation=seller).count() == 1
    assert not Message.objects.filter(letter__participation=buyer).exists()
