from django.contrib.syndication.views import Feed
from django.db.models import Max
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _, gettext_lazy

from missions.models import Mission
from umkm_portal.formatting import date_range, rupiah_short

LATEST = 30


class MissionFeed(Feed):
    """The latest missions; an entry is new again when a count of it is recorded."""

    feed_type = Atom1Feed
    title = gettext_lazy("Portal Misi Dagang: trade missions")
    subtitle = gettext_lazy(
        "Trade missions between provinces and their published counts"
    )
    link = reverse_lazy("publication:mission_list")

    def items(self):
        missions = Mission.objects.published().for_cards().in_order()
        return missions.annotate(counted_at=Max("counts__recorded_at"))[:LATEST]

    def item_title(self, mission):
        return f"{mission.title}, {date_range(mission)}"

    def item_description(self, mission):
        if mission.headline is None:
            return _("No value published.")
        value = rupiah_short(mission.headline.domestic)
        return f"{mission.place} · {value} ({mission.headline.get_stage_display()})"

    def item_updateddate(self, mission):
        return mission.counted_at

    def item_pubdate(self, mission):
        return mission.counted_at
