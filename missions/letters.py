"""Messages to the people of a participating business, through the one outbox."""

import re

from django.utils.text import Truncator
from django.utils.translation import override

from umkm_portal.formatting import date_range
from umkm_portal.outbox.models import Message
from umkm_portal.outbox.services import post

from .models import Letter
from .wording import own_wordings, words

MOST_OF_SUBJECT = Message._meta.get_field("subject").max_length
PLACE = re.compile(r"\{(\w+)\}")
PLACE_AND_STOP = re.compile(r"\{(\w+)\}(\.?)")
# What a person typed as a sentence, or not.
TYPED = "reason"
ENDS = (".", "!", "?", "…")


def write(participation, kind, *, path="", mailing=None, but=None, own=None, **places):
    """Writes to everybody who works for the business, `but` one user. `path` is where the link
    leads within the pages of the participant ("permintaan/12/"); `places` fill the words, see
    wording.py: give texts that differ by language as lazy ones. Who writes to many reads the
    `own_wordings` of the province once."""
    if own is None:
        own = own_wordings(participation.mission.initiator_province)
    return [
        _write_to(membership.user, participation, kind, path, mailing, own, places)
        for membership in participation.business.memberships.select_related("user")
        if membership.user.is_active and membership.user != but
    ]


def _write_to(user, participation, kind, path, mailing, own, places):
    subject, text = compose(participation, kind, user.language, own, places)
    message = post(
        user,
        kind=kind,
        subject=subject,
        text=text,
        language=user.language,
        path=path,
        has_key=True,
    )
    Letter.objects.create(message=message, participation=participation, mailing=mailing)
    return message


def compose(participation, kind, language, own, places):
    """(subject, text) for one reader; where the link belongs, its place."""
    mission = participation.mission
    subject, text = words(kind, language, own)
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
    return PLACE_AND_STOP.sub(lambda found: _filled(found, places), text)


def _filled(found, places):
    name, stop = found.groups()
    value = str(places.get(name, f"{{{name}}}"))
    if name != TYPED:
        return value + stop
    value, rest = value.rstrip(), found.string[found.end() :]
    if value.endswith(ENDS):
        return value
    return f"{value}." if stop or (rest[:1] == " " and rest[1:2].isupper()) else value
