"""The lists of missions/chasing.py that wishes and requests are needed for, and all of them together."""

from django.db.models import Count, Exists, F, IntegerField, Max, OuterRef, Q, Subquery
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from missions import chasing
from missions.chasing import Chase
from umkm_portal.formatting import instant

from .models import MeetingRequest, Wish

Turn = MeetingRequest.Turn


def unanswered(mission):
    """Whoever has to answer a request: `number` of them, the first one until `until`."""
    awaiting = MeetingRequest.objects.pending().filter(
        Q(receiver=OuterRef("pk"), turn=Turn.RECEIVER)
        | Q(sender=OuterRef("pk"), turn=Turn.SENDER)
    )
    turned = awaiting.annotate(turned=Max("events__at")).order_by("turned")
    number = awaiting.order_by().annotate(every=F("status")).values("every")
    return (
        mission.participations.accepted()
        .filter(Exists(awaiting))
        .annotate(
            number=Subquery(
                number.annotate(number=Count("pk")).values("number"),
                output_field=IntegerField(),
            ),
            until=Subquery(awaiting.order_by("expires_at").values("expires_at")[:1]),
            since=Subquery(turned.values("turned")[:1]),
        )
    )


def without_wishes(mission):
    """That somebody said nothing at all about anybody; what was said stays its own secret."""
    requests = MeetingRequest.objects.filter(
        Q(sender=OuterRef("pk")) | Q(receiver=OuterRef("pk"))
    )
    wishes = Wish.objects.filter(by=OuterRef("pk"))
    return (
        mission.participations.accepted()
        .filter(~Exists(requests), ~Exists(wishes))
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
            _("Has not answered a request"),
            _("Every request is answered."),
            unanswered,
            "permintaan/",
            places_of_unanswered,
        ),
        Chase(
            "keinginan",
            "remind_wishes",
            _("No wish and no request"),
            _("Every participant has said whom it wants to meet."),
            without_wishes,
            "cocok/",
        ),
    ]
}
