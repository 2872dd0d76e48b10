from allauth.account.internal.flows.logout import logout
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from businesses.access import owner_required
from businesses.consents import withdraw_consent
from businesses.forms.rights import DeleteForm
from businesses.models import Consent
from businesses.personal_data import archive, kept_of
from businesses.retention import all_periods
from businesses.rights import closing_of, farewell
from umkm_portal.accounts.access import fresh_sign_in_required


@login_required
@never_cache
@require_safe
def my_data(request):
    return render(request, "businesses/rights/my_data.html", kept_of(request.user))


@login_required
@never_cache
@require_safe
def my_data_download(request):
    return StreamingHttpResponse(
        archive(request.user),
        content_type="application/zip",
        headers={
            "Content-Disposition": 'attachment; filename="data-saya.zip"',
            "Cache-Control": "private, no-store",
        },
    )


@login_required
@require_POST
def consent_withdraw(request, pk):
    consents = Consent.objects.withdrawable_by(request.user)
    withdraw_consent(get_object_or_404(consents, pk=pk), by=request.user)
    messages.success(
        request, _("The consent is withdrawn. What it allowed has ended at once.")
    )
    return redirect("businesses:my_data")


@fresh_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_delete(request):
    outcome = farewell(request.user)
    form = DeleteForm(request.POST or None, user=request.user)
    if not outcome.obstacle and form.is_valid() and form.save():
        logout(request, show_message=False)
        messages.success(
            request, _("Your account and what belonged to it are deleted.")
        )
        return redirect("publication:home")
    context = {"outcome": outcome, "form": form}
    return render(request, "businesses/rights/account_delete.html", context)


@fresh_sign_in_required
@owner_required
@require_http_methods(["GET", "HEAD", "POST"])
def business_delete(request, business):
    form = DeleteForm(request.POST or None, user=request.user, business=business)
    if form.is_valid() and form.save():
        messages.success(request, _("The business is deleted."))
        return redirect("businesses:dashboard")
    context = {
        "form": form,
        "business": business,
        "title": _("Delete this business"),
        "outcome": closing_of(business, request.user),
    }
    return render(request, "businesses/rights/business_delete.html", context)


@require_safe
def privacy(request):
    context = {"periods": all_periods(), "contact": settings.DPO_CONTACT}
    return render(request, "businesses/rights/privacy.html", context)
