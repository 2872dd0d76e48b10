"""Officials look at requests and what became of them; on the pages of participants they act. What
participants wish is in no admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from missions.models import Mission
from umkm_portal.admin import HistoryAdmin
from umkm_portal.formatting import number, percent

from .explain import conflict_labels, reasons as reasons_of, sum_line
from .models import (
    Booking,
    FloorGap,
    Match,
    MatchingRules,
    MeetingReport,
    MeetingRequest,
    RequestEvent,
    ScoreRun,
    SelectedMeeting,
    Selection,
)


class LookingInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class EventInline(LookingInline):
    model = RequestEvent
    fields = readonly_fields = [
        *["at", "step", "participation", "actor", "via"],
        "get_reason_display",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("actor", *PARTIES)


class BookingInline(LookingInline):
    model = Booking
    fields = readonly_fields = ["participation", "slot"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("slot__mission", *PARTIES)


class ReportInline(LookingInline):
    model = MeetingReport
    fields = readonly_fields = ["reported_at", "participation", "outcome", "via"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*PARTIES)


PARTIES = ["participation__business", "participation__mission"]


@admin.register(MeetingRequest)
class MeetingRequestAdmin(admin.ModelAdmin):
    """Without its message, which is for the other side."""

    inlines = [EventInline, BookingInline, ReportInline]
    list_display = ["created_at", "of_mission", "asks", "asked", "status", "expires_at"]
    list_filter = ["status", "turn", "sender__mission__initiator_province"]
    list_per_page = 50
    search_fields = ["sender__business__name", "receiver__business__name"]
    search_help_text = _("Name of a business")
    ordering = ["-created_at", "-pk"]
    fields = readonly_fields = [
        *list_display,
        "turn",
        "slot",
        "new_slot",
        "get_reason_display",
        "closed_at",
    ]
    actions = None

    def get_queryset(self, request):
        seen = super().get_queryset(request).visible_to(request.user)
        return seen.with_parties()

    @admin.display(description=_("mission"), ordering="sender__mission__slug")
    def of_mission(self, meeting_request):
        return meeting_request.sender.mission

    @admin.display(description=_("from"), ordering="sender__business__name")
    def asks(self, meeting_request):
        return meeting_request.sender.name

    @admin.display(description=_("to"), ordering="receiver__business__name")
    def asked(self, meeting_request):
        return meeting_request.receiver.name

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


# What was chosen, without the values and without from how many pairs: both heed what participants
# wish, and a number that falls by one tells of a "no".


class OfMission(admin.ModelAdmin):
    """Rows of missions that a province of the visitor takes part in, without a field to fill in."""

    actions = None
    list_per_page = 50
    # The relation to the mission that decides whose row it is
    belongs_to = "selection__mission"

    def get_queryset(self, request):
        own = Mission.objects.run_by(request.user)
        return super().get_queryset(request).filter(**{f"{self.belongs_to}__in": own})

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


@admin.register(Selection)
class SelectionAdmin(OfMission):
    belongs_to = "mission"
    list_display = ["made_at", "mission", "state", "floor", "cost", "published_at"]
    list_filter = ["state", "mission__initiator_province"]
    list_select_related = ["mission"]
    search_fields = ["mission__slug"]
    fields = readonly_fields = [
        *list_display,
        "capacity",
        "unplaced",
        "made_by",
        "published_by",
        "problem",
    ]

    @admin.display(description=_("What the floor costs"))
    def cost(self, selection):
        return percent(selection.cost_of_floor)


@admin.register(SelectedMeeting)
class SelectedMeetingAdmin(OfMission):
    list_display = ["selection", "seller", "buyer", "points", "agreed"]
    list_filter = ["selection__mission__initiator_province"]
    list_select_related = [
        "selection__mission",
        "seller__business",
        "seller__mission",
        "buyer__business",
        "buyer__mission",
    ]
    search_fields = ["seller__business__name", "buyer__business__name"]
    fields = readonly_fields = list_display

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user).with_agreed()

    @admin.display(description=_("both agreed already"), boolean=True)
    def agreed(self, meeting):
        return meeting.is_agreed


@admin.register(FloorGap)
class FloorGapAdmin(OfMission):
    list_display = ["selection", "participation", "meetings", "cause"]
    list_filter = ["cause", "selection__mission__initiator_province"]
    list_select_related = ["selection__mission", *PARTIES]
    search_fields = ["participation__business__name"]
    fields = readonly_fields = list_display

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)


# What was scored, and by which weights


@admin.register(ScoreRun)
class ScoreRunAdmin(OfMission):
    belongs_to = "mission"
    list_display = ["created_at", "mission", "state", "pairs", "scored", "finished_at"]
    list_filter = ["state", "mission__initiator_province"]
    list_select_related = ["mission", "requested_by"]
    search_fields = ["mission__slug"]
    fields = readonly_fields = [
        *list_display,
        "started_at",
        "progressed_at",
        "weights",
        "problem",
        "requested_by",
    ]


@admin.register(Match)
class MatchAdmin(OfMission):
    belongs_to = "run__mission"
    list_display = ["run", "seller", "buyer", "points", "named_conflicts"]
    list_filter = ["run__state", "run__mission__initiator_province"]
    list_select_related = [
        "run__mission",
        "seller__business",
        "seller__mission",
        "buyer__business",
        "buyer__mission",
    ]
    # Nobody counts a quarter of a million rows to see the first fifty.
    show_full_result_count = False
    search_fields = ["seller__business__name", "buyer__business__name"]
    fields = readonly_fields = [*list_display, "sum", "words"]

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    @admin.display(description=_("score"), ordering="score")
    def points(self, match):
        return number(match.value)

    @admin.display(description=_("conflicts"))
    def named_conflicts(self, match):
        return "; ".join(map(str, conflict_labels(match)))

    @admin.display(description=_("The sum:"))
    def sum(self, match):
        return sum_line(reasons_of(match), match.score)

    @admin.display(description=_("reasons"))
    def words(self, match):
        return " ".join(reason.words for reason in reasons_of(match))


@admin.register(MatchingRules)
class MatchingRulesAdmin(OfMission, HistoryAdmin):
    belongs_to = "mission"
    list_display = ["mission", "tables", "floor", "most_meetings"]
    list_filter = ["mission__initiator_province"]
    list_select_related = ["mission"]
    search_fields = ["mission__slug"]
    fields = readonly_fields = [
        *list_display,
        "spare_percent",
        "request_hours",
        "request_quota",
        "weights",
    ]
