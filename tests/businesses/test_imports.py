import csv
import io
from contextlib import suppress
from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies as st
from openpyxl import Workbook

from businesses import reference
from businesses.consents import give_consent
from businesses.imports import Outcome, import_businesses, writing
from businesses.imports.columns import COLUMNS, NOT_KEPT, template
from businesses.imports.matching import Row
from businesses.imports.rows import SalesField
from businesses.models import (
    Business,
    Certificate,
    Consent,
    Contact,
    DirectoryEntry,
    Province,
    Regency,
)
from businesses.places import Places
from businesses.size import SizeBasis, SizeClass
from tests.factories import (
    AppointmentFactory,
    MembershipFactory,
    SectorFactory,
    UserFactory,
)
from umkm_portal.accounts.models import Appointment
from umkm_portal.csv_files import BadFile

pytestmark = pytest.mark.django_db
Role = Appointment.Role
HEADER = ["Nama Usaha", "Nama Pemilik", "No HP", "NIB", "Kab/Kota", "Provinsi"]
KOPI = ["Kopi Ijen", "Siti", "0812-3456-7890", "9120001234567", "Kab. Banyuwangi", ""]
BATIK = ["CV Batik Jaya", "Budi", "0813 4567 8901", "", "KOTA SURABAYA", "Jatim"]


@pytest.fixture(autouse=True)
def places(provinces):
    """All of them, and a few sectors."""
    Regency.objects.bulk_create(Regency(**facts) for facts in reference.regencies())
    for slug, name in (
        ("makanan-dan-minuman", "Makanan dan minuman"),
        ("perkebunan", "Perkebunan"),
    ):
        SectorFactory(slug=slug, name=name)


def listed(*rows, header=HEADER):
    file = io.StringIO()
    csv.writer(file).writerows([header, *rows])
    return io.BytesIO(file.getvalue().encode())


def workbook(*rows, header=HEADER):
    book = Workbook()
    for row in [header, *rows]:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def problems(file, **options):
    """[(line, column), …] of what a refused file has wrong."""
    with pytest.raises(BadFile) as refused:
        import_businesses(file, **options)
    return [(cell.line, cell.column) for cell in refused.value.cells]


@pytest.mark.parametrize("make", [listed, workbook])
def test_a_list_becomes_drafts_with_private_contacts_and_no_people(make):
    result = import_businesses(make(KOPI, BATIK))

    assert (result.created, result.updated, result.unchanged, result.left) == (
        2,
        0,
        0,
        0,
    )
    kopi, batik = Business.objects.order_by("pk")
    assert kopi.name == "Kopi Ijen"
    assert kopi.nib == "9120001234567"
    assert kopi.regency.name == "Kabupaten Banyuwangi"
    assert batik.regency.name == "Kota Surabaya"
    assert batik.legal_form == Business.LegalForm.CV
    assert {(contact.kind, contact.value) for contact in kopi.contacts.all()} == {
        (Contact.Kind.PHONE, "+6281234567890"),
        (Contact.Kind.PERSON, "Siti"),
    }
    for business in (kopi, batik):
        assert business.imported_at
        assert business.published_at is None
        assert not business.memberships.exists()
        assert business.history.count() == 1
    assert not Contact.objects.public().exists()
    assert not Consent.objects.exists()
    assert not DirectoryEntry.objects.exists()


def test_the_same_list_again_changes_nothing():
    import_businesses(listed(KOPI, BATIK))
    before = snapshot()

    result = import_businesses(workbook(KOPI, BATIK))

    assert result.unchanged == 2
    assert len(result.rows) == 2
    assert snapshot() == before


def snapshot():
    return [
        list(model._base_manager.order_by("pk").values_list())
        for model in (Business, Contact, Certificate, Business.history.model)
    ]


def test_a_dry_run_says_the_same_and_writes_nothing():
    import_businesses(listed(KOPI))
    before = snapshot()
    changed = [*KOPI[:1], "Siti Aminah", *KOPI[2:]]

    result = import_businesses(listed(changed, BATIK), dry_run=True)

    assert [row.outcome for row in result.rows] == [Outcome.UPDATED, Outcome.CREATED]
    assert snapshot() == before


