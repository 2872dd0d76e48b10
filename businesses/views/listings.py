from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from businesses.access import member_required
from businesses.forms.listings import ListingForm
from businesses.models import Listing
from businesses.services import (
    close_listing,
    publish_listing,
    remove_listing,
    save_facts,
)

Kind = Listing.Kind


@require_safe
@member_required
def listings(request, business):
    context = {
        "business": business,
        "title": _("Offers and needs"),
        "listings": business.listings.prefetch_related("certificates"),
        "statuses": Listing.Status,
    }
    return render(request, "businesses/listings.html", context)


@require_http_methods(["GET", "POST"])
@member_required
def offer_add(request, business):
    return edit(request, business, Listing(kind=Kind.OFFER), _("What you offer"))


@require_http_methods(["GET", "POST"])
@member_required
def need_add(request, business):
    return edit(request, business, Listing(kind=Kind.NEED), _("What you look for"))


@require_http_methods(["GET", "POST"])
@member_required
def listing_edit(request, business, pk):
    listing = get_object_or_404(business.listings, pk=pk)
    return edit(request, business, listing, listing.title)


def edit(request, business, listing, title):
    form = ListingForm(request.POST or None, instance=listing, business=business)
    if form.is_valid() and (saved := save_facts(form, business)):
        if "publish" in request.POST:
            return publish(request, business, saved)
        messages.success(request, _("Saved."))
        return redirect("businesses:listings", business.slug)
    context = {"business": business, "form": form, "title": title, "listing": listing}
    return render(request, "businesses/listing_form.html", context)


@require_POST
@member_required
def listing_publish(request, business, pk):
    """Opens a draft, renews an open one, and opens a closed one again."""
    return publish(request, business, get_object_or_404(business.listings, pk=pk))


def publish(request, business, listing):
    if business.is_public:
        publish_listing(listing)
        messages.success(request, _("Published for 90 days."))
    elif business.is_owned:
        page = reverse("businesses:profile_publish", args=[business.slug])
        return HttpResponseRedirect(f"{page}?peluang={listing.pk}")
    else:
        messages.error(
            request, _("Kept as a draft: first an owner has to publish the page.")
        )
    return redirect("businesses:listings", business.slug)


@require_POST
@member_required
def listing_close(request, business, pk):
    close_listing(get_object_or_404(business.listings, pk=pk))
    messages.success(request, _("Closed. You can publish it again at any time."))
    return redirect("businesses:listings", business.slug)


@require_POST
@member_required
def listing_delete(request, business, pk):
    remove_listing(get_object_or_404(business.listings, pk=pk))
    messages.success(request, _("Deleted."))
    return redirect("businesses:listings", business.slug)
