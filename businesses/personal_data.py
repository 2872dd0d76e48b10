"""What the portal keeps about a person: the rights to see it, to a copy and to take it elsewhere
(UU 27/2022 articles 7 and 13). Other people of a business are counted, never named."""

import json
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from zipfile import ZIP_DEFLATED, ZipFile

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Count, Prefetch
from django.utils.translation import gettext as _, gettext_lazy

from umkm_portal.accounts.models import Appointment, User

from .models import Approval, Business, Consent, Invitation, Listing, Membership

PIECE = 256 * 1024
NAME_OF_FILE = "data-saya.json"
OF_BUSINESS = (
    "name legal_form nib is_nib_verified size size_basis size_declared_on province_id regency_id "
    "sells seeks description founded_year employees capacity shows_deals withholds_name "
    "created_at updated_at published_at"
).split()
OF_CONTACT = ["kind", "value", "added_at"]
OF_PRODUCT = "name commodity_id description unit price capacity added_at".split()
OF_CERTIFICATE = (
    "kind name number issuer expires_on file sha256 media_type added_at".split()
)
OF_PHOTO = "kind caption image width height added_at".split()
OF_LISTING = (
    "kind title commodity_id quantity unit price_min price_max delivers_everywhere note status "
    "created_at published_at expires_on"
).split()
OF_REQUEST = "status note submitted_at decided_at reason message".split()
OF_CHECK = (
    "subject value source checked_at valid_until revoked_at revoked_because".split()
)
OF_CONSENT = "purpose contact_kind text via given_at withdrawn_at".split()
OF_INVITATION = ("role for_whom created_at expires_at accepted_at revoked_at").split()
OF_APPROVAL = "name phone purposes created_at approved_at".split()
# A link in a text stays a placeholder: it is a key, and kept nowhere.
OF_MESSAGE = "kind language subject text channel state created_at sent_at".split()
MOST_MESSAGES_SHOWN = 10
OF_SESSION = "ip user_agent created_at last_seen_at".split()
# Where the model has a name for its programmers only.
LABELS = {
    UserSession: {
        "ip": gettext_lazy("IP address"),
        "user_agent": gettext_lazy("browser and device"),
        "created_at": gettext_lazy("signed in on"),
        "last_seen_at": gettext_lazy("last seen"),
    },
    Authenticator: {
        "type": gettext_lazy("kind"),
        "created_at": gettext_lazy("added on"),
        "last_used_at": gettext_lazy("last used"),
    },
    Invitation: {"created_at": gettext_lazy("made on")},
    Approval: {"created_at": gettext_lazy("asked on")},
}


@dataclass(frozen=True)
class Part:
    """One kind of data for the page: `rows` of (label, value), and where to correct it."""

    title: str
    rows: list[list[tuple[str, object]]]
    page: str = ""


def kept_of(user):
    """What the page shows: the same as `personal_data`, shorter, and in the words of its readers."""
    withdrawable = Consent.objects.withdrawable_by(user)
    return {
        "parts": [part for part in _all_parts(user) if part.rows],
        "memberships": Membership.objects.filter(user=user)
        .select_related("business")
        .annotate(
            **{
                part: Count(f"business__{part}", distinct=True)
                for part in "contacts products listings certificates photos checks".split()
            }
        )
        .order_by("business__name", "pk"),
        "versions": User.history.filter(id=user.pk).count(),
        "consents": consents_of(user),
        "withdrawable": set(withdrawable.values_list("pk", flat=True)),
    }


def _all_parts(user):
    yield from _parts(user)
    for room in _rooms():
        yield from room.parts(user)


def _parts(user):
    account = "name email phone phone_verified_at language joined_at last_login".split()
    sent = Invitation.objects.filter(created_by=user)
    return [
        Part(_("Account"), [_shown(user, account)], "account_overview"),
        Part(
            _("Where you are signed in"),
            shown_list(UserSession.objects.filter(user=user), OF_SESSION),
            "usersessions_list",
        ),
        Part(
            _("Second factors and passkeys"),
            shown_list(
                Authenticator.objects.filter(user=user),
                "type created_at last_used_at".split(),
            ),
            "mfa_index",
        ),
        Part(
            _("Appointments as an official"),
            shown_list(
                Appointment.objects.filter(user=user).select_related("province"),
                "role province appointed_at".split(),
            ),
        ),
        Part(_("Invitations that you made"), shown_list(sent, OF_INVITATION)),
        Part(
            _("Approvals that you gave by phone"),
            shown_list(
                Approval.objects.filter(approved_by=user),
                "name phone created_at approved_at".split(),
            ),
        ),
        _of_messages(user),
    ]


def _of_messages(user):
    return Part(
        _("The last messages to you; all are in the download"),
        shown_list(
            user.messages.all()[:MOST_MESSAGES_SHOWN],
            "subject created_at state channel".split(),
        ),
    )


def _rooms():
    """Modules with `personal_data(user)` and `parts(user)`, as here, for what other rooms keep."""
    return map(import_module, settings.PERSONAL_DATA)


def shown_list(rows, names):
    return [_shown(row, names) for row in rows]


def _shown(row, names):
    """[(label, value), …] of what is filled in."""
    facts, labels = [], LABELS.get(type(row), {})
    for name in names:
        display = getattr(row, f"get_{name}_display", None)
        value = display() if display else getattr(row, name)
        if value not in (None, ""):
            label = labels.get(name) or row._meta.get_field(name).verbose_name
            facts.append((label, value))
    return facts


