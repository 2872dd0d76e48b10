"""All pairs of a mission as a table. Names are those that participants show; no personal data."""

from umkm_portal.exports import Table

from .weights import Component

COLUMNS = (
    "seller seller_province_code buyer buyer_province_code offer need score "
    + " ".join(f"{component.value}_points" for component in Component)
    + " conflicts"
).split()


def match_table(mission, matches):
    rows = matches.select_related("seller__business", "buyer__business")
    name = f"kecocokan-{mission.slug}"
    return Table(name, COLUMNS, map(_row, rows.iterator(chunk_size=1000)))


def _row(match):
    seller, buyer = match.seller.business, match.buyer.business
    return [
        seller.display_name,
        seller.province_id,
        buyer.display_name,
        buyer.province_id,
        match.facts.get("offer", ""),
        match.facts.get("need", ""),
        match.value,
        *match.points.values(),
        "; ".join(match.conflicts),
    ]
