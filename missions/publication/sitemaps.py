from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from missions.models import Mission


class PageSitemap(Sitemap):
    i18n = alternates = x_default = True

    def items(self):
        return ["home", "mission_list", "methodology", "data"]

    def location(self, name):
        return reverse(f"publication:{name}")


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


SITEMAPS = {
    "pages": PageSitemap,
    "missions": MissionSitemap,
    "histories": HistorySitemap,
}
