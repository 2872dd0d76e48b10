"""Businesses of the directory as a table. Contacts are left out: their owners agreed to a page
that people open, not to lists for mailing."""

from businesses.badges import badges
from businesses.directory import commodities, sectors
from umkm_portal.exports import Table

COLUMNS = (
    "slug name legal_form province_code province regency_code regency size sectors commodities "
    "sells seeks certificates checked published_on is_example"
).split()


def business_table(businesses):
    """`businesses` must come `with_public_facts`."""
    return Table("usaha", COLUMNS, map(_row, businesses.iterator(chunk_size=1000)))


def _row(business):
    return [
        business.slug,
        business.name,
        business.legal_form,
        business.province_id,
        business.province.name,
        business.regency_id,
        business.regency and business.regency.name,
        business.size,
        ";".join(sectors(business)),
        ";".join(commodities(business)),
        business.sells,
        business.seeks,
        ";".join(sorted({held.kind for held in business.current_certificates})),
        "; ".join(badges(business)),
        business.published_at.date(),
        business.is_example,
    ]
