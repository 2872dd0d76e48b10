"""What an organiser has to do about the meetings of a mission, for its overview: missions/todo.py."""

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from .models import MeetingRequest
from .office_filter import LATE, WITHOUT_TIME, of_status
from .selection_page import is_outdated


def todos(mission):
    """(what, name of the page, query, button) of each."""
    asked = MeetingRequest.objects.of_mission(mission)
    yield from _to_give_times(mission, asked)
    yield from _to_choose_anew(mission)
    if late := of_status(asked, LATE).count():
        yield (
            ngettext(
                "%d request has waited for an answer for more than 24 hours.",
                "%d requests have waited for an answer for more than 24 hours.",
                late,
            )
            % late,
            "meetings:office_requests",
            f"?keadaan={LATE}",
            _("See which"),
        )


def _to_give_times(mission, asked):
    """Nothing can be done about them before there are times."""
    number = asked.without_time().count()
    if number and mission.slots.filter(starts_at__gt=timezone.now()).exists():
        yield (
            ngettext(
                "%d agreed meeting has no time.",
                "%d agreed meetings have no time.",
                number,
            )
            % number,
            "meetings:office_requests",
            f"?keadaan={WITHOUT_TIME}",
            _("Find times"),
        )


def _to_choose_anew(mission):
    newest, chosen = mission.selections.first(), mission.selections.done().first()
    if chosen is None or newest.is_alive:
        return
    fell_away = chosen.meetings.count() - chosen.meetings.standing().count()
    if is_outdated(mission, chosen, fell_away):
        yield (
            _("The chosen meetings are older than the latest change."),
            "meetings:selection",
            "",
            _("Choose anew"),
        )
