"""What of a business stays in its missions once it is deleted (UU 27/2022, article 44): that
somebody took part, and nothing that says who."""

from django.utils import timezone

from businesses.rights import NAME_GONE
from umkm_portal.outbox.models import Message
from umkm_portal.outbox.services import withhold_name
from umkm_portal.traces import erase, forget_log, forget_versions

from .models import Letter, Participation, ParticipationConsent


def forget(business):
    """Before a business ends: its words go from applications, and what was written to it; so does its
    name in what the other participants of its missions were told."""
    mine = Participation.objects.filter(business=business)
    keys = list(mine.values_list("pk", flat=True))
    consents = ParticipationConsent.objects.active().filter(participation__in=keys)
    consents.update(withdrawn_at=timezone.now())
    # One that was declined has a reason, by a constraint; what an official wrote is gone.
    mine.exclude(reason="").update(reason="–")
    mine.update(availability_at=None)
    Participation.free_slots.through.objects.filter(participation__in=keys).delete()
    forget_versions(Participation, keys)
    forget_log(Participation, keys)
    erase(Message.objects.filter(letter__participation__in=keys))
    letters = Letter.objects.filter(
        participation__mission__in=mine.order_by().values("mission")
    )
    told = Message.objects.filter(pk__in=letters.order_by().values("message"))
    withhold_name(business.name, told, put=NAME_GONE)
