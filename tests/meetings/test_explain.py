"""What the sentences of a match say, to each of its readers."""

import json
from decimal import Decimal
from types import SimpleNamespace

import pytest

from missions.meetings import explain
from missions.meetings.lanes import Lane, lane_between
from missions.meetings.likeness import goods_in, likeness, plain_words
from missions.meetings.points import Met
from missions.meetings.scoring import Firm, Item, Kind, Trade, score_pair
from missions.meetings.weights import WEIGHTS, Component

from .test_scoring_properties import LABELS, PLACES

pytestmark = pytest.mark.usefixtures("english")
PLACE = {place.province: place for place in PLACES}
SELLER, BUYER = (SimpleNamespace(pk=pk) for pk in (1, 2))


def told(
    component,
    *,
    offer=None,
    need=None,
    viewer=None,
    trade=None,
    home="64",
    whole=False,
    **seller,
):
    parties = (
        Firm(1, 1, PLACE["35"], (Item(Kind.OFFER, pk=1, **offer or {}),), **seller),
        Firm(2, 2, PLACE[home], (Item(Kind.NEED, pk=2, **need or {}),)),
    )
    scored = score_pair(*parties, trade=trade or Trade())
    match = SimpleNamespace(
        seller_id=1,
        buyer_id=2,
        seller=SimpleNamespace(pk=1, name="CV Maju"),
        buyer=SimpleNamespace(pk=2, name="PT Beli"),
        facts=json.loads(json.dumps(scored.facts)),
        points=scored.points,
        run=SimpleNamespace(all_weights=WEIGHTS),
    )
    found = explain.reasons(match, viewer, LABELS)
    if whole:
        return found
    [reason] = [one for one in found if one.component == component]
    return reason.words


def coffee(**facts):
    return {
        "title": "kopi",
        "commodity": "kopi",
        "sectors": frozenset(["kebun"]),
    } | facts


def test_each_reads_it_from_the_own_side():
    goods = {
        "offer": coffee(quantity=Decimal(6), unit="TNE"),
        "need": coffee(quantity=Decimal(4), unit="TNE"),
    }

    assert [
        told(Component.QUANTITY, **goods, viewer=viewer)
        for viewer in (SELLER, BUYER, None)
    ] == [
        "They need 4 ton a month, your capacity is 6 ton: enough.",
        "You need 4 ton a month, their capacity is 6 ton: enough.",
        "PT Beli needs 4 ton a month, the capacity of CV Maju is 6 ton: enough.",
    ]


def test_quantities_in_other_units_are_converted_and_others_not_compared():
    need = coffee(quantity=Decimal(4), unit="TNE")

    assert told(
        Component.QUANTITY,
        offer=coffee(quantity=Decimal("3000"), unit="KGM"),
        need=need,
        viewer=BUYER,
    ) == (
        "You need 4 ton a month, their capacity is 3,000 kg: that is 75% of what is needed."
    )
    assert told(
        Component.QUANTITY,
        offer=coffee(quantity=Decimal(9), unit="XBX"),
        need=need,
        viewer=BUYER,
    ).endswith("these units cannot be compared. That gives half of the points.")
    assert told(Component.QUANTITY, offer=coffee(), need=need, viewer=SELLER) == (
        "You have not said how much you can deliver a month. That gives half of the points."
    )
    assert (
        told(Component.QUANTITY, offer=coffee(), need={"title": "mesin jahit"})
        == "Other goods, so quantities are not compared."
    )


@pytest.mark.parametrize(
    ("asked", "ending"),
    [
        (12_000, "that fits, 20% less than the most that is paid."),
        (15_000, "that fits exactly."),
        (18_000, "20% too much, so the price has to be talked about."),
    ],
)
def test_a_price_is_compared_with_what_is_paid(asked, ending):
    words = told(
        Component.PRICE,
        offer=coffee(price_min=asked, unit="KGM"),
        need=coffee(price_max=15_000, unit="KGM"),
        viewer=SELLER,
    )

    assert words.startswith("They pay up to Rp15.000 per kg, your lowest price is Rp")
    assert words.endswith(ending)


def test_a_price_in_another_unit_is_told_in_both():
    words = told(
        Component.PRICE,
        offer=coffee(price_min=12_000, unit="KGM"),
        need=coffee(price_max=15_000_000, unit="TNE"),
    )

    assert "Rp12.000 per kg (Rp12.000.000 per ton)" in words


def test_certificates_say_how_they_are_known():
    words = told(
        Component.CERTIFICATES,
        offer=coffee(certificates=frozenset(["organik"])),
        need=coffee(certificates=frozenset(["halal", "sni", "organik", "haccp"])),
        viewer=BUYER,
        held=frozenset(["halal", "sni"]),
        checked=frozenset(["halal"]),
    )

    assert "Halal (checked by an official)" in words
    assert "SNI (stated, not checked)" in words
    assert "Organic (only named in the offer)" in words
    assert words.endswith(": 3 of 4.")


def test_delivery_names_the_places_and_the_way():
    assert told(
        Component.DELIVERY,
        offer=coffee(delivers=frozenset(["64", "63"])),
        need=coffee(delivers=frozenset(["64", "51"])),
        viewer=SELLER,
    ) == (
        "You deliver to a part of where they need it: Provinsi 51, Provinsi 64. "
        "From Provinsi 35 to Provinsi 64 it goes by sea or air, 896 km between the capitals."
    )
    assert told(Component.DELIVERY, offer=coffee(delivers=frozenset(["11"]))) == (
        "CV Maju does not deliver to where PT Beli needs it: Provinsi 64."
    )


