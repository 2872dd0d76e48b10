from .commodity import MissionCommodity
from .count import CountSnapshot
from .dates import DatePrecision
from .letters import Letter, Mailing, MessageWording
from .mission import Mission
from .participation import Participation, ParticipationConsent
from .registration import Quota, Registration, Side
from .slots import Slot

__all__ = [
    "CountSnapshot",
    "DatePrecision",
    "Letter",
    "Mailing",
    "MessageWording",
    "Mission",
    "MissionCommodity",
    "Participation",
    "ParticipationConsent",
    "Quota",
    "Registration",
    "Side",
    "Slot",
]
