"""Missions with scored pairs, for tests."""

from django.urls import reverse

from businesses.models import Listing
from missions.meetings.matching import request_run
from missions.meetings.scoring_run import score_all
from missions.models import Participation
from tests.factories import (
    BusinessFactory,
    ListingFactory,
    ParticipationFactory,
)


def seller_of(mission, **listing):
    business = BusinessFactory(published=True, province__code="35")
    offer = ListingFactory(business=business, **listing)
    return ParticipationFactory(mission=mission, business=business, listings=[offer])


def buyer_of(mission, province="64", **listing):
    business = BusinessFactory(published=True, province__code=province)
    need = ListingFactory(business=business, kind=Listing.Kind.NEED, **listing)
    return ParticipationFactory(
        mission=mission,
        business=business,
        side=Participation.Side.BUYER,
        listings=[need],
    )


def scored(mission):
    """Asks for a scoring and does at once what the worker would do."""
    run = request_run(mission, by=None)
    score_all(run.pk)
    run.refresh_from_db()
    return run


def office(mission, name="office_matches", *args):
    return reverse(f"meetings:{name}", args=[mission.slug, *args])
