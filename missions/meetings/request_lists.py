"""The requests of one participant, on four shelves: what needs an answer comes first."""

from dataclasses import dataclass, field

from .conflicts import conflicts_with
from .models import MeetingRequest


@dataclass
class Shelves:
    to_answer: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    agreed: list = field(default_factory=list)
    closed: list = field(default_factory=list)

    def __bool__(self):
        return any((self.to_answer, self.waiting, self.agreed, self.closed))

    @property
    def has_times(self):
        """Whether there is anything to put in a calendar."""
        return any(request.slot for request in self.agreed)


def shelves(participation):
    """In two queries, whatever their number; each with `partner`, those that are open also with the
    `conflicts` between the two."""
    found = Shelves()
    for request in MeetingRequest.objects.of(participation).with_parties():
        request.partner = request.partner_of(participation)
        _shelf(found, request, participation).append(request)
        # It stays agreed meanwhile, so it stands on both.
        if request.is_moving and request.answerer.pk == participation.pk:
            found.to_answer.append(request)
    found.to_answer.sort(key=lambda request: request.expires_at)
    found.waiting.sort(key=lambda request: request.expires_at)
    found.agreed = in_time(found.agreed)
    live = [*found.to_answer, *found.waiting, *found.agreed]
    conflicts = conflicts_with(participation, [one.partner for one in live])
    for request in live:
        request.conflicts = conflicts.get(request.partner.pk, [])
    return found


def _shelf(shelves, request, participation):
    if request.is_accepted:
        return shelves.agreed
    if not request.is_pending:
        return shelves.closed
    is_mine = request.answerer.pk == participation.pk
    return shelves.to_answer if is_mine else shelves.waiting


def live_requests(participation):
    """{pk of the partner: the request that waits or is agreed}"""
    found = MeetingRequest.objects.of(participation)
    return {
        one.receiver_id if one.sender_id == participation.pk else one.sender_id: one
        for one in found.pending() | found.accepted()
    }


def in_time(requests):
    """By their time; those for which the organiser finds one last."""
    with_time = [request for request in requests if request.slot]
    with_time.sort(key=lambda request: request.slot.starts_at)
    return with_time + [request for request in requests if not request.slot]
