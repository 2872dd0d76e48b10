"""The example mission itself, and who takes part in it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from businesses.models import Consent
from missions.joining.consents import WORDS
from missions.meetings.models import MatchingRules
from missions.models import (
    Mission,
    Participation,
    ParticipationConsent,
    Quota,
    Registration,
    Side,
    Slot,
)

Purpose, Status = ParticipationConsent.Purpose, Participation.Status
SLUG = "contoh-jatim-kaltim"
DAYS_AHEAD, WEDNESDAY = 60, 2
TWENTY_MINUTES = timedelta(minutes=20)
# Hour by hour, with a pause at noon.
HOURS = (9, 10, 11, 13, 14)
TABLES = 40
# Two weeks, so that requests still wait for an answer when somebody looks at them next week.
REQUEST_HOURS = 336
SEATS = {Side.SELLER: 126, Side.BUYER: 106}
FULL_SECTOR = "makanan-dan-minuman"
REASONS = {
    Status.DECLINED: "Komoditas ini belum dicari pembeli misi ini. Ajukan lagi untuk misi berikutnya.",
    Status.WITHDRAWN: "Jadwal produksi berubah.",
}


def announce(setting, *, slug=SLUG, status=Mission.Status.REGISTRATION):
    """A mission with everything an organiser sets up, but nobody in it."""
    starts_on = setting.world.today + timedelta(days=DAYS_AHEAD)
    starts_on += timedelta(days=(WEDNESDAY - starts_on.weekday()) % 7)
    mission = Mission.objects.create(
        slug=slug,
        initiator_province_id=setting.initiator,
        host_province_id=setting.host,
        theme="Contoh misi dagang: temu bisnis dari pendaftaran sampai pertemuan",
        venue="Gedung Serbaguna (contoh)",
        city="Samarinda",
        starts_on=starts_on,
        ends_on=starts_on,
        status=status,
        is_example=True,
    )
    mission.partner_provinces.set([setting.host])
    now = setting.world.now
    Registration.objects.create(
        mission=mission,
        opens_at=now - timedelta(days=28),
        closes_at=now + timedelta(days=30),
        note="Ini contoh. Siapa saja boleh mencoba mendaftar; tidak ada acara sungguhan.",
    )
    MatchingRules.objects.create(
        mission=mission, tables=TABLES, request_hours=REQUEST_HOURS
    )
    return mission


def lay_out(mission):
    """The slots of its one day, each of twenty minutes."""
    zone = ZoneInfo(mission.timezone)
    begins = [
        datetime.combine(mission.starts_on, time(hour), zone) + third * TWENTY_MINUTES
        for hour in HOURS
        for third in range(3)
    ]
    return Slot.objects.bulk_create(
        Slot(mission=mission, starts_at=at, ends_at=at + TWENTY_MINUTES)
        for at in begins
    )


def enrol(mission, firms, slots, setting):
    """Gives each firm its participation, with listings, times and consents."""
    for firm in firms:
        firm.participation = _participation(mission, firm, setting)
    Participation.objects.bulk_create(firm.participation for firm in firms)
    chosen = Participation.listings.through
    chosen.objects.bulk_create(
        chosen(participation=firm.participation, listing=listing)
        for firm in firms
        for listing in firm.listings
    )
    free = Participation.free_slots.through
    free.objects.bulk_create(
        free(participation=firm.participation, slot=slot)
        for firm in firms
        for slot in firm.free_slots(slots)
    )
    ParticipationConsent.objects.bulk_create(
        consent for firm in firms for consent in _consents(firm)
    )
    _limit(mission, firms)


def _participation(mission, firm, setting):
    applied_at = setting.world.now - timedelta(hours=firm.draw.randint(200, 500))
    decided_at = applied_at + timedelta(hours=firm.draw.randint(20, 90))
    is_decided = firm.part.status != Status.APPLIED
    is_withdrawn = firm.part.status == Status.WITHDRAWN
    stated = decided_at + timedelta(hours=firm.draw.randint(2, 48))
    return Participation(
        mission=mission,
        business=firm.business,
        side=firm.part.side,
        status=firm.part.status,
        applied_at=applied_at,
        applied_by=firm.owner,
        decided_at=decided_at if is_decided else None,
        decided_by=(firm.owner if is_withdrawn else setting.world.official)
        if is_decided
        else None,
        reason=REASONS.get(firm.part.status, ""),
        availability_at=stated if firm.states_times else None,
    )


def _consents(firm):
    if firm.part.status != Status.ACCEPTED:
        return
    for purpose, often in ((Purpose.LIST, 0.9), (Purpose.PAIRS, 0.6)):
        if firm.draw.random() < often or firm.is_shown:
            yield ParticipationConsent(
                participation=firm.participation,
                purpose=purpose,
                text=str(WORDS[purpose]),
                via=Consent.Via.PORTAL,
                given_by=firm.owner,
            )


def _limit(mission, firms):
    """Quotas with places left, and one that is full: whoever waits waits for it."""
    full = [
        firm
        for firm in firms
        if firm.part.status == Status.ACCEPTED
        and firm.part.side == Side.SELLER
        and firm.goods.commodity.sector_id == FULL_SECTOR
        and firm.business.province_id == mission.initiator_province_id
    ]
    Quota.objects.bulk_create(
        [
            *(Quota(mission=mission, side=side, seats=SEATS[side]) for side in Side),
            Quota(
                mission=mission,
                side=Side.SELLER,
                sector_id=FULL_SECTOR,
                province_id=mission.initiator_province_id,
                seats=max(len(full), 1),
            ),
        ]
    )
