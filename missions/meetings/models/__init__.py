from .digest import DigestSubscription, OpportunityLook
from .events import MeetingReport, RequestEvent
from .matches import Match, ScoreRun, Wish
from .requests import Booking, MeetingRequest
from .rules import MatchingRules
from .selection import FloorGap, SelectedMeeting, Selection

__all__ = [
    "Booking",
    "DigestSubscription",
    "FloorGap",
    "Match",
    "MatchingRules",
    "MeetingReport",
    "MeetingRequest",
    "OpportunityLook",
    "RequestEvent",
    "ScoreRun",
    "SelectedMeeting",
    "Selection",
    "Wish",
]
