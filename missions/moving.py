"""What participants learn when a mission takes place elsewhere, or on other days."""

from django.utils.functional import lazy

from .letters import write
from .models import Mission
from .wording import own_wordings

GROUND = {"host_province", "city", "venue", "starts_on", "ends_on", "date_precision"}


def tell_of_move(mission, changed):
    """Writes to everybody who has a place, where any field of GROUND is among those `changed`. How
    many are told."""
    if mission.is_over or not GROUND & set(changed):
        return 0
    own = own_wordings(mission.initiator_province)
    mission = Mission.objects.with_registration().get(pk=mission.pk)
    accepted = mission.participations.accepted().select_related("business")
    return sum(map(bool, (_tell(row, mission, own) for row in accepted)))


def _tell(participation, mission, own):
    participation.mission = mission
    # Provinces have a name in each language.
    venue = lazy(lambda: mission.venue_and_place, str)()
    return write(participation, "mission_moved", own=own, venue=venue)
