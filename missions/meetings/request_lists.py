"""The requests of one participant, on four shelves: what needs an answer comes first."""

from dataclasses import dataclass, field

from .models import MeetingRequest


@dataclass
class Shelves:
    to_answer: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    agreed: list = field(default_factory=list)
    closed: list = field(default_factory=list)

    def __bool__(self):
        return any((self.to_answer, self.waiting, self.agreed, self.closed))


def shelves(participation):
    """In one query, whatever their number; each with `partner`."""
    found = Shelves()
    for request in MeetingRequest.objects.of(participation).with_parties():
        request.partner = request.partner_of(participation)
        _shelf(found, request, participation).append(request)
    found.to_answer.sort(key=lambda request: request.expires_at)
    found.waiting.sort(key=lambda request: request.expires_at)
    found.agreed = in_time(found.agreed)
    return found


def _shelf(shelves, request, participation):
    if request.is_accepted:
        return shelves.agreed
    if not request.is_pending:
        return shelves.closed
    is_mine = request.answerer.pk == participation.pk
    return shelves.to_answer if is_mine else shelves.waiting


def in_time(requests):
    """By their time; those for which the organiser finds one last."""
    with_time = [request for request in requests if request.slot]
    with_time.sort(key=lambda request: request.slot.starts_at)
    return with_time + [request for request in requests if not request.slot]
