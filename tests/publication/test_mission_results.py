"""/misi/<slug>/hasil-temu-bisnis/: what is shown, linked to and downloaded, and to whom."""

import csv
import io
import json

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from missions.meetings.figures import Breakdown, results
from missions.meetings.models import MeetingReport, MeetingRequest
from missions.models import Mission, ParticipationConsent, Side
from missions.publication import matchmaking
from tests.factories import (
    BusinessFactory,
    CommodityGroupFactory,
    ListingFactory,
    MatchFactory,
    MeetingRequestFactory,
    MissionFactory,
    ParticipationFactory,
    ProvinceFactory,
    RegistrationFactory,
    ScoreRunFactory,
)

pytestmark = pytest.mark.django_db
Outcome = MeetingReport.Outcome
Status = MeetingRequest.Status


@pytest.fixture
def mission():
    mission = MissionFactory(status=Mission.Status.CLOSED)
    RegistrationFactory(mission=mission)
    return mission


@pytest.fixture
def kopi():
    return CommodityGroupFactory(slug="kopi", name="Kopi", name_en="Coffee")


def address(mission):
    return reverse("publication:mission_results", args=[mission.slug])


def download(mission, extension):
    return reverse(
        "publication:mission_results_download", args=[mission.slug, extension]
    )


def meet(mission, name, commodity=None, named=True, sells_from="35", buys_in="64"):
    """An agreed meeting of two new participants."""
    parties = [
        ParticipationFactory(
            mission=mission,
            side=side,
            business=BusinessFactory(
                name=f"{name} {side}",
                published=True,
                province=ProvinceFactory(code=province),
            ),
            listings=[ListingFactory(commodity=commodity)] if commodity else [],
        )
        for side, province in ((Side.SELLER, sells_from), (Side.BUYER, buys_in))
    ]
    if named:
        for party in parties:
            ParticipationConsent.objects.create(
                participation=party, purpose="pairs", text="ya", via="portal"
            )
    return MeetingRequestFactory(
        sender=parties[0], receiver=parties[1], status=Status.ACCEPTED
    )


def report(request, outcome):
    for party in (request.sender, request.receiver):
        MeetingReport.objects.create(
            request=request, participation=party, outcome=outcome, via="portal"
        )


def rows(response):
    text = b"".join(response).decode() if response.streaming else response.text
    return list(csv.DictReader(io.StringIO(text)))


def test_the_page_shows_the_way_from_application_to_meeting(
    client, mission, kopi, english
):
    for number in range(4):
        request = meet(mission, f"Kopi {number}", kopi)
    report(request, Outcome.DEAL)
    run = ScoreRunFactory(mission=mission)
    MatchFactory(run=run, seller=request.sender, buyer=request.receiver, score=900)

    response = client.get(address(mission))

    page = " ".join(response.content.decode().split())
    found = response.context["results"]
    assert [step.number for step in (*found.businesses, *found.talks)] == [
        8,
        8,
        4,
        4,
        1,
    ]
    assert found.matches == 1
    assert "Accepted: 4 as sellers, 4 as buyers." in page
    assert "1 pair of a seller and a buyer fits well: 60 points of 100" in page
    first = response.context["outcomes"][0]
    assert (first.part, first.number) == ("agreed", 1)


@pytest.mark.parametrize("is_over", [True, False])
def test_a_mission_that_is_over_is_said_not_to_have_been_scored(
    client, mission, english, is_over
):
    if not is_over:
        Mission.objects.filter(pk=mission.pk).update(status=Mission.Status.CURATION)
    page = client.get(address(mission)).text

    assert ("was not scored" in page) == is_over
    assert ("fit each other is not yet recorded" in page) != is_over


def test_what_is_not_recorded_is_not_zero(client, mission, english):
    page = client.get(address(mission)).content.decode()

    # Nobody has applied: that much is known.
    assert page.count("not yet recorded") >= 4
    assert page.count('<p class="numeral numeral-l">0</p>') == 1


def test_a_mission_that_did_not_run_here_says_so(client):
    mission = MissionFactory()

    response = client.get(address(mission))

    assert response.status_code == 200
    content = response.content.decode()
    assert "numeral" not in content
    assert mission.get_absolute_url() in content
    # Nor do its other pages lead there.
    assert address(mission) not in client.get(mission.get_absolute_url()).text


