"""The page of the selection, and how its proposals reach the participants."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from businesses.models import CommodityGroup
from missions.doors import Actor
from missions.meetings import requests
from missions.meetings.matching import request_run
from missions.meetings.models import (
    FloorGap,
    MeetingRequest,
    SelectedMeeting,
    Selection,
    Wish,
)
from missions.meetings.overview import proposals
from missions.meetings.scoring_run import score_all
from missions.meetings.selection import changes_of, coverage, publish, select
from missions.models import Letter
from tests.factories import (
    AppointmentFactory,
    CommodityGroupFactory,
    ListingFactory,
    ProvinceFactory,
)

from .mission_day import Day, pairs

pytestmark = pytest.mark.django_db


@pytest.fixture
def official():
    province = ProvinceFactory(code="35")
    return AppointmentFactory(province=province, role="operator").user


def address(name, day, *args):
    return reverse(f"meetings:{name}", args=[day.mission.slug, *args])


def told(participation):
    letters = Letter.objects.filter(participation=participation).order_by("pk")
    return [letter.message.kind for letter in letters]


# Showing proposals


def test_each_participant_with_a_proposal_is_told_once(official):
    day = Day(slots=2)
    a, x, alone = day.seller("A"), day.buyer("X"), day.seller("B")
    day.match(a, x)
    chosen = select(day.mission, by=None)

    assert publish(chosen, by=official) == 2
    with pytest.raises(ValidationError) as refused:
        publish(chosen, by=official)

    assert refused.value.code == "published"
    assert told(a) == told(x) == ["proposals"]
    assert told(alone) == []
    chosen.refresh_from_db()
    assert chosen.published_by == official


def test_later_only_those_are_told_whose_proposals_differ():
    day = Day(most_meetings=1)
    a, x, b, y = day.seller("A"), day.buyer("X"), day.seller("B"), day.buyer("Y")
    day.match(a, x, 900)
    day.match(b, y, 500)
    publish(select(day.mission, by=None), by=None)

    day.wish(y, b, Wish.Level.NO)
    c = day.seller("C")
    day.match(c, y, 400)
    again = select(day.mission, by=None)
    assert changes_of(again).keys() == {b.pk, c.pk, y.pk}
    publish(again, by=None)

    assert told(a) == told(x) == ["proposals"]
    assert told(b) == told(y) == ["proposals", "proposals_changed"]
    assert told(c) == ["proposals"]


def test_what_is_agreed_is_no_proposal():
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, x)
    day.agreed(a, x, day.slots[0])

    assert publish(select(day.mission, by=None), by=None) == 0


def test_a_proposal_that_became_a_meeting_is_no_change_and_one_called_off_none():
    """Neither is told as another proposal, nor comes back as one."""
    day = Day()
    a, x, y = day.seller("A"), day.buyer("X"), day.buyer("Y")
    day.match(a, x)
    called_off = day.agreed(a, y, day.slots[0])
    first = select(day.mission, by=None)
    publish(first, by=None)
    assert (proposals(a), proposals(x), proposals(y)) == ([x], [a], [])

    day.agreed(x, a, day.slots[1])
    call_off(called_off)

    assert (proposals(a), proposals(x), proposals(y)) == ([], [], [])
    assert first.meetings.proposed().count() == 0
    assert [one.is_agreed for one in first.meetings.standing().with_agreed()] == [True]
    assert coverage(day.mission, first).covered == 2
    assert not changes_of(first)
    assert not changes_of(select(day.mission, by=None))


def test_a_proposal_agreed_and_called_off_does_not_come_back():
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, x)
    publish(select(day.mission, by=None), by=None)
    call_off(day.agreed(a, x))

    assert proposals(a) == proposals(x) == []


def test_a_proposal_that_one_of_the_two_declined_does_not_come_back():
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, x)
    publish(select(day.mission, by=None), by=None)
    actors = {one: Actor(one.business.memberships.first().user) for one in (a, x)}
    request = requests.send(a, x, actor=actors[a])
    assert (proposals(a), proposals(x)) == ([x], [a])

    requests.decline(request, participation=x, reason="Stok habis", actor=actors[x])

    assert proposals(a) == proposals(x) == []
    publish(select(day.mission, by=None), by=None)
    assert proposals(a) == proposals(x) == []


def call_off(request):
    request.bookings.all().delete()
    request.status, request.reason = MeetingRequest.Status.CANCELLED, "Sakit"
    request.closed_at = timezone.now()
    request.save()


def test_only_the_newest_selection_can_be_shown():
    day = Day()
    day.match(day.seller("A"), day.buyer("X"))
    older = select(day.mission, by=None)
    publish(older, by=None)
    select(day.mission, by=None)

    with pytest.raises(ValidationError) as refused:
        publish(older, by=None)

    assert refused.value.code == "not_newest"


# The page


def test_before_there_is_anything_the_page_says_what_to_do(client, official, english):
    day = Day(slots=0)
    client.force_login(official)

    page = client.get(address("selection", day))

    assert "Lay out the programme first" in page.content.decode()
    assert b"pilih" not in page.content


def test_an_official_chooses_looks_and_shows(client, official):
    day = Day(floor=2)
    a, x = day.seller("Kopi Ana"), day.buyer("Hotel Xena")
    bring_coffee(day, a, x)
    client.force_login(official)

    client.post(address("selection_start", day))
    chosen = Selection.objects.get()
    assert (chosen.made_by, pairs(chosen)) == (official, {("Kopi Ana", "Hotel Xena")})
    page = client.get(address("selection", day))
    assert [gap.participation for gap in page.context["gaps"]] == [a, x]
    assert page.context["to_tell"] == 2
    [meeting] = page.context["page"]
    # What brings most, and what is left open.
    assert len(meeting.reasons) == 3

    client.post(address("selection_publish", day, chosen.pk))
    assert told(a) == ["proposals"]
    assert client.get(address("selection", day)).status_code == 200


def bring_coffee(day, seller, buyer):
    """And have the pairs really scored."""
    coffee = CommodityGroup.objects.filter(slug="kopi").first()
    coffee = coffee or CommodityGroupFactory(slug="kopi")
    for participation, kind in ((seller, "offer"), (buyer, "need")):
        listing = ListingFactory(
            business=participation.business, kind=kind, commodity=coffee, open=True
        )
        participation.listings.add(listing)
    buyer.business.province = ProvinceFactory(code="64")
    buyer.business.regency = None
    buyer.business.save()
    score_all(request_run(day.mission, by=None).pk)


def test_what_has_changed_since_asks_to_choose_anew(client, official):
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    bring_coffee(day, a, x)
    select(day.mission, by=None)
    client.force_login(official)
    assert not client.get(address("selection", day)).context["is_outdated"]

    day.mission.matching.tables = 3
    day.mission.matching.save()
    assert client.get(address("selection", day)).context["is_outdated"]


def test_that_time_passes_asks_nobody_to_choose_anew(client, official):
    day = Day()
    bring_coffee(day, day.seller("A"), day.buyer("X"))
    for slot, ago in zip(day.slots, (120, 5), strict=False):
        slot.starts_at = timezone.now() - timedelta(minutes=ago)
        slot.ends_at = slot.starts_at + timedelta(minutes=5)
    day.slots[0].save()
    chosen = select(day.mission, by=None)
    client.force_login(official)
    assert not client.get(address("selection", day)).context["is_outdated"]

    before = timezone.now() - timedelta(minutes=10)
    Selection.objects.filter(pk=chosen.pk).update(made_at=before)
    day.mission.score_runs.update(finished_at=before)
    day.slots[1].save()
    assert not client.get(address("selection", day)).context["is_outdated"]


def test_the_page_of_one_that_is_being_chosen_looks_again_by_itself(client, official):
    day = Day()
    waiting = Selection.objects.create(mission=day.mission)
    client.force_login(official)

    response = client.get(address("selection", day))

    assert response["Refresh"]
    assert address("selection_start", day).encode() not in response.content

    # Its worker ended: nobody waits for it any longer.
    waiting.made_at -= 2 * Selection.DEAD_AFTER[waiting.state]
    waiting.save()
    response = client.get(address("selection", day))
    assert "Refresh" not in response
    assert address("selection_start", day).encode() in response.content
    client.post(address("selection_start", day))
    assert Selection.objects.done().exists()


MUST, NO = Wish.Level.MUST, Wish.Level.NO


@pytest.mark.parametrize(
    ("facts", "said", "is_chosen"),
    [
        # Only wished pairs are chosen of these: that it is wished shows, and not by whom.
        ({"commodity": 0}, [[(0, MUST)], [(1, MUST)], [(0, MUST), (1, MUST)]], True),
        # A wish would bring them together if it could.
        ({"conflicts": ["certificate"]}, [[], [(0, MUST), (1, MUST)]], False),
        # Chosen but for a "no"; nobody can tell whose it was.
        ({}, [[(0, NO)], [(1, NO)], [(0, NO), (1, MUST)]], False),
    ],
)
def test_no_page_or_file_tells_who_wishes_what(
    client, official, facts, said, is_chosen
):
    """The same page and file, byte for byte."""
    day = Day()
    parties = day.seller("A"), day.buyer("X")
    match = day.match(*parties, **facts)
    client.force_login(official)
    shown = []
    for wishes in said:
        Wish.objects.all().delete()
        for one, level in wishes:
            day.wish(parties[one], parties[1 - one], level)
        selection = select(day.mission, by=None)
        assert selection.meetings.exists() == is_chosen
        Selection.objects.update(made_at=day.run.created_at)
        page = client.get(address("selection", day)).content.decode()
        page = page.replace(f"pertemuan/{selection.pk}/", "")
        table = client.get(address("selection_download", day, "csv")).getvalue()
        shown.append((without_token(page), table))

    assert match.score == 500
    assert len(set(shown)) == 1


def test_officials_of_other_provinces_see_what_concerns_their_businesses(
    client, english
):
    day = Day(floor=3)
    day.mission.partner_provinces.add(ProvinceFactory(code="64"))
    home = ProvinceFactory(code="64")
    ours, abroad = day.seller("Kopi Kaltim"), day.seller("Kopi Jatim")
    ours.business.province, ours.business.regency = home, None
    ours.business.save()
    x = day.buyer("Hotel Xena")
    day.match(ours, x)
    day.match(abroad, x)
    select(day.mission, by=None)
    client.force_login(AppointmentFactory(province=home, role="operator").user)

    page = client.get(address("selection", day))
    table = client.get(address("selection_download", day, "csv")).getvalue().decode()

    assert [one.seller for one in page.context["page"]] == [ours]
    assert [one.participation for one in page.context["gaps"]] == [ours]
    assert page.context["meetings"] == 2
    assert "Kopi Jatim" not in page.content.decode() + table
    assert "Kopi Kaltim" in table

    client.force_login(AppointmentFactory(province__code="35", role="auditor").user)
    assert len(client.get(address("selection", day)).context["page"]) == 2


@pytest.mark.parametrize(
    ("role", "province", "meetings", "gaps"),
    [("auditor", "35", 2, 3), ("operator", "64", 1, 1), ("operator", "73", 0, 0)],
)
def test_the_admin_shows_officials_the_same(role, province, meetings, gaps):
    day = Day(floor=3)
    ours, abroad, buyer = day.seller("A"), day.seller("B"), day.buyer("X")
    ours.business.province, ours.business.regency = ProvinceFactory(code="64"), None
    ours.business.save()
    for seller in (ours, abroad):
        day.match(seller, buyer)
    day.mission.partner_provinces.add(ProvinceFactory(code="64"))
    select(day.mission, by=None)
    request = RequestFactory().get("/")
    request.user = AppointmentFactory(province__code=province, role=role).user

    for model, count in ((SelectedMeeting, meetings), (FloorGap, gaps)):
        shown = admin.site.get_model_admin(model).get_queryset(request)
        assert shown.count() == count


def without_token(page):
    return "".join(
        line for line in page.splitlines() if "csrfmiddlewaretoken" not in line
    )


def test_the_selection_downloads(client, official):
    day = Day()
    a, x = day.seller("=A"), day.buyer("X")
    day.match(a, x, 555)
    client.force_login(official)
    assert client.get(address("selection_download", day, "csv")).status_code == 404
    select(day.mission, by=None)

    response = client.get(address("selection_download", day, "csv"))
    [row] = csv.DictReader(io.StringIO(response.getvalue().decode()))

    assert (row["seller"], row["buyer"], row["score"]) == ("'=A", "X", "55.5")
    assert (
        client.get(address("selection_download", day, "csv")[:-3] + "exe").status_code
        == 404
    )


def test_an_auditor_looks_and_a_stranger_does_not(client):
    day = Day()
    day.match(day.seller("A"), day.buyer("X"))
    chosen = select(day.mission, by=None)
    auditor = AppointmentFactory(province=ProvinceFactory(code="35"), role="auditor")
    client.force_login(auditor.user)
    page = client.get(address("selection", day))
    assert address("selection_start", day).encode() not in page.content
    for button in (
        address("selection_start", day),
        address("selection_publish", day, chosen.pk),
    ):
        assert client.post(button).status_code == 404

    other = AppointmentFactory(province=ProvinceFactory(code="51"), role="operator")
    client.force_login(other.user)
    assert client.get(address("selection", day)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_as_often_whatever_there_is(
    client, official, django_assert_num_queries, count
):
    day = Day(floor=4)
    for number in range(count):
        bring_coffee(day, day.seller(f"A{number}"), day.buyer(f"X{number}"))
    select(day.mission, by=None)
    client.force_login(official)
    client.get(address("selection", day))

    with django_assert_num_queries(34):
        page = client.get(address("selection", day))

    assert len(page.context["page"]) == count**2
