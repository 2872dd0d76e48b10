"""What can be downloaded: one function per table, each with fixed English column names."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from businesses.models import ClassificationCode, CommodityGroup, Province, Regency
from missions.deals.figures import CUMULATIVE, line_of
from missions.deals.models import Deal
from missions.models import CountSnapshot, Mission
from umkm_portal.exports import Table

MISSION_COLUMNS = (
    "slug title initiator_province_code partner_province_codes host_province_code city venue "
    "theme starts_on ends_on date_precision timezone status target_idr line value_idr total_idr "
    "sell_idr buy_idr investment_idr foreign_idr sellers buyers participants transactions "
    "stage source_url"
).split()
COUNT_COLUMNS = (
    "mission_slug position stage basis total_idr sell_idr buy_idr investment_idr foreign_idr "
    "sellers buyers participants transactions counted_at note source_url source_date "
    "source_date_precision"
).split()
DEAL_COLUMNS = (
    "number mission_slug event seller seller_province_code buyer buyer_province_code commodity "
    "quantity unit value_idr direction duration evidence names_both_parties source_url"
).split()


def mission_table(missions):
    """`missions` must come with `for_cards()`."""
    return Table("misi-dagang", MISSION_COLUMNS, map(_mission_row, missions))


def _mission_row(mission):
    partners = ";".join(province.code for province in mission.partner_provinces.all())
    return [
        mission.slug,
        mission.title,
        mission.initiator_province_id,
        partners,
        mission.host_province_id,
        mission.city,
        mission.venue,
        mission.theme,
        mission.starts_on,
        mission.ends_on,
        mission.date_precision,
        mission.timezone,
        mission.status,
        mission.target,
        *_headline_cells(mission.headline),
    ]


def _headline_cells(count):
    if count is None:
        return [None] * (len(MISSION_COLUMNS) - MISSION_COLUMNS.index("line"))
    return [
        line_of(count) or CUMULATIVE,
        count.domestic,
        *_figures(count),
        count.stage,
        count.source_url,
    ]


def _figures(count):
    return [getattr(count, name) for name in (*count.AMOUNTS, *count.HEADCOUNTS)]


def count_table():
    counts = CountSnapshot.objects.filter(mission__in=Mission.objects.published())
    rows = (
        [
            count.mission.slug,
            count.position,
            count.stage,
            count.basis,
            *_figures(count),
            count.as_of_at and count.as_of_at.isoformat(),
            count.as_of_text,
            count.source_url,
            count.source_date,
            count.source_date_precision,
        ]
        for count in counts.select_related("mission").order_by(
            "mission__slug", "position"
        )
    )
    return Table("hitungan", COUNT_COLUMNS, rows)


def deal_table():
    deals = Deal.objects.published().order_by("pk")
    rows = (
        [
            deal.number,
            deal.mission and deal.mission.slug,
            deal.event,
            deal.public_seller_name,
            deal.seller_province_id,
            deal.public_buyer_name,
            deal.buyer_province_id,
            deal.commodity,
            deal.quantity,
            deal.unit,
            deal.value,
            deal.direction,
            deal.duration,
            deal.rung,
            deal.names_both_parties,
            deal.source_url,
        ]
        for deal in deals.select_related("mission", "seller_business", "buyer_business")
    )
    return Table("transaksi-dilaporkan", DEAL_COLUMNS, rows)


def _reference_table(name, model, columns):
    return Table(name, columns, model.objects.values_list(*columns))


def province_table():
    columns = (
        "code name short_name name_en iso_code capital timezone latitude longitude "
        "capital_latitude capital_longitude"
    ).split()
    return _reference_table("provinsi", Province, columns)


def regency_table():
    columns = (
        "code province_id name short_name kind is_administrative latitude longitude"
    ).split()
    return _reference_table("kabupaten-kota", Regency, columns)


def code_table():
    columns = "scheme version code section title title_en".split()
    return _reference_table("kode-hs-kbli", ClassificationCode, columns)


def commodity_table():
    columns = "slug name name_en sector_slug typical_unit codes".split()
    groups = CommodityGroup.objects.prefetch_related("codes")
    rows = (
        [
            group.slug,
            group.name,
            group.name_en,
            group.sector_id,
            group.typical_unit,
            ";".join(map(str, group.codes.all())),
        ]
        for group in groups
    )
    return Table("kelompok-komoditas", columns, rows)


@dataclass(frozen=True)
class Download:
    label: str
    build: Callable[[], Table]


# Names are the file names of /data/<name>.<format>.
TABLES = {
    "hitungan": Download(_("All published counts"), count_table),
    "transaksi-dilaporkan": Download(_("Deals that reports name"), deal_table),
    "provinsi": Download(_("Provinces"), province_table),
    "kabupaten-kota": Download(_("Regencies and cities"), regency_table),
    "kelompok-komoditas": Download(
        _("Commodity groups and their codes"), commodity_table
    ),
    "kode-hs-kbli": Download(_("HS chapters and KBLI divisions"), code_table),
}
