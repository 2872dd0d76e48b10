from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from businesses.models import Listing
from umkm_portal.exports import CONTENT_TYPES, MOST_XLSX_ROWS, stream

from .businesses import public_contacts
from .listing_filters import ListingFilter
from .listing_tables import listing_table
from .paging import CappedPaginator

PER_PAGE = 20
SIMILAR = 5


def filtered(request):
    return ListingFilter(request.GET, queryset=Listing.objects.open().newest_first())


@require_safe
def listing_list(request):
    found = filtered(request)
    paginator = CappedPaginator(found.qs.for_rows(), PER_PAGE)
    page = paginator.get_page(request.GET.get("halaman"))
    examples = how_many_examples(paginator.object_list)
    context = {
        "filter": found,
        "page": page,
        "count": paginator.count - examples,
        "examples": examples,
        "pages": paginator.get_elided_page_range(page.number),
        "extensions": CONTENT_TYPES,
    }
    return render(request, "publication/listing_list.html", context)


def how_many_examples(pks):
    return Listing.objects.filter(pk__in=pks, business__is_example=True).count()


@require_safe
def listing_download(request, extension):
    found = filtered(request)
    if not found.form.is_valid():
        return HttpResponseBadRequest(found.form.errors.as_text(), "text/plain")
    if extension == "xlsx" and found.qs[MOST_XLSX_ROWS:].exists():
        text = _(
            "An XLSX file holds at most %(most)s rows here. Choose a filter, or CSV."
        )
        return HttpResponseBadRequest(text % {"most": MOST_XLSX_ROWS}, "text/plain")
    return stream(listing_table(found.qs), extension)


@require_safe
def listing_detail(request, pk):
    listing = Listing.objects.visible_to(request.user).for_page().filter(pk=pk).first()
    if listing is None:
        return listing_over(request, pk)
    similar = Listing.objects.similar_to(listing).for_rows().newest_first()
    context = {
        "listing": listing,
        "contacts": public_contacts(listing.business),
        "similar": similar[:SIMILAR],
    }
    return render(request, "publication/listing_detail.html", context)


def listing_over(request, pk):
    """Old links from chats and search engines lead on; what it said is not repeated, and drafts
    never were anywhere."""
    listing = get_object_or_404(Listing.objects.once_public().for_rows(), pk=pk)
    similar = Listing.objects.similar_to(listing).for_rows().newest_first()
    context = {"listing": listing, "similar": similar[:SIMILAR]}
    return render(request, "publication/listing_over.html", context, status=410)
