"""Who takes part in a mission: applications, decisions, the waiting list and availability.

Each step locks the row of the mission, so that places are counted one step at a time; the row of a
business before it, where that is locked at all. Everybody concerned gets a message.
"""

from .applying import (
    apply_for,
    choose_listings,
    leave_all,
    obstacle_of,
    provinces_of,
    withdraw,
)
from .availability import booked_slots, state_availability
from .consents import WORDS, set_consent
from .deciding import decide, promote, promote_everywhere, remove_quota, set_quota
from .shared import DECISIONS

__all__ = [
    "DECISIONS",
    "WORDS",
    "apply_for",
    "booked_slots",
    "choose_listings",
    "decide",
    "leave_all",
    "obstacle_of",
    "promote",
    "promote_everywhere",
    "provinces_of",
    "remove_quota",
    "set_consent",
    "set_quota",
    "state_availability",
    "withdraw",
]
