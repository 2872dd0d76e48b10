"""/petugas/usaha/: officials fill in for owners. /t/<token>/: those owners say yes or no."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from businesses import assistance
from businesses.access import member_required, secret_address
from businesses.assistance import ASSISTANTS, Purpose, may_assist
from businesses.consents import WORDS
from businesses.forms.assistance import AssistedChangeForm, AssistedForm, CodeForm
from businesses.models import Approval, Business
from umkm_portal.accounts.access import official_required
from umkm_portal.gateway import NotSent

PER_PAGE = 20
NOT_SENT = gettext_lazy(
    "The draft is saved, but the message could not be sent. Send it again."
)


@require_safe
@official_required
def assisted_list(request):
    pending = Approval.objects.for_official(request.user).pending()
    assisted = Business.objects.assisted_by(request.user).order_by("-created_at", "-pk")
    assisted = assisted.select_related("province")
    page = Paginator(assisted, PER_PAGE).get_page(request.GET.get("halaman"))
    context = {
        "pending": pending.select_related("business__province", "created_by"),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "may_assist": may_assist(request.user),
    }
    return render(request, "businesses/officials/assisted_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@official_required
def assisted_create(request):
    if not may_assist(request.user):
        raise PermissionDenied
    form = AssistedForm(request.POST or None, by=request.user)
    try:
        if form.is_valid() and (approval := form.save()):
            messages.success(request, _("Saved. The owner gets a message now."))
            return redirect("businesses:approval_status", approval.pk)
    except NotSent:
        messages.warning(request, NOT_SENT)
        return redirect("businesses:assisted_list")
    return render(request, "businesses/officials/assisted_form.html", {"form": form})


def pending_of(request, pk):
    approvals = Approval.objects.for_official(request.user, *ASSISTANTS)
    return get_object_or_404(approvals.select_related("business", "created_by"), pk=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@official_required
def approval_status(request, pk):
    """Where the official waits for the owner's yes, and types the code."""
    approval = pending_of(request, pk)
    form = CodeForm(request.POST or None, approval=approval)
    if form.is_valid() and form.save():
        messages.success(
            request, _("The owner has agreed. The business is registered.")
        )
        return redirect("businesses:approval_status", pk)
    # A wrong code was counted, or the owner has answered meanwhile.
    approval = pending_of(request, pk)
    context = {"approval": approval, "form": form, "asked": asked(approval)}
    return render(request, "businesses/officials/approval_status.html", context)


def asked(approval):
    """The words of what the owner is asked to agree to."""
    return [WORDS[purpose] for purpose in approval.purposes]


@require_POST
@official_required
def approval_again(request, pk):
    send_again(request, pending_of(request, pk))
    return redirect("businesses:approval_status", pk)


def send_again(request, approval):
    try:
        assistance.ask_again(approval)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    except NotSent:
        messages.warning(request, NOT_SENT)
    else:
        messages.success(request, _("A new message with a new code is on its way."))


@require_POST
@official_required
def approval_discard(request, pk):
    try:
        assistance.discard(pending_of(request, pk))
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("The draft and the phone number are deleted."))
    return redirect("businesses:assisted_list")


@require_http_methods(["GET", "HEAD", "POST"])
@official_required
def assisted_change(request, slug):
    businesses = Business.objects.assisted_by(request.user, *ASSISTANTS)
    business = get_object_or_404(businesses, slug=slug)
    form = AssistedChangeForm(request.POST or None, instance=business, by=request.user)
    if form.is_valid() and form.save():
        messages.success(request, _("Saved."))
        return redirect("businesses:assisted_list")
    context = {"form": form, "business": Business.objects.get(pk=business.pk)}
    return render(request, "businesses/officials/assisted_change.html", context)


# /t/<token>/


@secret_address
@require_http_methods(["GET", "HEAD", "POST"])
def approval(request, token):
    """Opening it changes nothing; one of its buttons does. After a yes it shows the receipt."""
    try:
        found = assistance.with_token(token)
    except Approval.DoesNotExist:
        return over(request)
    if found.has_receipt:
        return receipt(request, found.business)
    if not found.is_pending:
        return over(request)
    if request.method == "POST":
        return answered(request, found)
    context = {
        "approval": found,
        "listings": found.business.listings.all(),
        "may_publish": Purpose.PROFILE in found.purposes,
        "asked": asked(found),
        "office": assistance.office(found.business.province),
    }
    return render(request, "businesses/approval.html", context)


def over(request):
    """The same for a link that ended and for one that never was."""
    return render(request, "businesses/approval_over.html", status=404)


def answered(request, found):
    """One answer per button. The link that was used no longer works afterwards."""
    answers = {"publish": agree, "register": agree, "refuse": refuse, "again": again}
    answer = request.POST.get("answer")
    if answer not in answers:
        return redirect(request.path)
    try:
        return answers[answer](request, found, answer)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect(request.path)


def agree(request, found, answer):
    purposes = [Purpose.PROFILE] if answer == "publish" else []
    token = assistance.approve_by_link(found, purposes)
    messages.success(request, _("Thank you. Your business is registered."))
    return redirect("businesses:approval", token)


def refuse(request, found, _answer):
    assistance.refuse(found)
    messages.success(request, _("The draft and your phone number are deleted."))
    return redirect("publication:home")


def again(request, found, _answer):
    send_again(request, found)
    return redirect("publication:home")


def receipt(request, business):
    consents = business.consents.select_related("given_by", "assisted_by", "contact")
    context = {
        "business": business,
        "consents": consents,
        "title": _("Receipt of consents"),
    }
    return render(request, "businesses/receipt.html", context)


@require_safe
@member_required
def consent_receipt(request, business):
    """The same receipt for the people of the business, as long as it exists."""
    return receipt(request, business)
