"""Who would come to a mission: sellers and buyers of each commodity, and businesses by size."""

from dataclasses import dataclass, field

from django.db.models import Count, Q

from businesses.models import CommodityGroup, Listing
from businesses.size import UMKM, SizeClass

from .models import Participation, Side

Kind = Listing.Kind
Status = Participation.Status
# A seller counts by what it offers, a buyer by what it needs.
FITTING = {Side.SELLER: Kind.OFFER, Side.BUYER: Kind.NEED}


@dataclass
class Commodity:
    """How many sellers offer it and how many buyers need it."""

    group: CommodityGroup | None
    accepted: dict = field(default_factory=lambda: dict.fromkeys(Side.values, 0))
    open: dict = field(default_factory=lambda: dict.fromkeys(Side.values, 0))
    # Of the commodity with the most: what the bars are measured by.
    most: int = 1

    @property
    def sellers(self):
        return self.accepted[Side.SELLER]

    @property
    def buyers(self):
        return self.accepted[Side.BUYER]

    @property
    def open_sellers(self):
        return self.open[Side.SELLER]

    @property
    def open_buyers(self):
        return self.open[Side.BUYER]

    @property
    def seller_share(self):
        return self.sellers / self.most

    @property
    def buyer_share(self):
        return self.buyers / self.most

    @property
    def lacks_buyers(self):
        return bool(self.sellers and not self.buyers)

    @property
    def lacks_sellers(self):
        return bool(self.buyers and not self.sellers)


def by_commodity(participations):
    """[Commodity, …] of `participations` in play; where one side lacks first, then the largest."""
    fitting = Q()
    for side, kind in FITTING.items():
        fitting |= Q(side=side, listings__kind=kind)
    counted = (
        participations.in_play()
        .filter(fitting)
        .order_by()
        .values_list("listings__commodity", "side", "status")
        .annotate(businesses=Count("pk", distinct=True))
    )
    groups = CommodityGroup.objects.in_bulk()
    found = {}
    for key, side, status, businesses in counted:
        row = found.setdefault(key, Commodity(groups.get(key)))
        column = row.accepted if status == Status.ACCEPTED else row.open
        column[side] += businesses
    most = max((max(row.sellers, row.buyers) for row in found.values()), default=0)
    for row in found.values():
        row.most = most or 1
    return sorted(found.values(), key=_lacking_first)


def _lacking_first(row):
    is_balanced = not row.lacks_buyers and not row.lacks_sellers
    return (is_balanced, row.group is None, -(row.sellers + row.buyers))


@dataclass(frozen=True)
class Share:
    label: str
    count: int
    total: int

    @property
    def share(self):
        return self.count / self.total if self.total else 0


def by_size(participations, unstated):
    """Shares of the sizes among those accepted; the last one is all UMKM together."""
    counted = dict(
        participations.accepted()
        .order_by()
        .values_list("business__size")
        .annotate(businesses=Count("pk"))
    )
    total = sum(counted.values())
    sizes = [Share(size.label, counted.get(size.value, 0), total) for size in SizeClass]
    umkm = sum(counted.get(size, 0) for size in UMKM)
    return [*sizes, Share(unstated, counted.get("", 0), total)], Share(
        "UMKM", umkm, total
    )
