"""Asking for a meeting and answering. Every page only shows; every step is a form that is sent."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from missions.doors import participant_page
from missions.meetings.access import accepted_page
from missions.meetings.conflicts import conflicts_between
from missions.meetings.models import MeetingRequest
from missions.meetings.partner_filter import others_of
from missions.meetings.request_actions import ACTIONS, open_forms
from missions.meetings.request_forms import RequestForm
from missions.meetings.request_lists import shelves
from missions.meetings.request_story import Story
from missions.meetings.steps import deadline
from missions.meetings.times import rules_of

PER_PAGE = 20


@require_safe
@participant_page
def requests(request, participation):
    found = shelves(participation)
    page = Paginator(found.closed, PER_PAGE).get_page(request.GET.get("halaman"))
    context = {
        "participation": participation,
        "title": _("Meetings"),
        "shelves": found,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
    }
    return render(request, "meetings/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@participant_page
@accepted_page
def request_new(request, participation, pk):
    partner = get_object_or_404(others_of(participation).with_listings(), pk=pk)
    earlier = MeetingRequest.objects.between(participation, partner)
    earlier = earlier.with_parties().first()
    if request.method != "POST" and earlier and not earlier.is_closed:
        messages.info(request, _("There is a request between you already."))
        return redirect(request.door.url("request", pk=earlier.pk))
    form = RequestForm(
        request.POST if request.method == "POST" else None,
        initial=words_of_before(participation, partner),
        sender=participation,
        receiver=partner,
    )
    if form.is_valid() and (sent := form.save(actor=request.door.actor)):
        messages.success(request, _("Sent. You get a message when there is an answer."))
        return redirect(request.door.url("request", pk=sent.pk))
    return render(
        request,
        "meetings/request_new.html",
        context_of_new(participation, partner, form, earlier),
    )


def context_of_new(participation, partner, form, earlier):
    rules = rules_of(participation.mission)
    return {
        "participation": participation,
        "title": _("Ask %(partner)s for a meeting") % {"partner": partner.name},
        "partner": partner,
        "form": form,
        "earlier": earlier,
        "conflicts": conflicts_between(participation, partner),
        "rules": rules,
        "until": deadline(rules, None),
        "waiting": participation.sent_requests.pending().count(),
    }


def words_of_before(sender, receiver):
    """Who asks again need not type it again."""
    before = sender.sent_requests.filter(receiver=receiver).first()
    if before is None:
        return {}
    return {"message": before.message, "products": before.products.all()}


def find(participation, pk):
    found = MeetingRequest.objects.of(participation).with_parties()
    return get_object_or_404(found.prefetch_related("products", "reports"), pk=pk)


@require_safe
@participant_page
def request_detail(request, participation, pk):
    return show(request, participation, find(participation, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@participant_page
def request_step(request, participation, pk, name):
    """Opening shows the request with this form unfolded; only sending it does anything."""
    found, action = find(participation, pk), ACTIONS[name]
    form = action.form(
        request.POST if request.method == "POST" else None,
        meeting_request=found,
        participation=participation,
    )
    if form.is_valid() and form.save(actor=request.door.actor):
        messages.success(request, action.done)
        return redirect(request.door.url("request", pk=pk))
    bound = form if form.is_bound else None
    return show(request, participation, found, bound=bound, unfolded=name)


def show(request, participation, found, *, bound=None, unfolded=""):
    partner = found.partner_of(participation)
    context = {
        "participation": participation,
        "title": _("Meeting with %(partner)s") % {"partner": partner.name},
        "partner": partner,
        "meeting_request": found,
        "forms": open_forms(found, participation, bound=bound),
        "unfolded": unfolded,
        "may_ask_again": participation.is_accepted and found.is_closed,
        "story": Story(found, participation, is_assisted=request.door.is_assisted),
        "place": participation.mission.venue_and_place,
        "conflicts": (
            [] if found.is_closed else conflicts_between(participation, partner)
        ),
    }
    return render(request, "meetings/request.html", context)
