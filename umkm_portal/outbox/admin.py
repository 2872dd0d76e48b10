from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _, ngettext

from .models import Message
from .services import send_again


class FailedFilter(admin.SimpleListFilter):
    title = _("failed")
    parameter_name = "failed"

    def lookups(self, request, model_admin):
        return [("yes", _("failed or interrupted"))]

    def queryset(self, request, queryset):
        return queryset.failed() if self.value() == "yes" else queryset


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """How messages went, for whoever runs the portal. What they say is their readers' business."""

    list_display = [
        "created_at",
        "kind",
        "recipient",
        "state",
        "channel",
        "attempts",
        "problem",
        "sent_at",
    ]
    list_display_links = ["created_at", "kind"]
    list_filter = [FailedFilter, "state", "channel", "problem", "kind"]
    list_select_related = ["recipient"]
    list_per_page = 50
    search_fields = ["recipient__name"]
    search_help_text = _("Name of the reader")
    ordering = ["-created_at", "-pk"]
    fields = readonly_fields = [*list_display, "language", "due_at", "handed_by"]
    actions = ["send_again"]

    @admin.action(description=_("Send again what failed"), permissions=["view"])
    def send_again(self, request, queryset):
        sent = 0
        for message in queryset:
            try:
                send_again(message)
            except ValidationError:
                continue
            sent += 1
        said = ngettext("%d is sent again.", "%d are sent again.", sent) % sent
        self.message_user(request, said, messages.SUCCESS if sent else messages.WARNING)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
