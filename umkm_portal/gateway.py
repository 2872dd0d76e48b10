"""Short texts to phones: printed while nobody pays for more, else handed to a provider over HTTP."""

import json
import logging
import sys
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from django.conf import settings

logger = logging.getLogger(__name__)


class NotSent(Exception):
    """A message that could not be handed over. It never names the recipient or the text."""


def send_text(phone, text):
    """Sends `text` to `phone` (E.164) or raises NotSent."""
    BACKENDS[settings.TEXT_GATEWAY["backend"]](phone, text)


def print_text(phone, text):
    sys.stdout.write(f"Text to {phone}: {text}\n")
    sys.stdout.flush()


def post_text(phone, text):
    """Posts to the provider. A redirect is a failure: it would carry the text elsewhere."""
    try:
        with closing(connect()) as connection:
            connection.request("POST", path(), body(phone, text), headers())
            status = connection.getresponse().status
    except (OSError, HTTPException, ValueError) as error:
        logger.error("The text gateway failed: %s", type(error).__name__)
        raise NotSent from None
    if not 200 <= status < 300:
        logger.error("The text gateway answered %s", status)
        raise NotSent


def connect():
    url = urlsplit(settings.TEXT_GATEWAY["url"])
    kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
    return kind(url.netloc, timeout=settings.TEXT_GATEWAY["timeout"])


def path():
    url = urlsplit(settings.TEXT_GATEWAY["url"])
    return f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"


def headers():
    name, _colon, value = settings.TEXT_GATEWAY["header"].partition(":")
    own = {name.strip(): value.strip()} if name else {}
    return {"Content-Type": "application/json"} | own


def body(phone, text):
    values = {"{phone}": phone, "{digits}": phone.lstrip("+"), "{text}": text}
    template = json.loads(settings.TEXT_GATEWAY["body"])
    return json.dumps(filled(template, values)).encode()


def filled(template, values):
    """The template with the values in all its texts, whatever signs they contain."""
    if isinstance(template, dict):
        return {name: filled(part, values) for name, part in template.items()}
    if isinstance(template, list):
        return [filled(part, values) for part in template]
    if not isinstance(template, str):
        return template
    for name in values:
        before, found, after = template.partition(name)
        if found:
            return filled(before, values) + values[name] + filled(after, values)
    return template


BACKENDS = {"console": print_text, "http": post_text}
