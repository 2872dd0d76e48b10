import re

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from businesses.models import Province
from missions.forms import CountForm, ImportForm, MissionForm
from missions.guards import review
from missions.imports import COLUMNS, OPTIONAL_COLUMNS
from missions.locking import lock_mission
from missions.models import CountSnapshot, Mission, MissionCommodity
from missions.moving import tell_of_move
from missions.services import AlreadyRecorded, record_count
from umkm_portal.accounts.models import Appointment
from umkm_portal.admin import HistoryAdmin, LabelledFormSet, NamedAutocompleteSelect
from umkm_portal.formatting import instant, partial_date, rupiah, rupiah_short


class CommodityInline(admin.TabularInline):
    model = MissionCommodity
    formset = LabelledFormSet
    extra = 0
    fields = ["name", "sector"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        # Read once, not again for every row.
        field.choices = list(field.choices)
        return field


def with_mission(counts):
    """Fetches all that `review` has to know of each count's mission."""
    missions = Mission.objects.with_headline().prefetch_related("counts")
    return counts.prefetch_related(Prefetch("mission", missions))


def describe_amount(count):
    return "–" if count.total is None else rupiah(count.total)


def describe_flags(count):
    return "; ".join(flag.reason for flag in review(count.mission)[count.pk]) or "–"


class CountInline(admin.TabularInline):
    """The counts so far; a new one is added on a page of its own, where it is read back."""

    model = CountSnapshot
    fields = readonly_fields = ["stage", "basis", "amount", "flags", "note"]
    can_delete = False
    show_change_link = True
    verbose_name_plural = _("counts so far")

    def get_queryset(self, request):
        return with_mission(super().get_queryset(request).in_order())

    def has_add_permission(self, request, obj):
        return False

    @admin.display(description=_("note"))
    def note(self, count):
        return count.note

    @admin.display(description=_("total"))
    def amount(self, count):
        return describe_amount(count)

    @admin.display(description=_("flags"))
    def flags(self, count):
        return describe_flags(count)


@admin.register(Mission)
class MissionAdmin(HistoryAdmin):
    form = MissionForm
    inlines = [CountInline, CommodityInline]
    list_display = ["__str__", "initiator_province", "place", "date", "status", "value"]
    list_filter = [
        "status",
        "is_example",
        "date_precision",
        "initiator_province",
        "host_province",
    ]
    list_per_page = 50
    search_fields = [
        "slug",
        "city",
        "venue",
        "theme",
        "initiator_province__name",
        "host_province__name",
    ]
    search_help_text = _("Slug, city, venue, theme or province")
    ordering = ["-starts_on", "slug"]

    def view_on_site(self, mission):
        return mission.get_absolute_url()

    def get_urls(self):
        own = path(
            "impor/",
            self.admin_site.admin_view(self.import_view),
            name="missions_mission_import",
        )
        return [own, *super().get_urls()]

    def import_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        if form.is_valid() and (result := form.save(by=request.user)):
            self.message_user(request, result.summary, messages.SUCCESS)
            for note in result.notes:
                self.message_user(request, note, messages.WARNING)
            return redirect("admin:missions_mission_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Import missions and counts"),
            "form": form,
            "columns": COLUMNS,
            "optional_columns": OPTIONAL_COLUMNS,
        }
        return TemplateResponse(
            request, "admin/missions/mission/import_form.html", context
        )

    def get_queryset(self, request):
        return super().get_queryset(request).run_by(request.user).for_cards()

    def get_inlines(self, request, obj):
        return self.inlines if obj else [CommodityInline]

    def get_exclude(self, request, obj=None):
        """What is recorded afterwards says where it stands; later on only `registering.move` does."""
        return ["status"] if obj else []

    def get_readonly_fields(self, request, obj=None):
        return ["stage"] if obj else []

    def save_model(self, request, obj, form, change):
        if change:
            # The mission may have moved on since it was read.
            obj.status = lock_mission(obj.pk).status
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        told = tell_of_move(form.instance, form.changed_data) if change else 0
        if told:
            said = ngettext(
                "%d participant is told of the new place or day.",
                "%d participants are told of the new place or day.",
                told,
            )
            self.message_user(request, said % told)

    @admin.display(description=_("status"))
    def stage(self, mission):
        return format_html(
            '{} · <a href="{}">{}</a>',
            mission.get_status_display(),
            reverse("missions:office_mission", args=[mission.slug]),
            gettext("Move it to another stage"),
        )

    @admin.display(description=_("place"), ordering="city")
    def place(self, mission):
        return mission.place

    @admin.display(description=_("date"), ordering="starts_on")
    def date(self, mission):
        return partial_date(mission.starts_on, mission.date_precision)

    @admin.display(description=_("value that stands"), ordering="headline_value")
    def value(self, mission):
        amount = mission.headline_value
        return "–" if amount is None else rupiah_short(amount)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "initiator_province" and not request.user.is_superuser:
            own = request.user.provinces_as(Appointment.Role.PROVINCE_ADMIN)
            kwargs["queryset"] = Province.objects.filter(pk__in=own)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and (
            obj is None
            or Mission.objects.run_by(request.user).filter(pk=obj.pk).exists()
        )

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (
            obj is None
            or Mission.objects.editable_by(request.user).filter(pk=obj.pk).exists()
        )

    def has_delete_permission(self, request, obj=None):
        """Published missions stay; one without counts may go while it is a draft."""
        return super().has_delete_permission(request, obj) and (
            obj is None or obj.status == Mission.Status.DRAFT
        )


