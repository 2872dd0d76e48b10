"""What waits for an official in other rooms: settings.WAITING_FOR_OFFICIALS."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Waiting:
    what: str
    url: str
    button: str


def waiting_for(user):
    """[Waiting, …], the most urgent first."""
    found = map(import_string, settings.WAITING_FOR_OFFICIALS)
    return [waiting for what_waits in found for waiting in what_waits(user)]