def test_a_corrected_list_corrects_the_drafts():
    import_businesses(listed(KOPI))
    corrected = ["Kopi Ijen Raya", "", "0811-1111-2222", *KOPI[3:]]

    result = import_businesses(listed(corrected))

    business = Business.objects.get()
    assert result.updated == 1
    assert business.name == "Kopi Ijen Raya"
    phones = business.contacts.filter(kind=Contact.Kind.PHONE)
    assert phones.get().value == "+6281111112222"
    assert business.contacts.get(kind=Contact.Kind.PERSON).value == "Siti"


def test_a_business_that_somebody_acts_for_is_left_alone():
    import_businesses(listed(KOPI, BATIK))
    kopi = Business.objects.get(name="Kopi Ijen")
    MembershipFactory(business=kopi)

    result = import_businesses(listed(["Kopi Lain", *KOPI[1:]], BATIK))

    assert (result.left, result.unchanged) == (1, 1)
    kopi.refresh_from_db()
    assert kopi.name == "Kopi Ijen"


def test_a_registered_business_with_the_nib_is_left_alone():
    owned = MembershipFactory(business__nib=KOPI[3]).business

    result = import_businesses(listed(KOPI))

    assert result.left == 1
    assert Business.objects.get() == owned


def test_a_nib_of_another_province_is_named():
    MembershipFactory(
        business__nib=KOPI[3], business__province=Province.objects.get(pk="51")
    )

    assert problems(listed(KOPI)) == [(2, "NIB")]


