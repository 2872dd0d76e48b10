"""What must hold of every score, whatever two businesses offer, need and are."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils.translation import override
from hypothesis import assume, given, strategies as st

from businesses.models import Certificate
from businesses.reference import provinces
from businesses.units import Unit
from missions.meetings import explain, points, scoring
from missions.meetings.lanes import lane_between
from missions.meetings.likeness import Likenesses, likeness, plain_words
from missions.meetings.points import Fit, Met
from missions.meetings.rights import without_words
from missions.meetings.scoring import Firm, Item, Kind, Place, Trade
from missions.meetings.weights import MOST_SCORE, UNKNOWN, WEIGHTS, Component
from missions.models import Side

PLACES = [
    Place(
        facts["code"],
        float(facts["capital_latitude"]),
        float(facts["capital_longitude"]),
    )
    for facts in provinces()
]
CODES = st.sampled_from([place.province for place in PLACES])
WORDS = st.sampled_from(
    "kopi robusta arabika gula semut keripik singkong beras premium mesin jati".split()
)
TITLES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
KINDS_OF_CERTIFICATE = st.frozensets(
    st.sampled_from(Certificate.Kind.values), max_size=3
)
QUANTITIES = st.decimals("0.001", "100000", places=3)
PRICES = st.integers(1, 10**9)
COMMODITIES = {
    "kopi": "perkebunan",
    "gula-tebu": "perkebunan",
    "padi-beras": "pertanian",
}


@st.composite
def items(draw, kind):
    commodity = draw(st.sampled_from(["", *COMMODITIES]))
    sector = COMMODITIES.get(commodity) or draw(st.sampled_from(["", "jasa"]))
    low, high = sorted(draw(st.tuples(PRICES, PRICES)))
    return Item(
        kind=kind,
        title=draw(st.one_of(TITLES, st.just(""))),
        pk=draw(st.one_of(st.none(), st.integers(1, 10**6))),
        commodity=commodity,
        sectors=frozenset([sector] if sector else []),
        quantity=draw(st.one_of(st.none(), QUANTITIES)),
        unit=draw(st.sampled_from(Unit)).value,
        price_min=draw(st.sampled_from([None, low])),
        price_max=draw(st.sampled_from([None, high])),
        delivers=draw(st.one_of(st.none(), st.frozensets(CODES, max_size=3))),
        certificates=draw(KINDS_OF_CERTIFICATE),
    )


@st.composite
def firms(draw, kind, pk):
    held = draw(KINDS_OF_CERTIFICATE)
    own = draw(st.lists(items(kind), max_size=3, unique_by=lambda item: item.order))
    return Firm(
        pk=pk,
        business=pk,
        place=draw(st.sampled_from(PLACES)),
        items=tuple(own),
        held=held,
        checked=frozenset(kind for kind in held if draw(st.booleans())),
        people=draw(st.frozensets(st.integers(1, 5), max_size=2)),
    )


SELLERS, BUYERS = firms(Kind.OFFER, 1), firms(Kind.NEED, 2)
WEIGHTINGS = st.fixed_dictionaries(
    {component: st.integers(0, 100) for component in Component}
).filter(lambda weights: any(weights.values()))
NUMBERS_OF_DEALS = st.tuples(st.integers(0, 5), st.integers(0, 5))
TRADES = st.builds(
    lambda counted, met: Trade(
        {
            (one.province, other.province, sector): counted
            for one in PLACES
            for other in PLACES[::5]
            for sector in COMMODITIES.values()
        },
        {frozenset((1, 2)): met},
    ),
    NUMBERS_OF_DEALS,
    st.sampled_from(Met),
)


# The range


@given(SELLERS, BUYERS, WEIGHTINGS, TRADES)
def test_points_and_score_stay_in_their_range(seller, buyer, weights, trade):
    scored = scoring.score_pair(seller, buyer, weights, trade)

    assert set(scored.points) == set(Component)
    assert all(type(one) is int and 0 <= one <= 100 for one in scored.points.values())
    assert type(scored.score) is int
    assert 0 <= scored.score <= MOST_SCORE


@given(WEIGHTINGS, st.integers(0, 100))
def test_the_same_points_everywhere_are_the_score_whatever_the_weights(weights, points):
    assert scoring.weighted(dict.fromkeys(Component, points), weights) == 10 * points


# The order


@given(SELLERS, BUYERS, st.randoms(use_true_random=False))
def test_the_order_of_listings_changes_nothing(seller, buyer, random):
    scored = scoring.score_pair(seller, buyer)

    shuffled = [
        replace(firm, items=tuple(random.sample(firm.items, len(firm.items))))
        for firm in (seller, buyer)
    ]

    assert scoring.score_pair(*shuffled) == scored


@given(
    st.lists(SELLERS, min_size=1, max_size=4), st.lists(BUYERS, min_size=1, max_size=4)
)
def test_a_pair_scores_the_same_alone_and_among_others(sellers, buyers):
    offered = [item.title for seller in sellers for item in seller.offers]
    needed = [item.title for buyer in buyers for item in buyer.needs]
    forward, backward = (
        Likenesses(offered, needed),
        Likenesses(offered[::-1], needed[::-1]),
    )

    for seller in sellers:
        for buyer in buyers:
            alone = scoring.score_pair(seller, buyer)
            assert scoring.score_pair(seller, buyer, likeness=forward) == alone
            assert scoring.score_pair(seller, buyer, likeness=backward) == alone


# Symmetry


@given(TITLES, TITLES, st.booleans())
def test_texts_are_as_alike_in_one_order_as_in_the_other(one, other, within):
    found = likeness(one, other, within=within)

    assert found == likeness(other, one, within=within)
    assert 0 <= found <= 100
    words = plain_words(one)
    assert likeness(one, one, within=within) == (100 if words else 0)


@given(st.sampled_from(PLACES), st.sampled_from(PLACES))
def test_the_way_there_is_the_way_back(one, other):
    lane, km = lane_between(one, other)

    assert (lane, km) == lane_between(other, one)
    assert (km == 0) == (one == other)
    assert km < 6000


@given(SELLERS, BUYERS)
def test_two_firms_that_change_sides_fit_as_well_in_what_has_no_direction(
    seller, buyer
):
    scored = scoring.score_pair(seller, buyer)

    back = scoring.score_pair(mirrored(buyer), mirrored(seller))

    if len(seller.offers) == len(buyer.needs) == 1:
        assert back.points[Component.COMMODITY] == scored.points[Component.COMMODITY]
    assert back.points[Component.MET] == scored.points[Component.MET]
    assert (back.facts["lane"], back.facts["km"]) == (
        scored.facts["lane"],
        scored.facts["km"],
    )
    symmetric = {points.Conflict.SAME_PROVINCE, points.Conflict.SAME_PEOPLE}
    assert symmetric & {*back.conflicts} == symmetric & {*scored.conflicts}


def mirrored(firm):
    other = {Kind.OFFER: Kind.NEED, Kind.NEED: Kind.OFFER}
    return replace(
        firm, items=tuple(replace(item, kind=other[item.kind]) for item in firm.items)
    )


# Monotony


def of_the_same_goods(offer, need):
    same = {"commodity": "kopi", "sectors": frozenset(["perkebunan"]), "title": "kopi"}
    return replace(offer, **same), replace(need, **same)


def scored_alone(offer, need):
    seller = Firm(1, 1, PLACES[0], (offer,))
    return scoring.score_pair(seller, Firm(2, 2, PLACES[5], (need,)))


@given(items(Kind.OFFER), items(Kind.NEED), QUANTITIES, QUANTITIES, QUANTITIES)
def test_more_capacity_is_never_worth_less(offer, need, wanted, one, other):
    offer, need = of_the_same_goods(offer, need)
    need = replace(need, quantity=wanted)
    less, more = sorted((one, other))

    fewer = scored_alone(replace(offer, quantity=less), need)
    greater = scored_alone(replace(offer, quantity=more), need)

    assert greater.points[Component.QUANTITY] >= fewer.points[Component.QUANTITY]
    assert greater.score >= fewer.score
    if need.unit == offer.unit:
        assert (greater.points[Component.QUANTITY] == 100) == (more >= wanted)


@given(items(Kind.OFFER), items(Kind.NEED), PRICES, PRICES, PRICES)
def test_prices_that_overlap_more_are_never_worth_less(offer, need, paid, one, other):
    offer, need = of_the_same_goods(offer, need)
    need = replace(need, price_min=None, price_max=paid)
    low, high = sorted((one, other))

    cheap = scored_alone(replace(offer, price_min=low, price_max=None), need)
    dear = scored_alone(replace(offer, price_min=high, price_max=None), need)

    assert cheap.points[Component.PRICE] >= dear.points[Component.PRICE]
    assert cheap.score >= dear.score


@given(PRICES, PRICES, PRICES, st.sampled_from(Unit))
def test_only_the_overlap_of_prices_counts(asked, paid, times, unit):
    """Twice as dear on both sides is the same overlap."""
    offer = Item(Kind.OFFER, "kopi", 1, "kopi", unit=unit.value, price_min=asked)
    need = Item(Kind.NEED, "kopi", 2, "kopi", unit=unit.value, price_max=paid)

    scored = scored_alone(offer, need)
    scaled = scored_alone(
        replace(offer, price_min=asked * times), replace(need, price_max=paid * times)
    )

    assert scaled.points[Component.PRICE] == scored.points[Component.PRICE]


@pytest.mark.parametrize(
    ("asked", "points"),
    [(1, 100), (800, 100), (900, 80), (1000, 60), (1150, 30), (1300, 0), (5000, 0)],
)
def test_the_price_line_goes_through_what_is_written_in_the_docs(asked, points):
    offer = Item(Kind.OFFER, "kopi", 1, "kopi", unit="KGM", price_min=asked)
    need = Item(Kind.NEED, "kopi", 2, "kopi", unit="TNE", price_max=1_000_000)

    assert scored_alone(offer, need).points[Component.PRICE] == points


@given(SELLERS, BUYERS, KINDS_OF_CERTIFICATE)
def test_more_certificates_are_never_worth_less(seller, buyer, more):
    before = scoring.score_pair(seller, buyer)
    after = scoring.score_pair(replace(seller, held=seller.held | more), buyer)

    assert after.score >= before.score


@given(items(Kind.OFFER), items(Kind.NEED), CODES)
def test_to_deliver_to_one_more_province_is_never_worth_less(offer, need, code):
    assume(offer.delivers)
    before = scored_alone(offer, need)
    after = scored_alone(replace(offer, delivers=offer.delivers | {code}), need)

    assert after.points[Component.DELIVERY] >= before.points[Component.DELIVERY]


@given(SELLERS, BUYERS, items(Kind.OFFER))
def test_one_more_offer_is_never_worth_less(seller, buyer, offer):
    assume(seller.items)
    assume(offer.order not in {item.order for item in seller.items})
    before = scoring.score_pair(seller, buyer)
    after = scoring.score_pair(replace(seller, items=(*seller.items, offer)), buyer)

    assert after.score >= before.score


# The words


@given(SELLERS, BUYERS, TRADES)
def test_stored_facts_give_the_stored_points(seller, buyer, trade):
    scored = scoring.score_pair(seller, buyer, WEIGHTS, trade)

    stored = json.loads(json.dumps(scored.facts))

    assert points.points_of(stored) == scored.points
    assert points.conflicts_of(stored) == scored.conflicts


def match_of(scored, weights):
    """As it comes out of the database."""
    return SimpleNamespace(
        seller_id=1,
        buyer_id=2,
        seller=SimpleNamespace(pk=1, name="Penjual"),
        buyer=SimpleNamespace(pk=2, name="Pembeli"),
        facts=json.loads(json.dumps(scored.facts)),
        points=scored.points,
        conflicts=scored.conflicts,
        score=scored.score,
        run=SimpleNamespace(all_weights=weights),
    )


LABELS = SimpleNamespace(
    provinces={place.province: f"Provinsi {place.province}" for place in PLACES},
    sectors={},
    commodities={},
)
LANGUAGES = st.sampled_from(["id", "en"])


@given(SELLERS, BUYERS, WEIGHTINGS, TRADES, st.sampled_from([None, 1, 2]), LANGUAGES)
def test_words_agree_with_what_is_stored(
    seller, buyer, weights, trade, reader, language
):
    scored = scoring.score_pair(seller, buyer, weights, trade)
    match = match_of(scored, weights)
    viewer = reader and SimpleNamespace(pk=reader)

    with override(language):
        found = explain.reasons(match, viewer, LABELS)
        line = explain.sum_line(found, match.score)
        words = {reason.component: reason.words for reason in found}
        enough = explain.say.ENOUGH
        half, known = str(explain.say.HALF), numbers_of(match)
        ends_with_enough = words[Component.QUANTITY].endswith(f": {enough}.")

    assert [reason.component for reason in found] == list(Component)
    assert {one.component: one.points for one in found} == scored.points
    assert {one.component: one.weight for one in found} == weights
    assert ends_with_enough == (scored.points[Component.QUANTITY] == 100)
    for component, text in words.items():
        if half in text:
            assert scored.points[component] == UNKNOWN
        assert set(numbers_in(text)) <= known, text
    assert_adds_up(line, match.score)
    assert_open_points_are_said(match, found)


@given(SELLERS, BUYERS, TRADES, st.sampled_from(Side), st.sampled_from([None, 1, 2]))
def test_of_a_business_that_is_gone_only_the_points_are_told(
    seller, buyer, trade, gone, reader
):
    scored = scoring.score_pair(seller, buyer, WEIGHTS, trade)
    match = match_of(scored, WEIGHTS)
    match.facts = without_words(match.facts, gone)
    viewer = reader and SimpleNamespace(pk=reader)

    found = explain.reasons(match, viewer, LABELS)

    assert {one.component: one.points for one in found} == scored.points
    assert {one.words for one in found} == {str(explain.say.GONE)}
    assert explain.strongest(found) == []
    assert_adds_up(explain.sum_line(found, match.score), match.score)
    assert without_words(match.facts, gone) == match.facts


def assert_open_points_are_said(match, found):
    """The weakness of a card is the one that costs most, and no strength."""
    weak = {one.component for one in found if one.is_weak}
    strong = explain.strongest(found, most=len(Component))
    assert not weak & {one.component for one in strong}
    least = explain.weakest(found)
    most = max(one.missing for one in found)
    costly = [
        one
        for one in found
        if one.is_weak
        and one.weight
        and (one.component != Component.MET or one.missing == most)
    ]
    assert (least is None) == (not [one for one in costly if one.points < 100])
    for one in costly:
        assert least.missing >= one.missing
    short = match.points[Component.QUANTITY] < 100
    assert short == (Component.QUANTITY in weak)
    assert (match.facts["reach"] == "full") == (Component.DELIVERY not in weak)


def numbers_in(text):
    return re.findall(r"\d+(?:[.,]\d+)*", text)


def numbers_of(match):
    """Every number of the facts, as the page writes it, and what follows from two of them."""
    facts = match.facts
    known = {str(facts["km"]), explain.number(facts["km"]), "100"}
    known |= set(numbers_in(" ".join([facts["offer"], facts["need"]])))
    known.add(str(match.points[Component.QUANTITY]))
    known |= {place.province for place in PLACES}
    known |= {str(one) for one in facts["deals"] or ()}
    known |= {str(len(facts["required"] or ())), str(len(facts.get("held", ())))}
    # Of certificates, "ISO 9001", and of a unit, "quintal (100 kg)".
    known |= {"9001", "22000"}
    for what in ("quantity", "price"):
        amounts = facts.get(what, {})
        for value in amounts.values():
            amount = value[0] if isinstance(value, list) else value
            if amount is not None:
                known |= set(numbers_in(explain.number(Decimal(amount))))
                known |= set(numbers_in(explain.rupiah(Decimal(amount))))
    price = facts.get("price", {})
    if price.get("comes_to") is not None:
        paid = price["paid"][0]
        share = abs(Decimal(price["comes_to"]) - paid) / paid
        known |= set(numbers_in(explain.percent(share)))
    return known


def assert_adds_up(line, score):
    terms, rest = line.removeprefix("(").split(") ÷ ")
    together, result = rest.split(" = ")
    total = sum(
        int(weight) * int(points)
        for weight, points in (term.split(" × ") for term in terms.split(" + "))
    )
    assert (20 * total + int(together)) // (2 * int(together)) == score
    assert Decimal(result.replace(",", ".")) * 10 == score


def test_every_way_to_fit_has_points_and_words():
    assert set(points.FIT_POINTS) == set(Fit)
    assert set(explain.say.FITS) == set(Fit) - {Fit.UNSAID}
    assert set(explain.say.BETWEEN_YOU) == set(explain.say.BETWEEN_THEM) == set(Met)
    assert set(explain.WORDS) == set(points.POINTS) == set(Component)
