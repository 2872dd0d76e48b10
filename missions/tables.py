"""What an organiser downloads about the participants of a mission: no contacts, no numbers of IDs."""

from django.utils import timezone

from umkm_portal.exports import Table

COLUMNS = [
    "business",
    "province",
    "regency",
    "side",
    "status",
    "size",
    "nib_verified",
    "sectors",
    "offers",
    "needs",
    "applied_on",
    "decided_on",
    "reason",
    "availability_stated",
]


def participants_table(mission, participations):
    rows = [_row(participation) for participation in participations]
    return Table(f"peserta-{mission.slug}", COLUMNS, rows)


def _row(participation):
    business = participation.business
    listings = participation.listings.all()
    return [
        participation.name,
        business.province.label,
        business.regency.name if business.regency else "",
        participation.side,
        participation.status,
        business.size,
        "ya" if business.is_nib_verified else "tidak",
        _joined(sector.label for sector in business.sectors.all()),
        _joined(listing.title for listing in listings if not listing.is_need),
        _joined(listing.title for listing in listings if listing.is_need),
        _day(participation.applied_at),
        _day(participation.decided_at),
        participation.get_reason_display(),
        "ya" if participation.availability_at else "tidak",
    ]


def _joined(texts):
    return "; ".join(texts)


def _day(moment):
    return timezone.localdate(moment).isoformat() if moment else ""
