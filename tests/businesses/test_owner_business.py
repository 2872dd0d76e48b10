from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from businesses.models import ClassificationCode, DirectoryEntry
from businesses.size import LIMITS, SizeBasis, SizeClass
from tests.factories import (
    BusinessFactory,
    MembershipFactory,
    ProvinceFactory,
    RegencyFactory,
    SectorFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def siti(client):
    user = UserFactory(name="Siti")
    client.force_login(user)
    return user


@pytest.fixture
def business(siti):
    return BusinessFactory(name="Kopi Ijen", owner=siti, published=True)


@pytest.fixture
def kbli():
    for code in ("10", "46"):
        ClassificationCode.objects.create(
            scheme=ClassificationCode.Scheme.KBLI, version="2025", code=code
        )


def send(client, business, page, **typed):
    return client.post(reverse(f"businesses:{page}", args=[business.slug]), typed)


def test_a_nib_is_taken_with_spaces_and_dots(client, business, kbli):
    response = send(
        client,
        business,
        "identity",
        name="Kopi Ijen Raya",
        legal_form="cv",
        nib="9120 0012.345-67",
        kbli="10761, 46311",
    )

    assert response.url == reverse(
        "businesses:business_dashboard", args=[business.slug]
    )
    business.refresh_from_db()
    assert business.nib == "9120001234567"
    assert (business.name, business.legal_form) == ("Kopi Ijen Raya", "cv")
    assert {(row.code, row.division.code) for row in business.activities.all()} == {
        ("10761", "10"),
        ("46311", "46"),
    }
    assert DirectoryEntry.objects.filter(business=business).exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"nib": "912000123456"}, "nib"),
        ({"nib": "91200012345678"}, "nib"),
        ({"nib": "912000123456x"}, "nib"),
        ({"kbli": "99999"}, "kbli"),
        ({"kbli": "kopi"}, "kbli"),
        ({"kbli": "10 " * 21}, "kbli"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_kept(client, business, kbli, typed, field):
    facts = {"name": "Kopi Raung", "nib": "", "kbli": ""} | typed

    response = send(client, business, "identity", **facts)

    form = response.context["form"]
    assert list(form.errors) == [field]
    assert form[field].value() == facts[field]
    assert response.context["business"].name == "Kopi Ijen"
    business.refresh_from_db()
    assert business.name == "Kopi Ijen"


def test_kbli_codes_that_are_no_longer_typed_go(client, business, kbli):
    send(client, business, "identity", name="Kopi Ijen", kbli="10761 46311")
    kept = business.activities.get(code="10761")

    send(client, business, "identity", name="Kopi Ijen", kbli="10761;10762")

    assert set(business.activities.values_list("code", flat=True)) == {"10761", "10762"}
    assert business.activities.get(code="10761") == kept
    page = client.get(reverse("businesses:identity", args=[business.slug]))
    assert page.context["form"]["kbli"].value() == "10761, 10762"


def test_another_nib_ends_the_check_and_the_owner_is_told_beforehand(client, business):
    plain = client.get(reverse("businesses:identity", args=[business.slug]))
    type(business).objects.update(nib="9120001234567", is_nib_verified=True)
    warned = client.get(reverse("businesses:identity", args=[business.slug]))
    texts = [page.context["form"]["nib"].help_text for page in (plain, warned)]
    assert texts[0] != texts[1]

    send(client, business, "identity", name="Kopi Ijen", nib="9120001234567")
    business.refresh_from_db()
    assert business.is_nib_verified

    send(client, business, "identity", name="Kopi Ijen", nib="9120001234568")
    business.refresh_from_db()
    assert not business.is_nib_verified


def test_after_another_province_the_form_offers_its_regencies(client, business):
    own = RegencyFactory()
    other = RegencyFactory(code="64.71", province=ProvinceFactory(code="64"))

    response = send(client, business, "place", province="64", regency=own.pk)

    form = response.context["form"]
    assert list(form.errors) == ["regency"]
    assert set(form.fields["regency"].queryset) == {other}

    send(client, business, "place", province="64", regency=other.pk)
    business.refresh_from_db()
    assert (business.province_id, business.regency) == ("64", other)


def test_the_empty_province_is_in_the_language_of_the_page(client, business):
    form = client.get(reverse("businesses:place", args=[business.slug])).context["form"]

    assert form.fields["province"].empty_label == "Pilih provinsi"


def test_a_nonsense_province_is_refused(client, business):
    response = send(client, business, "place", province="xx", regency="")

    assert list(response.context["form"].errors) == ["province"]


@time_machine.travel("2026-11-25 10:00+07:00", tick=False)
def test_a_band_makes_the_size_and_no_amount_is_kept(client, business):
    response = send(client, business, "size", band="sales:small")

    assert response.status_code == 302
    business.refresh_from_db()
    assert (business.size, business.size_basis) == (SizeClass.SMALL, SizeBasis.SALES)
    assert business.size_declared_on == timezone.localdate()


def test_a_size_stated_again_keeps_its_date_and_can_be_taken_back(client, business):
    before = date(2025, 1, 1)
    type(business).objects.update(
        size="micro", size_basis="capital", size_declared_on=before
    )

    send(client, business, "size", band="capital:micro")
    business.refresh_from_db()
    assert business.size_declared_on == before

    send(client, business, "size", band="")
    business.refresh_from_db()
    assert (business.size, business.size_basis) == ("", "")
    assert business.size_declared_on is None


def test_bands_are_those_of_the_law(client, business):
    page = client.get(reverse("businesses:size", args=[business.slug]))

    form = page.context["form"]
    groups = form.fields["band"].choices[1:]
    assert [len(choices) for _basis, choices in groups] == [len(LIMITS) + 1] * 2
    assert "Rp15 miliar" in dict(groups[0][1])["sales:medium"]
    assert "PP 7/2021" in page.text
    assert send(client, business, "size", band="sales:huge").context["form"].errors


def test_about_the_business(client, business):
    sector = SectorFactory()

    response = send(
        client,
        business,
        "about",
        sells="kopi",
        seeks="kemasan",
        description="Sejak kakek.",
        sectors=[sector.pk],
        capacity="6 ton",
        founded_year="1998",
        employees="1.200",
    )

    assert response.status_code == 302
    business.refresh_from_db()
    assert (business.founded_year, business.employees) == (1998, 1200)
    assert set(business.sectors.all()) == {sector}
    page = client.get(reverse("businesses:about", args=[business.slug]))
    assert page.context["form"]["founded_year"].value() == 1998


@pytest.mark.parametrize("year", ["1700", "2099", "dulu"])
def test_years_that_cannot_be_are_refused(client, business, year):
    response = send(client, business, "about", founded_year=year)

    assert list(response.context["form"].errors) == ["founded_year"]


def test_staff_describe_but_do_not_rename(client, business):
    staff = MembershipFactory(business=business, role="staff").user
    client.force_login(staff)

    assert send(client, business, "about", sells="teh").status_code == 302
    assert send(client, business, "identity", name="x").status_code == 403
