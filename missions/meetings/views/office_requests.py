"""/petugas/misi/<mission>/permintaan/: how the requests stand, whom to help, and a time for those who
have agreed to meet without one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from businesses.assistance import ASSISTANTS
from missions.access import office_page, organiser_page
from missions.meetings.models import MeetingRequest
from missions.meetings.office_filter import WITHOUT_TIME, OfficeFilter
from missions.meetings.request_forms import SetTimeForm
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
        "can_set_times": mission.is_changeable,
        "waiting": seen.waiting().count(),
        "without_time": seen.without_time().count(),
        "filter_without_time": f"?keadaan={WITHOUT_TIME}",
    }
    return render(request, "meetings/office_requests.html", context)


@organiser_page
@require_http_methods(["GET", "HEAD", "POST"])
def office_time(request, mission, pk):
    """A time for an agreed meeting that has none: one at which both can come."""
    found = MeetingRequest.objects.of_mission(mission).accepted().with_parties()
    found = get_object_or_404(found, pk=pk)
    back = reverse("meetings:office_requests", args=[mission.slug])
    if found.slot and request.method != "POST":
        messages.info(request, _("This meeting has a time already."))
        return redirect(back)
    form = SetTimeForm(
        request.POST if request.method == "POST" else None, meeting_request=found
    )
    if form.is_valid() and form.save(by=request.user):
        messages.success(request, _("The meeting has a time. Both have been told."))
        return redirect(f"{back}?keadaan={WITHOUT_TIME}")
    context = {
        "mission": mission,
        "title": _("A time for a meeting"),
        "meeting_request": found,
        "form": form,
        "silent": [one for one in found.parties if one.is_silent_about_times],
        "back": back,
    }
    return render(request, "meetings/office_time.html", context)
