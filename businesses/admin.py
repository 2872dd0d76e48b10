from django.contrib import admin
from django.contrib.admin import EmptyFieldListFilter, ModelAdmin
from django.utils.translation import gettext_lazy as _

from umkm_portal.admin import HistoryAdmin

from . import directory
from .assistance import may_assist
from .models import (
    Business,
    BusinessActivity,
    Certificate,
    Check,
    ClassificationCode,
    CommodityGroup,
    Consent,
    Contact,
    FileOpening,
    Listing,
    MemberFirm,
    Membership,
    Province,
    Regency,
    Sector,
    VerificationRequest,
)
from .views import imports


@admin.register(Province)
class ProvinceAdmin(HistoryAdmin):
    list_display = ["code", "short_name", "name", "capital", "timezone", "iso_code"]
    list_display_links = ["code", "short_name"]
    list_filter = ["timezone"]
    search_fields = ["code", "name", "name_en", "capital"]
    ordering = ["code"]


@admin.register(Regency)
class RegencyAdmin(HistoryAdmin):
    list_display = ["code", "name", "kind", "province"]
    list_display_links = ["code", "name"]
    list_filter = ["kind", "province"]
    list_select_related = ["province"]
    autocomplete_fields = ["province"]
    search_fields = ["code", "name"]
    ordering = ["code"]


@admin.register(Sector)
class SectorAdmin(ModelAdmin):
    list_display = ["name", "name_en"]
    search_fields = ["name", "name_en"]


@admin.register(ClassificationCode)
class ClassificationCodeAdmin(ModelAdmin):
    list_display = ["code", "scheme", "version", "title"]
    list_filter = ["scheme", "version"]
    search_fields = ["code", "title", "title_en"]


@admin.register(CommodityGroup)
class CommodityGroupAdmin(HistoryAdmin):
    list_display = ["name", "name_en", "sector", "typical_unit"]
    list_filter = ["sector"]
    list_select_related = ["sector"]
    autocomplete_fields = ["codes"]
    search_fields = ["name", "name_en"]


# Businesses: officials look at those of their provinces. What they may change, they change on the
# pages for officials, where the owner's consent and the checks are kept in step.


class Looking:
    """Rows of own provinces, without a field to fill in."""

    actions = None
    list_per_page = 50
    # The relation to the business that decides whose row it is.
    belongs_to = "business"

    def get_queryset(self, request):
        own = Business.objects.in_provinces_of(request.user)
        return super().get_queryset(request).filter(**{f"{self.belongs_to}__in": own})

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and (
            obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()
        )

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class LookingInline(admin.TabularInline):
    """Part of a business, whose page decides who sees it."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class ActivityInline(LookingInline):
    model = BusinessActivity
    fields = ["code", "division"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("division")


class MembershipInline(LookingInline):
    model = Membership
    fields = ["user", "role"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user")


class ContactInline(LookingInline):
    model = Contact
    fields = ["kind", "value"]


class CertificateInline(LookingInline):
    model = Certificate
    fields = ["kind", "name", "number", "issuer", "expires_on"]


class CheckInline(LookingInline):
    model = Check
    fk_name = "business"
    fields = [
        "subject",
        "source",
        "checked_by",
        "checked_at",
        "valid_until",
        "revoked_at",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("checked_by")


class ConsentInline(LookingInline):
    model = Consent
    fields = ["purpose", "contact_kind", "via", "given_at", "given_by", "withdrawn_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("given_by")


@admin.register(Business)
class BusinessAdmin(Looking, HistoryAdmin):
    inlines = [
        ActivityInline,
        MembershipInline,
        ContactInline,
        CertificateInline,
        CheckInline,
        ConsentInline,
    ]
    list_display = [
        "name",
        "province",
        "regency",
        "legal_form",
        "nib",
        "is_nib_verified",
        "published_at",
    ]
    list_filter = [
        "is_nib_verified",
        ("published_at", EmptyFieldListFilter),
        ("imported_at", EmptyFieldListFilter),
        "legal_form",
        "size",
        "province",
    ]
    list_select_related = ["province", "regency"]
    search_fields = ["name", "nib", "slug"]
    search_help_text = _("Name, NIB or address of the page")
    ordering = ["name", "pk"]
    autocomplete_fields = ["regency", "sectors"]
    readonly_fields = [
        "is_nib_verified",
        "size_declared_on",
        "shows_deals",
        "withholds_name",
        "is_example",
        "published_at",
        "imported_at",
        "created_at",
        "updated_at",
    ]

    def get_queryset(self, request):
        own = Business.objects.in_provinces_of(request.user)
        return super(Looking, self).get_queryset(request).filter(pk__in=own)

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def get_urls(self):
        return [*imports.admin_urls(self), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        own = {"may_import": may_assist(request.user)}
        return super().changelist_view(request, own | (extra_context or {}))

    def view_on_site(self, business):
        return business.get_absolute_url() if business.is_public else None

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        directory.refresh(form.instance)


@admin.register(Listing)
class ListingAdmin(Looking, ModelAdmin):
    list_display = ["title", "kind", "business", "commodity", "status", "expires_on"]
    list_filter = ["kind", "status", "business__province"]
    list_select_related = ["business", "commodity"]
    view_on_site = False
    search_fields = ["title", "business__name"]


@admin.register(Certificate)
class CertificateAdmin(Looking, ModelAdmin):
    """Its file opens only on the page where it is checked, which records who opened it."""

    list_display = ["kind", "name", "number", "business", "expires_on"]
    list_filter = ["kind", "business__province"]
    list_select_related = ["business"]
    search_fields = ["number", "name", "business__name"]
    exclude = ["file"]


@admin.register(VerificationRequest)
class VerificationRequestAdmin(Looking, ModelAdmin):
    list_display = ["business", "status", "submitted_at", "decided_by", "decided_at"]
    list_filter = ["status", "reason", "business__province"]
    list_select_related = ["business", "decided_by"]
    search_fields = ["business__name"]


@admin.register(Check)
class CheckAdmin(Looking, ModelAdmin):
    list_display = [
        "business",
        "subject",
        "source",
        "checked_by",
        "checked_at",
        "valid_until",
        "revoked_at",
    ]
    list_filter = ["subject", "source", "business__province"]
    list_select_related = ["business", "checked_by"]
    search_fields = ["business__name", "value"]
    exclude = ["request"]


@admin.register(MemberFirm)
class MemberFirmAdmin(Looking, ModelAdmin):
    belongs_to = "association"
    list_display = ["association", "firm", "name", "confirmed_at"]
    list_filter = ["association__province"]
    list_select_related = ["association", "firm"]
    search_fields = ["association__name", "firm__name", "name"]


@admin.register(FileOpening)
class FileOpeningAdmin(Looking, ModelAdmin):
    """Which official opened which private file, and when."""

    belongs_to = "certificate__business"
    list_display = ["opened_at", "opened_by", "certificate", "business"]
    list_filter = ["certificate__business__province"]
    list_select_related = ["opened_by", "certificate__business"]
    search_fields = ["certificate__business__name", "opened_by__name"]

    @admin.display(description=_("business"))
    def business(self, opening):
        return opening.certificate.business
