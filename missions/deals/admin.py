from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from businesses.models import Business
from umkm_portal.admin import NamedAutocompleteSelect
from umkm_portal.formatting import rupiah

from .forms import DealPartiesForm
from .guards import review_deals, review_parties
from .models import Deal

LINKS = {f"{party}_business": party for party in Deal.PARTIES}


@admin.register(Deal)
class DealAdmin(admin.ModelAdmin):
    """Reported deals come in by import; here their parties are linked to registered businesses."""

    form = DealPartiesForm
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
    autocomplete_fields = list(LINKS)
    actions = None
    facts = [
        field.name
        for field in Deal._meta.fields
        if field.editable and field.name not in (*LINKS, "id")
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).run_by(request.user)

    def get_fieldsets(self, request, obj=None):
        links = list(LINKS)
        if self.has_change_permission(request, obj):
            links.append("compared")
        return [
            (None, {"fields": [*self.facts, "flags"]}),
            (_("Registered businesses"), {"fields": links}),
        ]

    def get_readonly_fields(self, request, obj=None):
        """Each province says which of its own businesses took part."""
        return [*self.facts, "flags", *self._foreign_links(request.user, obj)]

    def _foreign_links(self, user, deal):
        if deal is None or user.is_superuser:
            return []
        own = {None, *user.provinces_as()}
        return [
            link
            for link, party in LINKS.items()
            if getattr(deal, f"{party}_province_id") not in own
            or getattr(getattr(deal, link), "province_id", None) not in own
        ]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in LINKS:
            kwargs["queryset"] = Business.objects.in_provinces_of(request.user)
            kwargs["widget"] = NamedAutocompleteSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("value"), ordering="value")
    def amount(self, deal):
        return "–" if deal.value is None else rupiah(deal.value)

    @admin.display(description=_("flags"))
    def flags(self, deal):
        """On the deal's own page only: it takes the other deals of its mission or event."""
        others = Deal.objects.filter(mission=deal.mission, event=deal.event)
        headline = deal.mission and deal.mission.headline
        flags = review_deals(others, total=headline and headline.total)[deal.pk]
        flags += review_parties(deal)
        return "; ".join(flag.reason for flag in flags) or "–"

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and (
            obj is None or Deal.objects.run_by(request.user).filter(pk=obj.pk).exists()
        )

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (
            obj is None
            or Deal.objects.editable_by(request.user).filter(pk=obj.pk).exists()
        )

    def has_delete_permission(self, request, obj=None):
        return False
