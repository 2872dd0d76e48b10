"""/petugas/misi/<mission>/acara/ and aturan/: when, at how many tables, and by which rules."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from missions.access import office_page
from missions.meetings.programme_form import ProgrammeForm, by_day
from missions.meetings.rules import room_of
from missions.meetings.rules_form import RulesForm
from missions.meetings.times import rules_of


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def programme(request, mission):
    form = effect = None
    if mission.is_organised:
        form = ProgrammeForm(sent(request), mission=mission)
        is_sent = request.method == "POST" and form.is_valid()
        if is_sent and (done := form.save(by=request.user)):
            messages.success(request, said_of(done.told))
            return redirect("meetings:programme", mission.slug)
        effect = form.effect()
    elif request.method == "POST":
        raise PermissionDenied
    times = [(slot.starts_at, slot.ends_at) for slot in mission.slots.all()]
    context = {
        "mission": mission,
        "title": _("Programme"),
        "form": form,
        "days": by_day(mission, times),
        "room": room_of(mission),
        "effect": effect,
        "preview": by_day(mission, effect.times) if effect else [],
    }
    return render(request, "meetings/programme.html", context)


def said_of(told):
    if not told:
        return _("The programme is saved. Nobody had to be told.")
    said = ngettext(
        "The programme is saved. %(told)s business gets a message.",
        "The programme is saved. %(told)s businesses get a message each.",
        told,
    )
    return said % {"told": told}


def sent(request):
    """What was typed; nothing when the page is only opened."""
    if request.method == "POST":
        return request.POST
    return request.GET if "minutes" in request.GET else None


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def rules(request, mission):
    if request.method == "POST" and not mission.is_organised:
        raise PermissionDenied
    current = rules_of(mission)
    form = RulesForm(request.POST or None, instance=current)
    if form.is_valid():
        changed = form.save(by=request.user)
        said = _("Saved: %(changed)s.") % {"changed": ", ".join(changed)}
        messages.success(request, said if changed else _("Nothing has changed."))
        return redirect("meetings:rules", mission.slug)
    context = {
        "mission": mission,
        "title": _("Rules"),
        "form": form,
        "rules": current,
        "room": room_of(mission),
        "changes": history_of(current),
    }
    return render(request, "meetings/rules.html", context)


def history_of(rules):
    return rules.history.select_related("history_user")[:10] if rules.pk else []
