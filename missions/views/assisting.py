"""/petugas/misi/<mission>/daftarkan/: an official applies for a business whose owner allowed it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from missions.access import assistant_page
from missions.assisting import AssistedApplyForm, AssistedFilter, assisted_at
from missions.doors import Actor, Via
from missions.joining import obstacle_of

PER_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
@assistant_page
def office_apply(request, mission):
    """First the business is chosen; its slug then stands in the address of the form."""
    assisted = assisted_at(mission, request.user)
    if slug := request.GET.get("usaha"):
        business = get_object_or_404(assisted, slug=slug)
        return apply_for_business(request, mission, business)
    form = AssistedFilter(request.GET)
    paginator = Paginator(form.found(assisted), PER_PAGE)
    page = paginator.get_page(request.GET.get("halaman"))
    registration = getattr(mission, "registration", None)
    context = {
        "mission": mission,
        "title": _("Apply for a business"),
        "filter": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number),
        "is_open": registration is not None and registration.is_open,
    }
    return render(request, "missions/office_apply_choose.html", context)


def apply_for_business(request, mission, business):
    known = business.here[0] if business.here else None
    if known and known.is_in_play:
        return redirect("meetings:assisted:home", mission.slug, known.pk)
    form = AssistedApplyForm(request.POST or None, business=business, mission=mission)
    actor = Actor(request.user, Via.ASSISTED)
    if form.is_valid() and (participation := form.save(actor=actor)):
        messages.success(
            request, _("The application has arrived. Its owner gets a message.")
        )
        if doubt := form.doubt_of(participation):
            messages.warning(request, doubt)
        return redirect("meetings:assisted:home", mission.slug, participation.pk)
    context = {
        "mission": mission,
        "business": business,
        "known": known,
        "form": form,
        "obstacle": obstacle_of(mission, business),
        "title": _("Apply for %(business)s") % {"business": business.display_name},
    }
    return render(request, "missions/office_apply.html", context)
