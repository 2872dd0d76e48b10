"""The pages that show a participant who fits it best, and why."""

import pytest
from django.urls import reverse

from businesses.consents import give_consent
from businesses.models import Consent
from missions.meetings.models import Match, Wish
from missions.meetings.selection import publish, select
from missions.meetings.weights import WEIGHTS, Component
from missions.models import Mission, Participation
from tests.factories import (
    AppointmentFactory,
    CommodityGroupFactory,
    MeetingRequestFactory,
    MissionFactory,
    ParticipationFactory,
)

from .mission_day import Day
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
    poor = buyer_of(mission, title="Kopi", quantity=9)
    good = buyer_of(mission, title="Kopi robusta", commodity=coffee, quantity=4)
    scored(mission)
    sign_in(client, seller)

    response = client.get(own_page(seller, "matches"))

    assert [row["partner"] for row in response.context["rows"]] == [good, poor]
    first = response.context["rows"][0]
    assert len(first["strongest"]) == 3
    text = response.content.decode()
    assert "They need 4 ton a month, your capacity is 6 ton: enough." in text
    assert own_page(seller, "match", pk=good.pk) in text
    sign_in(client, good)
    text = client.get(own_page(good, "matches")).content.decode()
    assert "You need 4 ton a month, their capacity is 6 ton: enough." in text


@pytest.mark.parametrize("status", ["pending", "accepted"])
def test_whoever_has_a_request_is_led_to_it_and_not_asked_again(client, status):
    day = Day()
    seller, buyer, other = day.seller("A"), day.buyer("X"), day.buyer("Y")
    for partner in (buyer, other):
        day.match(seller, partner)
    publish(select(day.mission, by=None), by=None)
    request = MeetingRequestFactory(sender=buyer, receiver=seller, status=status)
    sign_in(client, seller)
    pages = [
        *(own_page(seller, name) for name in ("home", "matches", "partners")),
        *(own_page(seller, "match", pk=one.pk) for one in (buyer, other)),
    ]

    texts = [client.get(page).text for page in pages]

    assert not any(own_page(seller, "request_new", pk=buyer.pk) in one for one in texts)
    asks = own_page(seller, "request_new", pk=other.pk)
    assert [asks in one for one in texts] == [True, True, True, False, True]
    leads = f'href="{own_page(seller, "request", pk=request.pk)}"'
    assert [leads in one for one in texts] == [True, True, True, True, False]


def test_an_official_who_helps_reads_both_names(client, mission):
    coffee = CommodityGroupFactory(name="Kopi", slug="kopi")
    seller = seller_of(mission, title="Kopi robusta", commodity=coffee, quantity=6)
    buyer = buyer_of(mission, title="Kopi robusta", commodity=coffee, quantity=4)
    scored(mission)
    province = seller.business.province
    official = AppointmentFactory(role="operator", province=province).user
    owner = seller.business.memberships.first().user
    give_consent(seller.business, Consent.Purpose.ASSISTANCE, by=owner)
    client.force_login(official)
    place = {"mission": mission.slug, "participation": seller.pk}

    for name, number in (("matches", {}), ("match", {"pk": buyer.pk})):
        page = reverse(f"meetings:assisted:{name}", kwargs=place | number)
        text = client.get(page).text
        assert "your capacity" not in text
        assert f"{buyer.name} needs 4 ton a month" in text


def test_a_partner_of_the_same_province_is_shown_with_the_conflict_at_the_end(
    client, mission
):
    seller = seller_of(mission, title="Kopi robusta")
    buyer = buyer_of(mission, province="35", title="Kopi robusta")
    poor = buyer_of(mission, title="Kopi robusta", quantity=900)
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


def test_the_list_ends_where_goods_have_nothing_in_common(client, mission):
    coffee = CommodityGroupFactory(name="Kopi", slug="kopi")
    seller = seller_of(mission, title="Kopi robusta", commodity=coffee)
    good = buyer_of(mission, title="Biji kering", commodity=coffee)
    other = buyer_of(mission, title="Mesin jahit")
    scored(mission)
    sign_in(client, seller)

    response = client.get(own_page(seller, "matches"))

    assert [row["partner"] for row in response.context["rows"]] == [good]
    assert "1 more fits less well" in response.text
    rest = f"{own_page(seller, 'partners')}?sisi=buyer"
    assert rest in response.text
    assert other in client.get(rest).context["page"].object_list
    Match.objects.filter(buyer=other).update(commodity=75)
    assert "less well" not in client.get(own_page(seller, "matches")).text


def test_whoever_brings_nothing_reads_why_nobody_fits(client, mission):
    seller = ParticipationFactory(mission=mission, listings=[])
    buyer_of(mission)
    scored(mission)
    sign_in(client, seller)

    response = client.get(own_page(seller, "matches"))

    assert response.context["left_out"] == 1
    assert "no offer is chosen for this mission" in response.text


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
        response = client.get(page, follow=True)
        assert response.redirect_chain[-1][0] == own_page(seller, "home")
        assert "This opens once your business is accepted." in response.text


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
    assert row["strongest"]
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

    with django_assert_num_queries(22):
        response = client.get(own_page(seller, "matches"))

    assert len(response.context["rows"]) == partners
