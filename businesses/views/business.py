from copy import copy

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from businesses.access import member_required, owner_required
from businesses.forms.business import AboutForm, IdentityForm, SizeForm
from businesses.forms.place import PlaceForm
from businesses.services import save_facts


def edit(request, business, form_class, title, intro=""):
    """One form about the business itself."""
    form = form_class(request.POST or None, instance=copy(business))
    if form.is_valid() and save_facts(form, form.instance):
        messages.success(request, _("Saved."))
        return redirect("businesses:business_dashboard", business.slug)
    context = {"business": business, "form": form, "title": title, "intro": intro}
    return render(request, "businesses/form.html", context)


@require_http_methods(["GET", "POST"])
@owner_required
def identity(request, business):
    return edit(
        request,
        business,
        IdentityForm,
        _("Name, NIB and legal form"),
        _("Officials compare this with OSS. Write it as it stands there."),
    )


@require_http_methods(["GET", "POST"])
@owner_required
def size(request, business):
    return edit(request, business, SizeForm, _("Size of the business"))


@require_http_methods(["GET", "POST"])
@member_required
def place(request, business):
    return edit(
        request,
        business,
        PlaceForm,
        _("Where the business is"),
        _("For another province: choose it and save, then choose the regency or city."),
    )


@require_http_methods(["GET", "POST"])
@member_required
def about(request, business):
    return edit(request, business, AboutForm, _("About the business"))
