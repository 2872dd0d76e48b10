import pytest
from django.urls import reverse

from businesses.models import ClassificationCode, CommodityGroup, Province
from tests.factories import (
    AppointmentFactory,
    CommodityGroupFactory,
    ProvinceFactory,
    RegencyFactory,
    SectorFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def code(number):
    return ClassificationCode.objects.create(
        scheme=ClassificationCode.Scheme.HS,
        version="2022",
        code=f"{number:02}",
        section="I",
        title=f"Bab {number}",
    )


def listed(client, model):
    return client.get(reverse(f"admin:businesses_{model}_changelist"))


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("model", "make", "queries"),
    [
        ("province", lambda n: ProvinceFactory(code=("11", "12", "13")[n]), 7),
        ("regency", lambda n: RegencyFactory(), 8),
        ("sector", lambda n: SectorFactory(), 7),
        ("classificationcode", code, 8),
        ("commoditygroup", lambda n: CommodityGroupFactory(), 8),
    ],
)
def test_lists_take_as_many_queries_for_one_as_for_three(
    client, django_assert_num_queries, model, make, queries, number
):
    client.force_login(AppointmentFactory(role="operator").user)
    for n in range(number):
        make(n)
    listed(client, model)

    with django_assert_num_queries(queries):
        response = listed(client, model)

    assert response.context["cl"].result_count >= number


def test_provinces_are_searched_by_name_code_and_capital(client):
    client.force_login(AppointmentFactory(role="operator").user)
    kaltim = ProvinceFactory(code="64")

    for text in ("samarinda", "east kalimantan", "64"):
        response = client.get(
            reverse("admin:businesses_province_changelist"), {"q": text}
        )
        assert set(response.context["cl"].queryset) == {kaltim}


def test_a_province_outside_indonesia_is_refused(client):
    client.force_login(UserFactory(is_superuser=True))
    ProvinceFactory(code="64")
    page = reverse("admin:businesses_province_change", args=["64"])
    fields = client.get(page).context["adminform"].form.initial

    response = client.post(page, fields | {"latitude": "48.5"})

    assert response.context["adminform"].form.errors["__all__"]
    assert Province.objects.get(pk="64").latitude < 1


def test_a_commodity_group_remembers_what_was_changed(client):
    client.force_login(UserFactory(is_superuser=True))
    group = CommodityGroupFactory(name="Kopi")
    page = reverse("admin:businesses_commoditygroup_change", args=[group.pk])
    fields = {
        "slug": group.slug,
        "name": "Kopi dan teh",
        "name_en": group.name_en,
        "sector": group.sector_id,
        "typical_unit": "ton",
        "codes": [code(9).pk],
    }

    assert client.post(page, fields).status_code == 302

    assert CommodityGroup.objects.get().codes.get().code == "09"
    history = client.get(
        reverse("admin:businesses_commoditygroup_history", args=[group.pk])
    ).content.decode()
    assert "Kopi → Kopi dan teh" in history
