"""/dasbor/<slug>/verifikasi/: a business asks for a check and sees what came of it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from businesses import verification
from businesses.access import member_required
from businesses.badges import badges
from businesses.forms.verification import SubmitForm
from businesses.models import VerificationRequest

Status = VerificationRequest.Status


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def verification_submit(request, business):
    latest = business.verification_requests.last()
    form = SubmitForm(request.POST or None, business=business)
    if request.method == "POST" and form.is_valid() and form.save(by=request.user):
        messages.success(request, _("Sent. You get a message when it is decided."))
        return redirect("businesses:verification_submit", business.slug)
    context = {
        "business": business,
        "title": _("Have your business checked"),
        "latest": latest,
        "is_waiting": latest is not None and latest.status == Status.WAITING,
        "is_undecided": latest is not None and latest.status in latest.UNDECIDED,
        "missing": verification.missing(business),
        "claims": verification.claims(business),
        "badges": badges(business),
        "form": form,
    }
    return render(request, "businesses/verification_submit.html", context)


@require_POST
@member_required
def verification_withdraw(request, business):
    for undecided in business.verification_requests.undecided():
        verification.withdraw(undecided)
        messages.success(request, _("Your request is withdrawn."))
    return redirect("businesses:verification_submit", business.slug)
