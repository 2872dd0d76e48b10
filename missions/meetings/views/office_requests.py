"""/petugas/misi/<mission>/permintaan/: how the requests stand, and whom to help."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from businesses.assistance import ASSISTANTS
from missions.access import office_page
from missions.meetings.models import MeetingRequest
from missions.meetings.office_filter import OfficeFilter
from missions.models import Participation

PER_PAGE = 50


@office_page
@require_safe
def office_requests(request, mission):
    seen = MeetingRequest.objects.of_mission(mission).visible_to(request.user)
    form = OfficeFilter(request.GET)
    paginator = Paginator(form.found(seen).with_parties(), PER_PAGE)
    page = paginator.get_page(request.GET.get("halaman"))
    helped = Participation.objects.assisted_by(request.user, *ASSISTANTS)
    context = {
        "mission": mission,
        "title": _("Requests"),
        "form": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number),
        "can_help": set(helped.filter(mission=mission).values_list("pk", flat=True)),
        "waiting": seen.pending().count(),
    }
    return render(request, "meetings/office_requests.html", context)
