"""The pages that show a participant who fits it best, and why."""

import pytest
from django.urls import reverse

from businesses.consents import give_consent
from businesses.models import Consent
from missions.meetings.models import Match, Wish
from missions.meetings.weights import WEIGHTS, Component
from missions.models import Mission, Participation
from tests.factories import (
    AppointmentFactory,
    CommodityGroupFactory,
    MissionFactory,
    ParticipationFactory,
)

from .scored import buyer_of, scored, seller_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
Side, Status = Participation.Side, Participation.Status


@pytest.fixture
def mission():
    return MissionFactory(status=Mission.Status.CURATION)


def own_page(participation, name, **kwargs):
    place = {"slug": participation.business.slug, "mission": participation.mission.slug}
    return reverse(f"meetings:own:{name}", kwargs=place | kwargs)


def sign_in(client, participation):
    client.force_login(participation.business.memberships.first().user)


def test_the_best_partners_come_first_with_score_and_reasons(client, mission):
    coffee = CommodityGroupFactory(name="Kopi", slug="kopi")
    seller = seller_of(mission, title="Kopi robusta", commodity=coffee, quantity=6)
    poor = buyer_of(mission, title="Mesin jahit")
    good = buyer_of(mission, title="Kopi robusta", commodity=coffee, quantity=4)
    scored(mission)
    sign_in(client, seller)

    response = client.get(own_page(seller, "matches"))

    assert [row["partner"] for row in response.context["rows"]] == [good, poor]
    first = response.context["rows"][0]
    assert len(first["reasons"]) == 3
    text = response.content.decode()
    assert "They need 4 ton a month, your capacity is 6 ton: enough." in text
    assert own_page(seller, "match", pk=good.pk) in text
    sign_in(client, good)
    text = client.get(own_page(good, "matches")).content.decode()
    assert "You need 4 ton a month, their capacity is 6 ton: enough." in text


def test_a_partner_of_the_same_province_is_shown_with_the_conflict_at_the_end(
    client, mission
):
    seller = seller_of(mission, title="Kopi robusta")
    buyer = buyer_of(mission, province="35", title="Kopi robusta")
    poor = buyer_of(mission, title="Mesin jahit", delivers_everywhere=False)
    scored(mission)
    sign_in(client, seller)

    first, row = client.get(own_page(seller, "matches")).context["rows"]

    assert first["partner"] == poor
    assert row["match"].score > first["match"].score
    assert row["partner"] == buyer
    assert row["conflicts"] == ["both are from the same province"]


def test_partners_are_found_by_commodity_province_and_name(client, mission):
    coffee = CommodityGroupFactory(name="Kopi", slug="kopi")
    seller = seller_of(mission)
    far = buyer_of(mission, province="81", commodity=coffee)
    near = buyer_of(mission, province="64")
    scored(mission)
    sign_in(client, seller)

    def found(**query):
        rows = client.get(own_page(seller, "matches"), query).context["rows"]
        return {row["partner"] for row in rows}

    assert found() == {far, near}
    assert found(komoditas="kopi") == {far}
    assert found(provinsi="64") == {near}
    assert found(q=near.business.name) == {near}
    assert found(provinsi="11") == {far, near}


def test_without_a_scoring_a_participant_is_told_what_to_do(client, mission):
    seller = seller_of(mission)
    sign_in(client, seller)

    response = client.get(own_page(seller, "matches"))

    assert response.context["rows"] == []
    assert own_page(seller, "partners") in response.content.decode()


def test_all_reasons_of_a_pair_with_the_sum(client, mission):
    coffee = CommodityGroupFactory(name="Kopi", slug="kopi")
    seller = seller_of(mission, title="Kopi robusta", commodity=coffee)
    buyer = buyer_of(mission, title="Kopi robusta", commodity=coffee)
    scored(mission)
    match = Match.objects.get()
    sign_in(client, buyer)

    response = client.get(own_page(buyer, "match", pk=seller.pk))

    assert response.context["match"] == match
    assert [reason.component for reason in response.context["reasons"]] == list(
        Component
    )
    total = sum(match.points[one] * WEIGHTS[one] for one in Component)
    assert f"÷ 100 = {total / 100:g}" in response.context["sum_line"]
    assert response.context["sum_line"] in response.content.decode()


