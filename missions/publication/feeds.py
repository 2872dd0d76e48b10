from django.contrib.syndication.views import Feed
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _, gettext_lazy

from businesses.models import Listing
from missions.models import Mission
from umkm_portal.formatting import date_range, partial_date, rupiah_short

from .listing_filters import ListingFilter

LATEST = 30


class MissionFeed(Feed):
    """What is new: missions by the last count recorded, or else by when they were added."""

    feed_type = Atom1Feed
    title = gettext_lazy("Portal Misi Dagang: trade missions")
    subtitle = gettext_lazy(
        "Trade missions between provinces and their published counts"
    )
    link = reverse_lazy("publication:mission_list")

    def items(self):
        added = Mission.history.filter(id=OuterRef("pk")).order_by("history_date")
        missions = Mission.objects.published().for_cards()
        return missions.annotate(
            added_at=Subquery(added.values("history_date")[:1]),
            changed_at=Coalesce(Max("counts__recorded_at"), "added_at"),
        ).order_by("-changed_at", "slug")[:LATEST]

    def item_title(self, mission):
        return f"{mission.title}, {date_range(mission)}"

    def item_description(self, mission):
        if mission.headline is None:
            return _("No value published.")
        value = rupiah_short(mission.headline.domestic)
        text = f"{mission.place} · {value} ({mission.headline.get_stage_display()})"
        if mission.headline.foreign:
            text += " · " + _("without %s of foreign letters of intent") % rupiah_short(
                mission.headline.foreign
            )
        return "".join(filter(str.isprintable, text))

    def item_updateddate(self, mission):
        return mission.changed_at

    def item_pubdate(self, mission):
        return mission.added_at


class ListingFeed(Feed):
    """New offers and needs. It takes the parameters of the list, for exactly its result."""

    feed_type = Atom1Feed
    title = gettext_lazy("Portal Misi Dagang: offers and needs")
    subtitle = gettext_lazy("What businesses of Indonesia offer and look for")
    link = reverse_lazy("publication:listing_list")

    def get_object(self, request):
        real = Listing.objects.open().real()
        return ListingFilter(request.GET, queryset=real.for_rows().newest_first()).qs

    def items(self, listings):
        return listings[:LATEST]

    def item_title(self, listing):
        return f"{listing.get_kind_display().capitalize()}: {listing.title}"

    def item_description(self, listing):
        """Without the note, into which people write phone numbers: readers keep what they got."""
        until = _("open until %s") % partial_date(listing.expires_on, "day")
        return f"{listing.business.name} · {listing.business.place} · {until}"

    def item_updateddate(self, listing):
        return listing.published_at

    def item_pubdate(self, listing):
        return listing.published_at
