"""The rights of UU 27/2022 on what missions and meetings keep."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from businesses.personal_data import personal_data
from businesses.retention import all_periods, enforce
from businesses.rights import close_business, remove_draft
from missions.meetings.models import MeetingRequest, Wish
from missions.meetings.requests import end_all_of
from missions.models import Participation
from tests.factories import (
    BusinessFactory,
    MeetingRequestFactory,
    MembershipFactory,
    ParticipationFactory,
    SlotFactory,
)
from tests.portal.test_health import work
from umkm_portal.outbox.models import Message

pytestmark = pytest.mark.django_db


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
