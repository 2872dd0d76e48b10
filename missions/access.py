"""The door to the pages of officials about one mission."""

from functools import wraps

from django.http import Http404
from django.shortcuts import get_object_or_404

from businesses.assistance import ASSISTANTS
from umkm_portal.accounts.access import official_required

from .assisting import may_assist_at
from .models import Mission


def office_page(view):
    """Calls view(request, mission, …) for officials of a province that takes part, auditors too.

    `mission.is_organised`: whether the visitor runs it; `mission.is_changeable`: and it is not over.
    """

    @wraps(view)
    @official_required
    def page(request, mission, **kwargs):
        seen = Mission.objects.run_by(request.user).select_related(
            "initiator_province", "host_province"
        )
        found = get_object_or_404(
            seen.prefetch_related("partner_provinces"), slug=mission
        )
        organised = Mission.objects.organised_by(request.user, *ASSISTANTS)
        found.is_organised = organised.filter(pk=found.pk).exists()
        found.is_changeable = found.is_organised and not found.is_over
        return view(request, found, **kwargs)

    return page


def assistant_page(view):
    """The same for those who fill in for businesses of a province that takes part."""

    @wraps(view)
    def page(request, mission, **kwargs):
        if not may_assist_at(mission, request.user):
            raise Http404
        return view(request, mission, **kwargs)

    return office_page(page)


def organiser_page(view):
    """The same for those who run the mission; for other officials it does not exist here."""

    @wraps(view)
    @official_required
    def page(request, mission, **kwargs):
        organised = Mission.objects.organised_by(request.user, *ASSISTANTS)
        found = get_object_or_404(
            organised.select_related(
                "initiator_province", "host_province"
            ).prefetch_related("partner_provinces"),
            slug=mission,
        )
        found.is_organised = True
        found.is_changeable = not found.is_over
        return view(request, found, **kwargs)

    return page
