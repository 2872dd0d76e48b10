from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from missions.imports import import_missions
from missions.models import CountSnapshot, DatePrecision, Mission
from tests.csv_rows import MISSION, write_csv
from tests.factories import AppointmentFactory, MissionFactory, ProvinceFactory
from umkm_portal.accounts.models import Appointment
from umkm_portal.csv_files import BadFile

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("provinces", "english"),
]
SHIPPED = settings.BASE_DIR / "missions/data/missions.csv"
Stage, Basis = CountSnapshot.Stage, CountSnapshot.Basis


def everything():
    """All that the import writes, to compare before with after."""
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Mission, Mission.partner_provinces.through, CountSnapshot)
    ] + [Mission.history.count()]


def bad_cells(path):
    """[(line, column), …] of a file that is refused without leaving a trace."""
    before = everything()
    with pytest.raises(BadFile) as problem:
        import_missions(path)
    assert everything() == before
    return [(cell.line, cell.column) for cell in problem.value.cells]


# The shipped file


def test_shipped_file_loads_whole_and_a_second_run_changes_nothing(capsys):
    call_command("import_missions", SHIPPED)
    assert "Added 70 missions and 124 counts; 0 were there." in capsys.readouterr().out
    before = everything()

    call_command("import_missions", SHIPPED)

    assert (
        capsys.readouterr().out
        == "Nothing changed: all 124 counts are already there.\n"
    )
    assert everything() == before
    assert (Mission.objects.count(), CountSnapshot.objects.count()) == (70, 124)


@pytest.mark.usefixtures("shipped_missions")
def test_shipped_facts_are_kept_as_they_are():
    get = Mission.objects.get
    online = get(slug="jatim-online-2020-06")
    year_only = get(slug="jatim-kaltim-2016")
    month_only = get(slug="kalsel-kalteng-2021")
    undated = get(slug="sulsel-kaltim-undated")
    days = get(slug="sulsel-maluku-2017")
    hybrid = get(slug="jatim-hybrid-2020")

    assert online.host_province is None
    assert set(online.partner_provinces.values_list("pk", flat=True)) == {
        *("52", "53", "73", "92")
    }
    assert (online.starts_on, online.date_precision) == (
        date(2020, 6, 1),
        DatePrecision.MONTH,
    )
    assert year_only.date_precision == DatePrecision.YEAR
    assert month_only.date_precision == DatePrecision.MONTH
    assert (undated.starts_on, undated.date_precision) == (None, DatePrecision.UNKNOWN)
    assert (days.starts_on, days.ends_on) == (date(2017, 7, 30), date(2017, 8, 1))
    assert (hybrid.host_province_id, hybrid.partner_provinces.count()) == ("35", 3)
    assert get(slug="jatim-tei-2019").partner_provinces.count() == 0
    assert {mission.status for mission in Mission.objects.all()} == {
        Mission.Status.CLOSED
    }


@pytest.mark.usefixtures("shipped_missions")
def test_shipped_targets_are_read_from_the_words():
    targets = dict(Mission.objects.exclude(target=None).values_list("slug", "target"))

    assert targets == {
        "jatim-kaltim-2019": 500 * 10**9,
        "jatim-bali-2024": 500 * 10**9,
        "jatim-kaltim-2025": 650 * 10**9,
        "jatim-ntb-2025": 500 * 10**9,
        "jatim-sumsel-2025": 500 * 10**9,
        "jatim-ntt-2025": 200 * 10**9,
    }


@pytest.mark.usefixtures("shipped_missions")
def test_shipped_count_keeps_every_value_of_its_row():
    final = CountSnapshot.objects.get(
        mission__slug="jatim-kaltim-2025", stage=Stage.FINAL
    )

    assert (final.total, final.sell, final.buy, final.investment, final.foreign) == (
        1_053_146_943_500,
        598_953_000_000,
        230_099_000_000,
        224_094_000_000,
        None,
    )
    assert (final.sellers, final.buyers, final.participants) == (72, 100, None)
    assert final.as_of_at == datetime(2025, 5, 8, 9, tzinfo=UTC)
    assert final.as_of_text == "final; 17.00 WITA"
    assert final.source_date == date(2025, 5, 8)
    assert final.mission.timezone == "Asia/Makassar"


