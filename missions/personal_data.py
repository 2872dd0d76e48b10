"""What missions keep about a person, for the page and the copy of businesses/personal_data.py."""

from django.utils.translation import gettext as _

from businesses.models import Business
from businesses.personal_data import Part, facts_list, facts_of, shown_list

from .models import Participation, ParticipationConsent

OF_PARTICIPATION = "side status applied_at decided_at reason availability_at".split()
OF_CONSENT = "purpose text via given_at withdrawn_at".split()
OF_VERSION = "history_date history_type side status reason".split()


def participations_of(user):
    """Those of the businesses that the person owns."""
    owned = Business.objects.owned_by(user)
    return (
        Participation.objects.filter(business__in=owned)
        .select_related("mission", "business")
        .order_by("applied_at", "pk")
    )


def personal_data(user):
    found = participations_of(user).prefetch_related(
        "listings", "free_slots", "consents"
    )
    versions = Participation.history.filter(
        id__in=participations_of(user).order_by().values("pk")
    )
    return {
        "participations": [_participation(one) for one in found],
        "participation_versions": facts_list(
            versions.order_by("history_date"), OF_VERSION
        ),
    }


def _participation(participation):
    return {
        "mission": participation.mission.slug,
        "business": participation.business.display_name,
        **facts_of(participation, OF_PARTICIPATION),
        "listings": [listing.title for listing in participation.listings.all()],
        "free": [slot.starts_at for slot in participation.free_slots.all()],
        "consents": facts_list(participation.consents.all(), OF_CONSENT),
    }


def parts(user):
    agreed = ParticipationConsent.objects.filter(
        participation__in=participations_of(user).order_by()
    )
    return [
        Part(
            _("Missions"),
            shown_list(
                participations_of(user), ["mission", "business", *OF_PARTICIPATION]
            ),
        ),
        Part(
            _("What your businesses agreed to for missions"),
            shown_list(agreed, OF_CONSENT),
        ),
    ]
