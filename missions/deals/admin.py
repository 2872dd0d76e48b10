from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from umkm_portal.formatting import rupiah

from .guards import review_deals
from .models import Deal


@admin.register(Deal)
class DealAdmin(admin.ModelAdmin):
    """Reported deals come in by import; here they are looked at."""

    list_display = [
        "number",
        "mission",
        "seller_name",
        "buyer_name",
        "commodity",
        "amount",
    ]
    list_filter = ["rung", "direction", "seller_province", "buyer_province"]
    list_select_related = ["mission"]
    list_per_page = 50
    search_fields = ["seller_name", "buyer_name", "commodity", "mission__slug", "event"]
    ordering = ["pk"]
    readonly_fields = ["flags"]
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).run_by(request.user)

    @admin.display(description=_("value"), ordering="value")
    def amount(self, deal):
        return "–" if deal.value is None else rupiah(deal.value)

    @admin.display(description=_("flags"))
    def flags(self, deal):
        """On the deal's own page only: it takes the other deals of its mission or event."""
        others = Deal.objects.filter(mission=deal.mission, event=deal.event)
        headline = deal.mission and deal.mission.headline
        flags = review_deals(others, total=headline and headline.total)[deal.pk]
        return "; ".join(flag.reason for flag in flags) or "–"

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and (
            obj is None or Deal.objects.run_by(request.user).filter(pk=obj.pk).exists()
        )

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
