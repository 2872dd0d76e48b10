"""A message that an official sends from the own WhatsApp, where the portal could not send it.

The link in a message is the key to the pages of a business, and whoever has it acts as its owner. No
official ever gets it: what goes by hand leads to the same page behind a sign-in.
"""

from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from umkm_portal.outbox.models import Message


def phone_of(letter):
    """Only a number that its owner has confirmed."""
    user = letter.message.recipient
    return user.phone if user.phone and user.phone_verified_at else ""


def text_of(letter):
    return letter.message.text.replace(Message.LINK, _page_behind_sign_in(letter))


def _page_behind_sign_in(letter):
    participation = letter.participation
    with override(letter.message.language):
        page = reverse(
            "meetings:own:home",
            args=[participation.business.slug, participation.mission.slug],
        )
    return f"{settings.SITE_URL}{page}{letter.message.path}"


def whatsapp_address(phone, text):
    """Opens WhatsApp with the text typed in; the official still has to send it."""
    return f"https://wa.me/{phone.removeprefix('+')}?text={quote(text, safe='')}"
