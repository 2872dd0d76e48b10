"""The three doors to the pages of a participant, for tests: which pages, and browsers before them."""

from django.test import Client
from django.urls import reverse

from businesses.consents import give_consent
from businesses.models import Consent
from missions.letters import write
from umkm_portal.outbox.links import token_of

DOORS = ("own", "link", "assisted")
# Pages, by whose number stands in their address: nobody's, a partner's, that of a request.
PAGES = {
    "home": "",
    "availability": "",
    "listings": "",
    "consents": "",
    "withdraw": "",
    "matches": "",
    "match": "partner",
    "partners": "",
    "requests": "",
    "request_new": "newcomer",
    "request": "request",
    "request_accept": "request",
    "request_decline": "request",
    "request_propose": "request",
    "request_withdraw": "request",
    "request_cancel": "request",
    "request_report": "request",
    "request_take_back": "request",
    "request_move": "request",
    "request_move_agree": "request",
    "request_move_refuse": "request",
    "calendar": "",
}
# What is only ever sent.
BUTTONS = {"wish": "partner"}


def participant_pages():
    """Every page of a participant, behind each door."""
    names = PAGES | BUTTONS
    pages = {f"meetings:{door}:{name}" for door in DOORS for name in names}
    return pages | {"meetings:link:enter"}


class Doors:
    """Browsers that come to the pages of `participation` through each door."""

    def __init__(self, participation, official=None):
        self.participation, self.official = participation, official
        business, mission = participation.business, participation.mission
        self.owner = business.memberships.first().user
        [message] = write(participation, "accepted")
        self.kwargs = {
            "own": {"slug": business.slug, "mission": mission.slug},
            "link": {"token": token_of(message)},
            "assisted": {"mission": mission.slug, "participation": participation.pk},
        }

    def consent(self):
        business = self.participation.business
        give_consent(business, Consent.Purpose.ASSISTANCE, by=self.owner)

    def browser(self, door, **kwargs):
        client = Client(**kwargs)
        if door == "own":
            client.force_login(self.owner)
        if door == "assisted":
            self.consent()
            client.force_login(self.official)
        return client

    def url(self, door, name, **kwargs):
        return reverse(f"meetings:{door}:{name}", kwargs=self.kwargs[door] | kwargs)
