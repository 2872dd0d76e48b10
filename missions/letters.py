"""Messages to the people of a participating business, through the one outbox."""

import re
from datetime import timedelta

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import override

from umkm_portal.formatting import date_range
from umkm_portal.outbox.models import Message
from umkm_portal.outbox.services import post

from .models import Letter
from .wording import words

LINK_DAYS = 21
MOST_OF_SUBJECT = Message._meta.get_field("subject").max_length
PLACE = re.compile(r"\{(\w+)\}")


def write(participation, kind, *, path="", mailing=None, but=None, **places):
    """Writes to everybody who works for the business, `but` one user. `path` is where the link
    leads within the pages of the participant ("permintaan/12/"); `places` fill the words, see
    wording.py: give texts that differ by language as lazy ones."""
    return [
        _write_to(membership.user, participation, kind, path, mailing, places)
        for membership in participation.business.memberships.select_related("user")
        if membership.user.is_active and membership.user != but
    ]


def _write_to(user, participation, kind, path, mailing, places):
    subject, text = compose(participation, kind, user.language, places)
    message = post(
        user,
        kind=kind,
        subject=subject,
        text=text,
        language=user.language,
        path=path,
        link_until=timezone.now() + timedelta(days=LINK_DAYS),
    )
    Letter.objects.create(message=message, participation=participation, mailing=mailing)
    return message


def compose(participation, kind, language, places):
    """(subject, text) for one reader; where the link belongs, its place."""
    mission = participation.mission
    subject, text = words(kind, mission.initiator_province, language)
    with override(language):
        known = {
            "business": participation.business.display_name,
            "mission": mission.title,
            "day": date_range(mission),
            "place": mission.place,
        }
        # What somebody typed must not pass for the place of the key.
        known = {
            name: str(value).replace(Message.LINK, "(link)")
            for name, value in (known | places).items()
        } | {"link": Message.LINK}
    short = Truncator(fill(subject, known)).chars(MOST_OF_SUBJECT)
    return short, fill(text, known)


def fill(text, places):
    """Puts what is known in place of "{name}", once: braces that a person typed stay what they are."""
    return PLACE.sub(lambda found: places.get(found[1], found[0]), text)
