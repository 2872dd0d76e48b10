"""New opportunities for a business, and the weekly message about them."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from businesses.access import member_required, secret_address
from missions.meetings.digest import (
    is_subscribed,
    note_look,
    subscribe,
    subscription_of,
    unsubscribe,
)
from missions.meetings.explain import (
    Labels,
    conflict_labels,
    reasons,
    strongest,
    sum_line,
    weakest,
)
from missions.meetings.opportunities import NEWEST, opportunities_for


@require_safe
@member_required
def opportunities(request, business):
    found = opportunities_for(business)
    before = note_look(business, request.user)
    context = {
        "title": _("New opportunities"),
        "business": business,
        "told": explained(found, business, before),
        "new_count": sum(one.is_newer_than(before) for one in found),
        "before": before,
        "newest": NEWEST,
        "is_subscribed": is_subscribed(business, request.user),
    }
    return render(request, "meetings/opportunities.html", context)


def explained(found, business, before):
    """[{what is shown of an opportunity}, …]"""
    labels = Labels()
    told = []
    for one in found:
        why = reasons(one, business, labels)
        told.append(
            {
                "one": one,
                "reasons": why,
                "strongest": strongest(why),
                "weakest": weakest(why),
                "conflicts": conflict_labels(one),
                "sum": sum_line(why, one.score),
                "is_new": one.is_newer_than(before),
            }
        )
    return told


@require_POST
@member_required
def digest(request, business):
    """Switches the weekly message on or off, for nobody but the visitor."""
    if request.POST.get("wanted"):
        subscribe(business, user=request.user)
        messages.success(
            request, _("You will be told when there is news, at most once a week.")
        )
    else:
        unsubscribe(business.pk, user_id=request.user.pk)
        messages.success(request, _("You get no more messages about this."))
    return redirect("meetings:opportunities", business.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@secret_address
def digest_end(request, token):
    """Where the link in the message leads. Opening it changes nothing."""
    named = subscription_of(token)
    if named is None:
        return render(request, "meetings/link_over.html", status=404)
    is_ended = request.method == "POST"
    if is_ended:
        business_id, user_id = named
        unsubscribe(business_id, user_id=user_id)
    return render(request, "meetings/digest_end.html", {"is_ended": is_ended})
