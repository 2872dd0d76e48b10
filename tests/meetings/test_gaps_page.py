"""The verified UMKM below the floor: why, and what an organiser finds to do about it."""

import pytest
from django.urls import reverse

from missions.meetings import gaps_page
from missions.meetings.advice import ADVICE, AGAINST
from missions.meetings.models import FloorGap, Selection
from missions.meetings.points import Conflict
from missions.meetings.selection import select
from tests.factories import (
    AppointmentFactory,
    CommodityGroupFactory,
    ListingFactory,
    ProvinceFactory,
)

from .mission_day import Day

pytestmark = pytest.mark.django_db
Cause = FloorGap.Cause


@pytest.fixture
def official():
    province = ProvinceFactory(code="35")
    return AppointmentFactory(province=province, role="operator").user


def address(name, day):
    return reverse(f"meetings:{name}", args=[day.mission.slug])


def gap(day, participation, cause, meetings=0):
    selection = Selection.objects.filter(mission=day.mission).first()
    return FloorGap.objects.create(
        selection=selection, participation=participation, cause=cause, meetings=meetings
    )


@pytest.fixture
def chosen():
    """A day whose meetings are chosen, with nobody below the floor yet."""
    day = Day(floor=1)
    day.match(day.seller("A"), day.buyer("X"))
    select(day.mission, by=None)
    return day


def test_those_below_the_floor_stand_by_cause_and_on_pages(client, official, chosen):
    for number in range(gaps_page.PER_PAGE):
        gap(chosen, chosen.seller(f"S{number}"), Cause.TABLES_FULL)
    silent = chosen.buyer("Diam")
    gap(chosen, silent, Cause.NO_AVAILABILITY, meetings=3)
    client.force_login(official)

    first = client.get(address("selection", chosen)).context
    second = client.get(address("selection", chosen), {"celah": 2})

    assert [group.cause for group in first["gap_groups"]] == [
        Cause.NO_AVAILABILITY,
        Cause.TABLES_FULL,
    ]
    assert [count for _name, count in first["gap_counts"]] == [1, gaps_page.PER_PAGE]
    assert len(first["gaps"]) == gaps_page.PER_PAGE
    [group] = second.context["gap_groups"]
    assert (len(group.rows), group.count) == (1, gaps_page.PER_PAGE)
    assert b"?celah=1#gaps" in second.content


def test_the_conflict_that_is_most_in_the_way_is_named(client, official, chosen):
    a = chosen.seller("Kopi Ana")
    for conflicts in (["certificate"], ["certificate", "no_delivery"], []):
        chosen.match(a, chosen.buyer(), conflicts=conflicts)
    # Neither trades in its goods
    for _number in range(3):
        chosen.match(a, chosen.buyer(), conflicts=["no_delivery"], commodity=0)
    buyer = chosen.buyer("Hotel Xena")
    chosen.match(chosen.seller(), buyer, conflicts=["same_province"])
    for participation in (a, buyer):
        gap(chosen, participation, Cause.CONFLICTS)
    client.force_login(official)

    page = client.get(address("selection", chosen))

    one, other = page.context["gaps"]
    assert (one.conflict, one.hindered, one.partners) == (Conflict.CERTIFICATE, 2, 3)
    assert "penjual=Kopi+Ana" in one.link
    assert "konflik=certificate" in one.link
    assert (other.conflict, other.hindered) == (Conflict.SAME_PROVINCE, 1)
    assert "pembeli=Hotel+Xena&konflik=same_province" in other.link
    [group] = page.context["gap_groups"]
    assert [label for label, _advice in group.against] == [
        Conflict.SAME_PROVINCE.label,
        Conflict.CERTIFICATE.label,
    ]
    found = client.get(one.link).context["page"]
    assert {match.seller for match in found} == {a}


def test_whoever_lacks_partners_leads_to_those_who_trade_in_its_goods(
    client, official, chosen
):
    coffee = CommodityGroupFactory(slug="kopi")
    a, x = chosen.seller("A"), chosen.buyer("X")
    for participation, kind in ((a, "offer"), (x, "need")):
        listing = ListingFactory(
            business=participation.business, kind=kind, commodity=coffee, open=True
        )
        participation.listings.add(listing)
        gap(chosen, participation, Cause.NO_NEED)
    gap(chosen, chosen.seller("Kosong"), Cause.NO_NEED)
    client.force_login(official)

    page = client.get(address("selection", chosen)).content.decode()

    market = reverse("publication:listing_list")
    assert f"{market}?jenis=kebutuhan&amp;komoditas=kopi" in page
    assert f"{market}?jenis=penawaran&amp;komoditas=kopi" in page
    assert f"{address('chasing', chosen)}?daftar=penawaran" in page


@pytest.mark.parametrize("cause", Cause)
def test_there_is_advice_for_every_cause(client, official, chosen, cause):
    gap(chosen, chosen.seller(), cause)
    client.force_login(official)

    page = client.get(address("selection", chosen))

    assert ADVICE.keys() == set(Cause)
    assert page.context["gap_groups"][0].cause == cause


def test_there_is_advice_against_every_conflict():
    assert AGAINST.keys() == set(Conflict)
