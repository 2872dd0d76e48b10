"""Pages of a participant about its place in the mission, behind each of the three doors."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from businesses.models import Membership
from missions.doors import participant_page
from missions.joining import WORDS, set_consent
from missions.models import ParticipationConsent
from missions.participant_forms import AvailabilityForm, ChoiceForm, WithdrawForm

Purpose = ParticipationConsent.Purpose


def may_change(participation):
    return participation.is_in_play and not participation.mission.is_over


def saved(request, what):
    messages.success(request, what)
    return redirect(request.door.url("home"))


@require_http_methods(["GET", "HEAD", "POST"])
@participant_page
def availability(request, participation):
    slots = list(participation.mission.slots.select_related("mission"))
    form = AvailabilityForm(
        request.POST or None, participation=participation, slots=slots
    )
    if slots and form.is_valid() and form.save(actor=request.door.actor):
        return saved(request, _("Thank you. Your times are saved."))
    context = {
        "participation": participation,
        "form": form,
        "slots": slots,
        "may_change": may_change(participation),
        "hours_apart": hours_apart(participation),
        "hours_behind": -hours_apart(participation),
        "title": _("When you can come"),
    }
    return render(request, "missions/availability.html", context)


def hours_apart(participation):
    """By how many hours the clock of the mission is ahead of that of the business."""
    mission, province = participation.mission, participation.business.province
    now = timezone.now()
    there, here = (
        now.astimezone(ZoneInfo(zone)).utcoffset()
        for zone in (mission.timezone, province.timezone)
    )
    return int((there - here).total_seconds() // 3600)


@require_http_methods(["GET", "HEAD", "POST"])
@participant_page
def listings(request, participation):
    form = ChoiceForm(
        request.POST or None,
        business=participation.business,
        participation=participation,
    )
    if form.is_valid() and (chosen := form.save(actor=request.door.actor)):
        if doubt := form.doubt_of(chosen):
            messages.warning(request, doubt)
        return saved(request, _("Saved."))
    context = {
        "participation": participation,
        "business": participation.business,
        "form": form,
        "may_change": may_change(participation),
        "title": _("What you bring"),
    }
    return render(request, "missions/listings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@participant_page
def consents(request, participation):
    """Each button says which consent it gives or withdraws."""
    if request.method == "POST":
        return change_consent(request, participation)
    active = {one.purpose: one for one in participation.consents.active()}
    rows = [
        (purpose, purpose.label, active.get(purpose), WORDS[purpose])
        for purpose in Purpose
    ]
    owners = participation.business.memberships.filter(role=Membership.Role.OWNER)
    context = {
        "participation": participation,
        "rows": rows,
        "ended": participation.consents.exclude(withdrawn_at=None),
        "may_consent": not request.door.is_assisted
        and owners.filter(user=request.door.actor.user).exists(),
        "title": _("What may be public"),
    }
    return render(request, "missions/consents.html", context)


def change_consent(request, participation):
    agreed = "agree" in request.POST
    purpose = request.POST.get("agree") or request.POST.get("withdraw")
    if purpose in Purpose.values:
        try:
            set_consent(participation, purpose, agreed, actor=request.door.actor)
            messages.success(request, _("Saved."))
        except ValidationError as problem:
            messages.error(request, problem.messages[0])
    return redirect(request.door.url("consents"))


@require_http_methods(["GET", "HEAD", "POST"])
@participant_page
def withdraw(request, participation):
    helped = participation if request.door.is_assisted else None
    form = WithdrawForm(request.POST or None, helped=helped)
    if form.is_valid() and form.save(participation, actor=request.door.actor):
        return saved(request, withdrawn(helped))
    context = {
        "participation": participation,
        "form": form,
        "may_change": may_change(participation),
        "title": _("Withdraw from this mission"),
    }
    return render(request, "missions/withdraw.html", context)


def withdrawn(helped):
    if helped:
        return _(
            "You have withdrawn %(business)s. It and everybody concerned are told."
        ) % {"business": helped.name}
    return _("You have withdrawn. Everybody concerned is told.")
