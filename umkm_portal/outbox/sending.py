"""Hands one message to the text gateway or the mail server.

An attempt is written down, in a transaction of its own, before it begins. A worker that ends between
handing over and writing down how it went leaves a message that stays "being sent": it is never sent
again by itself, and never lost either: it stands among the failed ones until a person decides. So
each message goes at most once unless somebody asks for more.

That holds for what the portal does. A gateway that takes a text but does not say so in time counts
as a failure, is asked again, and may then deliver twice.
"""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Case, F, TextField, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from umkm_portal.gateway import NotSent, send_text

from .links import token_of
from .models import Message
from .parts import plain

logger = logging.getLogger(__name__)
Channel, Problem, State = Message.Channel, Message.Problem, Message.State
SENDER = "Portal Misi Dagang"
# The addresses of invented people (RFC 6761): every step can be tried, and nothing goes out.
NOWHERE = ".invalid"
# Another attempt would end the same way.
FINAL = (Problem.NO_ADDRESS, Problem.SWITCHED_OFF)


class Failure(NotSent):
    def __init__(self, problem):
        self.problem = problem


def full_text(message):
    """The text with the address of its page in place: the key to it, so never stored or logged."""
    if not message.has_link:
        return message.text
    return message.text.replace(Message.LINK, address_of(message))


def address_of(message):
    with override(message.language):
        opened = reverse("meetings:link:enter", args=[token_of(message)])
    return settings.SITE_URL + opened


def as_text(text):
    """As a phone shows it."""
    return plain(f"{SENDER}: {text}")


def hand_over(user, subject, text):
    """By text to a confirmed phone, else by e-mail; says which. Raises Failure."""
    if user.phone and user.phone_verified_at:
        try:
            send_text(user.phone, as_text(text))
        except NotSent:
            raise Failure(Problem.GATEWAY) from None
        return Channel.TEXT
    if not user.email:
        raise Failure(Problem.NO_ADDRESS)
    if user.email.endswith(NOWHERE):
        return Channel.EMAIL
    try:
        send_mail(f"[{SENDER}] {subject}", text, None, [user.email])
    except (OSError, SMTPException) as error:
        # Their own text may name the recipient.
        logger.error("Mail failed: %s", type(error).__name__)
        raise Failure(Problem.MAIL) from None
    return Channel.EMAIL


def claim(message_id):
    """The message, if its time has come and nobody else is at it; this attempt is now counted."""
    due = Message.objects.due().filter(pk=message_id)
    claimed = due.update(
        state=State.SENDING, attempts=F("attempts") + 1, due_at=timezone.now()
    )
    if not claimed:
        return None
    return Message.objects.select_related("recipient").get(pk=message_id)


def attempt(message):
    """Sends a message that was claimed, and writes down how it went. When to try again, if at all."""
    try:
        if not message.recipient.is_active:
            raise Failure(Problem.SWITCHED_OFF)
        channel = hand_over(message.recipient, message.subject, full_text(message))
    except Failure as failure:
        return _note_failure(message, failure.problem)
    now = timezone.now()
    _this_attempt(message).update(
        state=State.SENT,
        channel=channel,
        sent_at=now,
        problem="",
        subject=unless_fleeting("subject"),
        text=unless_fleeting("text"),
    )
    return None


def unless_fleeting(name):
    return Case(
        When(is_fleeting=True, then=Value("")),
        default=F(name),
        output_field=TextField(),
    )


def _note_failure(message, problem):
    if problem in FINAL or message.attempts >= Message.MOST_ATTEMPTS:
        _this_attempt(message).update(state=State.FAILED, problem=problem)
        return None
    due_at = timezone.now() + Message.PAUSES[message.attempts - 1]
    _this_attempt(message).update(state=State.QUEUED, problem=problem, due_at=due_at)
    return due_at


def _this_attempt(message):
    """Nothing, once somebody took it for interrupted and sent it otherwise."""
    return Message.objects.filter(
        pk=message.pk, state=State.SENDING, attempts=message.attempts
    )
