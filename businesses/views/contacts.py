from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from businesses.access import owner_required
from businesses.consents import (
    WORDS,
    delete_contact,
    give_consent,
    withdraw_consent,
)
from businesses.forms.contacts import ContactForm
from businesses.models import Consent
from businesses.services import publish_listing, save_facts

Purpose = Consent.Purpose
# Python refuses to read numbers of thousands of digits.
LONGEST_KEY = 20


@require_http_methods(["GET", "POST"])
@owner_required
def contacts(request, business):
    form = ContactForm(request.POST or None, business=business)
    if form.is_valid() and save_facts(form, business):
        messages.success(request, _("Saved. Nobody else sees it until you publish it."))
        return redirect("businesses:contacts", business.slug)
    active = Prefetch("consents", Consent.objects.active(), to_attr="active_consents")
    context = {
        "business": business,
        "title": _("Contacts"),
        "contacts": business.contacts.prefetch_related(active),
        "words": WORDS[Purpose.CONTACT],
        "form": form,
    }
    return render(request, "businesses/contacts.html", context)


@require_POST
@owner_required
def contact_publish(request, business, pk):
    contact = get_object_or_404(business.contacts, pk=pk)
    give_consent(business, Purpose.CONTACT, by=request.user, contact=contact)
    messages.success(request, _("This contact is now on your public page."))
    return redirect("businesses:contacts", business.slug)


@require_POST
@owner_required
def contact_delete(request, business, pk):
    delete_contact(get_object_or_404(business.contacts, pk=pk), by=request.user)
    messages.success(request, _("Deleted."))
    return redirect("businesses:contacts", business.slug)


@require_safe
@owner_required
def consents(request, business):
    given = business.consents.select_related(
        "contact", "given_by", "assisted_by", "withdrawn_by"
    ).order_by("withdrawn_at", "-given_at")
    given = sorted(given, key=lambda consent: consent.withdrawn_at is not None)
    active = {one.purpose for one in given if one.withdrawn_at is None}
    context = {
        "business": business,
        "title": _("Consents"),
        "consents": given,
        "offered": [
            (purpose, purpose.label, WORDS[purpose])
            for purpose in Purpose
            if purpose not in {*active, Purpose.CONTACT}
        ],
    }
    return render(request, "businesses/consents.html", context)


@require_POST
@owner_required
def consent_give(request, business, purpose):
    if purpose not in {*Purpose.values} - {Purpose.CONTACT}:
        raise Http404(purpose)
    give_consent(business, Purpose(purpose), by=request.user)
    messages.success(request, _("Thank you. You can withdraw this at any time."))
    return redirect("businesses:consents", business.slug)


@require_POST
@owner_required
def consent_withdraw(request, business, pk):
    withdraw_consent(get_object_or_404(business.consents, pk=pk), by=request.user)
    messages.success(request, _("Withdrawn. What it allowed has ended."))
    if request.POST.get("from") == "contacts":
        return redirect("businesses:contacts", business.slug)
    return redirect("businesses:consents", business.slug)


@require_http_methods(["GET", "POST"])
@owner_required
def profile_publish(request, business):
    """Consent to a public page; `peluang` is a listing that waits for it."""
    waiting = request.POST.get("peluang") or request.GET.get("peluang") or ""
    listing = (
        business.listings.filter(pk=waiting).first()
        if waiting.isdecimal() and len(waiting) < LONGEST_KEY
        else None
    )
    if request.method == "POST":
        give_consent(business, Purpose.PROFILE, by=request.user)
        if listing:
            publish_listing(listing)
        messages.success(request, _("Your business now has a public page."))
        return redirect("businesses:business_dashboard", business.slug)
    context = {
        "business": business,
        "title": _("Publish the page of your business"),
        "listing": listing,
        "words": WORDS[Purpose.PROFILE],
    }
    return render(request, "businesses/profile_publish.html", context)
