"""What matching and meeting keep about a person, for the page and the copy of
businesses/personal_data.py."""

from django.db.models import Q
from django.utils.translation import gettext as _

from businesses.personal_data import Part, facts_list, facts_of, shown_list
from missions.personal_data import participations_of

from .models import (
    DigestSubscription,
    FloorGap,
    MeetingReport,
    MeetingRequest,
    OpportunityLook,
    RequestEvent,
    SelectedMeeting,
    Wish,
)

OF_WISH = "level changed_at".split()
OF_REQUEST = "status message reason created_at expires_at closed_at".split()
OF_STEP = "step via reason starts_at at".split()
OF_REPORT = "outcome reported_at via".split()
OF_DIGEST = "since sent_at".split()
OF_LOOK = "began_at before".split()
OF_GAP = "meetings cause".split()


def requests_of(user):
    """Sent or received by businesses that the person owns."""
    own = participations_of(user).order_by().values("pk")
    return MeetingRequest.objects.filter(Q(sender__in=own) | Q(receiver__in=own))


def wishes_of(user):
    return Wish.objects.filter(by__in=participations_of(user).order_by().values("pk"))


def proposals_of(user):
    """That the organiser has shown: what it only thinks of is nobody's yet, and would tell at once
    what the other side wishes."""
    own = participations_of(user).order_by().values("pk")
    return SelectedMeeting.objects.filter(
        Q(seller__in=own) | Q(buyer__in=own), selection__published_at__isnull=False
    )


def gaps_of(user):
    """As `proposals_of`. No cause depends on a wish, see gaps.py."""
    own = participations_of(user).order_by().values("pk")
    return FloorGap.objects.filter(
        participation__in=own, selection__published_at__isnull=False
    )


def personal_data(user):
    own = set(participations_of(user).values_list("pk", flat=True))
    reports = MeetingReport.objects.filter(participation__in=own)
    steps = RequestEvent.objects.filter(actor=user).order_by("at", "pk")
    return {
        "wishes": [
            {"about": wish.about.name, **facts_of(wish, OF_WISH)}
            for wish in wishes_of(user).select_related("about__business")
        ],
        "meeting_requests": [_request(request, own) for request in _with_parties(user)],
        "meeting_steps": facts_list(steps, OF_STEP),
        "meeting_reports": facts_list(reports, OF_REPORT),
        "meeting_proposals": [_proposal(meeting, own) for meeting in _proposals(user)],
        "fewer_meetings_than_promised": [
            {"mission": gap.selection.mission.slug, **facts_of(gap, OF_GAP)}
            for gap in gaps_of(user).select_related("selection__mission")
        ],
        "opportunity_digests": facts_list(
            DigestSubscription.objects.filter(user=user), OF_DIGEST
        ),
        "opportunity_looks": facts_list(
            OpportunityLook.objects.filter(user=user), OF_LOOK
        ),
    }


def _with_parties(user):
    return (
        requests_of(user)
        .select_related("sender__business", "receiver__business", "slot")
        .prefetch_related("products")
        .order_by("created_at", "pk")
    )


def _proposals(user):
    parties = ["selection__mission", "seller__business", "buyer__business"]
    return proposals_of(user).select_related(*parties).order_by("selection", "pk")


def _proposal(meeting, own):
    """Without the value, which heeds what both wish."""
    partner = meeting.buyer if meeting.seller_id in own else meeting.seller
    return {
        "mission": meeting.selection.mission.slug,
        "partner": partner.name,
        "points": meeting.points,
        "shown_at": meeting.selection.published_at,
    }


def _request(request, own):
    """The message is part of the copy whoever wrote it: it was written to be read by both."""
    is_sent = request.sender_id in own
    partner = request.receiver if is_sent else request.sender
    return {
        "sent_by_you": is_sent,
        "partner": partner.name,
        "time": request.slot and request.slot.starts_at,
        "products": [product.name for product in request.products.all()],
        **facts_of(request, OF_REQUEST),
    }


def _shown_proposal(meeting, own):
    facts = _proposal(meeting, own)
    shown = [
        (_("with"), facts["partner"]),
        (_("mission"), meeting.selection.mission),
        (_("score"), facts["points"]),
        (_("shown to participants"), facts["shown_at"]),
    ]
    return [(label, value) for label, value in shown if value is not None]


def parts(user):
    own = set(participations_of(user).values_list("pk", flat=True))
    digests = DigestSubscription.objects.filter(user=user)
    return [
        Part(
            _("Meeting requests"),
            shown_list(requests_of(user).order_by("-created_at"), OF_REQUEST),
        ),
        Part(
            _("Wishes for meetings; a “no” is known to you alone"),
            shown_list(wishes_of(user).order_by("-changed_at"), OF_WISH),
        ),
        Part(
            _("Meetings that organisers propose to you"),
            [_shown_proposal(meeting, own) for meeting in _proposals(user)],
        ),
        Part(
            _("Fewer meetings than the organiser promises to all"),
            shown_list(gaps_of(user).order_by("-pk"), OF_GAP),
        ),
        Part(_("Mail about new opportunities"), shown_list(digests, OF_DIGEST)),
    ]
