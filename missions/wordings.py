"""How a province words its messages: what may stand in them, and how they will read."""

import re
from datetime import timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _, override

from businesses.models import in_active_language
from businesses.reference import provinces
from umkm_portal.accounts.models import Appointment
from umkm_portal.formatting import hours, instant, partial_date
from umkm_portal.outbox.parts import parts_of
from umkm_portal.outbox.sending import as_text

from .letters import PLACE, fill
from .models import DatePrecision, MessageWording
from .wording import ALWAYS

Language = MessageWording.Language
LINK = "link"
# As long as a real one.
SAMPLE_KEY = "7f3k.pXq2Lm8Zr4Tn6Wb1"
ZONE = "Asia/Makassar"
TWENTY_MINUTES = timedelta(minutes=20)
# A mission is some weeks away when its participants are written to.
TO_ANSWER, TO_MISSION = timedelta(days=3), timedelta(days=60)


@cache
def _provinces():
    return {facts["code"]: facts for facts in provinces()}


def _province(code):
    """As it ships, so that a preview reads like a real message."""
    facts = _provinces()[code]
    return in_active_language(facts["short_name"], facts["name_en"])


def _ahead(time):
    """At five in the afternoon."""
    local = timezone.localtime(timezone.now() + time, ZoneInfo(ZONE))
    return local.replace(hour=17, minute=0)


def _day():
    return partial_date(_ahead(TO_MISSION).date(), DatePrecision.DAY)


def _time():
    begins = _ahead(TO_MISSION)
    return f"{_day()}, {hours(begins, begins + TWENTY_MINUTES)} WITA"


SAMPLES = {
    "business": "Kopi Bromo Lestari",
    "partner": "Borneo Pangan Mandiri",
    "mission": lazy(lambda: f"{_province('35')} – {_province('64')}", str)(),
    "place": lazy(lambda: f"Balikpapan, {_province('64')}", str)(),
    "venue": lazy(lambda: f"Hotel Gran Senyiur, Balikpapan, {_province('64')}", str)(),
    "day": lazy(_day, str)(),
    "side": _("seller"),
    "reason": _("This year there is no buyer for this commodity."),
    "official": "Rina Wulandari",
    "who": "Rina Wulandari",
    "what": _("when you can come"),
    "step": _("the request was accepted"),
    "why": _("nobody answered in time"),
    "outcome": _("we agreed on a deal"),
    "time": lazy(_time, str)(),
    "until": lazy(lambda: instant(_ahead(TO_ANSWER), ZONE), str)(),
    "changes": _("The time of a meeting with Borneo Pangan Mandiri is gone."),
    "number": 3,
}


def may_reword(user, province):
    admin = Appointment.Role.PROVINCE_ADMIN
    return user.is_superuser or province.pk in user.provinces_as(admin)


def shipped(kind, language):
    """(subject, text)"""
    with override(language):
        return str(kind.subject), str(kind.text)


def all_words(kind, own):
    """[(Language, subject, text, whether they are the province's own)]; own is {(kind, language):
    MessageWording}."""
    found = []
    for language in Language:
        wording = own.get((kind.key, language.value))
        words = (wording.subject, wording.text) if wording else shipped(kind, language)
        found.append((language, *words, wording is not None))
    return found


def allowed_places(kind):
    return (*ALWAYS, *kind.places)


# What is wrong


def check_subject(kind, subject):
    """Raises ValidationError; a link has no place where nobody can follow it."""
    if LINK in PLACE.findall(subject):
        raise ValidationError(
            _("The link belongs in the text: nobody can follow it in a subject."),
            code="link_in_subject",
        )
    _check_places(kind, subject)


def check_text(kind, text, language):
    """Raises ValidationError."""
    _check_places(kind, text)
    _subject, shipped_text = shipped(kind, language)
    if LINK in PLACE.findall(shipped_text) and LINK not in PLACE.findall(text):
        raise ValidationError(
            _("The text needs {link}: without it nobody finds the page to answer on."),
            code="no_link",
        )


def _check_places(kind, words):
    allowed = allowed_places(kind)
    unknown = [name for name in PLACE.findall(words) if name not in allowed]
    if unknown:
        raise ValidationError(
            _("Nothing is known to fill %(unknown)s with. You can use: %(allowed)s"),
            code="unknown_place",
            params={"unknown": in_braces(unknown), "allowed": in_braces(allowed)},
        )
    if re.search(r"[{}]", PLACE.sub("", words)):
        raise ValidationError(
            _("A brace stands alone. Write a place as in {business}, without spaces."),
            code="lone_brace",
        )


def in_braces(names):
    return ", ".join(f"{{{name}}}" for name in dict.fromkeys(names))


# How it will read


def preview(subject, text, language):
    """As an example participant would get it, with how long it is as a text to a phone."""
    with override(language):
        known = {name: str(sample) for name, sample in SAMPLES.items()}
        known[LINK] = f"{settings.SITE_URL}/t/{SAMPLE_KEY}/buka/"
        whole = as_text(fill(text, known))
    return {
        "subject": fill(subject, known),
        "text": whole,
        "signs": len(whole),
        "parts": parts_of(whole),
    }


# What changes it


@transaction.atomic
def reword(province, kind, words, *, by):
    """`words` is {language: (subject, text)}. What is empty, or as it ships, is not the province's
    own. Which languages changed."""
    _refuse_others(province, by)
    changed = []
    for language, (subject, text) in words.items():
        is_own = subject and text and (subject, text) != shipped(kind, language)
        own = _locked(province, kind, language)
        if (is_own and _set(own, subject, text, by)) or (not is_own and _drop(own, by)):
            changed.append(language)
    return changed


@transaction.atomic
def reset(province, kind, *, by):
    """Back to the shipped words, in both languages. Which languages changed."""
    return reword(province, kind, dict.fromkeys(Language.values, ("", "")), by=by)


def _refuse_others(province, by):
    if not may_reword(by, province):
        raise ValidationError(
            _("Province admins of the province decide on its words."), code="not_yours"
        )


def _locked(province, kind, language):
    """The row of the province stands for all of its wordings: a new one cannot be locked."""
    type(province).objects.select_for_update().get(pk=province.pk)
    facts = {"province": province, "kind": kind.key, "language": language}
    own = MessageWording.objects.filter(**facts).first()
    return own or MessageWording(**facts)


def _set(wording, subject, text, by):
    if (wording.subject, wording.text) == (subject, text):
        return False
    wording.subject, wording.text = subject, text
    wording._history_user = by
    wording.save()
    return True


def _drop(wording, by):
    if wording.pk is None:
        return False
    wording._history_user = by
    wording.delete()
    return True


def history_of(province, kind):
    """Earlier and present versions, the latest first."""
    versions = MessageWording.history.filter(province=province, kind=kind.key)
    return versions.select_related("history_user").order_by("-history_date", "-pk")
