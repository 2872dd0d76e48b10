from .joining import (
    MailingAdmin,
    ParticipationAdmin,
    QuotaAdmin,
    RegistrationAdmin,
    SlotAdmin,
)
from .missions import CountAdmin, MissionAdmin

__all__ = [
    "CountAdmin",
    "MailingAdmin",
    "MissionAdmin",
    "ParticipationAdmin",
    "QuotaAdmin",
    "RegistrationAdmin",
    "SlotAdmin",
]
