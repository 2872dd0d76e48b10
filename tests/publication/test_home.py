import pytest
from django.urls import reverse

from missions.deals.figures import LineKey
from missions.models import CountSnapshot, Mission
from tests.factories import CountSnapshotFactory, DealFactory, MissionFactory
from umkm_portal.validators import MAX_RUPIAH

pytestmark = pytest.mark.django_db
HOME = reverse("publication:home")


@pytest.mark.parametrize("mission_count", [1, 3])
def test_home_needs_ten_queries_however_many_missions(
    client, django_assert_num_queries, mission_count
):
    for _number in range(mission_count):
        DealFactory(mission=CountSnapshotFactory().mission)

    with django_assert_num_queries(10):
        response = client.get(HOME)

    assert response.context["cumulative"].missions == mission_count


def test_home_of_a_new_portal_shows_zero_and_no_missions(client):
    page = client.get(HOME).content.decode()

    assert "Rp0" in page


def test_home_adds_up_final_counts_and_leaves_drafts_out(client):
    CountSnapshotFactory(total=1_053_146_943_500)
    CountSnapshotFactory(
        total=9 * 10**12, mission=MissionFactory(status=Mission.Status.DRAFT)
    )

    response = client.get(HOME)

    assert response.context["cumulative"].value == 1_053_146_943_500
    assert 'value="1053146943500"' in response.content.decode()
    assert "Rp1,053 triliun" in response.content.decode()


def test_what_is_not_in_the_value_has_lines_that_open(client):
    CountSnapshotFactory(total=500, stage=CountSnapshot.Stage.INTERIM)

    response = client.get(HOME)

    line = next(
        line
        for line in response.context["cumulative"].lines
        if line.key == LineKey.INTERIM
    )
    assert (line.value, line.missions) == (500, 1)
    opened = client.get(reverse("publication:mission_list"), {"bagian": line.key})
    assert opened.context["page"].paginator.count == 1
    assert f"?bagian={line.key}" in response.content.decode()


def test_latest_missions_come_first_and_undated_ones_last(client):
    undated = MissionFactory(starts_on=None, date_precision="unknown")
    older, newer = MissionFactory(starts_on="2024-01-01"), MissionFactory()

    latest = client.get(HOME).context["latest"]

    assert list(latest) == [newer, older, undated]


def test_years_on_the_home_page_add_up_to_the_value(client, shipped_missions):
    context = client.get(HOME).context

    years = [year for year, share in context["years"]]
    assert sum(year.value for year in years) == context["cumulative"].value
    assert sum(year.missions for year in years) == context["cumulative"].missions
    assert max(share for year, share in context["years"]) == 1


def test_portal_speaks_indonesian_and_english(client):
    indonesian, english = client.get(HOME), client.get("/en/")

    assert "Misi terbaru" in indonesian.content.decode()
    assert "Latest missions" in english.content.decode()
    assert indonesian["Content-Language"] == "id"
    assert english["Content-Language"] == "en"


def test_public_pages_set_no_cookie(client):
    assert not client.get(HOME).cookies


def test_home_survives_many_counts_at_the_limit_and_years_worth_nothing(client):
    CountSnapshotFactory(total=0)
    assert client.get(HOME).context["cumulative"].value == 0

    for _number in range(100):
        CountSnapshotFactory(total=MAX_RUPIAH)

    assert client.get(HOME).context["cumulative"].value == 100 * MAX_RUPIAH


def test_mission_still_to_come_is_not_said_to_have_taken_place(client):
    upcoming = MissionFactory(status=Mission.Status.REGISTRATION)

    response = client.get(HOME)

    cumulative = response.context["cumulative"]
    assert (cumulative.upcoming, cumulative.without_value) == (1, 0)
    opened = client.get(reverse("publication:mission_list"), {"bagian": "upcoming"})
    assert list(opened.context["page"]) == [upcoming]
    page = client.get(upcoming.get_absolute_url()).content.decode()
    assert "Belum berlangsung" in page
    assert "Misi ini berlangsung" not in page
