"""What a participant is told of a new programme: one message, whatever that changes for it."""

from collections import defaultdict
from datetime import timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.functional import lazy
from django.utils.translation import gettext as _, ngettext

from missions.letters import write
from missions.models import DatePrecision
from missions.wording import own_wordings
from umkm_portal.formatting import hours, partial_date

from .carrying import span_of
from .models import RequestEvent
from .times import between

MOST_MEETINGS = 5
MOST_SPANS = 8
# What is longer is a break.
CHANGE = timedelta(minutes=30)
AVAILABILITY = "ketersediaan/"


def tell(mission, effect, losses):
    """How many participants were written to. `losses` is [(request, what happened to it), …]."""
    own = own_wordings(mission.initiator_province)
    if effect.is_first:
        written = [
            write(participation, "times_open", path=AVAILABILITY, own=own)
            for participation in effect.asked
        ]
    else:
        written = [
            _tell_one(participation, effect, found, own)
            for participation, found in _concerned(mission, effect, losses)
        ]
    return sum(map(bool, written))


def _concerned(mission, effect, losses):
    """[(participation, what happened to its requests)]"""
    people = {participation.pk: participation for participation in effect.asked}
    found = defaultdict(list)
    for request, event in losses:
        for participation in (request.sender, request.receiver):
            participation.mission = mission
            people.setdefault(participation.pk, participation)
            found[participation.pk].append((request, event))
    return [(people[pk], found[pk]) for pk in sorted(people)]


def _tell_one(participation, effect, losses, own):
    statement = effect.statement_of(participation)
    words = lazy(_words, str)(participation, effect, losses, statement)
    path = _path(losses, statement)
    return write(participation, "times_changed", path=path, own=own, changes=words)


def _path(losses, statement):
    requests = {request.pk for request, _event in losses}
    if not requests or (statement and statement.is_void):
        return AVAILABILITY
    return f"permintaan/{requests.pop()}/" if len(requests) == 1 else "permintaan/"


def _words(participation, effect, losses, statement):
    meetings = list(_of_meetings(participation, losses))
    rest = len(meetings) - MOST_MEETINGS
    sentences = meetings[:MOST_MEETINGS]
    if rest > 0:
        more = ngettext(
            "%(count)s more meeting is affected.",
            "%(count)s more meetings are affected.",
            rest,
        )
        sentences.append(more % {"count": rest})
    if statement:
        sentences += _of_times(participation.mission, effect, statement)
    return " ".join(sentences)


def _of_meetings(participation, losses):
    without = {
        request.pk
        for request, event in losses
        if event.step == RequestEvent.Step.TIME_LOST
    }
    for request, event in losses:
        is_lapse = event.step == RequestEvent.Step.LAPSED
        if is_lapse and request.pk in without:
            continue
        yield _meeting_text(request, is_lapse) % {
            "partner": request.partner_of(participation).name,
            "time": between(event.starts_at, event.ends_at, participation.mission),
        }


def _meeting_text(request, is_lapse):
    if is_lapse:
        return _(
            "The new time proposed for your meeting with %(partner)s is gone (%(time)s); what you "
            "agreed stays."
        )
    if request.is_accepted:
        return _(
            "Your agreed meeting with %(partner)s stands, but its time is gone (%(time)s): propose "
            "a new one, or leave it to the organiser."
        )
    return _(
        "The time proposed for a meeting with %(partner)s is gone (%(time)s); the request still "
        "waits for an answer."
    )


def _of_times(mission, effect, statement):
    gone = list(map(span_of, statement.goes))
    if statement.is_void:
        yield _(
            "None of the times at which you could come is left: say again when you can come."
        )
    else:
        if gone:
            yield _("Of your times these are gone: %(times)s.") % {
                "times": in_words(gone, effect.times_before, mission)
            }
        if statement.times:
            yield _("As you said before, you can come: %(times)s.") % {
                "times": in_words(statement.times, effect.times, mission)
            }
    free = set(statement.times)
    if others := [span for span in effect.comes if span not in free]:
        yield _("New times, about which you have not said anything: %(times)s.") % {
            "times": in_words(others, effect.times, mission)
        }


def in_words(times, programme, mission):
    """ "9 Mei 2030, 09.00–12.00, 13.00–16.00 WITA": times that follow each other in `programme`
    are told as one."""
    zone = ZoneInfo(mission.timezone)
    found = [
        (begins.astimezone(zone), ends.astimezone(zone))
        for begins, ends in spans(times, programme)
    ]
    days = [
        f"{partial_date(day, DatePrecision.DAY)}, "
        + ", ".join(hours(*span) for span in of_day)
        for day, of_day in groupby(found[:MOST_SPANS], lambda span: span[0].date())
    ]
    said = f"{'; '.join(days)} {mission.zone}"
    rest = len(found) - MOST_SPANS
    if rest <= 0:
        return said
    more = ngettext(
        "%(times)s and %(count)s more", "%(times)s and %(count)s more", rest
    )
    return more % {"times": said, "count": rest}


def spans(times, programme):
    """[(beginning, end), …] of whole stretches."""
    turn = {span: number for number, span in enumerate(sorted(programme))}
    found, last = [], None
    for begins, ends in sorted(times):
        follows = last and turn[begins, ends] == turn[last] + 1
        if follows and begins - last[1] <= CHANGE:
            found[-1] = (found[-1][0], ends)
        else:
            found.append((begins, ends))
        last = (begins, ends)
    return found
