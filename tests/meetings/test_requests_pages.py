"""The pages of meeting requests, behind each of the three doors."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, override

from missions.doors import Actor, Via
from missions.letters import write
from missions.meetings import requests
from missions.meetings.models import (
    MatchingRules,
    MeetingRequest,
    SelectedMeeting,
    Selection,
)
from missions.meetings.points import Conflict
from missions.meetings.templatetags.requests import number_ahead
from missions.models import Mission, Participation
from missions.reasons import TO_DECLINE
from tests.factories import (
    AppointmentFactory,
    CommodityGroupFactory,
    ListingFactory,
    MatchFactory,
    MissionFactory,
    ParticipationFactory,
    ProductFactory,
    ScoreRunFactory,
    SlotFactory,
)
from tests.test_access import everything
from umkm_portal.outbox.links import token_of

from .doors import Doors

pytestmark = pytest.mark.django_db
Status = MeetingRequest.Status
STEPS = [
    "accept",
    "decline",
    "propose",
    "withdraw",
    "cancel",
    "report",
    "take_back",
    "move",
    "move_agree",
    "move_refuse",
]


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


def ask_new_time(request, participation, slot):
    return requests.ask_new_time(
        request,
        participation=participation,
        slot=slot,
        actor=Actor(owner(participation)),
    )


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


@pytest.mark.once
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
    moving = accept(
        send(ParticipationFactory(mission=mission, free=slots), buyer, slot=slots[2])
    )
    ask_new_time(moving, moving.sender, slots[0])
    client = doors.browser(door)
    addresses = [
        doors.url(door, name) for name in ("home", "partners", "requests", "calendar")
    ]
    addresses.append(doors.url(door, "request_new", pk=new.pk))
    for request in (waiting, agreed, moving):
        addresses.append(doors.url(door, "request", pk=request.pk))
        addresses += [
            doors.url(door, f"request_{step}", pk=request.pk) for step in STEPS
        ]
    before = everything()

    for address in addresses:
        assert client.get(address).status_code == 200, address
        # Whoever guards a mailbox asks what lies behind its links.
        if door == "link":
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


def test_each_side_reads_a_ready_reason_in_its_own_language(
    doors, seller, buyer, slots
):
    request = send(seller, buyer)
    reader = owner(seller)
    reader.language = "en"
    reader.save()
    client = doors.browser("own")
    address = doors.url("own", "request_decline", pk=request.pk)

    page = client.post(address, {"ready": "1", "words": "Minta 20 ton"}, follow=True)

    english = TO_DECLINE[1]
    with override("id"):
        indonesian = gettext(english)
    assert english != indonesian
    assert f"{indonesian}. Minta 20 ton" in page.text
    told = reader.messages.get(kind="request_declined").text
    assert f"{english}. Minta 20 ton" in told
    request.refresh_from_db()
    with override("en"):
        assert request.get_reason_display() == f"{english}. Minta 20 ton"
        assert request.events.last().get_reason_display().startswith(english)


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

    with django_assert_num_queries(10):
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

    with django_assert_num_queries(16):
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


@each_door
def test_who_was_asked_already_is_not_offered_to_be_asked(
    doors, door, mission, buyer, seller
):
    selection = Selection.objects.create(
        mission=mission, state=Selection.State.DONE, published_at=timezone.now()
    )
    SelectedMeeting.objects.create(
        selection=selection, seller=seller, buyer=buyer, value=1
    )
    run = ScoreRunFactory(mission=mission)
    MatchFactory(run=run, seller=seller, buyer=buyer)
    ask = doors.url(door, "request_new", pk=seller.pk)
    pages = [doors.url(door, name) for name in ("home", "matches", "partners")]
    pages.append(doors.url(door, "match", pk=seller.pk))
    client = doors.browser(door)
    assert all(f'href="{ask}"' in client.get(page).text for page in pages)

    request = send(seller, buyer)

    sent = doors.url(door, "request", pk=request.pk)
    for page in pages:
        text = client.get(page).text
        assert f'href="{ask}"' not in text
        assert f'href="{sent}"' in text
    accept(request)
    for page in pages[1:]:
        text = client.get(page).text
        assert f'href="{ask}"' not in text
        assert f'href="{sent}"' in text


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


# What is open already


def test_who_asked_already_is_led_to_that_request(doors, seller, buyer, slots):
    product = ProductFactory(business=buyer.business)
    client, address = (
        doors.browser("own"),
        doors.url("own", "request_new", pk=seller.pk),
    )
    client.post(address, {"message": "Kopi"})
    request = MeetingRequest.objects.get()
    there = doors.url("own", "request", pk=request.pk)

    assert client.get(address).url == there
    assert client.post(address, {"message": "Kopi"}).url == there
    # Nothing else that was filled in is dropped in silence.
    assert "Gula" in client.post(address, {"message": "Gula"}).text
    others = {"slot": slots[0].pk}, {"products": [product.pk]}
    for other in others:
        page = client.post(address, {"message": "Kopi"} | other)
        assert page.context["form"].open_request == request
    assert MeetingRequest.objects.count() == 1
    accept(request)
    assert client.get(address).url == there


def open_actions(doors, request, door="own"):
    page = doors.browser(door).get(doors.url(door, "request", pk=request.pk))
    return [action.name for action, _form, _sent in page.context["forms"]]


def test_each_side_has_one_way_out(seller, buyer, slots):
    request = send(seller, buyer, slot=slots[0])
    asks, answers = Doors(seller), Doors(buyer)
    assert open_actions(asks, request) == ["withdraw"]
    assert open_actions(answers, request) == ["accept", "propose", "decline"]

    answers.browser("own").post(
        answers.url("own", "request_propose", pk=request.pk), {"slot": slots[1].pk}
    )

    assert open_actions(asks, request) == ["accept", "propose", "decline"]
    assert open_actions(answers, request) == ["take_back"]
    answers.browser("own").post(answers.url("own", "request_take_back", pk=request.pk))
    request.refresh_from_db()
    assert (request.slot, request.answerer) == (slots[0], buyer)


def test_no_lost_time_is_to_be_taken_back(seller, buyer, slots):
    request = send(seller, buyer, slot=slots[0])
    asks, answers = Doors(seller), Doors(buyer)
    requests.take_off(seller.mission, slots[:1])
    assert open_actions(asks, request) == ["propose", "withdraw"]
    asks.browser("own").post(
        asks.url("own", "request_propose", pk=request.pk), {"slot": slots[1].pk}
    )
    request.refresh_from_db()
    assert (request.slot, request.answerer) == (slots[1], buyer)
    assert open_actions(asks, request) == ["withdraw"]

    answers.browser("own").post(
        answers.url("own", "request_propose", pk=request.pk), {"slot": slots[2].pk}
    )
    requests.take_off(seller.mission, slots[2:])

    assert open_actions(answers, request) == ["propose", "decline"]
    assert open_actions(asks, request) == ["accept", "propose", "decline"]


@each_door
def test_an_agreed_meeting_gets_a_new_time_behind_every_door(
    doors, door, seller, buyer, slots
):
    request = accept(send(seller, buyer, slot=slots[0]))
    assert open_actions(doors, request, door) == ["move", "cancel"]
    client = doors.browser(door)

    client.post(doors.url(door, "request_move", pk=request.pk), {"slot": slots[1].pk})

    assert open_actions(doors, request, door) == ["take_back", "cancel"]
    other = Doors(seller)
    assert open_actions(other, request) == [
        "move_agree",
        "move_refuse",
        "move",
        "cancel",
    ]
    shelves = other.browser("own").get(other.url("own", "requests")).context["shelves"]
    assert shelves.to_answer == shelves.agreed == [request]
    other.browser("own").post(other.url("own", "request_move_agree", pk=request.pk))
    request.refresh_from_db()
    assert request.slot == slots[1]


# How each step is taken, by whom, and when the meeting then is: the first of the slots, or the second
NEW_TIMES = {
    "move_agree": ("answers", 1),
    "move_refuse": ("answers", 0),
    "take_back": ("asked", 0),
}


@each_door
@pytest.mark.parametrize("step", NEW_TIMES)
def test_only_sending_answers_a_new_time_behind_every_door(
    doors, door, step, seller, buyer, slots
):
    role, number = NEW_TIMES[step]
    moving = accept(send(seller, buyer, slot=slots[0]))
    ask_new_time(moving, seller if role == "answers" else buyer, slots[1])
    client, address = (
        doors.browser(door),
        doors.url(door, f"request_{step}", pk=moving.pk),
    )
    before = everything()

    assert client.get(address).status_code == client.head(address).status_code == 200
    assert everything() == before
    client.post(address)

    moving.refresh_from_db()
    assert (moving.slot, moving.new_slot) == (slots[number], None)
    assert moving.events.last().via == WAYS[door]
    assert {one.slot for one in moving.bookings.all()} == {slots[number]}


def test_a_new_time_that_went_is_said_with_others_and_the_meeting_stays(
    doors, mission, seller, buyer, slots
):
    moving = accept(send(seller, buyer, slot=slots[0]))
    ask_new_time(moving, seller, slots[1])
    third = ParticipationFactory(mission=mission, free=slots)
    accept(send(third, seller, slot=slots[1]))

    page = doors.browser("link").post(
        doors.url("link", "request_move_agree", pk=moving.pk)
    )

    forms = {action.name: form for action, form, _sent in page.context["forms"]}
    assert forms["move_agree"].non_field_errors()
    assert list(forms["move"].fields["slot"].queryset) == slots[2:]
    moving.refresh_from_db()
    assert (moving.slot, moving.new_slot) == (slots[0], slots[1])


# What the pages say


def test_one_of_the_same_province_is_said_wherever_one_asks_or_answers(
    doors, mission, seller, buyer
):
    assert seller.business.province == buyer.business.province
    new = ParticipationFactory(mission=mission)
    request = send(seller, buyer)
    client, conflict = doors.browser("own"), Conflict.SAME_PROVINCE.label

    [listed] = client.get(doors.url("own", "requests")).context["shelves"].to_answer
    assert listed.conflicts == [conflict]
    for address in (
        doors.url("own", "request", pk=request.pk),
        doors.url("own", "request_new", pk=new.pk),
    ):
        page = client.get(address)
        assert conflict in page.context["conflicts"]
        assert str(conflict) in page.text


SAME_SIDE = gettext_lazy(
    "Both sit on the same side, so there is no score: it compares offers with needs."
)


@pytest.mark.parametrize("side", Participation.Side)
def test_who_asks_somebody_of_the_same_side_is_told(mission, slots, side):
    mine, alike = ParticipationFactory.create_batch(2, mission=mission, side=side)
    partner = ParticipationFactory(mission=mission, side=mine.other_side)
    doors = Doors(mine)
    client = doors.browser("own")

    def warns(name, pk):
        return str(SAME_SIDE) in client.get(doors.url("own", name, pk=pk)).text

    assert warns("request_new", alike.pk)
    assert not warns("request_new", partner.pk)
    assert warns("request", send(alike, mine).pk)
    assert not warns("request", send(partner, mine).pk)


@pytest.mark.parametrize("side", Participation.Side)
def test_partners_are_those_of_the_other_side_until_both_are_chosen(mission, side):
    mine, alike = ParticipationFactory.create_batch(2, mission=mission, side=side)
    doors = Doors(mine)
    client, address = doors.browser("own"), doors.url("own", "partners")
    assert not client.get(address).context["form"].is_narrowed
    partner = ParticipationFactory(mission=mission, side=mine.other_side)

    page = client.get(address).context
    assert (list(page["page"]), page["form"].is_narrowed) == ([partner], False)
    assert page["form"]["sisi"].value() == mine.other_side
    both = client.get(address, {"sisi": "", "q": ""}).context
    assert set(both["page"]) == {partner, alike}
    assert not both["form"].is_narrowed
    same = client.get(address, {"sisi": side}).context
    assert (list(same["page"]), same["form"].is_narrowed) == ([alike], True)


def test_the_conflicts_of_a_scored_match_are_those_of_its_page(
    doors, mission, seller, buyer
):
    run = ScoreRunFactory(mission=mission)
    conflicts = [Conflict.SAME_PROVINCE, Conflict.NO_DELIVERY]
    MatchFactory(run=run, seller=seller, buyer=buyer, conflicts=conflicts)
    request = send(seller, buyer)
    client = doors.browser("own")

    page = client.get(doors.url("own", "request", pk=request.pk))

    labels = [one.label for one in conflicts]
    assert page.context["conflicts"] == labels
    [listed] = client.get(doors.url("own", "requests")).context["shelves"].to_answer
    assert listed.conflicts == labels


def test_an_agreed_meeting_says_where_it_is(doors, mission, seller, buyer, slots):
    mission.venue = "Gedung Dome, Jalan Ruhui Rahayu 1"
    mission.save()
    request = send(seller, buyer, slot=slots[0])
    client, address = doors.browser("own"), doors.url("own", "request", pk=request.pk)
    assert mission.venue not in client.get(address).text

    accept(request)

    assert f"{mission.venue}, {mission.place}" in client.get(address).text


def test_only_an_unusual_door_is_named(doors, seller, buyer):
    request = send(seller, buyer)
    doors.browser("link").post(doors.url("link", "request_accept", pk=request.pk))

    story = doors.browser("own").get(doors.url("own", "request", pk=request.pk))

    lines = list(story.context["story"].lines)
    assert [bool(line.door) for line in lines] == [False, True]


def test_the_calendar_is_offered_once_there_is_a_time(doors, seller, buyer, slots):
    request = accept(send(seller, buyer))
    client, address = doors.browser("own"), doors.url("own", "requests")
    calendar, home = doors.url("own", "calendar"), doors.url("own", "home")
    for page in (address, home):
        assert calendar not in client.get(page).text

    requests.set_time(request, slots[0], by=None)

    for page in (address, home):
        assert calendar in client.get(page).text


def test_whoever_withdraws_reads_how_many_meetings_it_cancels(
    doors, mission, seller, buyer, slots
):
    """Those without a time, too; not those that took place."""
    accept(send(seller, buyer, slot=slots[0]))
    accept(send(ParticipationFactory(mission=mission), buyer))
    reported = accept(send(ParticipationFactory(mission=mission), buyer))
    reported.reports.create(participation=buyer, outcome="deal", via=Via.PORTAL)
    ahead = MeetingRequest.objects.of(buyer).ahead()
    assert ahead.count() == number_ahead(buyer) == 2

    doors.browser("own").post(doors.url("own", "withdraw"), {"reason": "Sakit"})

    assert MeetingRequest.objects.filter(status=Status.CANCELLED).count() == 2
    assert not ahead.exists()


@pytest.mark.usefixtures("english")
def test_an_official_who_helps_reads_the_name_of_the_business(doors, seller, buyer):
    send(seller, buyer)
    request = MeetingRequest.objects.get()

    texts = {
        door: doors.browser(door).get(doors.url(door, "request", pk=request.pk)).text
        for door in ("own", "assisted")
    }

    assert "waits for your answer" in texts["own"]
    assert "waits for your answer" not in texts["assisted"]
    assert f"waits for the answer of {buyer.name}" in texts["assisted"]
    home = doors.browser("assisted").get(doors.url("assisted", "home")).text
    assert f"{buyer.name} takes part" in home
    assert "You take part" not in home
    page = doors.browser("assisted").get(doors.url("assisted", "withdraw")).text
    assert f"The place of {buyer.name}" in page
    assert "Your place" not in page


def test_the_owner_reads_which_official_withdrew_the_business(doors, buyer, official):
    client = doors.browser("assisted")

    client.post(doors.url("assisted", "withdraw"), {"reason": "Pabrik tutup"})

    told = owner(buyer).messages.get(kind="withdrawn_by_official")
    assert official.name in told.text
    assert "Pabrik tutup" in told.text


def test_hours_are_written_in_one_way_per_language(doors, seller, buyer, slots):
    request = send(seller, buyer, slot=slots[0])
    begins = slots[0].starts_at.astimezone(ZoneInfo(seller.mission.timezone))
    client = doors.browser("own")
    with override("en"):
        english = client.get(doors.url("own", "request", pk=request.pk)).text
    indonesian = client.get(doors.url("own", "request", pk=request.pk)).text

    assert f"{begins:%H:%M}–" in english
    assert f"{begins:%H.%M}–" not in english
    assert f"{begins:%H.%M}–" in indonesian