def test_the_same_business_is_known_by_name_place_and_phone():
    import_businesses(listed(BATIK))
    same = ["Batik Jaya, CV", "Budi", "+62 813-4567-8901", "", "Surabaya", ""]
    other_phone = ["Batik Jaya", "Ani", "0815 1111 2222", "", "Surabaya", ""]
    other_place = ["Batik Jaya", "Budi", "0813 4567 8901", "", "Kota Malang", ""]

    result = import_businesses(listed(same, other_phone, other_place), dry_run=True)

    assert [row.outcome for row in result.rows] == [
        Outcome.UPDATED,
        Outcome.CREATED,
        Outcome.CREATED,
    ]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["Kopi Lain", "Ani", "0815 1111 2222", *KOPI[3:]], "NIB"),
        (["kopi  ijen", "Ani", "0812 3456 7890", "", *KOPI[4:]], "Nama Usaha"),
    ],
)
def test_what_a_list_names_twice_is_refused(row, column):
    assert problems(listed(KOPI, row)) == [(3, column)]
    assert not Business.objects.exists()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Nama Usaha", ""),
        ("Nama Usaha", "x" * 151),
        ("No HP", "12345"),
        ("No HP", "0812-3456-7890 / 99"),
        ("NIB", "912000123456"),
        ("NIB", "91200012345678"),
        ("NIB", "NIB belum jadi"),
        ("Kab/Kota", "Malang"),
        ("Kab/Kota", "Kota Sidoarjo Baru"),
        ("Kab/Kota", "Kota Denpasar"),
        ("Provinsi", "Jawa"),
        ("Email", "siti@"),
        ("Website", "htp:/x"),
        ("Bentuk Usaha", "Mikro"),
        ("Omzet per Tahun", "1-5 miliar"),
        ("Omzet per Tahun", "300M"),
        ("Jumlah TK", "3-5"),
        ("Jumlah TK", "2000000"),
        ("Tahun Berdiri", "1650"),
        ("Tahun Berdiri", "2150"),
        ("Tahun Berdiri", "dua ribu"),
        ("No Halal", "KH-12345"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_written(column, value):
    header = [
        *HEADER,
        "Email",
        "Website",
        "Bentuk Usaha",
        "Omzet per Tahun",
        "Jumlah TK",
        "Tahun Berdiri",
        "No Halal",
    ]
    row = dict.fromkeys(header, "") | dict(zip(HEADER, BATIK, strict=True))
    row[column] = value

    found = problems(listed([*KOPI, *[""] * 7], row.values(), header=header))

    assert found == [(3, column)]
    assert not Business.objects.exists()


def test_every_bad_cell_of_a_file_is_named_in_one_pass():
    bad = ["", "Siti", "123", "12", "Atlantis", "Jatim"]

    found = problems(listed(KOPI, bad, BATIK, bad))

    wrong = ["Nama Usaha", "No HP", "NIB", "Kab/Kota"]
    assert sorted(found) == sorted((line, name) for line in (3, 5) for name in wrong)


FULL = {
    "Nama IKM/UKM": "Sambal Bu Ani",
    "Penanggung Jawab": "Ani",
    "No. HP / WA": "081345678901 / 0812 3456 7890",
    "Telp": 3135550123,
    "E-mail": "Ani@Contoh.ID",
    "Website": "sambal.contoh.id",
    "Alamat Usaha": "Jl. Mawar 2",
    "Kota": "Kab. Sidoarjo",
    "Propinsi": "JATIM",
    "Badan Usaha": "P.T.",
    "Jenis/Bidang Usaha": "Kuliner",
    "Komoditas": "sambal",
    "Kapasitas Produksi": "2 ton",
    "Omset/Tahun": "Rp 2.500.000.000",
    "TK": "12 orang",
    "Tahun Berdiri": date(2015, 3, 1),
    "Sertifikat Halal": "ID 3511 0000 1234 56789",
    "P-IRT": "206.3578.01.0123-27",
    "BPOM": "ada",
}


def test_all_that_a_row_can_say_is_kept_but_the_amount():
    import_businesses(workbook(list(FULL.values()), header=list(FULL)))

    business = Business.objects.get()
    assert business.legal_form == Business.LegalForm.PT
    assert (business.size, business.size_basis) == (SizeClass.SMALL, "sales")
    assert business.size_declared_on == timezone.localdate()
    assert business.employees == 12
    assert business.founded_year == 2015
    assert business.sells == "sambal"
    assert business.capacity == "2 ton"
    assert business.sectors.get().slug == "makanan-dan-minuman"
    assert {(row.kind, row.value) for row in business.contacts.all()} == {
        ("whatsapp", "+6281345678901"),
        ("whatsapp", "+6281234567890"),
        ("phone", "+623135550123"),
        ("email", "ani@contoh.id"),
        ("website", "https://sambal.contoh.id"),
        ("person", "Ani"),
        ("address", "Jl. Mawar 2"),
    }
    assert {(row.kind, row.number) for row in business.certificates.all()} == {
        ("halal", "ID35110000123456789"),
        ("pirt", "2063578010123-27"),
    }
    assert "2500000000" not in str(snapshot())


def test_an_unknown_field_of_trade_becomes_what_the_business_sells():
    import_businesses(
        listed(
            ["Roti Ani", "Surabaya", "Roti basah", ""],
            ["Roti Budi", "Surabaya", "Perkebunan", "kopi"],
            ["Roti Cici", "Surabaya", "Roti kering", "nastar"],
            header=["Nama Usaha", "Kota", "Jenis Usaha", "Produk"],
        )
    )

    assert [business.sells for business in Business.objects.all()] == [
        "Roti basah",
        "kopi",
        "nastar",
    ]
    assert Business.objects.get(name="Roti Budi").sectors.get().slug == "perkebunan"


@pytest.mark.parametrize("column", ["NPWP", "NIK"])
def test_data_without_use_are_dropped_and_this_is_said(column):
    file = listed([*KOPI, "3578123456789012"], header=[*HEADER, column])

    result = import_businesses(file)

    assert any(column in note for note in result.notes)
    assert "3578123456789012" not in str(snapshot())
    assert column in NOT_KEPT


def test_columns_that_were_not_used_are_named():
    header = ["No", *HEADER, "Keterangan"]

    result = import_businesses(listed(["1", *KOPI, "bagus"], header=header))

    assert len(result.notes) == 1
    assert "Keterangan" in result.notes[0]


def test_a_mapping_says_what_columns_mean():
    header = ["Apa", "Di mana", "No HP"]
    file = ["Kopi Ijen", "Surabaya", "bukan nomor"]

    with pytest.raises(BadFile):
        import_businesses(listed(file, header=header))
    mapping = {"Apa": "name", "Di mana": "regency", "No HP": None}
    result = import_businesses(listed(file, header=header), mapping=mapping)

    assert result.created == 1
    assert not Contact.objects.exists()


def test_rows_without_a_place_take_the_given_province():
    row = ["Kopi Ijen", "Siti", "", "", "", ""]

    assert problems(listed(row)) == [(2, "Provinsi")]
    import_businesses(listed(row), province=Province.objects.get(pk="51"))

    assert Business.objects.get().province_id == "51"


# Officials


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VERIFIER, Role.PROVINCE_ADMIN])
def test_officials_bring_businesses_of_their_own_provinces(role):
    official = AppointmentFactory(
        role=role, province=Province.objects.get(pk="35")
    ).user
    abroad = ["Kopi Bali", "", "", "", "Kota Denpasar", ""]
    by_province = ["Kopi Bali", "", "", "", "", "Bali"]

    assert problems(listed(abroad, by_province), by=official) == [
        (2, "Kab/Kota"),
        (3, "Provinsi"),
    ]
    import_businesses(listed(KOPI), by=official)

    assert Business.objects.get().history.get().history_user == official


