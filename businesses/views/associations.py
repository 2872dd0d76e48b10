from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from businesses import associations
from businesses.access import owner_required
from businesses.forms.associations import NamedFirmForm
from businesses.models import Business
from businesses.services import save_facts


@require_http_methods(["GET", "POST"])
@owner_required
def member_firms(request, business):
    if not business.lists_member_firms:
        raise Http404
    form = NamedFirmForm(request.POST or None, business=business)
    if form.is_valid() and save_facts(form, business):
        return redirect("businesses:member_firms", business.slug)
    query = request.GET.get("q", "").strip()
    context = {
        "business": business,
        "title": _("Members"),
        "firms": business.member_firms.select_related("firm"),
        "query": query,
        "found": associations.firms_named(query, association=business),
        "form": form,
    }
    return render(request, "businesses/member_firms.html", context)


@require_POST
@owner_required
def member_firm_ask(request, business, firm):
    if not business.lists_member_firms:
        raise Http404
    others = Business.objects.published().exclude(pk=business.pk)
    try:
        associations.list_firm(business, get_object_or_404(others, slug=firm))
    except ValidationError as error:
        messages.warning(request, error.messages[0])
    else:
        messages.success(request, _("Listed. The firm still has to confirm it."))
    return redirect("businesses:member_firms", business.slug)


@require_POST
@owner_required
def member_firm_remove(request, business, pk):
    get_object_or_404(business.member_firms, pk=pk).delete()
    messages.success(request, _("Removed."))
    return redirect("businesses:member_firms", business.slug)


@require_POST
@owner_required
def membership_confirm(request, business, pk):
    associations.confirm(get_object_or_404(business.associations, pk=pk))
    messages.success(request, _("Confirmed. The association can now show you."))
    return redirect("businesses:business_dashboard", business.slug)


@require_POST
@owner_required
def membership_decline(request, business, pk):
    """Also ends a membership that was confirmed before."""
    get_object_or_404(business.associations, pk=pk).delete()
    messages.success(request, _("Removed from the list of that association."))
    return redirect("businesses:business_dashboard", business.slug)
