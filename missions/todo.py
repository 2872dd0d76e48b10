"""What an organiser has to do next for a mission, and how many take part in it."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _, ngettext

from .models import Mission, Participation, Side
from .quotas import Places

Status = Participation.Status


@dataclass(frozen=True)
class Todo:
    what: str
    url: str
    button: str


def numbers(participations):
    """Counts for the overview."""
    accepted = Q(status=Status.ACCEPTED)
    counted = participations.aggregate(
        applied=Count("pk", filter=Q(status=Status.APPLIED)),
        waiting=Count("pk", filter=Q(status=Status.WAITING)),
        sellers=Count("pk", filter=accepted & Q(side=Side.SELLER)),
        buyers=Count("pk", filter=accepted & Q(side=Side.BUYER)),
        declined=Count("pk", filter=Q(status=Status.DECLINED)),
        withdrawn=Count("pk", filter=Q(status=Status.WITHDRAWN)),
    )
    there = participations.accepted()
    counted["without_times"] = there.silent_about_times().count()
    counted["without_listing"] = there.bringing_nothing().aggregate(
        sellers=Count("pk", filter=Q(side=Side.SELLER)),
        buyers=Count("pk", filter=Q(side=Side.BUYER)),
    )
    return counted


def todos(mission, counted):
    """The most urgent first."""
    return [
        Todo(what, reverse(name, args=[mission.slug]) + query, button)
        for what, name, query, button in _todos(mission, counted)
    ]


def _todos(mission, counted):
    registration = getattr(mission, "registration", None)
    if mission.status == Mission.Status.DRAFT or (
        registration is None and mission.status in Mission.UPCOMING
    ):
        yield (
            _("Say when businesses can apply, and publish the mission."),
            "missions:office_registration",
            "",
            _("Open registration"),
        )
    if mission.is_over:
        return
    if counted["applied"]:
        yield (
            ngettext(
                "%d application waits for a decision.",
                "%d applications wait for a decision.",
                counted["applied"],
            )
            % counted["applied"],
            "missions:board",
            f"?status={Status.APPLIED}",
            _("Decide"),
        )
    if counted["waiting"] and (waiting := _waiting_for_nothing(mission)):
        yield (
            ngettext(
                "%d business is on the waiting list, and no quota keeps it out.",
                "%d businesses are on the waiting list, and no quota keeps them out.",
                waiting,
            )
            % waiting,
            "missions:board",
            f"?status={Status.WAITING}",
            _("Accept or decline"),
        )
    for more in map(import_string, settings.TODOS_OF_A_MISSION):
        yield from more(mission)
    yield from _of_accepted(mission, counted)


def _waiting_for_nothing(mission):
    """How many would have a place."""
    places = Places(mission)
    waiting = mission.participations.filter(status=Status.WAITING).with_listings()
    return sum(not places.lacking(participation) for participation in waiting)


def _of_accepted(mission, counted):
    if not counted["sellers"] + counted["buyers"]:
        return
    if not mission.slots.exists():
        yield (
            _("Lay out the times, so that participants can say when they come."),
            "meetings:programme",
            "",
            _("Lay out the programme"),
        )
    yield from _of_those_without_listing(counted["without_listing"])
    if counted["without_times"]:
        yield (
            ngettext(
                "%d participant has not said when it can come.",
                "%d participants have not said when they can come.",
                counted["without_times"],
            )
            % counted["without_times"],
            "meetings:chasing",
            "?daftar=ketersediaan",
            _("Remind them"),
        )


def _of_those_without_listing(numbers):
    """By side: a buyer with an offer is as hard to find as a seller with a need."""
    sellers, buyers = numbers["sellers"], numbers["buyers"]
    said = {
        Side.SELLER: ngettext(
            "%d accepted seller brings no offer, so partners are hard to find.",
            "%d accepted sellers bring no offer, so partners are hard to find.",
            sellers,
        ),
        Side.BUYER: ngettext(
            "%d accepted buyer brings no need, so partners are hard to find.",
            "%d accepted buyers bring no need, so partners are hard to find.",
            buyers,
        ),
    }
    for side, number in ((Side.SELLER, sellers), (Side.BUYER, buyers)):
        if number:
            query = f"?status={Status.ACCEPTED}&peluang=tanpa&sisi={side}"
            yield said[side] % number, "missions:board", query, _("See which")
