from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from businesses import services
from businesses.access import member_required, owner_required, secret_address
from businesses.forms.people import InvitationForm, RoleForm
from businesses.models import Invitation, Membership


@require_safe
@owner_required
def people(request, business, form=None):
    memberships = list(business.memberships.select_related("user"))
    owners = [one for one in memberships if one.role == Membership.Role.OWNER]
    context = {
        "business": business,
        "title": _("People"),
        "memberships": memberships,
        "only_owner": owners[0] if len(owners) == 1 else None,
        "invitations": business.invitations.pending(),
        "form": form or InvitationForm(),
        "roles": Membership.Role,
        "days": Invitation.DAYS,
    }
    return render(request, "businesses/people.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@owner_required
def invite(request, business):
    """The link is shown in this very answer, once: only its hash is kept."""
    form = InvitationForm(request.POST or None)
    if not form.is_valid():
        context = {"business": business, "form": form, "title": _("Invite someone")}
        return render(request, "businesses/form.html", context)
    invitation, token = services.invite(business, by=request.user, **form.cleaned_data)
    link = request.build_absolute_uri(reverse("businesses:invitation", args=[token]))
    text = _("You are invited to %(business)s on Portal Misi Dagang: %(link)s") % {
        "business": business.name,
        "link": link,
    }
    context = {
        "business": business,
        "title": _("The link is ready"),
        "invitation": invitation,
        "text": text,
        "whatsapp": f"https://wa.me/?text={quote(text)}",
    }
    return render(request, "businesses/invitation_made.html", context)


@require_POST
@owner_required
def invitation_revoke(request, business, pk):
    services.revoke_invitation(get_object_or_404(business.invitations, pk=pk))
    messages.success(request, _("The link no longer works."))
    return redirect("businesses:people", business.slug)


@require_POST
@owner_required
def role_change(request, business, pk):
    membership = get_object_or_404(business.memberships, pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        services.change_role(membership, form.cleaned_data["role"])
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("businesses:people", business.slug)


@require_POST
@owner_required
def member_remove(request, business, pk):
    return remove(request, get_object_or_404(business.memberships, pk=pk))


@require_POST
@member_required
def leave(request, business):
    return remove(request, business.memberships.get(user=request.user))


def remove(request, membership):
    try:
        services.remove_member(membership)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("businesses:business_dashboard", membership.business.slug)
    if membership.user_id == request.user.pk:
        messages.success(request, _("You have left the business."))
        return redirect("businesses:dashboard")
    messages.success(request, _("This person no longer works here."))
    return redirect("businesses:people", membership.business.slug)


@secret_address
@require_safe
def invitation(request, token):
    """Opening changes nothing; who is not signed in does that first and comes back."""
    pending = Invitation.objects.pending().select_related("business", "created_by")
    found = pending.filter(token_hash=services.hash_of(token)).first()
    status = 200 if found else 404
    context = {"invitation": found, "token": token}
    return render(request, "businesses/invitation.html", context, status=status)


@secret_address
@require_POST
@login_required
def invitation_accept(request, token):
    try:
        business = services.accept_invitation(token, by=request.user)
    except Invitation.DoesNotExist:
        return redirect("businesses:invitation", token)
    messages.success(request, _("Welcome. You now work here on the portal too."))
    return redirect("businesses:business_dashboard", business.slug)
