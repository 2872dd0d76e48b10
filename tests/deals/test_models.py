import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, ProtectedError

from missions.deals.models import Deal
from missions.models import Mission
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    DealFactory,
    MissionFactory,
    ProvinceFactory,
    UserFactory,
)
from umkm_portal.validators import MAX_RUPIAH

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
BREAKERS = [
    (
        {"event": "foreign-hongkong-2023"},
        "deal_belongs_to_mission_or_foreign_event",
        "A deal belongs to a mission or to a foreign event, not to both.",
    ),
    (
        {"mission": None},
        "deal_belongs_to_mission_or_foreign_event",
        "A deal belongs to a mission or to a foreign event, not to both.",
    ),
    *(
        (
            {"value": value},
            "deal_value_above_zero",
            "A value is above zero, and at most Rp1,000 trillion.",
        )
        for value in (0, MAX_RUPIAH + 1)
    ),
    ({"quantity": 0}, "deal_quantity_above_zero", "A quantity is above zero."),
    (
        {"source_url": ""},
        "deal_reported_has_source",
        "A reported deal names its source.",
    ),
    (
        {"seller_business_id": 1, "buyer_business_id": 1},
        "deal_has_two_parties",
        None,
    ),
    ({"direction": "barter"}, "deal_direction_known", None),
    ({"rung": "rumoured"}, "deal_rung_known", None),
]


@pytest.mark.parametrize(("facts", "constraint", "message"), BREAKERS)
def test_database_refuses_an_impossible_deal(facts, constraint, message):
    facts = {"mission": MissionFactory()} | facts
    deal = DealFactory.build(
        seller_province=ProvinceFactory(code="35"),
        buyer_province=ProvinceFactory(code="64"),
        fingerprint="0" * 64,
        **facts,
    )

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        deal.save()
    if message:
        with pytest.raises(ValidationError) as problem:
            deal.full_clean()
        assert message in problem.value.messages


def test_every_check_is_broken_above():
    checks = {
        constraint.name
        for constraint in Deal._meta.constraints
        if isinstance(constraint, CheckConstraint)
    }

    assert checks == {constraint for _facts, constraint, _message in BREAKERS}


def test_same_deal_is_kept_once():
    deal = DealFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        DealFactory(
            mission=deal.mission,
            seller_name=deal.seller_name,
            buyer_name=deal.buyer_name,
            source_url=deal.source_url,
        )


def test_published_deals_are_those_of_public_missions_and_foreign_ones():
    public = DealFactory()
    foreign = DealFactory(mission=None, event="foreign-hongkong-2023")
    DealFactory(mission=MissionFactory(status=Mission.Status.DRAFT))
    DealFactory(mission=public.mission, rung=Deal.Rung.VOID)

    assert set(Deal.objects.published()) == {public, foreign}
    assert foreign.is_foreign
    assert not public.is_foreign


def test_officials_see_the_deals_of_their_missions():
    deal = DealFactory()
    DealFactory(mission=None, event="foreign-hongkong-2023")
    east_java = AppointmentFactory().user
    aceh = AppointmentFactory(province=ProvinceFactory(code="11")).user

    assert list(Deal.objects.run_by(east_java)) == [deal]
    assert list(Deal.objects.run_by(aceh)) == []
    assert Deal.objects.run_by(UserFactory(is_superuser=True)).count() == 2


def test_deals_that_name_both_parties_are_found():
    both = DealFactory()
    DealFactory(seller_name="")
    DealFactory(buyer_name="")

    assert list(Deal.objects.naming_both_parties()) == [both]
    assert [deal.names_both_parties for deal in Deal.objects.all()] == [
        True,
        False,
        False,
    ]


def test_largest_deal_comes_first_and_those_without_value_last():
    none, small, large = (DealFactory(value=value) for value in (None, 1, 2))

    assert list(Deal.objects.by_value()) == [large, small, none]


def test_a_party_is_linked_within_the_province_of_the_deal():
    deal = DealFactory()
    deal.seller_business = BusinessFactory()
    deal.full_clean()
    deal.buyer_business = BusinessFactory()

    with pytest.raises(ValidationError) as problem:
        deal.full_clean()

    assert set(problem.value.message_dict) == {"buyer_business"}
    deal.buyer_province = None
    deal.full_clean()


def test_an_example_takes_part_in_no_real_deal():
    deal = DealFactory(seller_business=BusinessFactory(is_example=True))

    with pytest.raises(ValidationError) as problem:
        deal.full_clean()

    assert set(problem.value.message_dict) == {"seller_business"}


def test_seller_and_buyer_are_two_businesses():
    business = BusinessFactory()
    deal = DealFactory(buyer_province=None, seller_business=business)
    deal.buyer_business = business

    with pytest.raises(ValidationError, match="two businesses"):
        deal.full_clean()


def test_a_business_with_deals_cannot_be_deleted():
    deal = DealFactory(seller_business=BusinessFactory())

    with pytest.raises(ProtectedError):
        deal.seller_business.delete()


def test_a_withheld_name_is_neither_given_nor_found():
    gone = BusinessFactory(withholds_name=True)
    deal = DealFactory(
        seller_name="Bu Sri", seller_business=gone, buyer_name="PT Srikandi"
    )
    other = DealFactory(seller_name="Sri Rejeki")

    assert deal.public_seller_name == ""
    assert deal.public_buyer_name == "PT Srikandi"
    assert set(Deal.objects.naming("sri")) == {deal, other}
    assert set(Deal.objects.naming("bu sri")) == set()
    assert set(Deal.objects.naming("rejeki")) == {other}


def test_officials_link_the_deals_of_missions_that_their_province_takes_part_in():
    deal = DealFactory()
    DealFactory(mission=None, event="foreign-hongkong-2023")
    admins = [
        AppointmentFactory(province=ProvinceFactory(code=code)).user
        for code in ("35", "64")
    ]
    others = [
        AppointmentFactory(province=ProvinceFactory(code="51")).user,
        AppointmentFactory(role="verifier").user,
        AppointmentFactory(role="auditor").user,
        UserFactory(),
    ]

    for user in admins:
        assert list(Deal.objects.editable_by(user)) == [deal]
    for user in others:
        assert list(Deal.objects.editable_by(user)) == []
    assert Deal.objects.editable_by(UserFactory(is_superuser=True)).count() == 2


def test_number_is_computed_from_the_key():
    deal = DealFactory()

    assert deal.number == str(deal) == f"D-{deal.pk:06d}"


def test_mission_with_deals_cannot_be_deleted():
    deal = DealFactory()

    with pytest.raises(ProtectedError):
        deal.mission.delete()