def test_the_only_province_of_an_official_settles_names_that_several_have():
    official = AppointmentFactory(province=Province.objects.get(pk="63")).user
    row = ["Kopi", "", "", "", "Banjar", ""]

    import_businesses(listed(row), by=official)

    assert Business.objects.get().regency.name == "Kabupaten Banjar"


def test_auditors_and_owners_import_nothing():
    auditor = AppointmentFactory(role=Role.AUDITOR).user

    for user in (auditor, UserFactory()):
        assert problems(listed(KOPI), by=user) == [(2, "Kab/Kota")]


# Places


@pytest.fixture
def found(places):
    return Places()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Jatim", "35"),
        ("Provinsi Jawa Timur", "35"),
        ("PROV. JAWA TIMUR", "35"),
        ("East Java", "35"),
        ("35", "35"),
        ("DIY", "34"),
        ("D.I. Yogyakarta", "34"),
        ("Kep. Riau", "21"),
        ("Bangka-Belitung", "19"),
        ("dki jakarta", "31"),
        ("Papua Barat Daya", "96"),
    ],
)
def test_a_province_is_found_under_many_names(found, text, code):
    assert found.province(text).pk == code


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Kab. Sidoarjo", "Kabupaten Sidoarjo"),
        ("Sidoarjo", "Kabupaten Sidoarjo"),
        ("KOTA SURABAYA", "Kota Surabaya"),
        ("kab malang", "Kabupaten Malang"),
        ("Kota  Malang", "Kota Malang"),
        ("Kotamadya Malang", "Kota Malang"),
        ("Kab. Kotabaru", "Kabupaten Kotabaru"),
        ("Kota Baru", "Kabupaten Kotabaru"),
        ("Kab. Kepulauan Seribu", "Kabupaten Administrasi Kepulauan Seribu"),
        ("Jakarta Selatan", "Kota Administrasi Jakarta Selatan"),
        ("Jaksel", "Kota Administrasi Jakarta Selatan"),
        ("Kota Adm. Jakarta Selatan", "Kota Administrasi Jakarta Selatan"),
        ("Solo", "Kota Surakarta"),
    ],
)
def test_a_regency_is_found_under_many_names(found, text, name):
    assert found.regency(text).name == name


def test_every_regency_is_found_by_its_own_name(found):
    for place in Regency.objects.select_related("province"):
        assert found.regency(place.name, province=place.province) == place
        short = f"Kab. {place.short_name}"
        if place.kind == Regency.Kind.KABUPATEN:
            assert found.regency(short, province=place.province) == place


def test_a_name_of_several_places_is_refused_with_their_names(found, english):
    with pytest.raises(ValidationError, match=r"Kabupaten Malang.*Kota Malang"):
        found.regency("Malang")
    with pytest.raises(ValidationError, match=r"Kota Banjar.*Kabupaten Banjar"):
        found.regency("Banjar")
    west_java = Province.objects.get(pk="32")
    assert found.regency("Banjar", province=west_java).name == "Kota Banjar"


