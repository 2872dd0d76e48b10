import csv
import io
import json
import re

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from businesses.badges import badges
from businesses.directory import refresh
from businesses.models import Certificate, Contact
from missions.publication.directory import PER_PAGE
from missions.publication.directory_tables import COLUMNS
from tests.factories import (
    BusinessFactory,
    CertificateFactory,
    CheckFactory,
    CommodityGroupFactory,
    ContactFactory,
    ListingFactory,
    MembershipFactory,
    ProductFactory,
    ProvinceFactory,
    RegencyFactory,
    check_of,
)
from tests.publication.results import heading, notes

pytestmark = pytest.mark.django_db
LIST = reverse("publication:business_list")
EXTENSIONS = ["csv", "xlsx", "json"]


def listed(**facts):
    return BusinessFactory(**{"published": True, **facts})


def complete(**facts):
    business = listed(regency=RegencyFactory(), **facts)
    ProductFactory(business=business, commodity=CommodityGroupFactory())
    CertificateFactory(business=business)
    ListingFactory(business=business, open=True)
    CheckFactory(business=business, value=business.nib, stated=business.name)
    refresh(business)
    return business


def found(client, **query):
    return [business for business, *_texts in client.get(LIST, query).context["cards"]]


def download_url(extension):
    return reverse("publication:business_download", args=[extension])


def text_of(response):
    return response.getvalue().decode()


def rows(client, **query):
    response = client.get(download_url("csv"), query)
    return list(csv.DictReader(io.StringIO(text_of(response))))


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_fifteen_queries_however_many_businesses(
    client, django_assert_num_queries, count
):
    businesses = {
        complete(name="Kopi Gayo", nib=f"912000123456{number}")
        for number in range(count)
    }
    BusinessFactory(name="Kopi Rahasia")

    with django_assert_num_queries(15):
        response = client.get(LIST, {"q": "kopi", "provinsi": "35"})

    assert {business for business, *_texts in response.context["cards"]} == businesses


@pytest.mark.parametrize("count", [1, 3])
def test_map_needs_seven_queries_however_many_businesses(
    client, django_assert_num_queries, count
):
    for number in range(count):
        complete(nib=f"912000123456{number}")

    with django_assert_num_queries(7):
        response = client.get(LIST, {"tampilan": "peta"})

    assert sum(dot.count for dot in response.context["map"].dots) == count


@pytest.mark.parametrize("extension", ["csv", "json"])
@pytest.mark.parametrize("count", [1, 3])
def test_download_needs_seven_queries_however_many_businesses(
    client, django_assert_num_queries, count, extension
):
    for number in range(count):
        complete(nib=f"912000123456{number}")

    with django_assert_num_queries(7):
        client.get(download_url(extension)).getvalue()


def test_each_filter_narrows_and_is_a_permalink(client):
    bali = ProvinceFactory(code="51")
    regency = RegencyFactory(code="51.71", province=bali, name="Kota Denpasar")
    group = CommodityGroupFactory()
    business = listed(
        province=bali,
        regency=regency,
        size="small",
        size_basis="sales",
        nib="9120001234567",
    )
    ProductFactory(business=business, commodity=group)
    CertificateFactory(business=business, kind=Certificate.Kind.PIRT)
    CheckFactory(business=business)
    refresh(business)
    listed(), listed(province=bali)
    filters = {
        "provinsi": "51",
        "kabupaten": "51.71",
        "komoditas": group.pk,
        "sektor": group.sector_id,
        "ukuran": "small",
        "sertifikat": "pirt",
        "diperiksa": "ya",
    }

    for name in filters.keys() - {"provinsi"}:
        assert found(client, **{name: filters[name]}) == [business], name
    assert len(found(client, provinsi="51")) == 2
    assert found(client, **filters) == [business]
    assert [row["slug"] for row in rows(client, **filters)] == [business.slug]


@pytest.mark.parametrize(
    "query",
    [
        {"provinsi": "99"},
        {"provinsi": "x" * 200},
        {"kabupaten": "35.99"},
        {"provinsi": "51", "kabupaten": "35.78"},
        {"sektor": "tidak-ada"},
        {"diperiksa": "tidak"},
        {"urut": "acak"},
        {"q": "x" * 101},
    ],
)
def test_what_cannot_be_read_widens_no_result(client, query):
    ProvinceFactory(code="51")
    listed(regency=RegencyFactory(code="35.78"))

    response = client.get(LIST, query)

    assert response.status_code == 200
    assert response.context["cards"] == []
    for extension in EXTENSIONS:
        assert client.get(download_url(extension), query).status_code == 400


