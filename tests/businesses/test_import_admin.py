"""A list of businesses in three steps, and the owners whom officials ask afterwards."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from openpyxl import Workbook

from businesses import refusals
from businesses.assistance import approve_by_link, ask_owner, refuse, with_token
from businesses.imports import import_businesses
from businesses.imports.files import forget_file
from businesses.models import Approval, Business, Consent, ImportFile
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    ContactFactory,
    ProvinceFactory,
    RegencyFactory,
    UserFactory,
)
from umkm_portal import gateway
from umkm_portal.accounts.models import Appointment
from umkm_portal.csv_files import MAX_BYTES
from umkm_portal.gateway import NotSent

pytestmark = pytest.mark.django_db
Role = Appointment.Role
UPLOAD = "admin:businesses_business_import"
COLUMNS = "admin:businesses_business_import_columns"
LIST = b"No;Nama UMKM;Daerah;HP/WA\n1;Kopi Ijen;Kab. Sidoarjo;0812-3456-7890\n"


@pytest.fixture(autouse=True)
def places():
    RegencyFactory(code="35.15", name="Kabupaten Sidoarjo", short_name="Sidoarjo")


@pytest.fixture
def official(client):
    user = AppointmentFactory(role=Role.OPERATOR).user
    client.force_login(user)
    return user


def send(client, content=LIST, name="Daftar IKM.csv"):
    upload = SimpleUploadedFile(name, content)
    return client.post(reverse(UPLOAD), {"file": upload})


def stored():
    storage = storages["private"]
    return storage.listdir("impor")[1] if storage.exists("impor") else []


@pytest.fixture(autouse=True)
def no_files_left_over():
    yield
    for name in stored():
        storages["private"].delete(f"impor/{name}")


def chosen(page, **changes):
    """What the form of the page would send."""
    form = page.context["form"]
    return {name: form[name].value() or "" for name in form.fields} | changes


def test_a_list_is_imported_in_three_steps_and_then_forgotten(
    client, official, django_capture_on_commit_callbacks
):
    response = send(client)
    kept = ImportFile.objects.get()
    assert response.url == reverse(COLUMNS, args=[kept.pk])
    assert len(stored()) == 1

    page = client.get(response.url)
    fields = chosen(page)
    assert fields == {
        "sheet": "",
        "column_0": "",
        "column_1": "name",
        "column_2": "regency",
        "column_3": "whatsapp",
    }

    checked = client.post(response.url, fields)
    assert checked.context["result"].created == 1
    assert not Business.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(response.url, fields | {"import": "yes"})
    assert done.url == reverse("admin:businesses_business_changelist")
    business = Business.objects.get()
    assert business.name == "Kopi Ijen"
    assert business.history.get().history_user == official
    assert stored() == []
    assert not ImportFile.objects.exists()


def test_the_first_rows_and_what_was_understood_are_shown(client, official):
    page = client.get(send(client).url)

    text = page.content.decode()
    for value in ("Kopi Ijen", "Kab. Sidoarjo", "0812-3456-7890"):
        assert value in text
    assert "Daftar IKM.csv" in text
    selected = re.findall(r'<option value="(\w+)" selected', text)
    assert selected == ["name", "regency", "whatsapp"]


def test_columns_of_other_names_are_chosen(client, official):
    address = send(client, b"Apa,Mana\nKopi Ijen,Sidoarjo\n").url
    page = client.get(address)

    refused = client.post(address, chosen(page))
    assert refused.context["form"].non_field_errors()

    twice = client.post(address, chosen(page, column_0="name", column_1="name"))
    assert list(twice.context["form"].errors) == ["column_1"]

    right = chosen(page, column_0="name", column_1="regency")
    assert client.post(address, right).context["result"].created == 1


def test_every_bad_cell_is_listed_and_nothing_can_be_imported(client, official):
    rows = b"2;;Atlantis;12\n3;Teh;Kab. Sidoarjo;0812\n"
    address = send(client, LIST + rows).url
    fields = chosen(client.get(address))

    for button in ({}, {"import": "yes"}):
        page = client.post(address, fields | button)
        cells = [(cell.line, cell.column) for cell in page.context["cells"]]
        assert sorted(cells) == [
            (3, "Daerah"),
            (3, "HP/WA"),
            (3, "Nama UMKM"),
            (4, "HP/WA"),
        ]
        assert b'name="import"' not in page.content
        assert "Atlantis" in page.content.decode()
    assert not Business.objects.exists()
    assert ImportFile.objects.exists()


def test_the_sheet_of_a_workbook_can_be_chosen(client, official):
    book = Workbook()
    book.active.append(["Rekap", "2026"])
    book.active.append(["jumlah", "1"])
    book.create_sheet("Sidoarjo").append(["Nama UMKM", "Kota"])
    book["Sidoarjo"].append(["Kopi Ijen", "Sidoarjo"])
    file = io.BytesIO()
    book.save(file)
    address = send(client, file.getvalue(), "daftar.xlsx").url

    page = client.get(address, {"lembar": "Sidoarjo"})
    fields = chosen(page)
    assert fields["sheet"] == "Sidoarjo"
    client.post(address, fields | {"import": "yes"})

    assert Business.objects.get().name == "Kopi Ijen"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "kosong.csv"),
        (b"Nama Usaha\n", "kepala.csv"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "lama.xls"),
        (b"PK\x03\x04" + b"x" * 100, "rusak.xlsx"),
        (b"\x89PNG\r\n\x1a\n\x00", "foto.csv"),
        (b"x" * (MAX_BYTES + 1), "besar.csv"),
    ],
)
def test_a_file_that_is_no_list_is_refused_beside_the_field(
    client, official, content, name
):
    page = send(client, content, name)

    assert page.status_code == 200
    assert page.context["form"].errors["file"]
    assert not ImportFile.objects.exists()
    assert stored() == []


# Whose file it is


def test_nobody_else_goes_on_with_a_file(client, official):
    address = send(client).url
    others = [
        AppointmentFactory(role=Role.PROVINCE_ADMIN).user,
        UserFactory(is_superuser=True),
    ]

    for other in others:
        client.force_login(other)
        assert client.get(address).status_code == 404
        assert client.post(address, {"import": "yes"}).status_code == 404


def test_a_file_is_usable_for_an_hour_and_then_deleted(
    client, official, time_machine, django_capture_on_commit_callbacks
):
    address = send(client).url
    kept = ImportFile.objects.get()
    waiting = DBTaskResult.objects.get(task_path=forget_file.module_path)
    assert waiting.run_after - kept.sent_at < timedelta(minutes=61)

    time_machine.move_to(timezone.now() + timedelta(minutes=61))
    assert not ImportFile.objects.usable_by(official).exists()
    client.force_login(official)
    assert client.get(address).status_code == 404

    with django_capture_on_commit_callbacks(execute=True):
        forget_file.call(kept.pk)
    assert stored() == []


def test_the_next_file_takes_the_place_of_the_former(
    client, official, django_capture_on_commit_callbacks
):
    send(client)
    with django_capture_on_commit_callbacks(execute=True):
        send(client)

    assert ImportFile.objects.count() == 1
    assert len(stored()) == 1


def test_the_stored_name_tells_nothing(client, official):
    send(client, name="Daftar Siti.csv")

    assert re.fullmatch(r"[0-9a-f]{32}", stored()[0])


@pytest.mark.parametrize("role", Role)
def test_who_may_import(client, role):
    client.force_login(AppointmentFactory(role=role).user)
    may = role != Role.AUDITOR

    page = client.get(reverse(UPLOAD))
    listed = client.get(reverse("admin:businesses_business_changelist"))

    assert page.status_code == (200 if may else 403)
    assert send(client).status_code == (302 if may else 403)
    assert (reverse(UPLOAD) in listed.content.decode()) == may
    for extension in ("xlsx", "csv"):
        address = reverse("admin:businesses_business_import_template", args=[extension])
        assert client.get(address).status_code == (200 if may else 403)


def test_there_is_no_template_of_another_kind(client, official):
    address = reverse("admin:businesses_business_import_template", args=["pdf"])

    assert client.get(address).status_code == 404


def test_officials_of_several_provinces_choose_one_for_rows_without_a_place(client):
    bali = ProvinceFactory(code="51")
    user = AppointmentFactory(role=Role.OPERATOR).user
    AppointmentFactory(user=user, role=Role.OPERATOR, province=bali)
    AppointmentFactory(
        user=user, role=Role.AUDITOR, province=ProvinceFactory(code="64")
    )
    client.force_login(user)
    address = send(client, b"Nama Usaha,Produk\nKopi,kopi\n").url

    page = client.get(address)
    offered = page.context["form"].fields["province"].queryset
    assert {province.pk for province in offered} == {"35", "51"}

    client.post(address, chosen(page, province="51") | {"import": "yes"})
    assert Business.objects.get().province == bali


def test_a_file_that_names_another_province_is_refused(client, official):
    ProvinceFactory(code="51")
    address = send(client, b"Nama Usaha,Provinsi\nKopi,Bali\n").url

    page = client.post(address, chosen(client.get(address)))

    assert [cell.column for cell in page.context["cells"]] == ["Provinsi"]


# The owners


@pytest.fixture
def texts(monkeypatch):
    sent = []
    keep = lambda phone, text: sent.append((phone, text))  # noqa: E731
    monkeypatch.setitem(gateway.BACKENDS, "console", keep)
    return sent


@pytest.fixture
def imported():
    business = BusinessFactory(name="Kopi Ijen", imported_at=timezone.now())
    ContactFactory(business=business, value="+6281234567890")
    ContactFactory(business=business, kind="person", value="Siti")
    return business


def asked(client, *businesses):
    keys = [business.pk for business in businesses]
    return client.post(reverse("businesses:imported_list"), {"businesses": keys})


def token_in(text):
    return re.search(r"/t/([\w-]+)/", text)[1]


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_an_owner_is_asked_and_takes_the_business_over(
    client, official, imported, texts, on_commit
):
    with on_commit():
        asked(client, imported)
    ((phone, text),) = texts
    assert phone == "+6281234567890"

    approve_by_link(with_token(token_in(text)), [Consent.Purpose.PROFILE])

    imported.refresh_from_db()
    assert imported.is_public
    assert imported.memberships.get().user.phone == phone
    assert not Business.objects.unclaimed_imports().exists()


def test_all_owners_of_a_page_are_asked_by_one_button(
    client, official, imported, texts, on_commit
):
    later = BusinessFactory(imported_at=timezone.now())
    ContactFactory(business=later, value="+6281234567891")
    address = reverse("businesses:imported_list")
    assert client.get(address).text.count('name="shown"') == 2

    with on_commit():
        client.post(address, {"all": "1", "shown": [imported.pk]})
    assert [phone for phone, _text in texts] == ["+6281234567890"]

    assert client.get(address).text.count('name="shown"') == 1
    with on_commit():
        client.post(address, {"shown": [later.pk]})
    assert len(texts) == 1


def test_an_owner_who_says_no_is_not_brought_back_by_the_next_list(
    client, official, imported, texts, on_commit
):
    with on_commit():
        asked(client, imported)
    refuse(with_token(token_in(texts[0][1])))
    assert not Business.objects.exists()

    result = import_businesses(io.BytesIO(LIST), by=official)

    assert result.left == 1
    assert not Business.objects.exists()
    assert refusals.refused(["+6281234567890", "+6281111111111"]) == {"+6281234567890"}


def test_silence_keeps_the_draft_and_it_can_be_asked_again(
    client, official, imported, texts, on_commit, time_machine
):
    with on_commit():
        asked(client, imported)
        asked(client, imported)
    assert len(texts) == 1

    time_machine.move_to(timezone.now() + timedelta(days=8))
    client.force_login(official)
    with on_commit():
        asked(client, imported)

    assert len(texts) == 2
    assert Approval.objects.count() == 1


def test_only_officials_who_may_assist_ask_and_only_in_their_province(
    client, imported, texts, on_commit
):
    with on_commit():
        client.force_login(AppointmentFactory(role=Role.AUDITOR).user)
        assert asked(client, imported).status_code == 403
        elsewhere = AppointmentFactory(province=ProvinceFactory(code="51")).user
        client.force_login(elsewhere)
        asked(client, imported)

    assert texts == []
    assert not Approval.objects.exists()


def test_a_business_without_a_phone_or_with_an_owner_is_not_asked(
    client, official, texts
):
    silent = BusinessFactory(imported_at=timezone.now())
    owned = BusinessFactory(imported_at=timezone.now(), owner=UserFactory())

    asked(client, silent, owned)

    assert texts == []
    assert not Approval.objects.exists()


def test_a_message_that_fails_is_said(
    client, official, imported, monkeypatch, on_commit
):
    def fail(phone, text):
        raise NotSent

    monkeypatch.setitem(gateway.BACKENDS, "console", fail)
    with pytest.raises(NotSent), on_commit():
        ask_owner(imported, by=official)

    assert Approval.objects.get().is_pending


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_one_as_for_three(
    client, official, django_assert_num_queries, count
):
    for business in BusinessFactory.create_batch(count, imported_at=timezone.now()):
        ContactFactory(business=business)
    address = reverse("businesses:imported_list")
    client.get(address)

    with django_assert_num_queries(8):
        page = client.get(address)

    assert len(page.context["page"]) == count
