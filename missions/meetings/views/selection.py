"""/petugas/misi/<mission>/pertemuan/: which meetings the organiser proposes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from missions.access import office_page, organiser_page
from missions.meetings.selection import publish, start
from missions.meetings.selection_page import context_of, table_of
from umkm_portal.exports import CONTENT_TYPES, stream

REFRESH_SECONDS = 3


@office_page
@require_safe
def selection(request, mission):
    context = {
        "mission": mission,
        "title": _("Meetings"),
        "extensions": CONTENT_TYPES,
        **context_of(mission, request.user, request.GET),
    }
    response = render(request, "meetings/selection.html", context)
    if context["newest"] and context["newest"].is_alive:
        response["Refresh"] = REFRESH_SECONDS
    return response


@organiser_page
@require_POST
def selection_start(request, mission):
    try:
        chosen = start(mission, by=request.user)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
    else:
        if chosen.is_done:
            messages.success(
                request, _("The meetings are chosen. Nobody sees them yet.")
            )
    return redirect("meetings:selection", mission.slug)


@organiser_page
@require_POST
def selection_publish(request, mission, pk):
    chosen = get_object_or_404(mission.selections, pk=pk)
    try:
        told = publish(chosen, by=request.user)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
    else:
        said = ngettext(
            "Shown. %(told)s participant gets a message.",
            "Shown. %(told)s participants get a message.",
            told,
        )
        messages.success(request, said % {"told": told})
    return redirect("meetings:selection", mission.slug)


@office_page
@require_safe
def selection_download(request, mission, extension):
    chosen = mission.selections.done().first()
    if chosen is None:
        raise Http404
    return stream(table_of(mission, request.user, chosen), extension)