def test_a_slip_is_answered_with_what_was_probably_meant(found):
    with pytest.raises(ValidationError, match="Kabupaten Sidoarjo"):
        found.regency("Sidoarj")
    with pytest.raises(ValidationError, match="Jawa Timur"):
        found.province("Jawa Timurr")
    with pytest.raises(ValidationError, match="Bali"):
        found.regency("Denpasar", province=Province.objects.get(pk="35"))


# Sales


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("300 juta", SizeClass.MICRO),
        ("2000000000", SizeClass.MICRO),
        ("2000000001", SizeClass.SMALL),
        ("Rp 2.500.000.000,-", SizeClass.SMALL),
        ("< 300 juta", SizeClass.MICRO),
        ("di bawah 2 miliar", SizeClass.MICRO),
        ("> 50 miliar", SizeClass.LARGE),
        ("300 juta - 2 miliar", SizeClass.MICRO),
        ("2,5-15 miliar", SizeClass.SMALL),
        ("300 juta s/d 500 juta", SizeClass.MICRO),
        ("100 juta/tahun", SizeClass.MICRO),
        ("Mikro", SizeClass.MICRO),
        ("usaha menengah", SizeClass.MEDIUM),
    ],
)
def test_sales_become_a_size_class(text, size):
    assert SalesField().clean(text) == size


def test_sales_of_a_month_count_twelve_times():
    assert SalesField(months=12).clean("200 juta") == SizeClass.SMALL


@pytest.mark.parametrize("text", ["> 1 miliar", "< 5 miliar", "1-3 miliar", "2M", "x"])
def test_sales_that_do_not_tell_the_class_are_refused(text):
    with pytest.raises(ValidationError):
        SalesField().clean(text)


# Doors


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_the_template_filled_in_as_its_example_is_a_good_list(extension):
    file = io.BytesIO(template(extension))

    # The example itself is no business, and a list without one is refused.
    with pytest.raises(BadFile):
        import_businesses(file)
    row = [column.example for column in COLUMNS]
    header = [column.header for column in COLUMNS]
    row[0] = "Kopi Nyata"
    import_businesses(listed(row, header=header))

    assert Business.objects.get().certificates.count() == 3


def test_names_of_columns_mean_one_field_each():
    names = [name.casefold() for column in COLUMNS for name in set(column.synonyms)]

    assert len(names) == len(set(names))


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "daftar.csv"
    file.write_bytes(listed([*KOPI, "x"], header=[*HEADER, "Catatan"]).getvalue())
    return str(file)


def test_the_command_says_what_would_happen_and_then_does_it(path):
    out = StringIO()

    call_command("import_businesses", path, "--dry-run", stdout=out)
    assert not Business.objects.exists()
    call_command("import_businesses", path, "--map", "Catatan=sells", stdout=out)

    assert Business.objects.get().sells == "x"
    assert "Catatan" in out.getvalue()


@pytest.mark.parametrize(
    "arguments", [["--map", "Catatan=xyz"], ["--map", "Catatan"], ["--province", "00"]]
)
def test_the_command_refuses_what_it_cannot_understand(path, arguments):
    with pytest.raises(CommandError):
        call_command("import_businesses", path, *arguments)


def test_the_command_names_bad_cells(tmp_path):
    file = tmp_path / "daftar.csv"
    file.write_bytes(listed(["", *KOPI[1:]]).getvalue())

    with pytest.raises(CommandError, match="2"):
        call_command("import_businesses", str(file))


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_as_many_queries_for_one_row_as_for_three(
    django_assert_num_queries, count
):
    rows = [
        [f"Usaha {n}", "", f"081234567{n:03}", "", "Surabaya", ""] for n in range(count)
    ]

    with django_assert_num_queries(12):
        import_businesses(listed(*rows))
    with django_assert_num_queries(13):
        import_businesses(listed(*rows))


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[texts] * len(HEADER)), min_size=1, max_size=4))
def test_whatever_a_list_says_it_is_imported_or_refused_cell_by_cell(rows):
    with suppress(BadFile):
        result = import_businesses(listed(*map(list, rows)), dry_run=True)
        assert result.rows


