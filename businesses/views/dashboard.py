from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from businesses.access import member_required
from businesses.associations import unanswered
from businesses.badges import badges
from businesses.models import Listing
from businesses.next_steps import next_steps

FIRST_STEPS = 3
MOST_LISTINGS = 5


@require_safe
@login_required
@cache_control(private=True, no_cache=True)
def dashboard(request):
    """Straight to the only business; a choice of several; the first run for a newcomer."""
    memberships = request.user.memberships.filter(business__closed_at=None)
    memberships = list(
        memberships.select_related("business__province", "business__regency")
    )
    if not memberships:
        return redirect("businesses:start")
    if len(memberships) == 1:
        return redirect("businesses:business_dashboard", memberships[0].business.slug)
    return render(request, "businesses/dashboard.html", {"memberships": memberships})


@require_safe
@member_required
def business_dashboard(request, business):
    listings = list(business.listings.prefetch_related("certificates"))
    steps = next_steps(business, listings)
    context = {
        "business": business,
        "steps": steps[:FIRST_STEPS],
        "more_steps": steps[FIRST_STEPS:],
        "listings": listings[:MOST_LISTINGS],
        "listing_count": len(listings),
        "statuses": Listing.Status,
        "badges": badges(business),
        "associations": unanswered(business) if business.is_owned else [],
    }
    return render(request, "businesses/business_dashboard.html", context)
