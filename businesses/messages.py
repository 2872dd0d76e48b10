"""What owners and officials are told about businesses, and what to do next: written to the outbox
in the language of whoever gets it."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override

from umkm_portal.accounts.models import Appointment, User
from umkm_portal.outbox.services import post

from .models import Check, Membership, VerificationRequest
from .models.verification import CHECKERS

Status = VerificationRequest.Status


def link(name, *args):
    """The full address of a page in the active language, for those who are not on the portal now."""
    return settings.SITE_URL + reverse(name, args=args)


def owners_of(business):
    return User.objects.filter(
        is_active=True,
        memberships__business=business,
        memberships__role=Membership.Role.OWNER,
    )


def tell(user, kind, message, *facts):
    """`message` makes (subject, text) of the facts."""
    with override(user.language):
        subject, text = message(*facts)
    post(user, kind=kind, subject=subject, text=text)


def tell_owners(business, kind, message, *facts):
    for owner in owners_of(business):
        tell(owner, kind, message, *facts)


# Decisions


def tell_owners_of_decision(request):
    tell_owners(request.business, "check_decided", decision, request)


def decision(request):
    sentences = {
        Status.APPROVED: gettext(
            "The trade office has checked %(business)s. What it checked now shows on the page "
            "of your business. See until when it holds: %(link)s"
        ),
        Status.MORE_NEEDED: gettext(
            "The trade office needs more from %(business)s: %(message)s Add it and send it "
            "again: %(link)s"
        ),
        Status.REJECTED: gettext(
            "The trade office could not confirm %(business)s: %(message)s You can correct this "
            "and ask again: %(link)s"
        ),
    }
    text = sentences[request.status] % {
        "business": request.business.display_name,
        "message": request.message,
        "link": link("businesses:verification_submit", request.business.slug),
    }
    return gettext("Check of your business"), text


# Revocations


def tell_owners_of_revocation(check):
    tell_owners(check.business, "check_revoked", revocation, check)


def revocation(check):
    text = gettext(
        "The trade office has taken back a check of %(business)s (%(what)s): %(because)s "
        "What to do: %(link)s"
    ) % {
        "business": check.business.display_name,
        "what": check.get_subject_display(),
        "because": check.revoked_because,
        "link": link("businesses:verification_submit", check.business.slug),
    }
    return gettext("A check was taken back"), text


# Checks that end soon


def tell_owners_of_expiry(business):
    tell_owners(business, "check_ends", expiry, business)


def expiry(business):
    text = gettext(
        "A check of %(business)s ends within %(days)s days. Bring your papers up to date "
        "and ask for a new check: %(link)s"
    ) % {
        "business": business.display_name,
        "days": Check.REMIND_DAYS,
        "link": link("businesses:verification_submit", business.slug),
    }
    return gettext("A check ends soon"), text


def tell_officials_of_expiry(province):
    checkers = Appointment.objects.filter(province=province, role__in=CHECKERS)
    officials = User.objects.filter(pk__in=checkers.values("user"), is_active=True)
    for official in officials:
        tell(official, "checks_end", expiry_in_province)


def expiry_in_province():
    text = gettext(
        "Checks of businesses in your province end within %(days)s days. The list: %(link)s"
    ) % {
        "days": Check.REMIND_DAYS,
        "link": link("businesses:verification_queue") + "?daftar=berakhir",
    }
    return gettext("Checks that end soon"), text


# Drafts and deletions


def tell_owners_of_closing(business, days):
    tell_owners(business, "draft_ends", closing, business, days)


def closing(business, days):
    text = gettext(
        "Nobody has worked on %(business)s for almost two years, and it was never "
        "published. It will be deleted in %(days)s days, unless you sign in: %(link)s"
    ) % {
        "business": business.display_name,
        "days": days,
        "link": link("account_login"),
    }
    return gettext("Your draft will be deleted"), text


def tell_of_deletion(user):
    """Article 45 of UU 27/2022. It does not name the business, whose name is to be gone."""
    tell(user, "business_deleted", deletion)


def deletion():
    text = gettext("The business and all that named it are deleted, as you asked.")
    return gettext("Your business is deleted"), text
