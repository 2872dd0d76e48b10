from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from businesses.models import Business, Listing
from missions.models import Mission


class PageSitemap(Sitemap):
    i18n = alternates = x_default = True

    def items(self):
        return [
            "publication:home",
            "publication:mission_list",
            "publication:business_list",
            "publication:listing_list",
            "publication:methodology",
            "publication:data",
            "businesses:privacy",
        ]

    def location(self, name):
        return reverse(name)


class MissionSitemap(Sitemap):
    i18n = alternates = x_default = True
    limit = 1000

    def items(self):
        return Mission.objects.published().order_by("slug").only("slug")

    def location(self, mission):
        return mission.get_absolute_url()


class HistorySitemap(MissionSitemap):
    def location(self, mission):
        return reverse("publication:mission_history", args=[mission.slug])


class ResultsSitemap(MissionSitemap):
    """Of missions whose matchmaking runs through the portal."""

    page = "publication:mission_results"

    def items(self):
        return super().items().filter(registration__isnull=False)

    def location(self, mission):
        return reverse(self.page, args=[mission.slug])


class ParticipantsSitemap(ResultsSitemap):
    page = "publication:mission_participants"


class BusinessSitemap(Sitemap):
    """In Indonesian only: Django lists a page in several languages by loading all rows at once.
    Every page names its other language itself."""

    limit = 5000

    def items(self):
        real = Business.objects.published().filter(is_example=False)
        return real.order_by("pk").values_list("slug", flat=True)

    def location(self, slug):
        return reverse("publication:business_detail", args=[slug])


class ListingSitemap(BusinessSitemap):
    def items(self):
        real = Listing.objects.open().real()
        return real.order_by("pk").values_list("pk", flat=True)

    def location(self, pk):
        return reverse("publication:listing_detail", args=[pk])


SITEMAPS = {
    "pages": PageSitemap,
    "missions": MissionSitemap,
    "histories": HistorySitemap,
    "results": ResultsSitemap,
    "participants": ParticipantsSitemap,
    "businesses": BusinessSitemap,
    "listings": ListingSitemap,
}
