"""What would help a business most now, and why. The first ones are those that others wait for."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from .models import Check, Consent, Listing, VerificationRequest

LISTING_DAYS = 14
CERTIFICATE_DAYS = 30


@dataclass(frozen=True)
class NextStep:
    what: str
    why: str
    button: str
    url: str
    # One tap does it, without another page.
    is_post: bool = False
    for_owner: bool = False


def next_steps(business, listings):
    """Steps for an owner, or for staff those that staff can take. `listings` are all of its own."""
    steps = [
        *_asked_for_by_officials(business),
        *_in_other_rooms(business),
        *_members(business),
        *_public_page(business),
        *_listings(business, listings),
        *_trust(business),
        *_profile(business),
    ]
    return [step for step in steps if business.is_owned or not step.for_owner]


def _to(name, business, *args):
    return reverse(f"businesses:{name}", args=[business.slug, *args])


def _asked_for_by_officials(business):
    request = business.verification_requests.undecided().first()
    business.open_request = request
    if request and request.status == VerificationRequest.Status.MORE_NEEDED:
        yield NextStep(
            _("Answer the trade office"),
            request.message,
            _("Look at it"),
            _to("verification_submit", business),
            for_owner=True,
        )


def _in_other_rooms(business):
    for steps in map(import_string, settings.NEXT_STEPS):
        yield from steps(business)


def _members(business):
    if business.lists_member_firms and not business.member_firms.exists():
        yield NextStep(
            _("List your members"),
            _("A deal of all of you can then be broken down to each."),
            _("List them"),
            _to("member_firms", business),
            for_owner=True,
        )


def _public_page(business):
    if not business.is_public:
        yield NextStep(
            _("Publish the page of your business"),
            _("Buyers find you only once it is public. You choose what it shows."),
            _("Look and publish"),
            _to("profile_publish", business),
            for_owner=True,
        )
    shown = Consent.objects.active().filter(
        business=business, purpose=Consent.Purpose.CONTACT
    )
    if business.is_public and not shown.exists():
        yield NextStep(
            _("Publish a contact"),
            _("Without one, interested buyers cannot reach you."),
            _("Choose a contact"),
            _to("contacts", business),
            for_owner=True,
        )


def _listings(business, listings):
    for listing in listings:
        if listing.status == Listing.Status.OPEN:
            yield from _renewal(business, listing)
    drafts = [one for one in listings if one.status == Listing.Status.DRAFT]
    if drafts and business.is_public:
        yield NextStep(
            _("Publish “%(title)s”") % {"title": drafts[0].title},
            _("Nobody sees a draft."),
            _("Publish"),
            _to("listing_publish", business, drafts[0].pk),
            is_post=True,
        )
    kinds = {listing.kind for listing in listings}
    if Listing.Kind.OFFER not in kinds:
        yield NextStep(
            _("Offer something"),
            _("Buyers search for offers with quantity and price."),
            _("Add an offer"),
            _to("offer_add", business),
        )
    if Listing.Kind.NEED not in kinds:
        yield NextStep(
            _("Say what you look for"),
            _("Sellers of other provinces can then come to you with an offer."),
            _("Add a need"),
            _to("need_add", business),
        )


def _renewal(business, listing):
    days = listing.days_left
    if days > LISTING_DAYS:
        return
    why = (
        _("It ends in %(days)d days and then no longer shows.") % {"days": days}
        if days >= 0
        else _("It has ended and no longer shows.")
    )
    yield NextStep(
        _("Renew “%(title)s”") % {"title": listing.title},
        why,
        _("Renew for 90 days"),
        _to("listing_publish", business, listing.pk),
        is_post=True,
    )


def _trust(business):
    if not business.nib:
        yield NextStep(
            _("Fill in your NIB"),
            _(
                "Officials can then check it in OSS, and buyers trust you more. A NIB is free of "
                "charge at oss.go.id."
            ),
            _("Fill in the NIB"),
            _to("identity", business),
            for_owner=True,
        )
    yield from _verification(business)
    yield from _certificates(business)


def _verification(business):
    if business.open_request:
        return
    valid = list(business.checks.valid())
    soon = timezone.localdate() + timedelta(days=Check.REMIND_DAYS)
    ending = [check for check in valid if check.valid_until <= soon]
    if ending:
        what = _("Ask for a new check")
        why = _("A check of the trade office ends soon, and its badge with it.")
    elif business.nib and not valid:
        what = _("Ask the trade office to check your business")
        why = _("Buyers see what was checked, and when. It costs nothing.")
    else:
        return
    yield NextStep(
        what, why, _("Ask"), _to("verification_submit", business), for_owner=True
    )


def _certificates(business):
    certificates = list(business.certificates.all())
    soon = timezone.localdate() + timedelta(days=CERTIFICATE_DAYS)
    for certificate in certificates:
        if certificate.expires_on and certificate.expires_on <= soon:
            yield _of_ending(business, certificate)
    if not certificates:
        yield NextStep(
            _("Add your certificates"),
            _("Many buyers search for halal, P-IRT or BPOM first."),
            _("Add a certificate"),
            _to("certificate_add", business),
        )


def _of_ending(business, certificate):
    return NextStep(
        _("Renew the certificate %(label)s") % {"label": certificate.label},
        _("It no longer counts once it has expired. Fill in the new number and date."),
        _("Fill in"),
        _to("certificate_edit", business, certificate.pk),
    )


def _profile(business):
    if not business.photos.exists():
        yield NextStep(
            _("Add a photo"),
            _("Buyers want to see what they buy."),
            _("Add a photo"),
            _to("photos", business),
        )
    if not business.regency_id:
        yield NextStep(
            _("Fill in your regency or city"),
            _("Buyers see how far the goods have to travel, and find you on the map."),
            _("Fill in"),
            _to("place", business),
        )
    if not business.size:
        yield NextStep(
            _("State the size of your business"),
            _("Many missions and programmes are for micro and small businesses."),
            _("Choose a band"),
            _to("size", business),
            for_owner=True,
        )
    if not business.description:
        yield NextStep(
            _("Tell about your business"),
            _("A few sentences make it easier to find and to remember."),
            _("Write"),
            _to("about", business),
        )
