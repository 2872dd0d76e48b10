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
            _("Application received: {mission}"),
            _(
                "{business} has applied for {mission}, {day} in {place}, as {side}. The trade "
                "office decides, and you get a message. To change or withdraw it: {link}"
            ),
            ("side",),
        ),
        Kind(
            "waiting",
            _("A business is put on the waiting list"),
            _("On the waiting list: {mission}"),
            _(
                "{business} is on the waiting list of {mission}. {reason} Once a place is free "
                "for you, you get a message. Your application: {link}"
            ),
            ("reason",),
        ),
        Kind(
            "moved_up",
            _("A business moves up from the waiting list"),
            _("A place for you: {mission}"),
            _(
                "A place has become free: {business} now takes part in {mission}, {day} in "
                "{place}. Say when you can come, or give the place back if you cannot: {link}"
            ),
        ),
        Kind(
            "declined",
            _("A business is declined"),
            _("No place at {mission}"),
            _(
                "{business} cannot take part in {mission}. The trade office writes: {reason} "
                "Your application: {link}"
            ),
            ("reason",),
        ),
        Kind(
            "withdrawn",
            _("A business has withdrawn"),
            _("Withdrawn: {mission}"),
            _(
                "{business} no longer takes part in {mission}. Reason: {reason} If you did not "
                "want this, ask your trade office. Your application: {link}"
            ),
            ("reason",),
        ),
        Kind(
            "filled_in",
            _("An official has filled something in for a business"),
            _("Filled in for you: {mission}"),
            _(
                "{official} has filled in for {business} at {mission}: {what}. Look whether it "
                "is right, and change it if not: {link}"
            ),
            ("official", "what"),
        ),
        Kind(
            "accepted",
            _("A business is accepted"),
            _("You take part in {mission}"),
            _(
                "{business} takes part in {mission}, {day} in {place}. Say when you can come and "
                "look at your best partners: {link}"
            ),
        ),
        Kind(
            "request_received",
            _("A business asks for a meeting"),
            _("{partner} asks for a meeting"),
            _(
                "{partner} asks {business} for a meeting in {mission}, {time}. Please answer until "
                "{until}: {link}"
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
                "{partner} no longer takes part in {mission}, so there is no meeting with "
                "{business}. Reason: {reason}. {link}"
            ),
            ("partner", "time", "reason"),
        ),
        Kind(
            "request_time_lost",
            _("The time of a meeting is taken off the programme"),
            _("The meeting with {partner} has no time any more"),
            _(
                "The organiser has changed the programme: {time} is gone. The meeting of {business} "
                "and {partner} stands, and waits for a new time: {link}"
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
            _("Reminder: no open offer or need"),
            _("What does {business} bring to {mission}?"),
            _(
                "{business} takes part in {mission}, but brings no open offer or need, so nobody "
                "can be matched with it. Choose or write one, it takes two minutes: {link}"
            ),
        ),
        Kind(
            "remind_availability",
            _("Reminder: not said when it can come"),
            _("When can {business} come?"),
            _(
                "{business} takes part in {mission}, {day} in {place}, but has not said when it can "
                "come. Without that there is no meeting. Tick your times: {link}"
            ),
        ),
        Kind(
            "remind_wishes",
            _("Reminder: no wish and no request"),
            _("Whom does {business} want to meet?"),
            _(
                "{business} takes part in {mission}, and has not said yet whom it wants to meet. "
                "Look at your best partners and choose: {link}"
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
            _("Say when you can come: {mission}"),
            _(
                "The times for meetings at {mission}, {day}, are set. Say when somebody of "
                "{business} can come: {link}"
            ),
            ("lost", "new"),
        ),
        Kind(
            "times_changed",
            _("The programme of the mission has changed"),
            _("The times have changed: {mission}"),
            _(
                "The programme of {mission} has changed. New times: {new}. Times of yours that "
                "are gone: {lost}. Look again when {business} can come: {link}"
            ),
            ("lost", "new"),
        ),
        Kind(
            "proposals",
            _("The organiser proposes meetings"),
            _("Meetings proposed to you: {mission}"),
            _(
                "The organiser of {mission} proposes meetings to {business}: {number}. Look with "
                "whom and why, and ask for those that you want: {link}"
            ),
            ("number",),
        ),
        Kind(
            "proposals_changed",
            _("The proposed meetings have changed"),
            _("Other meetings are proposed to you: {mission}"),
            _(
                "The organiser of {mission} has changed which meetings it proposes to {business}. "
                "Now there are {number}. What you have agreed stays. Look here: {link}"
            ),
            ("number",),
        ),
    ]
}


def words(kind, province, language):
    """(subject, text) of a kind, as the province words it or else as it ships."""
    own = MessageWording.objects.filter(
        province=province, kind=kind, language=language
    ).first()
    if own:
        return own.subject, own.text
    with override(language):
        return str(KINDS[kind].subject), str(KINDS[kind].text)