@pytest.mark.parametrize("text", ["???", ":", "%", "_", "-"])
def test_signs_alone_find_nothing(client, text):
    listed()

    assert found(client, q=text) == []
    assert rows(client, q=text) == []


def test_choices_say_how_many(client):
    listed(), listed(), refresh(listed(province=ProvinceFactory(code="51")))

    form = client.get(LIST).context["form"]

    labels = dict(form.fields["provinsi"].choices)
    assert labels["35"].endswith("(2)")
    assert labels["51"].endswith("(1)")


def test_examples_are_marked_and_not_in_the_total(client):
    listed()
    example = listed(is_example=True)
    refresh(example)

    response = client.get(LIST)

    assert response.context["found"].count == 1
    assert len(response.context["cards"]) == 2
    assert response.content.count(b"chip-promised") == 1
    assert [row["is_example"] for row in rows(client)] == ["False", "True"]


@pytest.mark.parametrize(
    ("real", "said"), [(0, "0 businesses, 2 examples"), (1, "1 business")]
)
def test_no_number_but_their_own_counts_examples(client, real, said):
    province, regency = ProvinceFactory(code="35"), RegencyFactory(code="35.78")
    for number in range(real + 2):
        refresh(listed(regency=regency, is_example=number >= real))

    response = client.get(f"/en{LIST}")
    drawn = client.get(f"/en{LIST}", {"tampilan": "peta"}).context["map"]

    page = response.content.decode()
    (note,) = notes(page)
    assert heading(page) == said
    assert note.startswith("2 examples are shown")
    labels = dict(response.context["form"].fields["provinsi"].choices)
    assert labels["35"].endswith(f"({real})") == bool(real)
    assert [dot.count for dot in drawn.dots] == [real] * real
    assert drawn.places == [(province, real)] * real


def test_a_certificate_is_never_shown_without_saying_whether_it_was_checked(client):
    check = check_of(CertificateFactory(business=listed(nib="9120001234567")))
    CheckFactory(business=check.business)
    CertificateFactory(business=check.business, kind=Certificate.Kind.SNI)
    refresh(check.business)

    before = certificates_on_card(client)
    check.revoked_at, check.revoked_by = timezone.now(), check.checked_by
    check.revoked_because = "Dicabut penerbit"
    check.save()
    refresh(check.business)

    assert before == ["Halal", "SNI (not checked)"]
    assert certificates_on_card(client) == ["Halal (not checked)", "SNI (not checked)"]


def certificates_on_card(client):
    response = client.get(f"/en{LIST}")
    [(_business, _badges, certificates)] = response.context["cards"]
    chips = re.findall(r'<li class="chip">(.*?)</li>', response.content.decode())
    assert chips == certificates
    return certificates


@pytest.mark.parametrize("address", ["usaha", "peluang"])
def test_the_filter_by_certificate_says_that_it_is_only_stated(client, address):
    page = client.get(f"/en/{address}/").content.decode()

    assert re.search("says that (it|the business) holds it", page)


def test_a_mistyped_word_is_answered_with_what_was_meant(client):
    listed(name="Kopi Gayo")

    page = client.get(LIST, {"q": "kopo"}).content.decode()

    assert "<b>kopi</b>" in page
    assert "kopo" in page


@pytest.mark.parametrize("query", [{}, {"q": "gandum"}, {"provinsi": "99"}])
def test_an_empty_result_says_what_to_do(client, query):
    if query:
        listed()

    page = client.get(LIST, query).content.decode()

    assert reverse("account_signup") in page or f'href="{LIST}"' in page


def test_order_and_pages(client):
    businesses = [listed(name=f"Usaha {number:02}") for number in range(PER_PAGE + 2)]

    assert found(client, urut="nama") == businesses[:PER_PAGE]
    assert found(client, urut="nama", halaman="2") == businesses[PER_PAGE:]
    assert found(client, urut="terbaru") == businesses[: -PER_PAGE - 1 : -1]
    assert len(found(client, halaman="x")) == PER_PAGE
    assert [row["name"] for row in rows(client, urut="nama")] == [
        business.name for business in businesses
    ]


def test_badges_say_what_was_checked(client):
    business = complete(nib="9120001234567")

    [(card, texts, _certificates)] = client.get(LIST).context["cards"]

    assert (card, texts) == (business, badges(business))
    assert rows(client)[0]["checked"] == "; ".join(texts)


