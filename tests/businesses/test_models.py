import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, ProtectedError
from django.utils.translation import override

from businesses.models import (
    Business,
    ClassificationCode,
    CommodityGroup,
    Province,
    Regency,
    Sector,
)
from tests.factories import (
    BusinessFactory,
    CommodityGroupFactory,
    MissionFactory,
    ProvinceFactory,
    RegencyFactory,
    SectorFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
OUTSIDE = "This point lies outside Indonesia."
BREAKERS = [
    (Province, {"latitude": 52}, "province_inside_indonesia", OUTSIDE),
    (
        Province,
        {"latitude": 112, "longitude": -7},
        "province_inside_indonesia",
        OUTSIDE,
    ),
    (Province, {"timezone": "Asia/Tokyo"}, "province_timezone_known", None),
    (Regency, {"longitude": 4}, "regency_inside_indonesia", OUTSIDE),
    (Regency, {"kind": "desa"}, "regency_kind_known", None),
    (ClassificationCode, {"scheme": "SITC"}, "classification_scheme_known", None),
]


def good(model):
    if model is ClassificationCode:
        return ClassificationCode(
            scheme="HS", version="2022", code="09", section="II", title="Kopi"
        )
    if model is Regency:
        return RegencyFactory.build(province=ProvinceFactory(code="35"))
    return ProvinceFactory.build(code="35")


@pytest.mark.parametrize(("model", "facts", "constraint", "message"), BREAKERS)
def test_database_refuses_impossible_reference_data(model, facts, constraint, message):
    row = good(model)
    for name, value in facts.items():
        setattr(row, name, value)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.bulk_create([row])
    if message:
        with pytest.raises(ValidationError) as problem:
            row.full_clean()
        assert message in problem.value.messages


def test_every_check_is_broken_above():
    checks = {
        constraint.name
        for model in (Province, Regency, Sector, ClassificationCode, CommodityGroup)
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    }

    assert checks == {constraint for _model, _facts, constraint, _message in BREAKERS}


def test_code_is_unique_within_its_version_only():
    good(ClassificationCode).save()
    other = good(ClassificationCode)
    other.version = "2027"
    other.save()

    with pytest.raises(IntegrityError), transaction.atomic():
        good(ClassificationCode).save()


def test_regency_name_is_unique_within_its_province():
    regency = RegencyFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        RegencyFactory(name=regency.name)
    RegencyFactory(name=regency.name, province=ProvinceFactory(code="64"))


@pytest.mark.parametrize(
    "make",
    [
        lambda: ProvinceFactory(code="35"),
        SectorFactory,
        CommodityGroupFactory,
    ],
)
def test_label_follows_the_language(make):
    row = make()
    indonesian = getattr(row, "short_name", row.name)

    with override("id"):
        assert row.label == str(row) == indonesian
    with override("en"):
        assert row.label == row.name_en


def test_label_without_an_english_title_stays_indonesian():
    assert good(ClassificationCode).label == "Kopi"


def test_what_is_in_use_cannot_be_deleted():
    mission = MissionFactory()
    group = CommodityGroupFactory()

    for row in (mission.initiator_province, mission.host_province, group.sector):
        with pytest.raises(ProtectedError):
            row.delete()


def test_edits_leave_a_history():
    province = ProvinceFactory(code="35")
    province.capital = "Malang"
    province.save()

    assert [past.capital for past in province.history.all()] == ["Malang", "Surabaya"]


def test_a_nib_that_was_checked_meanwhile_is_not_handed_on_to_another():
    business = BusinessFactory(nib="9120001234567")
    stale = Business.objects.get(pk=business.pk)
    Business.objects.filter(pk=business.pk).update(is_nib_verified=True)

    stale.nib = "1234567890123"
    stale.save(update_fields=["nib"])

    business.refresh_from_db()
    assert (business.nib, business.is_nib_verified) == ("1234567890123", False)
