"""The rights of UU 27/2022 on what missions and meetings keep."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from businesses.models import Business
from businesses.personal_data import personal_data
from businesses.retention import all_periods, enforce
from businesses.rights import close_business, remove_draft
from missions.letters import write
from missions.meetings.explain import reasons
from missions.meetings.figures import good_matches
from missions.meetings.models import Match, MeetingRequest, Selection, Wish
from missions.meetings.requests import end_all_of
from missions.models import Mission, Participation, Side
from missions.reasons import LEFT_PORTAL
from tests.factories import (
    BusinessFactory,
    MeetingRequestFactory,
    MembershipFactory,
    MissionFactory,
    ParticipationFactory,
    SlotFactory,
)
from tests.meetings.scored import buyer_of, scored, seller_of
from tests.portal.test_health import work
from umkm_portal.outbox.models import Message
from umkm_portal.outbox.services import post

pytestmark = pytest.mark.django_db
PRICED = {"quantity": 4, "unit": "ton", "price_max": 14_000, "price_min": 12_000}


@pytest.fixture
def participation():
    business = BusinessFactory(name="Sambalaya Siti", published=True)
    participation = ParticipationFactory(business=business)
    slot = SlotFactory(mission=participation.mission)
    participation.free_slots.add(slot)
    participation.consents.create(purpose="list", text="Saya setuju", via="portal")
    return participation


@pytest.fixture
def request_of(participation):
    partner = ParticipationFactory(mission=participation.mission, side="buyer")
    Wish.objects.create(by=participation, about=partner, level="no")
    return MeetingRequestFactory(
        sender=participation, receiver=partner, message="Kami punya sambal"
    )


def owner_of(participation):
    return participation.business.memberships.get(role="owner").user


def test_the_copy_holds_participations_wishes_and_requests(participation, request_of):
    data = personal_data(owner_of(participation))

    [taken] = data["participations"]
    assert taken["mission"] == participation.mission.slug
    assert taken["consents"][0]["text"] == "Saya setuju"
    assert taken["free"] == [slot.starts_at for slot in participation.free_slots.all()]
    assert data["wishes"][0]["about"] == request_of.receiver.name
    assert data["meeting_requests"][0]["message"] == "Kami punya sambal"
    json.dumps(data, default=str)


def test_partners_see_the_request_in_their_copy_and_not_the_wish(request_of):
    data = personal_data(owner_of(request_of.receiver))

    assert [one["sent_by_you"] for one in data["meeting_requests"]] == [False]
    assert data["wishes"] == []


def test_staff_get_no_copy_of_it(participation, request_of):
    staff = MembershipFactory(business=participation.business, role="staff").user

    data = personal_data(staff)

    assert data["participations"] == data["wishes"] == data["meeting_requests"] == []


def test_the_page_shows_the_same(client, participation, request_of):
    client.force_login(owner_of(participation))

    page = client.get(reverse("businesses:my_data")).content.decode()

    for fact in ("Kami punya sambal", "Saya setuju"):
        assert fact in page


def test_the_partner_of_a_deleted_business_keeps_the_meeting_without_its_name(
    participation, request_of
):
    MeetingRequest.objects.update(status="accepted", closed_at=timezone.now())
    partner = request_of.receiver

    close_business(participation.business)

    request_of.refresh_from_db()
    assert request_of.status == MeetingRequest.Status.CANCELLED
    assert request_of.message == ""
    assert not Wish.objects.exists()
    told = Message.objects.filter(letter__participation=partner)
    assert told.get().is_fleeting, "it still has to say who left"
    work()
    assert not told.filter(text__contains="Sambalaya").exists()
    assert not told.filter(subject__contains="Sambalaya").exists()


def told_of(participation, text):
    [message] = write(participation, "declined", reason=text)
    return message


def test_a_name_that_is_an_ordinary_word_leaves_the_letters_of_other_missions_alone(
    participation,
):
    business = participation.business
    Business.objects.filter(pk=business.pk).update(name="Permintaan")
    near = told_of(
        ParticipationFactory(mission=participation.mission), "Permintaan mundur"
    )
    far = told_of(ParticipationFactory(), "Permintaan mundur")
    colleague = MembershipFactory(business=business).user
    own = post(colleague, kind="check_ends", subject="–", text="Permintaan: periksa")

    close_business(business)

    for message in (near, far, own):
        message.refresh_from_db()
    assert (near.is_fleeting, own.is_fleeting) == (True, True)
    assert not far.is_fleeting
    assert "Permintaan mundur" in far.text


@pytest.mark.parametrize("side", Side)
def test_pairs_of_a_closed_mission_keep_their_points_and_lose_the_words(side):
    mission = MissionFactory(status=Mission.Status.CLOSED)
    seller = seller_of(mission, title="Sambalaya", open=True, **PRICED)
    buyer = buyer_of(mission, title="Sambal", open=True, **PRICED)
    Mission.objects.filter(pk=mission.pk).update(status=Mission.Status.CURATION)
    scored(mission)
    Mission.objects.filter(pk=mission.pk).update(status=Mission.Status.CLOSED)
    before = Match.objects.get()
    published = good_matches(mission)
    gone = seller if side == Side.SELLER else buyer

    close_business(gone.business)

    after = Match.objects.get()
    assert (after.score, after.points) == (before.score, before.points)
    assert good_matches(mission) == published
    words = "offer" if side == Side.SELLER else "need"
    kept = {"offer": "need", "need": "offer"}[words]
    assert after.facts == {"gone": True, words: "", kept: before.facts[kept]}
    assert len(reasons(after)) == len(after.points)


def test_a_reason_of_the_portal_is_said_in_the_language_of_its_reader(request_of):
    MeetingRequest.objects.update(status="accepted", closed_at=timezone.now())

    with override("id"):
        end_all_of(request_of.sender, reason=LEFT_PORTAL)

    request_of.refresh_from_db()
    with override("en"):
        assert request_of.get_reason_display() == LEFT_PORTAL
    with override("id"):
        assert request_of.get_reason_display() == gettext(LEFT_PORTAL) != LEFT_PORTAL


def proposed(participation, partner, **selection):
    chosen = Selection.objects.create(
        mission=participation.mission, state=Selection.State.DONE, **selection
    )
    chosen.meetings.create(seller=participation, buyer=partner, score=715, value=9876)
    chosen.gaps.create(participation=participation, meetings=1, cause="no_need")
    chosen.gaps.create(participation=partner, meetings=0, cause="conflicts")


def test_the_copy_holds_what_the_organiser_proposed_and_not_what_it_only_thinks_of(
    client, participation, request_of
):
    partner = request_of.receiver
    proposed(participation, partner, published_at=timezone.now())
    stranger = ParticipationFactory(mission=participation.mission, side="buyer")
    proposed(participation, stranger)

    data = personal_data(owner_of(participation))

    [proposal] = data["meeting_proposals"]
    assert proposal["partner"] == partner.name
    assert proposal["points"] == Decimal("71.5")
    [gap] = data["fewer_meetings_than_promised"]
    assert (gap["meetings"], gap["cause"]) == (1, "no_need")
    assert "9876" not in json.dumps(data, default=str), "it would tell who wishes what"
    client.force_login(owner_of(participation))
    page = client.get(reverse("businesses:my_data")).text
    assert "71.5" in page or "71,5" in page
    assert stranger.name not in page


def test_a_draft_that_took_part_is_closed_and_not_removed(participation):
    participation.business.memberships.all().delete()

    remove_draft(participation.business)

    participation.refresh_from_db()
    assert participation.business.closed_at
    assert participation.business.name == ""


def test_free_text_ends_after_two_years(participation, request_of):
    end_all_of(participation, reason="Panen gagal, hubungi Pak Budi")
    MeetingRequest.objects.update(closed_at=timezone.now() - timedelta(days=731))
    Participation.history.update(history_date=timezone.now() - timedelta(days=2000))

    enforce()

    request_of.refresh_from_db()
    assert (request_of.message, request_of.reason) == ("", "–")
    assert not request_of.events.filter(reason__contains="Budi").exists()
    assert not Participation.history.exists()
    assert [period.rows().count() for period in all_periods()].count(0) == len(
        all_periods()
    )
