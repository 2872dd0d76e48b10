from copy import copy

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from businesses import first_run
from businesses.access import owner_required
from businesses.forms.start import PublishForm, SeeksForm, SellsForm, StartForm
from businesses.models import Listing

STEPS = 4


def show(request, step, form, business=None, **context):
    context |= {"step": step, "steps": STEPS, "form": form, "business": business}
    return render(request, f"businesses/start/{step}.html", context)


def is_kept(keep, business, form):
    """Keeps what was typed; else the form says why not."""
    try:
        keep(business, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
    return form.is_valid()


def before_publication(view):
    """Once the page is public there is nothing left to start: the dashboard has it all."""

    def page(request, business):
        if business.is_public:
            return redirect("businesses:business_dashboard", business.slug)
        return view(request, business)

    return owner_required(page)


@login_required
@require_http_methods(["GET", "POST"])
def start(request):
    form = StartForm(request.POST or None)
    if form.is_valid():
        try:
            business = first_run.start_business(form.instance, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("businesses:start_sells", business.slug)
    return show(request, 1, form)


@require_http_methods(["GET", "POST"])
@before_publication
def start_again(request, business):
    form = StartForm(request.POST or None, instance=copy(business))
    if form.is_valid():
        first_run.move(business, name=form.instance.name, to=form.instance.province)
        return redirect("businesses:start_sells", business.slug)
    return show(request, 1, form, business)


@require_http_methods(["GET", "POST"])
@before_publication
def start_sells(request, business):
    form = SellsForm(request.POST or None, instance=copy(business))
    if form.is_valid() and is_kept(first_run.keep_sold, business, form):
        return redirect("businesses:start_seeks", business.slug)
    return show(request, 2, form, business)


@require_http_methods(["GET", "POST"])
@before_publication
def start_seeks(request, business):
    form = SeeksForm(request.POST or None, instance=copy(business))
    if form.is_valid() and is_kept(first_run.keep_sought, business, form):
        return redirect("businesses:start_publish", business.slug)
    return show(request, 3, form, business)


@require_http_methods(["GET", "POST"])
@before_publication
def start_publish(request, business):
    drafts = list(business.listings.filter(status=Listing.Status.DRAFT))
    form = PublishForm(request.POST or None, user=request.user, has_drafts=bool(drafts))
    if form.is_valid():
        first_run.publish_business(
            business,
            by=request.user,
            with_contact=form.cleaned_data["contact"],
            with_listings=form.cleaned_data.get("listings", False),
        )
        messages.success(request, _("Your business now has a public page."))
        return redirect("businesses:business_dashboard", business.slug)
    return show(request, 4, form, business, drafts=drafts)
