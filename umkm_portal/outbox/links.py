"""Short links in messages: "7f.kT3…" names the message, and proves that the portal made it.

A link opens the pages of one participant without signing in. It is computed from the secret key, so
nobody finds it in the database, and a new SECRET_KEY ends all of them.
"""

from datetime import timedelta
from hashlib import sha256

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36, urlsafe_base64_encode

from .models import Message

PATTERN = r"[0-9a-z]{1,13}\.[A-Za-z0-9_-]{16}"
SIGNATURE_BYTES = 12
# From when it is written, or sent again.
KEY_LASTS = timedelta(days=21)


def token_of(message):
    return f"{int_to_base36(message.pk)}.{_signature(message.pk)}"


def message_of(token):
    """The message that the link was sent in. Raises Message.DoesNotExist when nobody sent it, when
    it has expired, or when it was sent to a person who may no longer sign in."""
    number, _dot, signature = token.partition(".")
    pk = base36_to_int(number)
    if not constant_time_compare(signature, _signature(pk)):
        raise Message.DoesNotExist
    current = Message.objects.filter(
        link_until__gt=timezone.now(), recipient__is_active=True
    )
    return current.select_related("recipient").get(pk=pk)


def _signature(pk):
    mac = salted_hmac(__name__, str(pk), algorithm=sha256().name).digest()
    return urlsafe_base64_encode(mac[:SIGNATURE_BYTES])