def test_the_pages_of_a_mission_lead_to_each_other(client, mission):
    names = ["detail", "results", "participants", "history"]
    pages = [
        reverse(f"publication:mission_{name}", args=[mission.slug]) for name in names
    ]

    for page in pages:
        content = client.get(page).content.decode()
        assert all(f'href="{other}"' in content for other in pages)
        assert f'href="{page}" aria-current="page"' in content


def test_pairs_are_named_by_consent_and_have_an_address(client, mission, kopi):
    shown = meet(mission, "Kopi Ijen", kopi)
    hidden = meet(mission, "Rahasia", kopi, named=False)

    content = client.get(address(mission)).content.decode()

    assert f'id="temu-{shown.pk}"' in content
    assert shown.sender.business.get_absolute_url() in content
    assert f"temu-{hidden.pk}" not in content
    assert "Rahasia" not in content


def test_what_came_of_a_named_meeting_is_not_told(client, mission, kopi):
    request = meet(mission, "Kopi Ijen", kopi)
    before = client.get(address(mission)).context["page"].object_list
    report(request, Outcome.NO_INTEREST)

    assert client.get(address(mission)).context["page"].object_list == before
    [pair] = [
        row
        for row in rows(client.get(download(mission, "csv")))
        if row["section"] == "pair"
    ]
    assert {pair[name] for name in ("agreed", "held", "no_interest")} == {""}


def test_a_permalink_opens_the_page_that_the_pair_is_on(client, mission, monkeypatch):
    monkeypatch.setattr(matchmaking, "PAIRS_PER_PAGE", 2)
    requests = [meet(mission, f"Usaha {number}") for number in range(5)]

    page = client.get(address(mission), {"temu": requests[4].pk}).context["page"]
    assert page.number == 3
    assert [pair.pk for pair in page] == [requests[4].pk]
    for nonsense in ("0", "abc", "-1", "9" * 30):
        page = client.get(address(mission), {"temu": nonsense}).context["page"]
        assert page.number == 1


def test_filters_are_the_permalink_of_pages_and_downloads(client, mission, kopi):
    tenun = CommodityGroupFactory(slug="tenun", name="Tenun", name_en="Textiles")
    for number in range(3):
        meet(mission, f"Kopi {number}", kopi)
        meet(mission, f"Tenun {number}", tenun, sells_from="51")

    chosen = {"komoditas": "kopi"}
    shown = client.get(address(mission), chosen).context
    assert {pair.commodity for pair in shown["page"]} == {"kopi"}
    assert [table.parameter for table in shown["tables"]] == ["komoditas"]
    lines = rows(client.get(download(mission, "csv"), chosen))
    assert {line["section"] for line in lines} == {"mission", "commodity", "pair"}
    assert [line["key"] for line in lines if line["section"] == "commodity"] == ["kopi"]

    chosen = {"provinsi": "51"}
    pairs = client.get(address(mission), chosen).context["page"]
    assert {pair.seller.province_id for pair in pairs} == {"51"}


@pytest.mark.parametrize("chosen", [{"komoditas": "emas"}, {"provinsi": "99"}])
def test_a_filter_that_cannot_be_read_widens_nothing(client, mission, kopi, chosen):
    meet(mission, "Kopi Ijen", kopi)

    page = client.get(address(mission), chosen)

    assert page.status_code == 200
    assert page.context["page"].object_list == []
    assert page.context["tables"] == []
    assert page.context["form"].errors
    assert client.get(download(mission, "csv"), chosen).status_code == 400


@pytest.mark.parametrize("extension", ["csv", "xlsx", "json"])
def test_downloads_hold_what_the_page_shows(client, mission, kopi, extension):
    for number in range(4):
        outcome = Outcome.DEAL if number else Outcome.FOLLOW_UP
        report(meet(mission, f"Kopi {number}", kopi), outcome)

    response = client.get(download(mission, extension))

    content = response.getvalue()
    if extension == "csv":
        lines = list(csv.DictReader(io.StringIO(content.decode())))
    elif extension == "json":
        lines = json.loads(content)
    else:
        head, *body = load_workbook(io.BytesIO(content)).active.iter_rows(
            values_only=True
        )
        lines = [dict(zip(head, line, strict=True)) for line in body]
    found = results(mission)
    whole, *others = lines
    assert int(whole["applications"]) == found.applications == 8
    assert int(whole["deals"]) == found.meetings.deals == 3
    assert not whole["matches"]
    assert len(others) == sum(map(len, found.breakdowns.values())) + len(found.pairs)
    [line] = [one for one in others if one["key"] == "kopi"]
    tally = next(
        row.tally for row in found.breakdowns[Breakdown.COMMODITY] if row.key == "kopi"
    )
    assert int(line["agreed"]) == tally.agreed == 4


