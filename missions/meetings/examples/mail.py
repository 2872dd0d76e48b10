"""The messages that the steps of the example mission would have caused. None of them is ever sent."""

from django.utils.translation import override

from missions.letters import MOST_OF_SUBJECT, fill
from missions.meetings import telling
from missions.meetings.models import RequestEvent
from missions.models import Letter, Participation
from missions.wording import own_wordings, words
from umkm_portal.accounts.models import User
from umkm_portal.formatting import date_range
from umkm_portal.outbox.links import KEY_LASTS
from umkm_portal.outbox.models import Message

Status, Step = Participation.Status, RequestEvent.Step
INDONESIAN = User.Language.INDONESIAN
DECIDED = {
    Status.APPLIED: "applied",
    Status.WAITING: "waiting",
    Status.ACCEPTED: "accepted",
    Status.DECLINED: "declined",
}
NO_PLACE = "Kuota makanan dan minuman sudah penuh."


def file_letters(mission, firms, talks):
    """As sent, to everybody about the application and to one side about each request."""
    with override(INDONESIAN):
        letters = [*_about_applications(firms), *_about_requests(talks)]
        post = Post(mission)
        messages = [post.message(*letter) for letter in letters]
    Message.objects.bulk_create(messages)
    Letter.objects.bulk_create(
        Letter(message=message, participation=letter[0].participation)
        for message, letter in zip(messages, letters, strict=True)
    )


def _about_applications(firms):
    """(firm, kind, when, where its link leads, what fills the words)"""
    for firm in firms:
        participation = firm.participation
        if kind := DECIDED.get(participation.status):
            at = participation.decided_at or participation.applied_at
            places = {
                "side": participation.get_side_display(),
                "reason": participation.reason or NO_PLACE,
            }
            yield firm, kind, at, "", places


def _about_requests(talks):
    """The last step of each, to the side that did not take it."""
    for talk in talks:
        event = talk.events[-1]
        is_sender = event.participation == talk.receiver.participation
        firm = talk.sender if is_sender else talk.receiver
        places = telling.places(event, talk.request, firm.participation)
        path = f"permintaan/{talk.request.pk}/"
        yield firm, telling.KINDS[event.step], event.at, path, places


class Post:
    """Knows the words of the province after looking them up once."""

    def __init__(self, mission):
        self.mission = mission
        self.own = own_wordings(mission.initiator_province)
        self.always = {
            "mission": mission.title,
            "day": date_range(mission),
            "place": mission.place,
            "link": Message.LINK,
        }

    def message(self, firm, kind, at, path, places):
        subject, text = words(kind, INDONESIAN, self.own)
        filled = self.always | {"business": firm.business.display_name}
        filled |= {name: str(value) for name, value in places.items()}
        return Message(
            recipient=firm.owner,
            kind=kind,
            subject=fill(subject, filled)[:MOST_OF_SUBJECT],
            text=fill(text, filled),
            path=path,
            language=INDONESIAN,
            link_until=at + KEY_LASTS,
            channel=Message.Channel.EMAIL,
            state=Message.State.SENT,
            attempts=1,
            created_at=at,
            sent_at=at,
        )