def test_the_map_of_a_province_shows_and_links_its_regencies(client):
    call_command("load_reference")
    for code in ("35.78", "35.78", "35.07", "51.71"):
        business = listed(province_id=code[:2], province=None, regency_id=code)
        refresh(business)

    country = client.get(LIST, {"tampilan": "peta"}).context["map"]
    response = client.get(LIST, {"tampilan": "peta", "provinsi": "35"})
    province = response.context["map"]

    assert [(place.pk, count) for place, count in country.places] == [
        ("35", 3),
        ("51", 1),
    ]
    assert [(place.pk, count) for place, count in province.places] == [
        ("35.78", 2),
        ("35.07", 1),
    ]
    assert {dot.regency.pk for dot in country.dots} == {"35.78", "35.07", "51.71"}
    assert province.dots[0].radius > province.dots[1].radius
    assert b"kabupaten=35.78" in response.content


def test_the_map_has_a_frame_wherever_regencies_lie(client):
    call_command("load_reference")

    for query in ({}, {"provinsi": "31"}, {"provinsi": "95"}):
        drawn = client.get(LIST, {"tampilan": "peta"} | query).context.get("map")
        _left, _top, width, height = map(float, drawn.view_box.split())
        assert width == pytest.approx(height * 1000 / 380, rel=0.05)


# Downloads


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_downloads_agree(client, extension):
    business = complete(name="Kopi Gayo", nib="9120001234567", sells="=1+1")
    expected = rows(client)[0]

    response = client.get(download_url(extension))

    assert f"usaha.{extension}" in response["Content-Disposition"]
    if extension == "csv":
        cells = expected
    elif extension == "json":
        cells = json.loads(text_of(response))[0]
    else:
        book = openpyxl.load_workbook(io.BytesIO(response.getvalue()))
        head, values = book.active.values
        cells = dict(zip(head, values, strict=True))
    assert list(cells) == COLUMNS
    assert cells["slug"] == business.slug
    assert cells["certificates"] == "halal"
    assert cells["sells"] == ("=1+1" if extension == "json" else "'=1+1")


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_empty_download_can_be_read(client, extension):
    response = client.get(download_url(extension))

    content = response.getvalue()
    if extension == "json":
        assert json.loads(content) == []
    elif extension == "csv":
        assert content.decode().strip() == ",".join(COLUMNS)
    else:
        assert openpyxl.load_workbook(io.BytesIO(content)).active.max_row == 1


def test_csv_and_json_are_streamed_and_a_long_xlsx_is_refused(client, monkeypatch):
    listed(), listed()
    monkeypatch.setattr("missions.publication.directory.MOST_XLSX_ROWS", 1)

    assert client.get(download_url("csv")).streaming
    assert client.get(download_url("json")).streaming
    assert client.get(download_url("xlsx")).status_code == 400
    assert len(rows(client)) == 2


def test_a_download_has_all_rows_of_a_cut_result(client, monkeypatch):
    monkeypatch.setattr("businesses.search.MOST", 1)
    listed(), listed()

    response = client.get(LIST)

    assert response.context["found"].is_cut
    assert len(response.context["cards"]) == 1
    assert len(rows(client)) == 2


def test_no_contact_is_anywhere_not_even_a_published_one(client):
    owner = MembershipFactory()
    business = owner.business
    secrets = ["+628120000001", "rahasia@contoh.id", "+628120000002"]
    ContactFactory(business=business, value=secrets[0])
    ContactFactory(business=business, kind=Contact.Kind.EMAIL, value=secrets[1])
    ContactFactory(business=business, value=secrets[2], public_by=owner.user)
    BusinessFactory(name="Kopi Rahasia")
    shown = listed(owner=owner.user, name="Kopi Gayo", nib="9120001234567")
    ContactFactory(business=shown, value=secrets[0])
    secrets += [owner.user.email, owner.user.name, "9120001234567", "Kopi Rahasia"]

    pages = [
        text_of(client.get(LIST, query))
        for query in ({}, {"tampilan": "peta"}, {"q": "kopi"}, {"q": "rahasia"})
    ]
    pages += [text_of(client.get(download_url(kind))) for kind in ("csv", "json")]
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(download_url("xlsx")).getvalue())
    )
    pages.append(str(list(book.active.values)))

    for page in pages:
        assert not [secret for secret in secrets if secret in page]
    assert sum("Kopi Gayo" in page for page in pages) == 5
    assert not re.search(r"\+62\d{6}", "".join(pages))


@pytest.mark.parametrize("language", ["", "/en"])
def test_both_languages_answer(client, language):
    listed()

    for query in ("", "?tampilan=peta", "?q=kopi", "?q=zzz"):
        assert client.get(f"{language}/usaha/{query}").status_code == 200
