"""What has happened to a request and what was said of the meeting, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from missions.doors import Via

from .models import MeetingReport, RequestEvent
from .steps import Status
from .telling import actor_words
from .times import between

Outcome, Step = MeetingReport.Outcome, RequestEvent.Step

STEPS = {
    Step.SENT: _("asks for a meeting"),
    Step.PROPOSED: _("proposes another time"),
    Step.ACCEPTED: _("accepts"),
    Step.DECLINED: _("declines"),
    Step.EXPIRED: _("Nobody has answered in time"),
    Step.WITHDRAWN: _("withdraws the request"),
    Step.CANCELLED: _("cancels the meeting"),
    Step.TIME_LOST: _("The organiser has taken the time off the programme"),
    Step.REPORTED: _("says how it went"),
    Step.TAKEN_BACK: _("takes the proposed time back"),
    Step.MOVING: _("proposes a new time for the agreed meeting"),
    Step.MOVED: _("agrees to the new time"),
    Step.NOT_MOVED: _("refuses the new time"),
    Step.LAPSED: _("The new time came to nothing: what was agreed stays"),
    Step.TIME_SET: _("The organiser has found a time"),
}
# As one of the two reads it; as an official does who helps it.
TO_ANSWER = (
    _("%(partner)s waits for your answer."),
    _("%(partner)s waits for the answer of %(business)s."),
)
TO_WAIT = (
    _("You wait for the answer of %(partner)s."),
    _("%(business)s waits for the answer of %(partner)s."),
)
WITHOUT_TIME = (
    _(
        "You and %(partner)s have agreed to meet, without a time so far. Propose one, or the "
        "organiser finds one."
    ),
    _(
        "%(business)s and %(partner)s have agreed to meet, without a time so far. Propose one, or "
        "the organiser finds one."
    ),
)
MOVE_TO_ANSWER = (
    _(
        "%(partner)s proposes a new time and waits for your answer. What you agreed stays until "
        "then."
    ),
    _(
        "%(partner)s proposes a new time and waits for the answer of %(business)s. What was agreed "
        "stays until then."
    ),
)
MOVE_TO_WAIT = (
    _(
        "You have proposed a new time; %(partner)s has to answer. What you agreed stays until then."
    ),
    _(
        "%(business)s has proposed a new time; %(partner)s has to answer. What was agreed stays "
        "until then."
    ),
)
AGREED = (
    _("You and %(partner)s have agreed to meet."),
    _("%(business)s and %(partner)s have agreed to meet."),
)
EXPIRED = _(
    "Nobody answered in time, so the request has expired. Either side may ask again."
)
STATES = {
    # The sweep has not been here yet.
    Status.PENDING: EXPIRED,
    Status.EXPIRED: EXPIRED,
    Status.DECLINED: _("The request to meet was declined."),
    Status.WITHDRAWN: _("The request to meet was withdrawn."),
    Status.CANCELLED: _("The meeting was cancelled."),
}


@dataclass(frozen=True)
class Line:
    event: object
    who: str
    time: str

    @property
    def words(self):
        return STEPS[self.event.step]

    @property
    def door(self):
        """Through which it was done, where that is worth a word."""
        is_usual = self.event.via in ("", Via.PORTAL)
        return "" if is_usual else self.event.get_via_display()


class Story:
    """As one of the two sides reads it, or an official who helps that side."""

    def __init__(self, request, participation, *, is_assisted=False):
        self.request, self.participation = request, participation
        self.is_assisted = is_assisted
        self.partner = request.partner_of(participation)

    @property
    def lines(self):
        mission = self.participation.mission
        known = {one.pk: one for one in (self.participation, self.partner)}
        for event in self.request.events.select_related("actor"):
            if event.participation_id:
                event.participation = known[event.participation_id]
            time = ""
            if event.starts_at:
                time = between(event.starts_at, event.ends_at, mission)
            yield Line(event, actor_words(event), time)

    @property
    def state(self):
        """Where it stands, and who is to do something."""
        names = {"partner": self.partner.name, "business": self.participation.name}
        if self.request.is_closed:
            return STATES[self.request.status] % names
        return self._live[self.is_assisted] % names

    @property
    def _live(self):
        is_mine = self.request.answerer.pk == self.participation.pk
        if self.request.is_pending:
            return TO_ANSWER if is_mine else TO_WAIT
        if self.request.is_moving:
            return MOVE_TO_ANSWER if is_mine else MOVE_TO_WAIT
        return AGREED if self.request.slot else WITHOUT_TIME

    @property
    def reports(self):
        """[(name, what it says)]; each side speaks for itself."""
        known = {one.pk: one.name for one in (self.participation, self.partner)}
        return [
            (known[one.participation_id], one) for one in self.request.reports.all()
        ]

    @property
    def is_disputed(self):
        """One side says that they met, the other that they did not."""
        missed = {one.outcome == Outcome.NOT_HELD for one in self.request.reports.all()}
        return len(missed) == 2
