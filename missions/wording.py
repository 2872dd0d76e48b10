"""Every kind of message to participants: the words that ship, and what may stand in them.

A province may replace the words (`MessageWording`); the places in braces are filled in either way.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _, override

from .models import MessageWording

# Known for every message.
ALWAYS = ("business", "mission", "day", "place", "link")


@dataclass(frozen=True)
class Kind:
    key: str
    name: Promise
    subject: Promise
    text: Promise
    # What may stand in it besides ALWAYS.
    places: tuple[str, ...] = ()


KINDS = {
    kind.key: kind
    for kind in [
        Kind(
            "applied",
            _("A business has applied"),
            _("Application received: mission {mission}"),
            _(
                "{business} has applied for the mission {mission}, {day} in {place}, as {side}. "
                "The trade office decides, and you get a message. To change or withdraw it: {link}"
            ),
            ("side",),
        ),
        Kind(
            "waiting",
            _("A business is put on the waiting list"),
            _("On the waiting list: mission {mission}"),
            _(
                "{business} is on the waiting list of the mission {mission}. {reason}. Once there "
                "is a place for you, you get a message. Your application: {link}"
            ),
            ("reason",),
        ),
        Kind(
            "moved_up",
            _("A business moves up from the waiting list"),
            _("A place for you: mission {mission}"),
            _(
                "A place has become free: {business} now takes part in the mission {mission}, "
                "{day} in {place}. Say when you can come, or give the place back if you cannot: "
                "{link}"
            ),
        ),
        Kind(
            "declined",
            _("A business is declined"),
            _("Not accepted: mission {mission}"),
            _(
                "{business} cannot take part in the mission {mission}. The trade office writes: "
                "{reason}. Your application: {link}"
            ),
            ("reason",),
        ),
        Kind(
            "withdrawn",
            _("A business has withdrawn"),
            _("Withdrawn: mission {mission}"),
            _(
                "{business} no longer takes part in the mission {mission}. Reason: {reason}. If "
                "you did not want this, ask your trade office. Your application: {link}"
            ),
            ("reason",),
        ),
        Kind(
            "withdrawn_by_official",
            _("An official has withdrawn a business"),
            _("Withdrawn for you: mission {mission}"),
            _(
                "{official} of the trade office has withdrawn {business}: it no longer takes part "
                "in the mission {mission}. Reason: {reason}. If you did not want this, ask your "
                "trade office. Your application: {link}"
            ),
            ("official", "reason"),
        ),
        Kind(
            "filled_in",
            _("An official has filled something in for a business"),
            _("Filled in for you: mission {mission}"),
            _(
                "{official} has filled in for {business} at the mission {mission}: {what}. Look "
                "whether it is right, and change it if not: {link}"
            ),
            ("official", "what"),
        ),
        Kind(
            "accepted",
            _("A business is accepted"),
            _("You take part in the mission {mission}"),
            _(
                "{business} takes part in the mission {mission}, {day} in {place}. Say when you "
                "can come and look at your best partners: {link}"
            ),
        ),
        Kind(
            "mission_moved",
            _("The mission takes place elsewhere or on other days"),
            _("Other place or day: mission {mission}"),
            _(
                "The organiser has changed where or when the mission {mission} takes place. Now "
                "it is {day}, {venue}. Look whether {business} can come, and what is agreed: "
                "{link}"
            ),
            ("venue",),
        ),
        Kind(
            "request_received",
            _("A business asks for a meeting"),
            _("{partner} asks for a meeting"),
            _(
                "{partner} asks {business} for a meeting at the mission {mission}, {time}. Please "
                "answer until {until}: {link}"
            ),
            ("partner", "time", "until"),
        ),
        Kind(
            "request_countered",
            _("Another time is proposed for a meeting"),
            _("{partner} proposes another time"),
            _(
                "{partner} proposes to meet {business} at another time: {time}. Please answer until "
                "{until}: {link}"
            ),
            ("partner", "time", "until"),
        ),
        Kind(
            "request_accepted",
            _("A meeting is agreed"),
            _("{partner} agrees to meet you"),
            _("{partner} agrees to meet {business}: {time}. {link}"),
            ("partner", "time"),
        ),
        Kind(
            "request_declined",
            _("A request for a meeting is declined"),
            _("{partner} declines a meeting"),
            _(
                "{partner} declines the meeting with {business}. Reason: {reason}. Look for other "
                "partners: {link}"
            ),
            ("partner", "reason"),
        ),
        Kind(
            "request_expired",
            _("Nobody answered a request for a meeting in time"),
            _("The request of {business} and {partner} has expired"),
            _(
                "Nobody answered in time: the request for a meeting of {business} and {partner} has "
                "expired. Either of you may ask again: {link}"
            ),
            ("partner",),
        ),
        Kind(
            "request_withdrawn",
            _("A request for a meeting is withdrawn"),
            _("{partner} withdraws its request"),
            _("{partner} withdraws its request to meet {business}. {link}"),
            ("partner",),
        ),
        Kind(
            "request_cancelled",
            _("An agreed meeting is cancelled"),
            _("{partner} cancels a meeting"),
            _(
                "{partner} cancels the meeting with {business}, {time}. Reason: {reason}. You are "
                "free then: {link}"
            ),
            ("partner", "time", "reason"),
        ),
        Kind(
            "request_ended",
            _("A partner no longer takes part"),
            _("{partner} no longer takes part"),
            _(
                "{partner} no longer takes part in the mission {mission}, so there is no meeting "
                "with {business}. Reason: {reason}. {link}"
            ),
            ("partner", "time", "reason"),
        ),
        Kind(
            "request_ended_unanswered",
            _("A partner no longer takes part, and a request ends with it"),
            _("{partner} no longer takes part"),
            _(
                "{partner} no longer takes part in the mission {mission}. The request for a "
                "meeting between {business} and {partner}, which still waited for an answer, ends "
                "with it. Look for other partners: {link}"
            ),
            ("partner",),
        ),
        Kind(
            "request_taken_back",
            _("A proposed time is taken back"),
            _("{partner} takes a proposed time back"),
            _(
                "{partner} takes back the time it proposed for the meeting with {business}: {time}. "
                "What was proposed before stands again, and it is for {partner} to answer: {link}"
            ),
            ("partner", "time"),
        ),
        Kind(
            "meeting_moving",
            _("A new time is proposed for an agreed meeting"),
            _("{partner} proposes a new time for your meeting"),
            _(
                "{partner} proposes a new time for the agreed meeting with {business}: {time}. Until "
                "you agree, everything stays as it was agreed. Please answer until {until}: {link}"
            ),
            ("partner", "time", "until"),
        ),
        Kind(
            "meeting_moved",
            _("A new time is agreed for a meeting"),
            _("New time for your meeting with {partner}"),
            _(
                "{partner} agrees to the new time: {business} and {partner} meet on {time}. {link}"
            ),
            ("partner", "time"),
        ),
        Kind(
            "meeting_not_moved",
            _("A new time for an agreed meeting comes to nothing"),
            _("No new time for your meeting with {partner}"),
            _(
                "The new time for the meeting of {business} and {partner} does not hold ({time}): "
                "{why}. What you had agreed stays: {link}"
            ),
            ("partner", "time", "why"),
        ),
        Kind(
            "meeting_time_set",
            _("The organiser finds a time for an agreed meeting"),
            _("Your meeting with {partner} has a time"),
            _(
                "The organiser has found a time at which both can come: {business} and {partner} "
                "meet on {time}. If it does not suit you, propose another one: {link}"
            ),
            ("partner", "time"),
        ),
        Kind(
            "request_reported",
            _("The other side says how a meeting went"),
            _("{partner} says how your meeting went"),
            _(
                "{partner} says about the meeting with {business}: {outcome}. Say how you see it: "
                "{link}"
            ),
            ("partner", "outcome"),
        ),
        Kind(
            "request_own_step",
            _("A colleague or an official acted for the business"),
            _("{business}: {step}"),
            _(
                "{who} acted for {business}: {step} ({partner}). Look or change it: {link}"
            ),
            ("partner", "step", "who"),
        ),
        Kind(
            "wish_noted",
            _("An official noted a wish for the business"),
            _("A wish about {partner} was noted"),
            _(
                "The trade office has noted whether {business} wishes to meet {partner}, as you "
                "said. Only you can see or change it: {link}"
            ),
            ("partner",),
        ),
        Kind(
            "remind_listing",
            _("Reminder: no fitting offer or need"),
            _("What does {business} bring to the mission {mission}?"),
            _(
                "{business} takes part in the mission {mission}, but brings nothing by which "
                "partners are found: a seller brings an offer, a buyer a need. Choose or write one, "
                "it takes two minutes: {link}"
            ),
        ),
        Kind(
            "remind_availability",
            _("Reminder: not said when it can come"),
            _("When can {business} come?"),
            _(
                "{business} takes part in the mission {mission}, {day} in {place}, but has not "
                "said when it can come. Until it does, meetings are proposed to it as if it could "
                "always come, but no time can be agreed. Tick your times: {link}"
            ),
        ),
        Kind(
            "remind_to_ask",
            _("Reminder: has sent and answered no request"),
            _("Whom does {business} want to meet?"),
            _(
                "{business} takes part in the mission {mission}, and has not asked anybody for a "
                "meeting or answered a request yet. Look at your best partners and ask: {link}"
            ),
        ),
        Kind(
            "remind_requests",
            _("Reminder: requests without an answer"),
            _("Requests wait for {business}"),
            _(
                "Requests for a meeting that wait for an answer of {business}: {number}. The first "
                "ends {until}. Answer here: {link}"
            ),
            ("number", "until"),
        ),
        Kind(
            "times_open",
            _("The programme of the mission is set"),
            _("Say when you can come: mission {mission}"),
            _(
                "The times for meetings at the mission {mission}, {day}, are set. Say when "
                "somebody of {business} can come: {link}"
            ),
        ),
        Kind(
            "times_changed",
            _("The programme of the mission has changed"),
            _("The times have changed: mission {mission}"),
            _(
                "The organiser has changed the programme of the mission {mission}, which affects "
                "{business}. {changes} Look whether everything is right: {link}"
            ),
            ("changes",),
        ),
        Kind(
            "proposals",
            _("The organiser proposes meetings"),
            _("Meetings proposed to you: mission {mission}"),
            _(
                "The organiser of the mission {mission} proposes meetings to {business}: {number}. "
                "Look with whom and why, and ask for those that you want: {link}"
            ),
            ("number",),
        ),
        Kind(
            "proposals_changed",
            _("The proposed meetings have changed"),
            _("Other meetings are proposed to you: mission {mission}"),
            _(
                "The organiser of the mission {mission} has changed which meetings it proposes to "
                "{business}. Now there are {number}. What you have agreed stays. Look here: {link}"
            ),
            ("number",),
        ),
    ]
}


def own_wordings(province):
    """{(kind, language): MessageWording} of what the province words itself."""
    return {
        (wording.kind, wording.language): wording
        for wording in MessageWording.objects.filter(province=province)
    }


def words(kind, language, own):
    """(subject, text) of a kind, as in `own` wordings of a province or else as it ships."""
    if wording := own.get((kind, language)):
        return wording.subject, wording.text
    with override(language):
        return str(KINDS[kind].subject), str(KINDS[kind].text)
