"""Good rows of each file that offices send, and a writer for spoiled ones."""

import csv

from missions import commodities, imports
from missions.deals import imports as deal_imports

MISSION = dict.fromkeys(imports.COLUMNS, "") | {
    "slug": "jatim-bali-2024",
    "date_start": "2024-06-25",
    "date_end": "2024-06-25",
    "host_city": "Denpasar",
    "host_province_code": "51",
    "partner_province_code": "51",
    "initiator_province_code": "35",
    "total_value_idr": "425008730000",
    "sell_value_idr": "301199730000",
    "buy_value_idr": "123809000000",
    "as_of": "final; 17.00 WITA",
    "source_url": "https://hks-news.com/?p=10785",
    "source_date": "2024-06-25",
}
DEAL = dict.fromkeys(deal_imports.COLUMNS, "") | {
    "mission_slug": "jatim-bali-2024",
    "seller": "PT Penjual",
    "seller_province_code": "35",
    "buyer": "CV Pembeli",
    "buyer_province_code": "51",
    "commodity": "kopi",
    "volume": "1.5",
    "unit": "ton",
    "value_idr": "1500000000",
    "kind": "sale",
    "source_url": "https://hks-news.com/?p=10785",
}
COMMODITY = dict.fromkeys(commodities.COLUMNS, "") | {
    "commodity": "kopi",
    "sector": "perkebunan",
    "mission_count": "1",
    "mission_slugs": "jatim-bali-2024",
}


def write_csv(folder, *rows, encoding="utf-8", **dialect):
    """A CSV file of `rows` (dicts with the same keys) in `folder`."""
    path = folder / "kiriman.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, rows[0], **{"lineterminator": "\n"} | dialect)
        writer.writeheader()
        writer.writerows(rows)
    return path
