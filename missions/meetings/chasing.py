"""The lists of missions/chasing.py that requests are needed for, and all of them together.

No list heeds wishes: whoever appears on one or vanishes from it would have told what it wishes.
"""

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Subquery
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from missions import chasing
from missions.chasing import Chase
from umkm_portal.formatting import instant

from .models import MeetingRequest, RequestEvent


def unanswered(mission):
    """Whoever has had a request to answer for a day: nobody is pressed before."""
    awaiting = MeetingRequest.objects.awaiting(OuterRef("pk"))
    return answering(mission.participations.accepted()).filter(
        Exists(awaiting.waiting_long())
    )


def answering(participations):
    """Those that have to answer a request: `number` of them since `since`, the first one until
    `until`."""
    awaiting = MeetingRequest.objects.awaiting(OuterRef("pk"))
    since = awaiting.with_waits_since().order_by("waits_since")
    number = awaiting.order_by().annotate(every=F("sender__mission")).values("every")
    return participations.filter(Exists(awaiting)).annotate(
        number=Subquery(
            number.annotate(number=Count("pk")).values("number"),
            output_field=IntegerField(),
        ),
        until=Subquery(awaiting.order_by("expires_at").values("expires_at")[:1]),
        since=Subquery(since.values("waits_since")[:1]),
    )


def without_a_step(mission):
    """Whoever has neither sent a request nor answered one."""
    own_steps = RequestEvent.objects.filter(participation=OuterRef("pk"))
    return (
        mission.participations.accepted()
        .filter(~Exists(own_steps))
        .annotate(since=F("decided_at"))
    )


def places_of_unanswered(participation):
    zone = participation.mission.timezone
    until = lazy(instant, str)(participation.until, zone)
    return {"number": participation.number, "until": until}


CHASES = {
    chase.key: chase
    for chase in [
        *chasing.CHASES,
        Chase(
            "permintaan",
            "remind_requests",
            _("Has not answered a request for a day"),
            _("No request has waited for an answer for a day."),
            unanswered,
            "permintaan/",
            places_of_unanswered,
        ),
        Chase(
            "belum-mulai",
            "remind_to_ask",
            _("Has sent and answered no request"),
            _("Every participant has sent or answered a request."),
            without_a_step,
            "cocok/",
        ),
    ]
}
