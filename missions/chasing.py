"""Whom an organiser has to remind, and of what: lists, and the mailing that one tap sends.

Nobody is reminded of the same thing twice within a day, however often and by however many the button
is tapped: the row of the mission is locked while a mailing is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max, OuterRef, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _, ngettext

from businesses.assistance import ASSISTANTS
from businesses.messages import link, tell
from umkm_portal.accounts.models import User
from umkm_portal.outbox.models import Message

from .letters import compose, write
from .locking import lock_mission
from .models import Letter, Mailing, MessageWording, Mission, Participation
from .wording import own_wordings

NOT_AGAIN_WITHIN = timedelta(hours=24)
DECIDE = "decide"
DECISIONS_WAIT = "decisions_wait"


@dataclass(frozen=True)
class Chase:
    """A list of participants who have something to do. `found` makes it of a mission, each with
    `since`; `kind` of message reminds them, and its link leads to `path`."""

    key: str
    kind: str
    name: Promise
    empty: Promise
    found: Callable
    path: str = ""
    # What fills the words for one participant.
    places: Callable = lambda participation: {}

    def rows(self, mission):
        """Whoever has waited longest first, with the last reminder."""
        letters = Letter.objects.filter(
            participation=OuterRef("pk"), message__kind=self.kind
        ).order_by("-message__created_at")
        last = letters.values("message__created_at")[:1]
        rows = self.found(mission).select_related("business__province", "mission")
        return rows.annotate(reminded_at=Subquery(last)).order_by("since", "pk")


@dataclass(frozen=True)
class Outcome:
    told: int
    # Reminded less than a day ago.
    recent: int = 0
    # Nobody of theirs has an account that is switched on.
    unreachable: int = 0


# The lists


def without_listing(mission):
    return _accepted(mission).bringing_nothing()


def without_availability(mission):
    return _accepted(mission).silent_about_times()


def undecided(mission):
    applied = mission.participations.filter(status=Participation.Status.APPLIED)
    return applied.annotate(since=F("applied_at"))


def _accepted(mission):
    return mission.participations.accepted().annotate(since=F("decided_at"))


CHASES = [
    Chase(
        DECIDE,
        DECISIONS_WAIT,
        _("Waits for a decision"),
        _("Every application is decided."),
        undecided,
    ),
    Chase(
        "penawaran",
        "remind_listing",
        _("No fitting offer or need"),
        _("Every seller brings an offer, and every buyer a need."),
        without_listing,
        "penawaran/",
    ),
    Chase(
        "ketersediaan",
        "remind_availability",
        _("Has not said when it can come"),
        _(
            "Everybody has said when they can come, or there are no times to choose from."
        ),
        without_availability,
        "ketersediaan/",
    ),
]


# The mailing


@transaction.atomic
def remind(mission, chase, *, by):
    """Writes to everybody on the list as it is now. Raises ValidationError for whoever does not run
    the mission, and once it is over."""
    mission = _locked(mission, by)
    if chase.kind == DECISIONS_WAIT:
        return _remind_officials(mission, chase, by)
    rows = list(chase.rows(mission))
    due = [row for row in rows if not is_recent(row.reminded_at)]
    if not due:
        return Outcome(0, recent=len(rows))
    mailing = Mailing.objects.create(mission=mission, kind=chase.kind, sent_by=by)
    own = own_wordings(mission.initiator_province)
    told = sum(_write(row, chase, mailing, own) for row in due)
    return Outcome(told, len(rows) - len(due), len(due) - told)


def _write(row, chase, mailing, own):
    """Whether there is anybody to write to."""
    # The same one for all, which knows its title already.
    row.mission = mailing.mission
    facts = chase.places(row)
    return bool(
        write(row, chase.kind, path=chase.path, mailing=mailing, own=own, **facts)
    )


def _locked(mission, by):
    organised = Mission.objects.organised_by(by, *ASSISTANTS)
    locked = lock_mission(mission.pk)
    if not organised.filter(pk=mission.pk).exists():
        raise ValidationError(
            _("Officials of the province that runs the mission send reminders."),
            code="not_yours",
        )
    if locked.is_over:
        raise ValidationError(_("This mission is over."), code="over")
    return locked


def is_recent(reminded_at):
    return reminded_at is not None and reminded_at > timezone.now() - NOT_AGAIN_WITHIN


def _remind_officials(mission, chase, by):
    """Applicants can do nothing: those who decide are reminded of them."""
    waiting = chase.found(mission).count()
    if not waiting:
        return Outcome(0)
    officials = list(deciders(mission).exclude(pk=by.pk))
    if is_recent(last_mailing(mission, chase.kind)):
        return Outcome(0, recent=len(officials))
    if officials:
        Mailing.objects.create(mission=mission, kind=chase.kind, sent_by=by)
    for official in officials:
        tell(official, chase.kind, decisions_wait, mission, waiting)
    return Outcome(len(officials))


def deciders(mission):
    return User.objects.filter(
        is_active=True,
        appointments__province=mission.initiator_province_id,
        appointments__role__in=ASSISTANTS,
    ).distinct()


def decisions_wait(mission, waiting):
    text = ngettext(
        "%(number)d application to the mission %(mission)s waits for a decision: %(link)s",
        "%(number)d applications to the mission %(mission)s wait for a decision: %(link)s",
        waiting,
    ) % {
        "number": waiting,
        "mission": mission.title,
        "link": link("missions:board", mission.slug),
    }
    return str(_("Applications wait for a decision")), text


def last_mailing(mission, kind):
    mailings = mission.mailings.filter(kind=kind)
    return mailings.aggregate(last=Max("sent_at"))["last"]


def preview(chase, row):
    """[(Language, subject, text)] as `row`, the first on the list, would get them."""
    facts, found = chase.places(row), []
    own = own_wordings(row.mission.initiator_province)
    for language in MessageWording.Language:
        subject, text = compose(row, chase.kind, language.value, own, facts)
        found.append((language, subject, text.replace(Message.LINK, "[…]")))
    return found
