"""Open listings as a table. Notes are left out: people write phone numbers into them."""

from umkm_portal.exports import Table

COLUMNS = (
    "number kind title commodity_slug quantity_per_month unit_code price_min_idr price_max_idr "
    "delivers_everywhere delivery_province_codes certificates published_at open_until "
    "business_slug business province_code regency_code is_example"
).split()


def listing_table(listings):
    """`listings` must be open ones."""
    found = listings.select_related("business")
    found = found.prefetch_related("certificates", "delivery_provinces")
    return Table("peluang", COLUMNS, map(_row, found.iterator(chunk_size=2000)))


def _row(listing):
    certificates = (row.kind for row in listing.certificates.all())
    provinces = (province.code for province in listing.delivery_provinces.all())
    return [
        listing.pk,
        listing.kind,
        listing.title,
        listing.commodity_id,
        listing.quantity,
        listing.unit,
        listing.price_min,
        listing.price_max,
        listing.delivers_everywhere,
        ";".join(provinces),
        ";".join(certificates),
        listing.published_at.isoformat(),
        listing.expires_on,
        listing.business.slug,
        listing.business.name,
        listing.business.province_id,
        listing.business.regency_id,
        listing.business.is_example,
    ]
