"""What of a business stays in the meetings of others once it is deleted: that they met, and when."""

from django.db.models import Q

from umkm_portal.traces import erase

from .models import MeetingRequest, RequestEvent, Wish


def forget(business):
    """Before a business ends: its words go, and its wishes. The partner keeps the meeting."""
    mine = list(business.participations.values_list("pk", flat=True))
    requests = MeetingRequest.objects.filter(Q(sender__in=mine) | Q(receiver__in=mine))
    keys = list(requests.values_list("pk", flat=True))
    erase(Wish.objects.filter(Q(by__in=mine) | Q(about__in=mine)))
    MeetingRequest.products.through.objects.filter(meetingrequest__in=keys).delete()
    requests.update(message="")
    # Where a constraint asks for a reason, one stays that says nothing.
    requests.exclude(reason="").update(reason="–")
    RequestEvent.objects.filter(request__in=keys).exclude(reason="").update(reason="–")
