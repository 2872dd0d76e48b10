"""The page of the selection, and how its proposals reach the participants."""

import csv
import io

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from businesses.models import CommodityGroup
from missions.meetings.matching import request_run, score_all
from missions.meetings.models import Selection, Wish
from missions.meetings.selection import changes_of, publish, select
from missions.models import Letter
from tests.factories import (
    AppointmentFactory,
    CommodityGroupFactory,
    ListingFactory,
    ProvinceFactory,
    UserFactory,
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


def test_each_participant_with_a_proposal_is_told_once():
    day = Day(slots=2)
    a, x, alone = day.seller("A"), day.buyer("X"), day.seller("B")
    day.match(a, x)
    chosen = select(day.mission, by=UserFactory())
    by = UserFactory()

    assert publish(chosen, by=by) == 2
    with pytest.raises(ValidationError) as refused:
        publish(chosen, by=by)

    assert refused.value.code == "published"
    assert told(a) == told(x) == ["proposals"]
    assert told(alone) == []
    chosen.refresh_from_db()
    assert chosen.published_by == by


def test_later_only_those_are_told_whose_proposals_differ():
    day = Day(most_meetings=1)
    a, x, b, y = day.seller("A"), day.buyer("X"), day.seller("B"), day.buyer("Y")
    day.match(a, x, 900)
    day.match(b, y, 500)
    publish(select(day.mission, by=UserFactory()), by=UserFactory())

    day.wish(y, b, Wish.Level.NO)
    c = day.seller("C")
    day.match(c, y, 400)
    again = select(day.mission, by=UserFactory())
    assert changes_of(again).keys() == {b.pk, c.pk, y.pk}
    publish(again, by=UserFactory())

    assert told(a) == told(x) == ["proposals"]
    assert told(b) == told(y) == ["proposals", "proposals_changed"]
    assert told(c) == ["proposals"]


def test_what_is_agreed_is_no_proposal():
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    day.match(a, x)
    day.agreed(a, x, day.slots[0])

    assert publish(select(day.mission, by=UserFactory()), by=UserFactory()) == 0


def test_only_the_newest_selection_can_be_shown():
    day = Day()
    day.match(day.seller("A"), day.buyer("X"))
    older = select(day.mission, by=UserFactory())
    publish(older, by=UserFactory())
    select(day.mission, by=UserFactory())

    with pytest.raises(ValidationError) as refused:
        publish(older, by=UserFactory())

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
    assert len(meeting.reasons) == 2

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
    score_all(request_run(day.mission, by=UserFactory()).pk)


def test_what_has_changed_since_asks_to_choose_anew(client, official):
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    bring_coffee(day, a, x)
    select(day.mission, by=UserFactory())
    client.force_login(official)
    assert not client.get(address("selection", day)).context["is_outdated"]

    day.mission.matching.tables = 3
    day.mission.matching.save()
    assert client.get(address("selection", day)).context["is_outdated"]


def test_the_page_of_one_that_is_being_chosen_looks_again_by_itself(client, official):
    day = Day()
    Selection.objects.create(mission=day.mission)
    client.force_login(official)

    response = client.get(address("selection", day))

    assert response["Refresh"]
    assert address("selection_start", day).encode() not in response.content


def test_no_page_or_file_tells_what_anybody_wishes(client, official):
    """The same page, byte for byte, whether a pair was chosen for its score or a wish helped."""
    day = Day()
    a, x = day.seller("A"), day.buyer("X")
    bring_coffee(day, a, x)
    client.force_login(official)
    shown = []
    for level in (None, Wish.Level.MUST):
        if level:
            day.wish(a, x, level)
            day.wish(x, a, level)
        selection = select(day.mission, by=UserFactory())
        Selection.objects.update(made_at=day.run.created_at)
        page = client.get(address("selection", day)).content.decode()
        page = page.replace(f"pertemuan/{selection.pk}/", "")
        table = client.get(address("selection_download", day, "csv")).getvalue()
        shown.append((without_token(page), table))

    assert shown[0] == shown[1]


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
    select(day.mission, by=UserFactory())

    response = client.get(address("selection_download", day, "csv"))
    [row] = csv.DictReader(io.StringIO(response.getvalue().decode()))

    assert (row["seller"], row["buyer"], row["score"]) == ("'=A", "X", "55.5")
    assert client.get(address("selection_download", day, "exe")).status_code == 404


def test_an_auditor_looks_and_a_stranger_does_not(client):
    day = Day()
    day.match(day.seller("A"), day.buyer("X"))
    chosen = select(day.mission, by=UserFactory())
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
    select(day.mission, by=UserFactory())
    client.force_login(official)
    client.get(address("selection", day))

    with django_assert_num_queries(32):
        page = client.get(address("selection", day))

    assert len(page.context["page"]) == count**2