def test_anyone_is_explained_also_without_a_scoring(client, mission):
    seller, buyer, colleague = seller_of(mission), buyer_of(mission), seller_of(mission)
    sign_in(client, seller)

    response = client.get(own_page(seller, "match", pk=buyer.pk))
    assert response.context["match"].pk is None
    assert response.context["match"].buyer == buyer
    assert not Match.objects.exists()

    response = client.get(own_page(seller, "match", pk=colleague.pk))
    assert response.status_code == 200
    assert response.context["match"] is None


@pytest.mark.parametrize("outsider", ["waiting", "other mission", "oneself"])
def test_only_others_who_take_part_can_be_opened(client, mission, outsider):
    seller = seller_of(mission)
    other = {
        "waiting": lambda: ParticipationFactory(mission=mission, status=Status.WAITING),
        "other mission": ParticipationFactory,
        "oneself": lambda: seller,
    }[outsider]()
    sign_in(client, seller)

    assert client.get(own_page(seller, "match", pk=other.pk)).status_code == 404


def test_whoever_is_not_accepted_sees_no_partners(client, mission):
    seller, buyer = seller_of(mission), buyer_of(mission)
    scored(mission)
    Participation.objects.filter(pk=seller.pk).update(status=Status.WITHDRAWN)
    sign_in(client, seller)

    for page in (own_page(seller, "matches"), own_page(seller, "match", pk=buyer.pk)):
        assert client.get(page).url == own_page(seller, "home")


def test_nobody_can_tell_who_said_no_thanks(client, mission):
    seller, buyer = seller_of(mission), buyer_of(mission)
    other = buyer_of(mission)
    scored(mission)
    organiser = AppointmentFactory(role="province_admin").user
    pages = [
        (seller, own_page(seller, "matches")),
        (seller, own_page(seller, "match", pk=buyer.pk)),
        (organiser, reverse("meetings:office_matches", args=[mission.slug])),
        (
            organiser,
            reverse("meetings:office_match", args=[mission.slug, seller.pk, buyer.pk]),
        ),
        (
            organiser,
            reverse("meetings:office_matches_download", args=[mission.slug, "csv"]),
        ),
    ]

    def seen():
        for who, page in pages:
            if isinstance(who, Participation):
                sign_in(client, who)
            else:
                client.force_login(who)
            content = client.get(page).getvalue().decode()
            yield [line for line in content.splitlines() if "csrf" not in line]

    before = list(seen())
    Wish.objects.create(by=buyer, about=seller, level=Wish.Level.NO)
    Wish.objects.create(by=other, about=seller, level=Wish.Level.MUST)

    assert list(seen()) == before


def test_an_official_who_helps_sees_the_reasons_and_not_the_wishes(client, mission):
    seller, buyer = seller_of(mission), buyer_of(mission)
    owner = seller.business.memberships.first().user
    give_consent(seller.business, Consent.Purpose.ASSISTANCE, by=owner)
    Wish.objects.create(by=seller, about=buyer, level=Wish.Level.NO)
    scored(mission)
    client.force_login(AppointmentFactory(role="operator").user)

    place = {"mission": mission.slug, "participation": seller.pk}
    response = client.get(reverse("meetings:assisted:matches", kwargs=place))

    [row] = response.context["rows"]
    assert row["reasons"]
    assert row["wish"] == ""


@pytest.mark.parametrize("partners", [1, 3])
def test_the_list_of_partners_costs_the_same_whatever_its_length(
    client, mission, django_assert_num_queries, partners
):
    seller = seller_of(mission)
    for _ in range(partners):
        buyer_of(mission)
    scored(mission)
    sign_in(client, seller)

    with django_assert_num_queries(20):
        response = client.get(own_page(seller, "matches"))

    assert len(response.context["rows"]) == partners
