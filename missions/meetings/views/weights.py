"""/petugas/misi/<mission>/bobot/: what counts how much, and what another choice would change."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from missions.access import office_page
from missions.meetings.effects import effect_of
from missions.meetings.reweighing import changes_of, latest_run, reweigh, weights_of
from missions.meetings.weights import GOOD_SCORE, WEIGHTS
from missions.meetings.weights_form import WeightsForm

USUAL = "lazim"


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def weights(request, mission):
    """A first POST shows the effect; "save" keeps the weights whose effect was shown, no others."""
    now = weights_of(mission)
    start = WEIGHTS if USUAL in request.GET else now
    form = WeightsForm(
        request.POST if request.method == "POST" else None,
        initial={component.value: weight for component, weight in start.items()},
    )
    if form.is_bound and not mission.is_organised:
        raise PermissionDenied
    effect = None
    if form.is_valid():
        if request.POST.get("save") == form.signature:
            return keep(request, mission, form.weights)
        effect = effect_of(mission, form.weights)
    context = {
        "mission": mission,
        "title": _("Weights"),
        "form": form,
        "effect": effect,
        "good": GOOD_SCORE // 10,
        "is_same": effect is not None and form.weights == now,
        "now": now,
        "is_usual": now == WEIGHTS,
        "run": latest_run(mission),
        "changes": changes_of(mission),
    }
    return render(request, "meetings/weights.html", context)


def keep(request, mission, weights):
    try:
        reweigh(mission, weights, by=request.user)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
    else:
        messages.success(request, _("Saved. All scores have been computed anew."))
    return redirect("meetings:weights", mission.slug)
