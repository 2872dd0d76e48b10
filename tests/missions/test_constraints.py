from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint
from django.utils import timezone

from missions.models import (
    CountSnapshot,
    DatePrecision,
    Mission,
    MissionCommodity,
    Participation,
    ParticipationConsent,
)
from tests.factories import (
    BusinessFactory,
    CountSnapshotFactory,
    MissionCommodityFactory,
    MissionFactory,
    ParticipationFactory,
)
from umkm_portal.validators import MAX_RUPIAH

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
Stage, Precision = CountSnapshot.Stage, DatePrecision

# (what breaks it, the constraint, the message that an official reads; None where no form can
# break it, since it offers only the known values)
MISSION_BREAKERS = [
    (
        {"ends_on": date(2025, 5, 7)},
        "mission_ends_after_it_starts",
        "A mission cannot end before it starts.",
    ),
    (
        {"starts_on": None},
        "mission_date_known_or_said_unknown",
        "Fill in the first day, or say that the date is unknown.",
    ),
    (
        {"date_precision": Precision.UNKNOWN},
        "mission_date_known_or_said_unknown",
        "Fill in the first day, or say that the date is unknown.",
    ),
    (
        {"ends_on": date(2025, 5, 8), "date_precision": Precision.MONTH},
        "mission_last_day_only_with_exact_date",
        "A last day needs a first day that is known exactly.",
    ),
    (
        {"target": 0},
        "mission_target_positive",
        "Ensure this value is greater than or equal to 1.",
    ),
    (
        {"target": MAX_RUPIAH + 1},
        "mission_target_positive",
        f"Ensure this value is less than or equal to {MAX_RUPIAH}.",
    ),
    (
        {"slug": "Jatim-Kaltim"},
        "mission_slug_in_small_letters",
        "Write small letters, digits and hyphens, for example jatim-bali-2024.",
    ),
    ({"status": "cancelled"}, "mission_status_known", None),
    ({"timezone": "Asia/Tokyo"}, "mission_timezone_known", None),
]
COUNT_BREAKERS = [
    (
        {"total": None},
        "count_has_value_or_says_none",
        "Fill in the total, or choose the stage “no value published”.",
    ),
    (
        {"stage": Stage.NO_VALUE},
        "count_has_value_or_says_none",
        "Fill in the total, or choose the stage “no value published”.",
    ),
    *(
        (
            {name: amount},
            "count_amounts_in_range",
            "An amount cannot be below zero or above Rp1,000 trillion.",
        )
        for name in CountSnapshot.AMOUNTS
        for amount in (-1, MAX_RUPIAH + 1)
    ),
    (
        {"foreign": 667_000_000_000},
        "count_foreign_part_within_total",
        "The foreign part cannot be larger than the total.",
    ),
    (
        {"foreign": 1, "total": None, "stage": Stage.NO_VALUE},
        "count_foreign_part_within_total",
        "The foreign part cannot be larger than the total.",
    ),
    ({"stage": "guessed"}, "count_stage_known", None),
    ({"basis": "guessed"}, "count_basis_known", None),
    (
        {"source_date": date(2025, 5, 8)},
        "count_source_date_known_or_said_unknown",
        "Fill in the date of the source, or say that it is unknown.",
    ),
    (
        {"source_date_precision": Precision.DAY},
        "count_source_date_known_or_said_unknown",
        "Fill in the date of the source, or say that it is unknown.",
    ),
]

PARTICIPATION_BREAKERS = [
    ({"side": "both"}, "participation_side_known", None),
    ({"status": "invited"}, "participation_status_known", None),
    (
        {"status": "declined", "reason": ""},
        "participation_declined_with_reason",
        "Say why it is declined.",
    ),
    *(
        (
            {"status": status, "decided_at": None, "reason": "Penuh"},
            "participation_applied_or_decided",
            None,
        )
        for status in ("waiting", "accepted", "declined", "withdrawn")
    ),
    (
        {"status": "applied", "decided_at": timezone.now()},
        "participation_applied_or_decided",
        None,
    ),
]
CONSENT_BREAKERS = [
    ({"purpose": "all"}, "participation_consent_purpose_known", None),
    ({"via": ""}, "participation_consent_via_known", None),
    ({"via": "paper"}, "participation_consent_via_known", None),
]


def refuses(row, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        type(row).objects.bulk_create([row])


def reads(row, message):
    with pytest.raises(ValidationError) as problem:
        row.full_clean()
    assert message in problem.value.messages


@pytest.mark.parametrize(("facts", "constraint", "message"), MISSION_BREAKERS)
def test_database_refuses_an_impossible_mission(facts, constraint, message):
    good = MissionFactory()
    bad = MissionFactory.build(
        initiator_province=good.initiator_province,
        host_province=good.host_province,
        **facts,
    )

    refuses(bad, constraint)
    if message:
        reads(bad, message)


@pytest.mark.parametrize(("facts", "constraint", "message"), COUNT_BREAKERS)
def test_database_refuses_an_impossible_count(facts, constraint, message):
    count = CountSnapshot(
        mission=MissionFactory(),
        position=1,
        fingerprint="0" * 64,
        source_url="https://contoh.id/",
        **{"stage": Stage.FINAL, "total": 666_000_000_000} | facts,
    )

    refuses(count, constraint)
    if message:
        reads(count, message)


@pytest.mark.parametrize(("facts", "constraint", "message"), PARTICIPATION_BREAKERS)
def test_database_refuses_an_impossible_participation(facts, constraint, message):
    participation = ParticipationFactory.build(
        mission=MissionFactory(), business=BusinessFactory(), **facts
    )

    refuses(participation, constraint)
    if message:
        reads(participation, message)


@pytest.mark.parametrize(("facts", "constraint", "_message"), CONSENT_BREAKERS)
def test_database_refuses_an_impossible_consent(facts, constraint, _message):
    said = {"purpose": "list", "text": "Saya setuju", "via": "portal"} | facts

    refuses(
        ParticipationConsent(participation=ParticipationFactory(), **said), constraint
    )


@pytest.mark.parametrize(
    ("model", "breakers"),
    [
        (Mission, MISSION_BREAKERS),
        (CountSnapshot, COUNT_BREAKERS),
        (Participation, PARTICIPATION_BREAKERS),
        (ParticipationConsent, CONSENT_BREAKERS),
    ],
)
def test_every_check_is_broken_above(model, breakers):
    checks = {
        constraint.name
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    }

    assert checks == {constraint for _facts, constraint, _message in breakers}


@pytest.mark.parametrize("changed", [{"position": 2}, {"fingerprint": "1" * 64}])
def test_position_and_fingerprint_are_each_unique_in_a_mission(changed):
    count = CountSnapshotFactory()
    twin = CountSnapshot(
        mission=count.mission,
        stage=count.stage,
        total=count.total,
        source_url=count.source_url,
        **{"position": count.position, "fingerprint": count.fingerprint} | changed,
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    twin.mission = MissionFactory()
    twin.save()


def test_slug_is_unique():
    mission = MissionFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        MissionFactory(slug=mission.slug)


def test_commodity_is_named_once_per_mission():
    named = MissionCommodityFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        MissionCommodity.objects.create(mission=named.mission, name=named.name)
    MissionCommodityFactory(name=named.name)


def test_fingerprint_is_a_sha256():
    count = CountSnapshotFactory.build(mission=MissionFactory(), fingerprint="abc")

    with pytest.raises(ValidationError) as problem:
        count.full_clean(exclude=["position"])
    assert "fingerprint" in problem.value.message_dict
