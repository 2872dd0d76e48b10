"""What of a business stays in its missions once it is deleted (UU 27/2022, article 44): that
somebody took part, and nothing that says who."""

from django.utils import timezone

from umkm_portal.outbox.models import Message
from umkm_portal.traces import erase, forget_log, forget_versions

from .models import Participation, ParticipationConsent


def forget(business):
    """Before a business ends: its words go from applications, and what was written to it. Its name in
    what others were told is withheld by businesses/rights.py."""
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