@pytest.mark.usefixtures("shipped_missions")
def test_shipped_counts_know_their_basis_and_foreign_part():
    by_basis = {
        basis: set(
            CountSnapshot.objects.filter(basis=basis).values_list(
                "mission__slug", flat=True
            )
        )
        for basis in (Basis.POTENTIAL, Basis.RETAIL)
    }
    kepri = CountSnapshot.objects.get(foreign__isnull=False)

    assert by_basis == {
        Basis.POTENTIAL: {
            "kalsel-kalteng-2021",
            "kalsel-jabar-2022",
            "jatim-jateng-2026",
        },
        Basis.RETAIL: {"sumbar-sumut-2019"},
    }
    assert CountSnapshot.objects.filter(basis=Basis.YEAR_TOTAL).count() == 13
    assert (kepri.mission.slug, kepri.domestic) == (
        "jatim-kepri-2025",
        1_160_595_294_000,
    )
    assert CountSnapshot.objects.filter(stage=Stage.NO_VALUE).count() == 8


# Any file of that form


def test_recorder_is_kept(tmp_path):
    official = AppointmentFactory().user

    import_missions(write_csv(tmp_path, MISSION), by=official)

    assert CountSnapshot.objects.get().recorded_by == official


@pytest.mark.parametrize(
    ("role", "province"),
    [
        (Appointment.Role.PROVINCE_ADMIN, "51"),
        (Appointment.Role.OPERATOR, "35"),
        (Appointment.Role.VERIFIER, "35"),
        (Appointment.Role.AUDITOR, "35"),
    ],
)
def test_official_cannot_bring_missions_that_are_not_theirs(tmp_path, role, province):
    official = AppointmentFactory(
        role=role, province=ProvinceFactory(code=province)
    ).user

    with pytest.raises(BadFile, match="your own provinces"):
        import_missions(write_csv(tmp_path, MISSION), by=official)
    assert not Mission.objects.exists()


def test_official_cannot_add_counts_to_a_mission_by_claiming_its_slug(tmp_path):
    import_missions(write_csv(tmp_path, MISSION))
    official = AppointmentFactory(province=ProvinceFactory(code="51")).user
    claim = MISSION | {
        "initiator_province_code": "51",
        "partner_province_code": "35",
        "as_of": "corrected",
    }

    with pytest.raises(BadFile, match="another province"):
        import_missions(write_csv(tmp_path, claim), by=official)
    assert CountSnapshot.objects.count() == 1


@pytest.mark.parametrize(
    "dialect",
    [{"delimiter": ";"}, {"encoding": "utf-8-sig"}, {"lineterminator": "\r\n"}],
)
def test_spreadsheet_dialects_load_the_same(tmp_path, dialect):
    import_missions(write_csv(tmp_path, MISSION))
    again = import_missions(write_csv(tmp_path, MISSION, **dialect))

    assert (again.missions, again.counts, again.unchanged) == (0, 0, 1)


def test_new_counts_of_a_known_mission_are_added(tmp_path):
    import_missions(write_csv(tmp_path, MISSION))
    later = MISSION | {"as_of": "quoted later", "total_value_idr": "425000000000"}

    result = import_missions(write_csv(tmp_path, MISSION, later))

    assert (result.missions, result.counts, result.unchanged) == (0, 1, 1)
    assert [count.position for count in CountSnapshot.objects.all()] == [1, 2]


