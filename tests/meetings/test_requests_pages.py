"""The pages of meeting requests, behind each of the three doors."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from missions.doors import Actor, Via
from missions.letters import write
from missions.meetings import requests
from missions.meetings.models import (
    MatchingRules,
    MeetingRequest,
    SelectedMeeting,
    Selection,
)
from missions.models import Mission, Participation
from tests.factories import (
    AppointmentFactory,
    CommodityGroupFactory,
    ListingFactory,
    MissionFactory,
    ParticipationFactory,
    ProductFactory,
    SlotFactory,
    UserFactory,
)
from tests.test_access import everything
from umkm_portal.outbox.links import token_of

from .doors import Doors

pytestmark = pytest.mark.django_db
Status = MeetingRequest.Status
STEPS = ["accept", "decline", "propose", "withdraw", "cancel", "report"]


@pytest.fixture
def mission():
    return MissionFactory(
        status=Mission.Status.CURATION,
        starts_on=timezone.localdate() + timedelta(days=60),
    )


@pytest.fixture
def slots(mission):
    return SlotFactory.create_batch(3, mission=mission)


@pytest.fixture
def seller(mission, slots):
    return ParticipationFactory(mission=mission, free=slots)


@pytest.fixture
def buyer(mission, slots):
    return ParticipationFactory(
        mission=mission, side=Participation.Side.BUYER, free=slots
    )


@pytest.fixture
def official(seller):
    appointment = AppointmentFactory(role="operator", province=seller.business.province)
    return appointment.user


def owner(participation):
    return participation.business.memberships.first().user


def send(sender, receiver, **facts):
    return requests.send(sender, receiver, actor=Actor(owner(sender)), **facts)


def accept(request):
    actor = Actor(owner(request.answerer))
    return requests.accept(request, participation=request.answerer, actor=actor)


@pytest.fixture
def doors(buyer, official):
    return Doors(buyer, official)


WAYS = {"own": Via.PORTAL, "link": Via.LINK, "assisted": Via.ASSISTED}
each_door = pytest.mark.parametrize("door", WAYS)


@each_door
def test_a_request_is_answered_behind_every_door(doors, door, seller, buyer, slots):
    request = send(seller, buyer, message="Kopi 4 ton", slot=slots[0])
    client = doors.browser(door)

    page = client.get(doors.url(door, "request", pk=request.pk))
    assert b"Kopi 4 ton" in page.content
    assert seller.name.encode() in page.content
    address = doors.url(door, "request_accept", pk=request.pk)
    assert address.encode() in page.content
    response = client.post(address)

    assert response.url == doors.url(door, "request", pk=request.pk)
    request.refresh_from_db()
    assert request.is_accepted
    event = request.events.last()
    assert event.via == WAYS[door]
    assert event.participation == buyer
    assert client.get(response.url).status_code == 200


@each_door
def test_anyone_of_the_mission_can_be_asked_behind_every_door(
    doors, door, mission, buyer, slots
):
    other = ParticipationFactory(
        mission=mission, side=Participation.Side.BUYER, free=slots
    )
    product = ProductFactory(business=buyer.business)
    client = doors.browser(door)
    address = doors.url(door, "request_new", pk=other.pk)
    assert client.get(address).status_code == 200

    client.post(
        address, {"message": "Halo", "products": [product.pk], "slot": slots[1].pk}
    )

    request = MeetingRequest.objects.get(sender=buyer, receiver=other)
    assert request.message == "Halo"
    assert request.slot == slots[1]
    assert list(request.products.all()) == [product]


@each_door
def test_all_pages_open_and_opening_changes_nothing(
    doors, door, mission, seller, buyer, slots
):
    """Every page of a participant that its requests have, in every state of a request."""
    waiting = send(seller, buyer, slot=slots[0])
    agreed = accept(
        send(
            buyer,
            ParticipationFactory(mission=mission, free=slots),
            slot=slots[1],
        )
    )
    new = ParticipationFactory(mission=mission)
    client = doors.browser(door)
    addresses = [
        doors.url(door, name) for name in ("home", "partners", "requests", "calendar")
    ]
    addresses.append(doors.url(door, "request_new", pk=new.pk))
    for request in (waiting, agreed):
        addresses.append(doors.url(door, "request", pk=request.pk))
        addresses += [
            doors.url(door, f"request_{step}", pk=request.pk) for step in STEPS
        ]
    before = everything()

    for address in addresses:
        assert client.get(address).status_code == 200, address
        assert client.head(address).status_code == 200, address
    assert client.get(doors.url(door, "wish", pk=new.pk)).status_code == 405

    assert everything() == before


def test_a_form_that_failed_comes_back_filled(doors, seller, buyer, slots):
    request = send(seller, buyer, slot=slots[0])
    client = doors.browser("link")
    words = "Kami sudah punya pemasok" * 30

    page = client.post(
        doors.url("link", "request_decline", pk=request.pk),
        {"ready": "1", "words": words},
    )

    assert page.status_code == 200
    assert words.encode() in page.content
    request.refresh_from_db()
    assert request.is_pending


def test_a_ready_reason_or_own_words_are_enough(doors, seller, buyer, slots):
    request = send(seller, buyer)
    client, address = doors.browser("own"), None
    address = doors.url("own", "request_decline", pk=request.pk)

    page = client.post(address, {"ready": "", "words": ""})
    assert page.context["forms"]
    assert page.status_code == 200
    client.post(address, {"ready": "", "words": "Beda barang"})

    request.refresh_from_db()
    assert request.status == Status.DECLINED
    assert request.reason == "Beda barang"


def test_a_time_that_went_is_said_and_what_was_typed_stays(
    doors, mission, seller, buyer, slots
):
    client = doors.browser("own")
    address = doors.url("own", "request_new", pk=seller.pk)
    other = ParticipationFactory(mission=mission, free=slots)
    accept(send(other, seller, slot=slots[0]))

    page = client.post(address, {"message": "Bawa contoh", "slot": slots[0].pk})

    assert b"Bawa contoh" in page.content
    assert "slot" in page.context["form"].errors
    offered = list(page.context["form"].fields["slot"].queryset)
    assert offered == slots[1:]
    assert not MeetingRequest.objects.filter(sender=buyer).exists()


def test_who_accepts_too_late_stays_on_the_request(
    doors, mission, seller, buyer, slots
):
    request = send(seller, buyer, slot=slots[0])
    other = ParticipationFactory(mission=mission, free=slots)
    accept(send(other, seller, slot=slots[0]))

    page = doors.browser("own").post(doors.url("own", "request_accept", pk=request.pk))

    assert page.status_code == 200
    forms = {action.name: form for action, form, _sent in page.context["forms"]}
    assert forms["accept"].non_field_errors()
    assert list(forms["propose"].fields["slot"].queryset) == slots[1:]


def test_crossing_requests_lead_to_the_one_that_waits(doors, seller, buyer):
    request = send(seller, buyer)

    page = doors.browser("own").post(
        doors.url("own", "request_new", pk=seller.pk), {"message": "Kami juga"}
    )

    assert b"Kami juga" in page.content
    assert doors.url("own", "request", pk=request.pk).encode() in page.content


def test_a_declined_request_can_be_sent_again_with_its_words(doors, seller, buyer):
    request = send(buyer, seller, message="Kopi 4 ton")
    requests.decline(
        request, participation=seller, reason="Nanti", actor=Actor(owner(seller))
    )
    client = doors.browser("own")

    page = client.get(doors.url("own", "request", pk=request.pk))
    again = doors.url("own", "request_new", pk=seller.pk)
    assert again.encode() in page.content
    assert b"Nanti" in page.content
    assert b"Kopi 4 ton" in client.get(again).content


def test_what_nobody_answered_reads_expired_before_the_sweep(doors, seller, buyer):
    request = send(seller, buyer)

    with time_machine.travel(timezone.now() + timedelta(hours=49)):
        client = doors.browser("own")
        shelves = client.get(doors.url("own", "requests")).context["shelves"]
        page = client.get(doors.url("own", "request", pk=request.pk))

    assert shelves.closed == [request]
    assert not shelves.to_answer
    assert page.context["forms"] == []


def test_a_participant_reports_after_the_meeting(doors, seller, buyer, slots):
    request = accept(send(seller, buyer, slot=slots[0]))
    with time_machine.travel(slots[0].ends_at):
        [message] = write(buyer, "accepted")
        doors.kwargs["link"]["token"] = token_of(message)
        address = doors.url("link", "request_report", pk=request.pk)
        Client().post(address, {"outcome": "deal"})

    assert request.reports.get().outcome == "deal"


# Whom the doors keep out


def test_the_link_of_one_opens_no_request_of_others(doors, mission, seller):
    third, fourth = ParticipationFactory.create_batch(2, mission=mission)
    request = send(third, fourth)
    client = doors.browser("link")

    for name in ["request", *(f"request_{step}" for step in STEPS)]:
        address = doors.url("link", name, pk=request.pk)
        assert client.get(address).status_code == 404
        if name != "request":
            assert client.post(address, {"words": "x"}).status_code == 404


@each_door
def test_a_form_of_another_site_does_nothing(doors, door, seller, buyer):
    request = send(seller, buyer)
    client = doors.browser(door, enforce_csrf_checks=True)

    response = client.post(doors.url(door, "request_accept", pk=request.pk))

    assert response.status_code == 403
    request.refresh_from_db()
    assert request.is_pending


def test_nobody_of_another_mission_is_asked(doors):
    elsewhere = ParticipationFactory()
    waiting = ParticipationFactory(
        mission=doors.participation.mission, status=Participation.Status.WAITING
    )
    client = doors.browser("own")

    for other in (elsewhere, waiting, doors.participation):
        for name in ("request_new", "wish"):
            address = doors.url("own", name, pk=other.pk)
            assert client.post(address, {"level": "must"}).status_code == 404
    assert not MeetingRequest.objects.exists()


def test_a_stranger_and_an_official_without_consent_find_nothing(
    doors, seller, buyer, official
):
    request = send(seller, buyer)
    stranger, helper = Client(), Client()
    stranger.force_login(UserFactory())
    helper.force_login(official)

    for client, door in ((stranger, "own"), (helper, "own"), (helper, "assisted")):
        for name in ("request", "request_accept"):
            address = doors.url(door, name, pk=request.pk)
            assert client.get(address).status_code == 404
    refused = stranger.get(doors.url("assisted", "request", pk=request.pk))
    assert refused.status_code == 403


@pytest.mark.parametrize("name", ["partners", "request_new"])
def test_who_is_not_accepted_yet_is_told_so(doors, seller, buyer, name):
    buyer.status = Participation.Status.WAITING
    buyer.save()
    kwargs = {"pk": seller.pk} if name == "request_new" else {}

    response = doors.browser("own").get(doors.url("own", name, **kwargs))

    assert response.url == doors.url("own", "home")


# Lists


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_of_requests_takes_the_same_queries(
    doors, mission, buyer, slots, many, django_assert_num_queries
):
    for slot in slots[:many]:
        others = ParticipationFactory.create_batch(4, mission=mission, free=slots)
        send(others[0], buyer, slot=slot)
        send(buyer, others[1])
        accept(send(buyer, others[2], slot=slot))
        request = send(others[3], buyer)
        requests.decline(
            request, participation=buyer, reason="x", actor=Actor(owner(buyer))
        )
    client = doors.browser("link")

    with django_assert_num_queries(9):
        shelves = client.get(doors.url("link", "requests")).context["shelves"]

    assert len(shelves.to_answer) == len(shelves.waiting) == many
    assert len(shelves.agreed) == len(shelves.closed) == many


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_of_participants_takes_the_same_queries(
    doors, mission, buyer, many, django_assert_num_queries
):
    for _number in range(many):
        partner = ParticipationFactory(mission=mission)
        partner.listings.add(ListingFactory(business=partner.business))
        send(partner, buyer)
        buyer.wishes.create(about=partner, level="would")
    client = doors.browser("link")

    with django_assert_num_queries(16):
        page = client.get(doors.url("link", "partners")).context["page"]

    assert len(page.object_list) == many + 1


@pytest.mark.parametrize("many", [1, 3])
def test_the_first_page_takes_the_same_queries(
    doors, mission, buyer, slots, many, django_assert_num_queries
):
    selection = Selection.objects.create(
        mission=mission, state=Selection.State.DONE, published_at=timezone.now()
    )
    for slot in slots[:many]:
        one, other = ParticipationFactory.create_batch(2, mission=mission, free=slots)
        accept(send(one, buyer, slot=slot))
        SelectedMeeting.objects.create(
            selection=selection, seller=other, buyer=buyer, value=1
        )
    client = doors.browser("link")

    with django_assert_num_queries(15):
        context = client.get(doors.url("link", "home")).context

    assert len(context["agenda"]) == len(context["proposals"]) == many


def test_participants_are_found_by_name_side_commodity_and_province(doors, mission):
    found = ParticipationFactory(
        mission=mission, business__name="Kopi Gayo Jaya", side="buyer"
    )
    listing = ListingFactory(business=found.business, commodity=CommodityGroupFactory())
    found.listings.add(listing)
    ParticipationFactory(mission=mission, business__name="Ikan Asin")
    client = doors.browser("own")

    for query in (
        {"q": "gayo"},
        {"q": listing.title},
        {"sisi": "buyer"},
        {"komoditas": listing.commodity_id},
    ):
        page = client.get(doors.url("own", "partners"), query).context["page"]
        assert list(page) == [found], query


def test_a_name_that_is_withheld_is_not_found_by_it(doors, mission):
    ParticipationFactory(
        mission=mission,
        business__name="Rahasia",
        business__published=False,
        business__withholds_name=True,
    )

    page = doors.browser("own").get(doors.url("own", "partners"), {"q": "rahasia"})

    assert not page.context["page"].object_list


def test_nobody_is_proposed_before_the_selection_is_published(doors, mission, seller):
    selection = Selection.objects.create(mission=mission, state=Selection.State.DONE)
    SelectedMeeting.objects.create(
        selection=selection, seller=seller, buyer=doors.participation, value=1
    )
    client = doors.browser("own")

    assert client.get(doors.url("own", "home")).context["proposals"] == []
    selection.published_at = timezone.now()
    selection.save()
    assert client.get(doors.url("own", "home")).context["proposals"] == [seller]


def test_what_to_do_next_names_the_requests_that_wait(doors, seller, buyer):
    send(seller, buyer)

    steps = doors.browser("own").get(doors.url("own", "home")).context["steps"]

    assert steps[0].address == doors.url("own", "requests")


def test_too_many_requests_are_said_on_the_form(doors, mission, seller, buyer):
    MatchingRules.objects.create(mission=mission, request_quota=1)
    send(buyer, ParticipationFactory(mission=mission))

    page = doors.browser("own").post(
        doors.url("own", "request_new", pk=seller.pk), {"message": "Kopi"}
    )

    assert page.context["form"].non_field_errors()
    assert b"Kopi" in page.content
