from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from umkm_portal.admin import HistoryAdmin, LabelledFormSet

from .models import Appointment, User

admin.site.unregister(Group)


class AddOfficialForm(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ["name", "email", "phone"]


class ChangeOfficialForm(UserChangeForm):
    class Meta:
        model = User
        fields = ["name", "email", "phone", "is_active", "is_superuser"]


class AppointmentInline(admin.TabularInline):
    model = Appointment
    formset = LabelledFormSet
    extra = 0
    fields = ["role", "province", "appointed_at"]
    readonly_fields = ["appointed_at"]

    def get_min_num(self, request, obj=None, **kwargs):
        """An account without an appointment would be out of a province admin's sight."""
        return 0 if request.user.is_superuser else 1

    def get_formset(self, request, obj=None, **kwargs):
        must_appoint = not request.user.is_superuser
        return super().get_formset(request, obj, validate_min=must_appoint, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "province" and not request.user.is_superuser:
            own = request.user.provinces_as(Appointment.Role.PROVINCE_ADMIN)
            kwargs["queryset"] = db_field.related_model.objects.filter(pk__in=own)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        # Read once, not again for every row.
        field.choices = list(field.choices)
        return field


@admin.register(User)
class OfficialAdmin(HistoryAdmin, UserAdmin):
    add_form = AddOfficialForm
    form = ChangeOfficialForm
    inlines = [AppointmentInline]
    list_display = ["name", "email", "phone", "roles", "is_active", "last_login"]
    list_filter = ["is_active", "appointments__role", "appointments__province"]
    search_fields = ["name", "email", "phone"]
    ordering = ["name"]
    filter_horizontal = []
    readonly_fields = ["last_login", "joined_at"]
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["name", "email", "phone", "password"]}),
        (_("Access"), {"fields": ["is_active", "is_superuser"]}),
        (_("Dates"), {"fields": ["last_login", "joined_at"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": [
                    "name",
                    "email",
                    "phone",
                    "password1",
                    "password2",
                ],
            },
        )
    ]

    @admin.display(description=_("roles"))
    def roles(self, user):
        return ", ".join(
            f"{appointment.get_role_display()} ({appointment.province.short_name})"
            for appointment in user.appointments.all()
        )

    def get_queryset(self, request):
        users = super().get_queryset(request).prefetch_related("appointments__province")
        if request.user.is_superuser:
            return users
        own = request.user.provinces_as(
            Appointment.Role.PROVINCE_ADMIN, Appointment.Role.AUDITOR
        )
        serving = Appointment.objects.filter(province__in=own)
        return users.filter(pk__in=serving.values("user"))

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, "is_superuser"]

    def has_view_permission(self, request, obj=None):
        allowed = super().has_view_permission(request, obj)
        return allowed and (
            obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()
        )

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (
            obj is None
            or User.objects.manageable_by(request.user).filter(pk=obj.pk).exists()
        )

    def has_delete_permission(self, request, obj=None):
        """Accounts are switched off, not deleted: they are named in what they recorded."""
        return False
