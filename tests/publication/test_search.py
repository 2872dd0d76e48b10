import pytest

from missions.models import Mission
from missions.publication.search import MOST_WORDS, search, suggest
from tests.factories import (
    CommodityGroupFactory,
    DealFactory,
    MissionCommodityFactory,
    MissionFactory,
    ProvinceFactory,
)

pytestmark = pytest.mark.django_db


def found(text):
    return list(search(Mission.objects.all(), text))


@pytest.mark.parametrize(
    "text",
    [
        "balikpapan",
        "BALIKPAPAN kopi",
        "Balikpapan, Kalimantan Timur",
        "Jawa Timur – Kalimantan Timur",
        "misi dagang jatim kaltim 2025",
        "East Java",
        "east kalimantan konektivitas",
        "jatim-kaltim-2025",
        "Swiss-Belhotel",
        "2025 swiss maluku",
        "kopi? (arabika)",
        "mei 2025",
        "May 2025 coffee",
        "matahari sakti",
        "provinsi kalimantan",
    ],
)
def test_search_finds_a_mission_by_all_its_words(text):
    mission = MissionFactory(
        slug="jatim-kaltim-2025",
        partner_provinces=[ProvinceFactory(code="64"), ProvinceFactory(code="81")],
    )
    MissionCommodityFactory(mission=mission, name="kopi arabika")
    MissionCommodityFactory(mission=mission, name="kopi robusta")
    CommodityGroupFactory(name="Kopi", name_en="Coffee")
    DealFactory(mission=mission, seller_name="PT Matahari Sakti")

    assert found(text) == [mission]


@pytest.mark.parametrize(
    "text", ["denpasar", "balikpapan denpasar", "100%", "kop_", "x", "juni", "2024"]
)
def test_search_finds_nothing_when_a_word_is_missing(text):
    MissionCommodityFactory(mission=MissionFactory(), name="kopi")

    assert found(text) == []


def test_search_tells_provinces_apart_that_share_words():
    ProvinceFactory(code="61")
    east = MissionFactory(host_province=ProvinceFactory(code="64"), city="Samarinda")
    MissionFactory(
        host_province=ProvinceFactory(code="63"), city="Banjarmasin", slug="kalsel"
    )

    assert found("jawa timur kalimantan timur") == [east]
    assert len(found("kalimantan")) == 2


def test_search_knows_a_month_only_where_the_source_does():
    MissionFactory(starts_on="2019-01-01", date_precision="year")

    assert found("januari") == []


def test_search_survives_a_pasted_article():
    mission = MissionFactory()

    assert found("balikpapan " * 5000) == [mission]
    assert found("x " * (MOST_WORDS + 5)) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("balikpapn", "balikpapan"),
        ("kalimantan timr", "kalimantan timur"),
        ("telor balikpapan", "telur balikpapan"),
        ("balikpapan", ""),
        ("qqqqq", ""),
        ("", ""),
    ],
)
def test_unknown_words_are_answered_with_a_known_one_that_looks_alike(typed, meant):
    MissionCommodityFactory(mission=MissionFactory(), name="telur")

    assert suggest(typed) == meant


def test_list_offers_the_suggestion_when_nothing_is_found(client):
    MissionFactory()

    page = client.get("/misi/", {"q": "balikpapn", "provinsi": "35"}).content.decode()

    assert 'href="?q=balikpapan&amp;provinsi=35">balikpapan</a>' in page
