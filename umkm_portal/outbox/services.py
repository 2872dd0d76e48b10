"""The one way out for messages about businesses and missions: they are written, in one transaction,
with what caused them and with the task that sends them, so that neither is there without the other.

What is a secret by itself stays outside, and is never stored: one-time codes, links by which an
owner approves what an official filled in, and notices that a way into an account has changed.
"""

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, override

from .links import KEY_LASTS
from .models import Message
from .tasks import deliver

Channel, Problem, State = Message.Channel, Message.Problem, Message.State
NOT_OPEN = _("This message has been sent, is on its way, or has no words any more.")
LONGEST_SUBJECT = Message._meta.get_field("subject").max_length
# A shorter word stands in too many texts that are not about who bears it.
SHORTEST_NAME = 3


@transaction.atomic
def post(recipient, *, kind, subject, text, language="", path="", has_key=False):
    """Writes a message; the worker sends it once the transaction it belongs to is committed.
    `has_key`: whether its link opens pages without signing in, for KEY_LASTS."""
    message = Message.objects.create(
        recipient=recipient,
        kind=kind,
        language=language or recipient.language,
        subject=subject[:LONGEST_SUBJECT],
        text=text,
        path=path,
        link_until=timezone.now() + KEY_LASTS if has_key else None,
    )
    deliver.enqueue(message.pk)
    return message


@transaction.atomic
def send_again(message):
    """For one that failed, once its cause is gone. Raises ValidationError for any other."""
    message = _locked_open(message)
    message.state, message.problem = State.QUEUED, ""
    message.attempts, message.due_at = 0, timezone.now()
    if message.link_until:
        # Its reader gets it only now, and has as long as anybody else.
        message.link_until = timezone.now() + KEY_LASTS
    message.save()
    deliver.enqueue(message.pk)


@transaction.atomic
def note_handed(message, *, by):
    """An official has sent it by WhatsApp, without its key, which ends when it would have. Raises
    ValidationError where it went otherwise, or may still go by itself."""
    message = _locked_open(message)
    message.state, message.channel, message.problem = State.SENT, Channel.HAND, ""
    message.sent_at, message.handed_by = timezone.now(), by
    if message.is_fleeting:
        message.subject = message.text = ""
    message.save()


def _locked_open(message):
    message = Message.objects.select_for_update().get(pk=message.pk)
    if not message.is_open:
        raise ValidationError(NOT_OPEN, code="not_open")
    return message


@transaction.atomic
def withhold_name(name, messages, *, put):
    """Puts other (lazy) words in place of the name of a business that is gone, in those of
    `messages` that have it: none but what may be about it, since a name can be an ordinary word.
    Those still to go need the name, and lose their words once they have gone."""
    if len(name) < SHORTEST_NAME:
        return
    whole_name = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    mentions = messages.filter(Q(text__contains=name) | Q(subject__contains=name))
    for message in mentions.select_for_update(of=["self"]).order_by("pk"):
        if message.is_sent:
            with override(message.language):
                other = str(put)
            message.subject = whole_name.sub(other, message.subject)[:LONGEST_SUBJECT]
            message.text = whole_name.sub(other, message.text)
        elif whole_name.search(f"{message.subject} {message.text}"):
            message.is_fleeting = True
        message.save(update_fields=["subject", "text", "is_fleeting"])


def forget_fleeting():
    """Every day: what could not be sent within a week is not worth a name any more, and is given
    up: without words there is nothing to send."""
    before = timezone.now() - Message.FLEETING_ENDS
    old = Message.objects.fleeting().filter(created_at__lt=before)
    unsent = old.filter(Q(state=State.QUEUED) | Q(pk__in=old.failed().values("pk")))
    return unsent.update(
        state=State.FAILED, problem=Problem.FORGOTTEN, subject="", text=""
    )
