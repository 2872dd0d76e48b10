"""Officials apply for businesses whose owners let them fill in."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from businesses.consents import give_consent
from businesses.models import Consent
from missions.doors import Actor, Via
from missions.joining import apply_for, set_consent
from missions.models import Mission, Participation, ParticipationConsent, Side
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    ListingFactory,
    MembershipFactory,
    MissionFactory,
    ParticipationFactory,
    ProvinceFactory,
)

pytestmark = pytest.mark.django_db
Status = Participation.Status


def assisted(**facts):
    """A business whose owner lets officials fill in."""
    business = BusinessFactory(**{"published": True, **facts})
    owner = business.memberships.first() or MembershipFactory(business=business)
    give_consent(business, Consent.Purpose.ASSISTANCE, by=owner.user)
    return business


def page(mission, business=None):
    query = {"usaha": business.slug} if business else None
    return reverse("missions:office_apply", args=[mission.slug], query=query)


def kinds(participation):
    return set(participation.letters.values_list("message__kind", flat=True))


def test_an_official_applies_and_the_owner_is_told_by_whom(client, mission, official):
    business = assisted(name="Kopi Ijen")
    offer = ListingFactory(business=business, open=True)
    chosen = client.get(page(mission))
    assert f"?usaha={business.slug}" in chosen.content.decode()

    form = client.get(page(mission, business)).context["form"]
    assert form.initial["listings"] == [offer]
    assert not form.consents
    response = client.post(
        page(mission, business), {"side": Side.BUYER, "listings": [offer.pk]}
    )

    participation = business.participations.get()
    assert (participation.side, participation.status) == (Side.BUYER, Status.APPLIED)
    assert list(participation.listings.all()) == [offer]
    assert participation.applied_by == official
    version = participation.history.latest()
    assert version.history_user == official
    assert version.history_change_reason == Via.ASSISTED
    home = [mission.slug, participation.pk]
    assert response.url == reverse("meetings:assisted:home", args=home)
    assert kinds(participation) == {"applied", "filled_in"}
    told = participation.letters.get(message__kind="filled_in").message
    assert official.name in told.text
    assert told.has_link


def test_consents_are_not_asked_and_not_taken(client, mission, official):
    business = assisted()
    typed = {"side": Side.SELLER, **dict.fromkeys(ParticipationConsent.Purpose, "on")}

    client.post(page(mission, business), typed)

    participation = business.participations.get()
    assert not participation.consents.exists()
    with pytest.raises(ValidationError):
        set_consent(participation, "list", True, actor=Actor(official, Via.ASSISTED))


def test_a_form_that_is_not_right_comes_back_filled(client, mission, official):
    business = assisted()
    offers = ListingFactory.create_batch(2, business=business, open=True)

    response = client.post(page(mission, business), {"listings": [offers[0].pk]})

    form = response.context["form"]
    assert list(form.errors) == ["side"]
    assert form["listings"].value() == [str(offers[0].pk)]
    assert not business.participations.exists()


def test_only_businesses_whose_owner_agreed_can_be_chosen(client, mission, official):
    guest = ProvinceFactory(code="64")
    mission.partner_provinces.add(guest)
    own = assisted()
    others = [
        BusinessFactory(published=True),
        assisted(province=guest),
        assisted(is_example=True),
    ]

    assert list(client.get(page(mission)).context["page"]) == [own]
    for business in others:
        address = page(mission, business)
        assert client.get(address).status_code == 404
        assert client.post(address, {"side": Side.SELLER}).status_code == 404
    assert not Participation.objects.exists()


def test_officials_of_a_guest_apply_for_their_own(client, mission):
    guest = ProvinceFactory(code="64")
    mission.partner_provinces.add(guest)
    theirs = assisted(province=guest)
    client.force_login(AppointmentFactory(province=guest, role="operator").user)

    client.post(page(mission, theirs), {"side": Side.SELLER})

    assert theirs.participations.get().status == Status.APPLIED


def test_who_only_looks_finds_neither_page_nor_link(client, mission):
    assisted()
    client.force_login(
        AppointmentFactory(province=mission.initiator_province, role="auditor").user
    )

    assert client.get(page(mission)).status_code == 404
    for name in ("office_mission", "board"):
        html = client.get(reverse(f"missions:{name}", args=[mission.slug]))
        assert page(mission) not in html.content.decode()


@pytest.mark.parametrize("name", ["office_mission", "board"])
def test_the_pages_of_a_mission_lead_here_while_it_takes_applications(
    client, mission, official, name
):
    address = reverse(f"missions:{name}", args=[mission.slug])
    assert page(mission) in client.get(address).content.decode()

    Mission.objects.update(status=Mission.Status.CURATION)
    assert page(mission) not in client.get(address).content.decode()


def test_what_cannot_be_is_said_and_not_offered(client, mission, official):
    draft = assisted(published=False)
    here = ParticipationFactory(mission=mission, business=assisted())

    html = client.get(page(mission)).content.decode()
    assert "?usaha=" not in html
    home = reverse("meetings:assisted:home", args=[mission.slug, here.pk])
    assert home in html
    assert client.get(page(mission, here.business)).url == home
    client.post(page(mission, draft), {"side": Side.SELLER})
    assert not draft.participations.exists()

    ready = assisted()
    Mission.objects.update(status=Mission.Status.CURATION)
    assert "?usaha=" not in client.get(page(mission)).content.decode()
    closed = client.post(page(mission, ready), {"side": Side.SELLER})
    assert closed.context["obstacle"]
    assert not ready.participations.exists()


def test_a_consent_withdrawn_meanwhile_stops_the_service(mission, official):
    business = BusinessFactory(published=True)

    with pytest.raises(ValidationError):
        apply_for(
            mission,
            business,
            side=Side.SELLER,
            listings=[],
            actor=Actor(official, Via.ASSISTED),
        )


def test_those_without_a_place_come_first(client, mission, official):
    here = ParticipationFactory(mission=mission, business=assisted(name="A"))
    later, left = assisted(name="C"), assisted(name="B")
    ParticipationFactory(mission=mission, business=left, status=Status.WITHDRAWN)

    shown = list(client.get(page(mission)).context["page"])

    assert shown == [left, later, here.business]


def test_a_business_is_found_by_its_name(client, mission, official):
    ijen = assisted(name="Kopi Ijen")
    assisted(name="Batik Madura")

    def found(words):
        return list(client.get(page(mission), {"q": words}).context["page"])

    assert found("ijen") == [ijen]
    assert found("tidak-ada") == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_queries_for_one_as_for_three(
    client, mission, official, django_assert_num_queries, number
):
    for _ in range(number):
        ParticipationFactory(mission=mission, business=assisted())
        assisted()
    client.get(page(mission))

    with django_assert_num_queries(11):
        client.get(page(mission))


def test_a_mission_without_a_window_says_so(client, official):
    mission = MissionFactory()
    business = assisted()

    assert not client.get(page(mission)).context["is_open"]
    assert client.get(page(mission, business)).context["obstacle"]
