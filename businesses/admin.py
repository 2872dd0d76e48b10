from django.contrib import admin
from django.contrib.admin import ModelAdmin

from umkm_portal.admin import HistoryAdmin

from .models import ClassificationCode, CommodityGroup, Province, Regency, Sector


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