@pytest.mark.parametrize(
    ("written", "stored", "precision"),
    [
        ("2024-06-25", date(2024, 6, 25), DatePrecision.DAY),
        ("2024-06", date(2024, 6, 1), DatePrecision.MONTH),
        ("2024", date(2024, 1, 1), DatePrecision.YEAR),
        ("", None, DatePrecision.UNKNOWN),
    ],
)
def test_dates_keep_their_precision(tmp_path, written, stored, precision):
    row = MISSION | {"date_start": written, "date_end": "", "source_date": written}

    import_missions(write_csv(tmp_path, row))

    mission, count = Mission.objects.get(), CountSnapshot.objects.get()
    assert (mission.starts_on, mission.date_precision) == (stored, precision)
    assert (count.source_date, count.source_date_precision) == (stored, precision)
    assert (count.as_of_at is not None) == (precision == DatePrecision.DAY)


@pytest.mark.parametrize(
    ("as_of", "day"),
    [("interim; 12.00", 25), ("final; 12.00", 27), ("quoted later; 12.00", 27)],
)
def test_hour_of_a_long_mission_is_on_its_first_or_last_day(tmp_path, as_of, day):
    row = MISSION | {"date_end": "2024-06-27", "as_of": as_of}

    import_missions(write_csv(tmp_path, row))

    assert CountSnapshot.objects.get().as_of_at == datetime(2024, 6, day, 4, tzinfo=UTC)


def test_missing_values_stay_missing(tmp_path):
    row = dict.fromkeys(MISSION, "") | {
        "slug": "tanpa-nilai",
        "initiator_province_code": "35",
        "as_of": "participants only",
        "source_url": "contoh.id/berita",
    }

    import_missions(write_csv(tmp_path, row))

    count = CountSnapshot.objects.get()
    stated = [
        getattr(count, name)
        for name in (*CountSnapshot.AMOUNTS, *CountSnapshot.HEADCOUNTS)
    ]
    assert stated == [None] * len(stated)
    assert count.source_url == "https://contoh.id/berita"
    assert count.mission.timezone == "Asia/Jakarta"


def test_foreign_part_may_stand_in_its_own_column(tmp_path):
    row = MISSION | {"foreign_value_idr": "8730000"}

    import_missions(write_csv(tmp_path, row))

    assert CountSnapshot.objects.get().domestic == 425_000_000_000


def test_what_officials_changed_stays_and_is_noted(tmp_path):
    import_missions(write_csv(tmp_path, MISSION))
    mission = Mission.objects.get()
    mission.venue, mission.host_province_id = "Gedung lain", "52"
    mission.save()
    mission.partner_provinces.add("52")

    result = import_missions(write_csv(tmp_path, MISSION))

    kept = Mission.objects.get()
    assert (kept.venue, kept.host_province_id) == ("Gedung lain", "52")
    assert kept.partner_provinces.count() == 2
    assert result.notes == [
        f"line 2: jatim-bali-2024 keeps its own {field}, which differs."
        for field in ("host province", "venue", "partner provinces")
    ]


def test_correcting_a_missions_date_does_not_double_its_counts(tmp_path):
    import_missions(write_csv(tmp_path, MISSION))
    Mission.objects.update(starts_on=date(2024, 6, 24), ends_on=None)

    assert import_missions(write_csv(tmp_path, MISSION)).unchanged == 1


def test_mission_that_officials_drafted_gets_its_counts(tmp_path):
    draft = MissionFactory(
        slug=MISSION["slug"],
        status=Mission.Status.DRAFT,
        host_province=ProvinceFactory(code="51"),
    )

    result = import_missions(write_csv(tmp_path, MISSION))

    assert (result.missions, result.counts) == (0, 1)
    assert draft.counts.count() == 1
    assert Mission.objects.get().status == Mission.Status.DRAFT


