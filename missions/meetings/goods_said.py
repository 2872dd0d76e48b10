"""Which commodity somebody means who names none: the one whose name stands in the words."""

from dataclasses import replace
from functools import cached_property

from businesses.models import CommodityGroup
from businesses.words import roots, words_of

from .trade import BETWEEN_NAMES, DESCRIBING


class Namer:
    """Reads the commodities once, and only if somebody has named none."""

    @cached_property
    def names(self):
        """[(words of a name, commodity, its sector), …], long names first: "kelapa sawit" is not
        "kelapa"."""
        groups = CommodityGroup.objects.values_list("name", "pk", "sector")
        parts = [
            (frozenset(words_of(part)) - DESCRIBING, pk, sector)
            for name, pk, sector in groups
            for part in BETWEEN_NAMES.split(name)
        ]
        return sorted(filter(all, parts), key=lambda part: (-len(part[0]), part[1]))

    def name(self, item):
        """The item with the commodity that its title names; as it is without one."""
        words = set(words_of(item.title))
        words |= {root for word in words for root in roots(word)}
        for name, commodity, sector in self.names if words else ():
            if name <= words:
                return replace(item, commodity=commodity, sectors=frozenset([sector]))
        return item
