"""What has happened to a request and what was said of the meeting, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

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
}
TO_ANSWER = _("%(partner)s waits for your answer.")
TO_WAIT = _("You wait for the answer of %(partner)s.")
WITHOUT_TIME = _("You and %(partner)s have agreed to meet. The organiser finds a time.")
EXPIRED = _(
    "Nobody answered in time, so the request has expired. Either side may ask again."
)
STATES = {
    # The sweep has not been here yet.
    Status.PENDING: EXPIRED,
    Status.EXPIRED: EXPIRED,
    Status.ACCEPTED: _("You and %(partner)s have agreed to meet."),
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


class Story:
    """As one of the two sides reads it."""

    def __init__(self, request, participation):
        self.request, self.participation = request, participation
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
        text = STATES[self.request.status]
        if self.request.is_pending:
            is_mine = self.request.answerer.pk == self.participation.pk
            text = TO_ANSWER if is_mine else TO_WAIT
        elif self.request.is_accepted and not self.request.slot:
            text = WITHOUT_TIME
        return text % {"partner": self.partner.name}

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
