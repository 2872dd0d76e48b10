"""The year before: a smaller example mission that is over, with what its participants said of it.

Its results can be looked at, and who met there has met before.
"""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import repeat

from missions.doors import Via
from missions.meetings.models import MeetingReport, MeetingRequest, RequestEvent
from missions.models import Mission, Participation

from .mission import announce, enrol, lay_out
from .talks import talk

Status, Outcome = MeetingRequest.Status, MeetingReport.Outcome
SLUG = "contoh-jatim-kaltim-lalu"
A_YEAR = timedelta(weeks=52)
EVERY = 3
OUTCOMES = {Status.ACCEPTED: 60, Status.DECLINED: 12, Status.EXPIRED: 8}
SHOWN = [Status.ACCEPTED, Status.ACCEPTED]
# Out of a hundred.
SAID = {
    Outcome.DEAL: 30,
    Outcome.FOLLOW_UP: 40,
    Outcome.NO_INTEREST: 18,
    Outcome.NOT_HELD: 12,
}


def look_back(firms, setting):
    """Adds it, with every third of the firms that take part this year."""
    world = replace(
        setting.world,
        now=setting.world.now - A_YEAR,
        today=setting.world.today - A_YEAR,
    )
    then = replace(setting, world=world)
    mission = announce(then, slug=SLUG, status=Mission.Status.CLOSED)
    accepted = Participation.Status.ACCEPTED
    joined = [firm for firm in firms if firm.part.status == accepted]
    before = [
        replace(firm, participation=None)
        for place, firm in enumerate(joined)
        if firm.is_shown or place % EVERY == 0
    ]
    enrol(mission, before, lay_out(mission), then)
    talks = talk(before, then, OUTCOMES, SHOWN)
    _report(talks, mission, setting.seed)


def _report(talks, mission, seed):
    """Most meetings are reported by both sides, who do not always agree."""
    draw = random.Random(f"{seed}:reports")  # noqa: S311  nothing secret
    outcomes, often = list(SAID), list(SAID.values())
    reports = []
    for held in filter(lambda talk: talk.booked, talks):
        said, other = draw.choices(outcomes, often, k=2)
        says = [said, other if draw.random() < 0.15 else said]
        [sides] = draw.choices([2, 1, 0], [75, 15, 10])
        reports += zip((held.sender, held.receiver)[:sides], says, repeat(held.request))
    MeetingReport.objects.bulk_create(
        MeetingReport(outcome=outcome, request=request, **_by(firm, "reported_by"))
        for firm, outcome, request in reports
    )
    day_after = mission.slots.last().ends_at + timedelta(days=1)
    RequestEvent.objects.bulk_create(
        RequestEvent(
            step=RequestEvent.Step.REPORTED,
            outcome=outcome,
            request=request,
            starts_at=request.slot.starts_at,
            ends_at=request.slot.ends_at,
            at=day_after,
            **_by(firm, "actor"),
        )
        for firm, outcome, request in reports
    )


def _by(firm, role):
    return {"participation": firm.participation, role: firm.owner, "via": Via.LINK}
