"""The directory of businesses at /usaha/: search, list, map, downloads."""

from django.core.paginator import Paginator
from django.http import HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from businesses.badges import badges
from businesses.directory import with_public_facts
from businesses.models import Business, DirectoryEntry
from businesses.search import MOST
from umkm_portal.exports import CONTENT_TYPES, MOST_XLSX_ROWS, stream

from .directory_forms import DirectoryForm
from .directory_map import draw_map
from .directory_tables import business_table

PER_PAGE = 20
MAP = "peta"


@require_safe
def business_list(request):
    form = DirectoryForm(request.GET)
    found = form.search()
    form.say_how_many(found.facets)
    context = {
        "form": form,
        "found": found,
        "most": MOST,
        "extensions": CONTENT_TYPES,
        "shows_map": request.GET.get("tampilan") == MAP,
    }
    if context["shows_map"]:
        context["map"] = draw_map(found.facets, form["provinsi"].data)
    else:
        pks = form.in_order(found.pks)
        page = Paginator(pks, PER_PAGE).get_page(request.GET.get("halaman"))
        context["page"] = page
        context["pages"] = page.paginator.get_elided_page_range(page.number)
        context["cards"] = cards(page.object_list)
    if not found.pks:
        context["is_empty"] = not DirectoryEntry.objects.exists()
    return render(request, "publication/business_list.html", context)


def cards(pks):
    """[(business, its badges, its certificates), …] in the order of `pks`."""
    found = with_public_facts(Business.objects.published()).in_bulk(pks)
    businesses = [found[pk] for pk in pks if pk in found]
    return [(one, badges(one), certificates(one)) for one in businesses]


def certificates(business):
    """What it says it holds, and of each whether that is all there is to it."""
    checked = {check.certificate_id for check in business.valid_checks}
    return [
        held.label
        if held.pk in checked
        else _("%(certificate)s (not checked)") % {"certificate": held.label}
        for held in business.current_certificates
    ]


@require_safe
def business_download(request, extension):
    form = DirectoryForm(request.GET)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_text(), "text/plain")
    businesses = form.businesses()
    if extension == "xlsx" and businesses[MOST_XLSX_ROWS:].exists():
        text = _(
            "An XLSX file holds at most %(most)s businesses here. Choose a filter, or CSV."
        )
        return HttpResponseBadRequest(text % {"most": MOST_XLSX_ROWS}, "text/plain")
    return stream(business_table(businesses), extension)