# Bad cells


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("slug", ""),
        ("slug", "jatim bali"),
        ("slug", "Jatim-Bali-2024"),
        ("slug", "x" * 81),
        ("date_start", "25-06-2024"),
        ("date_start", "2024-13-01"),
        ("date_start", "2023-02-29"),
        ("date_start", "2024/06/25"),
        ("date_start", "0024"),
        ("date_start", "2024-6"),
        ("date_end", "2024-06-24"),
        ("date_end", "kemarin"),
        ("date_end", "2024-06"),
        ("host_city", "x" * 101),
        ("host_province_code", "99"),
        ("host_province_code", "51;52"),
        ("partner_province_code", "51;99"),
        ("partner_province_code", "51;51"),
        ("partner_province_code", "35"),
        ("initiator_province_code", ""),
        ("initiator_province_code", "3"),
        ("theme", "x" * 301),
        ("venue", "x" * 201),
        ("sellers_count", "-1"),
        ("buyers_count", "1,5"),
        ("participants_count", "9" * 20),
        ("transactions_count", "banyak"),
        ("total_value_idr", ""),
        ("total_value_idr", "-425008730000"),
        ("total_value_idr", "425.008.730.000"),
        ("total_value_idr", "1.000"),
        ("total_value_idr", "1,000"),
        ("total_value_idr", "1e12"),
        ("total_value_idr", "Rp425"),
        ("total_value_idr", "\N{ARABIC-INDIC DIGIT ONE}"),
        ("total_value_idr", "1" + "0" * 18 + "1"),
        ("total_value_idr", "9" * 5000),
        ("sell_value_idr", "-1"),
        ("buy_value_idr", "1.000"),
        ("investment_value_idr", "nihil"),
        ("as_of", ""),
        ("as_of", "Rp425 miliar"),
        ("as_of", "participants only"),
        ("as_of", "final; " + "x" * 300),
        ("source_url", ""),
        ("source_url", "bukan alamat"),
        ("source_url", "javascript:alert(1)"),
        ("source_date", "Juni 2024"),
    ],
)
def test_bad_cell_is_named_and_nothing_is_written(tmp_path, column, value):
    good = MISSION | {"slug": "jatim-lain-2024"}
    path = write_csv(tmp_path, good, MISSION | {column: value})

    assert bad_cells(path) == [(3, column)]


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"foreign_value_idr": "425008730001"}, "total_value_idr"),
        (
            {"foreign_value_idr": "1", "total_value_idr": "", "as_of": "no value"},
            "total_value_idr",
        ),
        ({"foreign_value_idr": "-1"}, "foreign_value_idr"),
        ({"foreign_value_idr": "", "date_start": "2024-06"}, "date_end"),
        ({"foreign_value_idr": "", "date_start": ""}, "date_end"),
    ],
)
def test_cells_that_contradict_each_other_are_named(tmp_path, changed, column):
    assert bad_cells(write_csv(tmp_path, MISSION | changed)) == [(2, column)]


def test_row_that_stands_twice_is_named(tmp_path):
    assert bad_cells(write_csv(tmp_path, MISSION, MISSION)) == [(3, "slug")]


def test_mission_that_changes_between_its_rows_is_named(tmp_path):
    later = MISSION | {"as_of": "quoted later", "venue": "Lain", "date_end": ""}

    assert bad_cells(write_csv(tmp_path, MISSION, later)) == [
        (3, "date_end"),
        (3, "venue"),
    ]


def test_one_pass_names_everything_wrong_in_the_order_of_the_file(tmp_path):
    path = write_csv(
        tmp_path,
        MISSION,
        MISSION | {"slug": "dua", "total_value_idr": "-1", "source_date": "x"},
        MISSION | {"slug": "tiga", "host_province_code": "99"},
        MISSION,
    )
    lines = path.read_text().splitlines()
    lines.insert(2, "jatim-bali-2024,2024")
    path.write_text("\n".join([*lines, '"cut']))

    cells = bad_cells(path)

    assert sorted(cells) == sorted(
        [
            (3, "date_start"),
            (4, "total_value_idr"),
            (4, "source_date"),
            (5, "host_province_code"),
            (6, "slug"),
            (7, ""),
        ]
    )
    assert [line for line, _column in cells] == [3, 4, 4, 5, 6, 7]


def test_command_says_line_column_value_and_reason(tmp_path):
    path = write_csv(tmp_path, MISSION | {"host_province_code": "99"})

    with pytest.raises(CommandError) as problem:
        call_command("import_missions", path)

    _heading, line = str(problem.value).splitlines()
    assert line == (
        "line 2, column host_province_code, value “99”: "
        "no province has the Kemendagri code 99."
    )
