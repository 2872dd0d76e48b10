"""What services write about those who join a mission is only shown here."""

from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from missions.models import (
    Mailing,
    Mission,
    Participation,
    Quota,
    Registration,
    Slot,
)
from umkm_portal.admin import HistoryAdmin


class Looking:
    list_per_page = 50
    actions = None

    def get_queryset(self, request):
        missions = Mission.objects.run_by(request.user)
        rows = super().get_queryset(request).filter(mission__in=missions)
        return rows.select_related("mission")

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and (
            obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()
        )

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Registration)
class RegistrationAdmin(Looking, admin.ModelAdmin):
    list_display = ["mission", "opens_at", "closes_at"]
    fields = readonly_fields = [*list_display, "note"]
    ordering = ["-closes_at"]


@admin.register(Quota)
class QuotaAdmin(Looking, admin.ModelAdmin):
    list_display = ["mission", "side", "province", "sector", "seats"]
    list_select_related = ["province", "sector"]
    fields = readonly_fields = list_display


@admin.register(Slot)
class SlotAdmin(Looking, admin.ModelAdmin):
    list_display = ["mission", "starts_at", "ends_at"]
    fields = readonly_fields = list_display
    ordering = ["-starts_at"]


@admin.register(Participation)
class ParticipationAdmin(Looking, HistoryAdmin):
    """Who applied, and who decided what; officials decide on the board of the mission."""

    list_display = ["business", "mission", "side", "status", "applied_at", "decided_by"]
    list_filter = ["status", "side", "mission__initiator_province"]
    search_fields = ["business__name", "mission__slug"]
    search_help_text = _("Name of a business, or mission")
    ordering = ["-applied_at", "-pk"]
    fields = readonly_fields = [
        *list_display,
        "applied_by",
        "decided_at",
        "get_reason_display",
        "availability_at",
    ]

    def get_queryset(self, request):
        rows = admin.ModelAdmin.get_queryset(self, request).curated_by(request.user)
        return rows.select_related("mission", "business", "applied_by", "decided_by")


@admin.register(Mailing)
class MailingAdmin(Looking, admin.ModelAdmin):
    """Which reminders were sent, by whom and to how many; they are sent from the page of a mission."""

    list_display = ["sent_at", "of_mission", "kind", "sent_by", "number"]
    list_filter = ["kind", "mission__initiator_province"]
    list_select_related = ["sent_by"]
    ordering = ["-sent_at", "-pk"]
    fields = readonly_fields = list_display

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(number=Count("letters"))

    @admin.display(description=_("mission"), ordering="mission__slug")
    def of_mission(self, mailing):
        return mailing.mission

    @admin.display(description=_("messages"))
    def number(self, mailing):
        return mailing.number
