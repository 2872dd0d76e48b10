import pytest
from django.urls import reverse
from hypothesis import given, strategies as st

from missions.deals.models import Deal
from missions.models import CountSnapshot, Mission
from missions.publication.bars import bars
from tests.factories import (
    AppointmentFactory,
    CountSnapshotFactory,
    DealFactory,
    MissionCommodityFactory,
    MissionFactory,
    ProvinceFactory,
)

Stage = CountSnapshot.Stage


def history_url(mission):
    return reverse("publication:mission_history", args=[mission.slug])


def text(response):
    return " ".join(response.content.decode().split())


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_mission_page_needs_ten_queries_however_much_it_shows(
    client, django_assert_num_queries, rows
):
    mission = MissionFactory()
    for number in range(rows):
        CountSnapshotFactory(mission=mission, total=10**12 + number)
        DealFactory(mission=mission)
        MissionCommodityFactory(mission=mission)

    with django_assert_num_queries(10):
        response = client.get(mission.get_absolute_url())

    assert len(response.context["deals"]) == rows


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_history_needs_five_queries_however_many_counts(
    client, django_assert_num_queries, rows
):
    mission = MissionFactory()
    for number in range(rows):
        CountSnapshotFactory(mission=mission, total=10**12 + number)

    with django_assert_num_queries(5):
        response = client.get(history_url(mission))

    assert len(response.context["steps"]) == rows


@pytest.mark.django_db
def test_history_of_the_kaltim_mission_shows_its_four_counts_and_the_move(
    client, shipped_missions
):
    response = client.get("/misi/jatim-kaltim-2025/riwayat-angka/")

    totals = [step.count.total for step, bars in response.context["steps"]]
    assert totals == [
        400_000_000_000,
        666_000_000_000,
        834_496_700_000,
        1_053_146_943_500,
    ]
    page = text(response)
    positions = [
        page.index(amount)
        for amount in (
            "lebih dari</span> Rp400.000.000.000",
            "Rp666.000.000.000",
            "Rp834.496.700.000",
            "Rp1.053.146.943.500",
        )
    ]
    assert positions == sorted(positions)
    assert "8 Mei 2025, 17.00 WITA" in page
    assert "yang turun pembelian Rp23 miliar" in page
    assert "investasi Rp224,1 miliar" in page


@pytest.mark.django_db
def test_mission_page_shows_the_value_its_parts_and_the_traceable_share(
    client, shipped_deals
):
    page = text(client.get("/misi/jatim-kaltim-2025/"))

    for shown in (
        "Rp1,053 triliun",
        "Jawa Timur menjual",
        "Rp599 miliar",
        "Rp230,1 miliar",
        "Rp224,1 miliar",
        "Rp124 miliar",
        "11,8%",
        "PT Matahari Sakti (Surabaya)",
        "UD Novan Budidaya",
        "Swiss-Belhotel",
        "(WITA)",
        "porosnews.co",
    ):
        assert shown in page, shown


@pytest.mark.django_db
def test_foreign_letters_of_intent_are_outside_the_large_number(
    client, shipped_missions
):
    page = text(client.get("/misi/jatim-kepri-2025/"))

    assert (
        '<data value="1160595294000" title="Rp1.160.595.294.000">Rp1,161 triliun'
        in page
    )
    assert "Rp3,296 triliun" in page


@pytest.mark.django_db
def test_flags_and_their_reasons_are_on_the_history_page(client, shipped_missions):
    page = text(client.get("/misi/jatim-kaltara-2023/riwayat-angka/"))

    assert "Rp297.332.000.000" in page
    assert "tertukar" in page


