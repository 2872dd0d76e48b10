"""Whom to meet: all participants of the mission, and what one wishes about each."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from missions.doors import participant_page
from missions.meetings.access import accepted_page
from missions.meetings.partner_filter import PartnerFilter, others_of
from missions.meetings.request_lists import live_requests
from missions.meetings.wishes import set_wish, wishes_of
from umkm_portal.accounts.access import own_page

PER_PAGE = 20


@require_safe
@participant_page
@accepted_page
def partners(request, participation):
    form = PartnerFilter(request.GET, participation=participation)
    paginator = Paginator(form.found().with_listings(), PER_PAGE)
    page = paginator.get_page(request.GET.get("halaman"))
    wishes = wishes_of(request.door, participation)
    live = live_requests(participation)
    for partner in page:
        partner.wish, partner.live = wishes.get(partner.pk, ""), live.get(partner.pk)
    context = {
        "participation": participation,
        "title": _("All participants"),
        "form": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number),
    }
    return render(request, "meetings/partners.html", context)


@require_POST
@participant_page
@accepted_page
def wish(request, participation, pk):
    """Back to where the button stood, if that was a page of ours."""
    partner = get_object_or_404(others_of(participation), pk=pk)
    level = request.POST.get("level", "")
    try:
        set_wish(participation, partner, level, actor=request.door.actor)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, saved(request.door, participation, partner, level))
    back = own_page(request, request.POST.get("next", ""))
    return redirect(f"{back or request.door.url('partners')}#wish-{partner.pk}")


def saved(door, participation, partner, level):
    if door.is_assisted:
        text = _("Recorded for %(business)s; only its people see it.")
        return text % {"business": participation.name}
    text = _("Your wish about %(partner)s is kept.")
    if not level:
        text = _("Your wish about %(partner)s is taken back.")
    return text % {"partner": partner.name}