def test_where_all_named_meetings_ended_alike_no_number_says_how(
    client, mission, kopi, english
):
    for number in range(3):
        report(meet(mission, f"Kopi {number}", kopi), Outcome.NO_INTEREST)

    page = client.get(address(mission))
    lines = rows(client.get(download(mission, "csv")))

    assert [table.lines[0].tally.agreed for table in page.context["tables"]] == [3] * 3
    assert not page.context["outcomes"]
    assert "not shown" in page.text
    assert "not yet recorded: no business has reported" not in page.text.lower()
    told = "held deals follow_ups no_interest sides_differ held_both_sides_say not_held"
    assert {line[name] for line in lines for name in told.split()} == {""}


def test_downloads_say_nothing_that_is_counted_together(client, mission, kopi):
    meet(mission, "Rahasia", kopi, named=False)

    lines = rows(client.get(download(mission, "csv")))

    [line] = [one for one in lines if one["key"] == "kopi"]
    assert (line["accepted_sellers"], line["agreed"]) == ("1", "")
    assert "Rahasia" not in str(lines)


def test_an_example_is_marked_and_not_for_search_engines(client):
    mission = MissionFactory(is_example=True)
    RegistrationFactory(mission=mission)
    business = BusinessFactory(published=True, is_example=True)
    request = meet(mission, "Contoh")
    request.sender.business.is_example = True
    request.sender.business.save()

    content = client.get(address(mission)).content.decode()

    assert 'name="robots" content="noindex"' in content
    assert 'class="notice"' in content
    assert content.count("chip chip-promised") == 1
    assert business.name not in content
    assert {
        row["is_example"] for row in rows(client.get(download(mission, "csv")))
    } == {"True"}


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_one_as_for_three(
    client, mission, kopi, django_assert_num_queries, count
):
    ScoreRunFactory(mission=mission)
    for number in range(count):
        report(meet(mission, f"Kopi {number}", kopi), Outcome.DEAL)

    with django_assert_num_queries(15):
        response = client.get(address(mission))
    with django_assert_num_queries(14):
        client.get(download(mission, "json"))

    assert len(response.context["page"]) == count


def test_the_sitemap_names_them_once_there_is_something(client, mission):
    without = MissionFactory()
    example = MissionFactory(is_example=True)
    RegistrationFactory(mission=example)

    for section, name in (("results", "results"), ("participants", "participants")):
        content = client.get(f"/sitemap-{section}.xml").content.decode()
        page = f"publication:mission_{name}"
        assert reverse(page, args=[mission.slug]) in content
        for other in (without, example):
            assert other.slug not in content


def test_the_methodology_explains_these_numbers(client, english):
    page = client.get(reverse("publication:methodology")).content.decode()

    assert 'id="rule-matchmaking"' in page
    assert "def tells_nobody" in page
    assert "60 points of 100" in page


def test_where_every_line_is_withheld_one_sentence_says_why(client, mission, english):
    names = "Kopi", "Tenun", "Beras", "Gula"
    groups = [CommodityGroupFactory(name=name) for name in names]
    for group in groups:
        meet(mission, group.name, group, named=False)
    said = "A line is shown once at least 3 sellers and 3 buyers have agreed to meet"

    page = client.get(address(mission))

    [by_commodity] = [
        one for one in page.context["tables"] if one.parameter == "komoditas"
    ]
    assert by_commodity.is_withheld
    # The provinces of all are the same, so these lines are shown.
    assert not any(one.is_withheld for one in page.context["tables"][1:])
    assert " ".join(page.text.split()).count(said) == 1
    assert page.text.count('<table class="table-plain stack">') == 2
    for number in range(3):
        meet(mission, f"Lagi {number}", groups[0], named=False)
    assert said not in " ".join(client.get(address(mission)).text.split())