def personal_data(user):
    """All of it as {part: facts or list of facts}, in the words of docs/domain.md."""
    memberships = list(_memberships(user))
    data = {
        "account": facts_of(
            user,
            "name email phone phone_verified_at language is_active joined_at last_login".split(),
        ),
        "emails": facts_list(
            EmailAddress.objects.filter(user=user), "email verified primary".split()
        ),
        "sign_in": facts_list(
            Authenticator.objects.filter(user=user),
            "type created_at last_used_at".split(),
        ),
        "sessions": facts_list(UserSession.objects.filter(user=user), OF_SESSION),
        "appointments": facts_list(
            Appointment.objects.filter(user=user),
            "role province_id appointed_at".split(),
        ),
        "account_versions": facts_list(
            User.history.filter(id=user.pk),
            "history_date history_type name email phone".split(),
        ),
        "businesses": [_membership(membership) for membership in memberships],
        "business_versions": _versions(memberships),
        "consents": _consents(user),
        "invitations": facts_list(
            Invitation.objects.filter(created_by=user)
            | Invitation.objects.filter(accepted_by=user),
            OF_INVITATION,
        ),
        "approvals": facts_list(Approval.objects.filter(approved_by=user), OF_APPROVAL),
        "messages": facts_list(user.messages.all(), OF_MESSAGE),
    }
    for room in _rooms():
        data |= room.personal_data(user)
    return data


def archive(user):
    """The bytes of a ZIP file, piece by piece: personal_data as JSON, and the files it names."""
    data = personal_data(user)
    text = json.dumps(data, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
    return _packed(text, list(_files(user)))


def consents_of(user):
    consents = Consent.objects.in_reach_of(user).select_related("business", "contact")
    return consents.order_by("-given_at", "-pk")


def _memberships(user):
    listings = Listing.objects.prefetch_related("certificates", "delivery_provinces")
    parts = "sectors activities contacts products certificates photos checks".split()
    return (
        Membership.objects.filter(user=user)
        .select_related("business")
        .prefetch_related(
            *(f"business__{part}" for part in parts),
            Prefetch("business__listings", listings),
            "business__certificates__openings",
            "business__member_firms__firm",
            "business__verification_requests",
            "business__memberships",
        )
        .order_by("business__name", "pk")
    )


def _membership(membership):
    facts = facts_of(membership, ["role", "joined_at"])
    business = membership.business
    if membership.role != Membership.Role.OWNER:
        return facts | {"business": business.display_name}
    return facts | {"business": _business(business)}


def _business(business):
    return facts_of(business, OF_BUSINESS) | {
        "sectors": [sector.slug for sector in business.sectors.all()],
        "kbli": [activity.code for activity in business.activities.all()],
        "people": len(business.memberships.all()),
        "member_firms": [str(member) for member in business.member_firms.all()],
        "contacts": facts_list(business.contacts.all(), OF_CONTACT),
        "products": facts_list(business.products.all(), OF_PRODUCT),
        "certificates": facts_list(business.certificates.all(), OF_CERTIFICATE),
        "files_opened_by_officials": [
            opening.opened_at
            for certificate in business.certificates.all()
            for opening in certificate.openings.all()
        ],
        "photos": facts_list(business.photos.all(), OF_PHOTO),
        "listings": [_listing(listing) for listing in business.listings.all()],
        "verification_requests": facts_list(
            business.verification_requests.all(), OF_REQUEST
        ),
        "checks": facts_list(business.checks.all(), OF_CHECK),
    }


def _listing(listing):
    return facts_of(listing, OF_LISTING) | {
        "certificates": [row.kind for row in listing.certificates.all()],
        "delivery_provinces": [
            province.code for province in listing.delivery_provinces.all()
        ],
    }


def _consents(user):
    return [
        facts_of(consent, OF_CONSENT)
        | {
            "business": consent.business.display_name,
            "given_by_you": consent.given_by_id == user.pk,
            "assisted": consent.assisted_by_id is not None,
        }
        for consent in consents_of(user)
    ]


def _versions(memberships):
    """Earlier versions of the businesses that the person owns."""
    owned = [
        membership.business_id
        for membership in memberships
        if membership.role == Membership.Role.OWNER
    ]
    versions = Business.history.filter(id__in=owned).order_by("history_date")
    return facts_list(versions, ["id", "history_date", "history_type", *OF_BUSINESS])


def facts_list(rows, names):
    return [facts_of(row, names) for row in rows]


def facts_of(row, names):
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value):
    """The name of a stored file is where it lies in the archive."""
    return value.name if hasattr(value, "storage") else value


def _files(user):
    for business in Business.objects.owned_by(user).prefetch_related(
        "photos", "certificates"
    ):
        yield from (photo.image for photo in business.photos.all())
        yield from (row.file for row in business.certificates.all() if row.file)


def _packed(text, files):
    """Never holds more than a piece of one file."""
    outlet = Outlet()
    with ZipFile(outlet, "w", ZIP_DEFLATED) as archived:
        archived.writestr(NAME_OF_FILE, text)
        for stored in files:
            with (
                suppress(FileNotFoundError),
                stored.open("rb") as source,
                archived.open(stored.name, "w") as target,
            ):
                for piece in iter(partial(source.read, PIECE), b""):
                    target.write(piece)
                    yield outlet.taken()
            yield outlet.taken()
    yield outlet.taken()


class Outlet:
    """Where a ZIP file is written to, and taken from before it is whole."""

    def __init__(self):
        self._pieces = []

    def write(self, piece):
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self):
        """Nothing is held back."""

    def taken(self):
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content
