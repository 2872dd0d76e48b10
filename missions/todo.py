"""What an organiser has to do next for a mission, and how many take part in it."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _, ngettext

from .models import Mission, Participation, Side

Status = Participation.Status


@dataclass(frozen=True)
class Todo:
    what: str
    url: str
    button: str


def numbers(participations):
    """Counts for the overview, in one query."""
    accepted = Q(status=Status.ACCEPTED)
    links = Participation.listings.through.objects
    chosen = links.filter(participation=OuterRef("pk"))
    return participations.aggregate(
        applied=Count("pk", filter=Q(status=Status.APPLIED)),
        waiting=Count("pk", filter=Q(status=Status.WAITING)),
        sellers=Count("pk", filter=accepted & Q(side=Side.SELLER)),
        buyers=Count("pk", filter=accepted & Q(side=Side.BUYER)),
        declined=Count("pk", filter=Q(status=Status.DECLINED)),
        withdrawn=Count("pk", filter=Q(status=Status.WITHDRAWN)),
        without_times=Count("pk", filter=accepted & Q(availability_at=None)),
        without_listing=Count("pk", filter=accepted & ~Exists(chosen)),
    )


def todos(mission, counted):
    """The most urgent first; those whose page does not exist are left out."""
    return [
        Todo(what, url, button)
        for what, name, query, button in _todos(mission, counted)
        if (url := _page(name, mission, query))
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
    yield from _of_accepted(mission, counted)


def _of_accepted(mission, counted):
    if not counted["sellers"] + counted["buyers"]:
        return
    has_slots = mission.slots.exists()
    if not has_slots:
        yield (
            _("Lay out the times, so that participants can say when they come."),
            "meetings:programme",
            "",
            _("Lay out the programme"),
        )
    if counted["without_listing"]:
        yield (
            ngettext(
                "%d participant brings no offer and no need, so no partner is found for it.",
                "%d participants bring no offer and no need, so no partner is found for them.",
                counted["without_listing"],
            )
            % counted["without_listing"],
            "missions:board",
            f"?status={Status.ACCEPTED}&peluang=tanpa",
            _("See which"),
        )
    if has_slots and counted["without_times"]:
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


def _page(name, mission, query):
    try:
        return reverse(name, args=[mission.slug]) + query
    except NoReverseMatch:
        return ""