def test_trade_names_what_is_verified_and_what_only_reports_name():
    trade = Trade(deals={("35", "64", "kebun"): (1, 2)})

    assert told(Component.TRADE, offer=coffee(), need=coffee(), trade=trade) == (
        "Deals of this sector recorded from Provinsi 35 to Provinsi 64: 1 verified, 2 that "
        "reports name. One that reports name counts half."
    )
    assert "is recorded yet" in told(Component.TRADE, offer=coffee(), need=coffee())
    assert told(Component.TRADE, offer=coffee(), need=coffee(), home="35") == (
        "Trade within one province is not counted."
    )


@pytest.mark.parametrize("met", Met)
def test_who_met_before_is_told_so(met):
    trade = Trade(met={frozenset((1, 2)): met})

    assert told(Component.MET, trade=trade, viewer=SELLER) == str(
        explain.say.BETWEEN_YOU[met]
    )
    assert told(Component.MET, trade=trade) == str(explain.say.BETWEEN_THEM[met])


# What a card says first


def reasons_of(offer, need, **seller):
    found = told(None, offer=offer, need=need, whole=True, **seller)
    weak = explain.weakest(found)
    strong = [one.component for one in explain.strongest(found, most=7)]
    return strong, weak and weak.component


def test_a_card_says_what_speaks_for_a_meeting_and_what_most_against_it():
    offer = coffee(
        quantity=Decimal("5.1"),
        unit="TNE",
        price_min=10_000,
        delivers=frozenset(["64"]),
    )
    need = coffee(
        quantity=Decimal(10), unit="TNE", price_max=12_000, delivers=frozenset(["64"])
    )

    strong, weak = reasons_of(offer, need)

    assert strong[0] == Component.COMMODITY
    assert weak == Component.QUANTITY
    # Nothing was asked for: no reason for a meeting, and none against it.
    assert Component.CERTIFICATES not in strong
    assert Component.QUANTITY not in strong


def test_where_nothing_is_left_open_no_weakness_is_made_up():
    facts = {"quantity": Decimal(5), "unit": "TNE", "delivers": frozenset(["64"])}

    strong, weak = reasons_of(
        coffee(price_min=12_000, **facts), coffee(price_max=12_000, **facts)
    )

    assert weak is None
    # None of the two did anything for it that others have not traded yet.
    assert Component.TRADE not in strong


def test_silence_is_a_weakness_and_no_reason_for_a_meeting():
    strong, weak = reasons_of(coffee(), coffee(quantity=Decimal(4), unit="TNE"))

    assert weak in (Component.QUANTITY, Component.PRICE)
    assert not {Component.QUANTITY, Component.PRICE, Component.DELIVERY} & {*strong}


def test_that_two_have_met_is_named_only_where_nothing_takes_as_much():
    facts = {"quantity": Decimal(5), "unit": "TNE", "delivers": frozenset(["64"])}
    goods = {
        "offer": coffee(price_min=12_000, **facts),
        "need": coffee(price_max=12_000, **facts),
    }

    def weakness(**trade):
        trade = Trade(met={frozenset((1, 2)): Met.MET}, **trade)
        found = told(None, **goods, trade=trade, whole=True)
        weak = explain.weakest([one for one in found if one.component not in SOLD])
        return weak and weak.component

    # A sum of two points only: what has been traded, and whether they met.
    SOLD = set(Component) - {Component.TRADE, Component.MET}
    assert weakness() is None
    assert weakness(deals={("35", "64", "kebun"): (2, 0)}) == Component.MET


# The way and the words


@pytest.mark.parametrize(
    ("one", "other", "lane"),
    [
        ("35", "35", Lane.ROAD),
        ("35", "31", Lane.ROAD),
        ("35", "51", Lane.FERRY),
        ("35", "18", Lane.FERRY),
        ("11", "52", Lane.FERRY),
        ("35", "64", Lane.SEA),
        ("64", "63", Lane.ROAD),
        ("52", "53", Lane.SEA),
        ("91", "95", Lane.SEA),
        ("19", "16", Lane.SEA),
    ],
)
def test_the_way_between_two_provinces(one, other, lane):
    assert lane_between(PLACE[one], PLACE[other])[0] == lane


def test_kilometres_are_those_of_the_great_circle():
    _lane, km = lane_between(PLACE["31"], PLACE["35"])

    # Jakarta to Surabaya: some 660 km as the crow flies.
    assert 650 < km < 675


@pytest.mark.parametrize(
    ("one", "other", "within", "is_alike"),
    [
        ("Kopi robusta", "Jual kopi robusta premium 250 g", True, True),
        ("Kopi robusta", "Kopi robusta sangrai Lampung", True, True),
        ("Kopi robusta", "Kopi arabika", True, False),
        ("Kopi", "Mesin kopi", False, False),
        ("Keripik singkong", "Singkong keripik pedas", False, True),
        ("1 kg", "premium", False, False),
    ],
)
def test_words_are_compared_and_not_their_order(one, other, within, is_alike):
    assert (likeness(one, other, within=within) >= (85 if within else 80)) == is_alike


def test_several_goods_in_one_line_are_several():
    assert goods_in("kopi sangrai, gula semut dan keripik; 5 kg") == [
        "kopi sangrai",
        "gula semut",
        "keripik",
    ]
    assert plain_words("Jual Kópi P-IRT 250 g, Murah!") == "irt kopi pirt"