class FlaggedFilter(admin.SimpleListFilter):
    title = _("flag")
    parameter_name = "flagged"

    def lookups(self, request, model_admin):
        return [("yes", _("flagged"))]

    def queryset(self, request, queryset):
        if self.value() != "yes":
            return queryset
        missions = Mission.objects.run_by(request.user).with_headline()
        flagged = [
            count
            for mission in missions.prefetch_related("counts")
            for count, flags in review(mission).items()
            if flags
        ]
        return queryset.filter(pk__in=flagged)


@admin.register(CountSnapshot)
class CountAdmin(admin.ModelAdmin):
    """Counts are added, never changed: a correction is a new count."""

    form = CountForm
    list_display = ["of_mission", "stage", "amount", "flags", "note"]
    list_filter = [FlaggedFilter, "stage", "basis", "mission__initiator_province"]
    list_per_page = 50
    search_fields = ["mission__slug", "as_of_text", "source_url"]
    search_help_text = _("Mission, words of the source or its address")
    autocomplete_fields = ["mission"]
    readonly_fields = ["counted_at", "recorded_at", "recorded_by", "flags"]
    ordering = ["mission__slug", "position"]
    actions = None
    fieldsets = [
        (None, {"fields": ["mission", "stage", "basis"]}),
        (
            _("Amounts in rupiah, seen from the initiator"),
            {"fields": [*CountSnapshot.AMOUNTS, "read_back", "read_back_of"]},
        ),
        (_("Numbers"), {"fields": list(CountSnapshot.HEADCOUNTS)}),
        (
            _("When and where published"),
            {
                "fields": [
                    "as_of_at",
                    "as_of_text",
                    "source_url",
                    "source_date",
                    "source_date_precision",
                ]
            },
        ),
    ]
    recorded = (_("Recorded"), {"fields": ["recorded_at", "recorded_by", "flags"]})

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.fieldsets
        what, (amounts, _fields), numbers, (published, fields) = self.fieldsets
        names = ["counted_at", *fields["fields"][1:]]
        return [
            what,
            (amounts, {"fields": list(CountSnapshot.AMOUNTS)}),
            numbers,
            (published, {"fields": names}),
            self.recorded,
        ]

    def get_queryset(self, request):
        missions = Mission.objects.run_by(request.user)
        return with_mission(super().get_queryset(request).filter(mission__in=missions))

    @admin.display(description=_("mission"), ordering="mission__slug")
    def of_mission(self, count):
        """A method, because the admin joins a plain relation and then fetches no more of it."""
        return count.mission

    @admin.display(description=_("total"), ordering="total")
    def amount(self, count):
        return describe_amount(count)

    @admin.display(description=_("flags"))
    def flags(self, count):
        return describe_flags(count)

    @admin.display(description=_("note"))
    def note(self, count):
        return count.note

    @admin.display(description=_("counted at"))
    def counted_at(self, count):
        if count.as_of_at is None:
            return "–"
        return instant(count.as_of_at, count.mission.timezone)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "mission":
            kwargs["queryset"] = Mission.objects.editable_by(request.user)
            kwargs["widget"] = NamedAutocompleteSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and (
            obj is None
            or Mission.objects.run_by(request.user).filter(pk=obj.mission_id).exists()
        )

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_changeform_initial_data(self, request):
        """A link may name the mission, by its number, and nothing else."""
        mission = request.GET.get("mission", "")
        return {"mission": mission} if re.fullmatch(r"\d{1,18}", mission) else {}

    def save_model(self, request, obj, form, change):
        record_count(obj, by=request.user)

    def response_post_save_add(self, request, obj):
        return redirect("admin:missions_mission_change", obj.mission_id)

    def add_view(self, request, form_url="", extra_context=None):
        try:
            return super().add_view(request, form_url, extra_context)
        except AlreadyRecorded as problem:
            self.message_user(request, problem.messages[0], messages.WARNING)
            return redirect("admin:missions_countsnapshot_changelist")