@pytest.mark.django_db
def test_mission_without_any_count_or_deal_says_so(client):
    mission = MissionFactory()

    page = text(client.get(mission.get_absolute_url()))

    assert "Nilai tidak disebutkan" in page
    assert client.get(history_url(mission)).context["steps"] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("precision", "shown"), [("year", "2019"), ("month", "Desember 2019")]
)
def test_date_is_shown_as_precisely_as_it_is_known(client, precision, shown):
    mission = MissionFactory(starts_on="2019-12-01", date_precision=precision)

    page = text(client.get(mission.get_absolute_url()))

    assert f"<dd>{shown}</dd>" in page


@pytest.mark.django_db
def test_online_mission_has_no_host_and_names_all_partners(client, shipped_missions):
    page = text(client.get("/misi/jatim-online-2020-06/"))

    partners = "Nusa Tenggara Barat, Nusa Tenggara Timur, Sulawesi Selatan, Papua Barat"
    assert f"<dd>{partners}</dd>" in page
    assert "<dd>daring</dd>" in page


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["get_absolute_url", "history"])
def test_draft_is_hidden_from_all_but_officials_of_its_provinces(client, url):
    mission = MissionFactory(status=Mission.Status.DRAFT)
    path = mission.get_absolute_url() if url != "history" else history_url(mission)
    own = AppointmentFactory(province=mission.host_province).user
    foreign = AppointmentFactory(province=ProvinceFactory(code="51")).user

    assert client.get(path).status_code == 404
    client.force_login(foreign)
    assert client.get(path).status_code == 404
    client.force_login(own)
    assert "draf" in text(client.get(path))


@pytest.mark.django_db
def test_void_deals_are_on_no_page_and_in_no_sum(client):
    deal = DealFactory(rung=Deal.Rung.VOID, mission=CountSnapshotFactory().mission)

    response = client.get(deal.mission.get_absolute_url())

    assert response.context["deals"] == []
    assert response.context["traceable"].value == 0


@pytest.mark.django_db
def test_remarks_in_shipped_deals_are_read_in_the_visitors_language(
    client, shipped_deals
):
    indonesian = text(client.get("/misi/sulteng-kaltim-2022/"))
    english = text(client.get("/en/misi/sulteng-kaltim-2022/"))

    assert "rincian per dinas, komoditas tidak disebut" in indonesian
    assert "not stated" not in indonesian
    assert "per bulan" in indonesian
    assert "per month" in english


@pytest.mark.django_db
def test_mission_page_escapes_what_reports_contain(client):
    deal = DealFactory(seller_name="<script>alert(1)</script>")

    page = text(client.get(deal.mission.get_absolute_url()))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/misi/tidak-ada/", "/misi/tidak-ada/riwayat-angka/"])
def test_unknown_mission_is_not_found(client, path):
    assert client.get(path).status_code == 404


amounts = st.none() | st.integers(min_value=0, max_value=10**15)


@given(
    total=st.none() | st.integers(min_value=0, max_value=10**15),
    parts=st.fixed_dictionaries(dict.fromkeys(CountSnapshot.COMPONENTS, amounts)),
    full=st.integers(min_value=1, max_value=10**15),
)
def test_bar_of_a_count_is_exactly_as_long_as_its_total(total, parts, full):
    count = CountSnapshot(total=total, **parts)

    segments = bars(count, max(full, total or 1))

    length = sum(segment.length for segment in segments)
    assert length == pytest.approx((total or 0) / max(full, total or 1))
    ends = [segment.start + segment.length for segment in segments]
    starts = [segment.start for segment in segments]
    assert starts[1:] == pytest.approx(ends[:-1])


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Mission.Status.CURATION, Mission.Status.CLOSED])
def test_a_made_up_mission_speaks_of_no_report_and_no_source(client, english, status):
    mission = MissionFactory(status=status, is_example=True)

    page = text(client.get(mission.get_absolute_url()))
    history = text(client.get(history_url(mission)))

    assert "report that we found" not in page
    assert "Once it is held" not in page
    assert "This mission is made up: nothing was traded" in page
    assert "None: an example is made up." in page
    assert history_url(mission) not in page
    assert "This mission is made up: nothing was traded" in history
    assert "0 published counts" not in history
