from allauth.account import admin as account_admin
from allauth.mfa import admin as second_factor_admin
from allauth.usersessions import admin as session_admin
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from umkm_portal.admin import HistoryAdmin, LabelledFormSet

from .forms import PASSWORD_RULE, PhoneField
from .models import Appointment, User
from .phones import readable_phone
from .services import apply_new_logins, remove_second_factor, tell_of_new_password

# Where and how somebody signs in is that person's own business.
admin.site.unregister(
    [
        Group,
        account_admin.EmailAddress,
        second_factor_admin.Authenticator,
        session_admin.UserSession,
    ]
)


class AddOfficialForm(forms.ModelForm):
    """No password: whoever is appointed signs in with a code sent to this e-mail or phone."""

    class Meta:
        model = User
        fields = ["name", "email", "phone"]
        field_classes = {"phone": PhoneField}

    def save(self, commit=True):
        self.instance.set_unusable_password()
        return super().save(commit)


class ChangeOfficialForm(UserChangeForm):
    class Meta:
        model = User
        fields = ["name", "email", "phone", "is_active", "is_superuser"]
        field_classes = {"phone": PhoneField}


class SetPasswordForm(AdminPasswordChangeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_RULE

    def save(self, commit=True):
        user = super().save(commit)
        tell_of_new_password(user)
        return user


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
    change_password_form = SetPasswordForm
    inlines = [AppointmentInline]
    list_display = [
        "name",
        "email",
        "readable_phone",
        "roles",
        "is_active",
        "last_login",
    ]
    list_filter = ["is_active", "appointments__role", "appointments__province"]
    search_fields = ["name", "email", "phone"]
    ordering = ["name"]
    filter_horizontal = []
    readonly_fields = ["last_login", "joined_at"]
    list_per_page = 50
    actions = ["remove_second_factor"]
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
                "fields": ["name", "email", "phone"],
                "description": _(
                    "No password is needed: a code to this e-mail or phone signs in."
                ),
            },
        )
    ]

    @admin.display(description=_("phone"), ordering="phone")
    def readable_phone(self, user):
        return readable_phone(user.phone) if user.phone else None

    @admin.display(description=_("roles"))
    def roles(self, user):
        return ", ".join(
            f"{appointment.get_role_display()} ({appointment.province.short_name})"
            for appointment in user.appointments.all()
        )

    @admin.action(
        description=_("Remove the second factor (phone and recovery codes lost)"),
        permissions=["sign_in_settings"],
    )
    def remove_second_factor(self, request, queryset):
        for user in queryset:
            remove_second_factor(user)
            self.log_change(request, user, "Second factor removed.")
            said = _("%(name)s can sign in with a code and set up a new second factor.")
            self.message_user(request, said % {"name": user})

    def save_model(self, request, obj, form, change):
        logins = {"email", "phone"} & set(form.changed_data)
        if "phone" in logins:
            obj.phone_verified_at = None
        super().save_model(request, obj, form, change)
        if change and logins:
            former = {name: form.initial[name] for name in logins}
            apply_new_logins(obj, former, kept=request.session.session_key)

    def user_change_password(self, request, id, form_url=""):
        if not self.has_sign_in_settings_permission(request):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def get_queryset(self, request):
        users = super().get_queryset(request).prefetch_related("appointments__province")
        if request.user.is_superuser:
            return users
        own = request.user.provinces_as(
            Appointment.Role.PROVINCE_ADMIN, Appointment.Role.AUDITOR
        )
        serving = Appointment.objects.filter(province__in=own)
        return users.filter(pk__in=serving.values("user"))

    def get_fieldsets(self, request, obj=None):
        if obj is None or self.has_sign_in_settings_permission(request):
            return super().get_fieldsets(request, obj)
        own = {"fields": ["name", "email", "readable_phone"]}
        return [(None, own), *self.fieldsets[1:]]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if self.has_sign_in_settings_permission(request):
            return fields
        own = ["email", "readable_phone"] if obj else []
        return [*fields, *own, "is_superuser"]

    def has_sign_in_settings_permission(self, request):
        """Whoever sets how another person signs in can act as that person."""
        return request.user.is_superuser

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