def test_a_published_business_keeps_its_page_through_an_import():
    import_businesses(listed(KOPI))
    business = Business.objects.get()
    owner = MembershipFactory(business=business).user
    give_consent(business, Consent.Purpose.PROFILE, by=owner)

    import_businesses(listed(["Nama Lain", *KOPI[1:]]))

    business.refresh_from_db()
    assert business.is_public
    assert business.name == "Kopi Ijen"


@pytest.mark.parametrize("make", [listed, workbook])
def test_rows_of_totals_are_left_out_and_named(make):
    header = ["No", "Nama Usaha", "Provinsi", "Omzet"]
    kopi = ["1", "Kopi Ijen", "Jatim", "300 juta"]

    result = import_businesses(
        make(
            kopi,
            ["2", "Total Jaya", "Jatim", ""],
            ["Jumlah", "30", "", ""],
            ["", "TOTAL UMKM:", "", "Rp300.000.000"],
            header=header,
        )
    )

    assert [row.name for row in result.rows] == ["Kopi Ijen", "Total Jaya"]
    (note,) = result.notes
    assert note.endswith(": 4, 5.")


@pytest.mark.parametrize("name", ["30", "1.", "Jumlah", "Sub Total"])
def test_a_name_without_letters_or_of_a_total_is_refused(name):
    row = [name, "Siti", "", "", "Kab. Banyuwangi", ""]

    assert problems(listed(KOPI, row)) == [(3, "Nama Usaha")]


@pytest.mark.parametrize("make", [listed, workbook])
def test_whole_numbers_that_a_program_wrote_as_fractions_are_understood(make):
    header = ["Nama Usaha", "Provinsi", "NIB", "Tahun Berdiri", "Tenaga Kerja", "HP"]

    import_businesses(
        make(
            ["Kopi", "Jatim", "9120002000001.0", "2015.0", "1.0", "81234567890.0"],
            ["Teh", "Jatim", "", "2016,00", "1.000", ""],
            header=header,
        )
    )

    kopi, teh = Business.objects.order_by("pk")
    assert (kopi.nib, kopi.founded_year, kopi.employees) == ("9120002000001", 2015, 1)
    assert (teh.founded_year, teh.employees) == (2016, 1000)
    assert kopi.contacts.get().value == "+6281234567890"


def test_misspelt_columns_are_understood_and_named():
    header = ["Nama Usah", "Provinsi", "Th. Berdiri", "Nomor NIK", "Skala Usaha"]
    rows = [["Kopi", "Jatim", "2015", "1", "Mikro"], ["Teh", "Jatim", "", "", "Besar"]]

    result = import_businesses(listed(*rows, header=header))

    kopi, teh = Business.objects.order_by("pk")
    assert (kopi.name, kopi.founded_year, kopi.nib) == ("Kopi", 2015, "")
    assert (kopi.size, teh.size) == (SizeClass.MICRO, SizeClass.LARGE)
    assert kopi.size_basis == teh.size_basis == SizeBasis.SALES
    taken, _not_kept = result.notes
    assert "Nama Usah " in taken
    assert "Nama Usaha" in taken


def test_what_happened_since_a_row_was_read_is_not_overwritten():
    import_businesses(listed(KOPI, BATIK))
    kopi, batik = Business.objects.order_by("pk")
    rows = [Row(line, {}) for line in (2, 3)]
    for row, business in zip(rows, Business.objects.order_by("pk"), strict=True):
        row.business, row.outcome = business, Outcome.UPDATED
        row.facts = {"sells": "kopi", "province_id": business.province_id}.copy
        row.contacts, row.certificates, row.sector = dict, set, str
    siti = MembershipFactory(business=kopi).user
    give_consent(kopi, Consent.Purpose.PROFILE, by=siti)
    Business.objects.filter(pk=batik.pk).update(seeks="malam")

    writing.write(rows, by=None)

    kopi.refresh_from_db()
    batik.refresh_from_db()
    assert [row.outcome for row in rows] == [Outcome.LEFT, Outcome.UPDATED]
    assert kopi.is_public
    assert kopi.sells == ""
    assert (batik.sells, batik.seeks) == ("kopi", "malam")
    assert batik.history.first().seeks == "malam"
