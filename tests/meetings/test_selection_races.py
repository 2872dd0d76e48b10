"""Officials who choose, show and lay out at the same moment as participants agree."""

import time
from threading import Event

import pytest
from django.core.exceptions import ValidationError

from missions.doors import Actor
from missions.meetings import choosing, requests, selection as selecting
from missions.meetings.models import Booking, MeetingRequest, Selection
from missions.meetings.programme import lay_out
from missions.meetings.rules import set_rules
from missions.meetings.selection import publish, select
from missions.meetings.times import rules_of
from missions.models import Letter
from tests.factories import AppointmentFactory, MissionFactory
from tests.races import all_at_once

from .mission_day import Day

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def operators():
    """Of Jawa Timur, which initiates the missions of the tests."""
    found = AppointmentFactory.create_batch(4, role="operator", province__code="35")
    return [appointment.user for appointment in found]


def test_two_officials_who_choose_at_once_leave_one_whole_selection():
    day = Day()
    for _number in range(3):
        day.match(day.seller(), day.buyer())
    officials = operators()

    outcomes = all_at_once(lambda by: select(day.mission, by=by), officials)

    done = [one for one in outcomes if isinstance(one, Selection)]
    refused = [one for one in outcomes if isinstance(one, ValidationError)]
    assert len(done) + len(refused) == 4
    assert done
    newest = Selection.objects.done().first()
    assert newest.meetings.count() == 3
    assert not Selection.objects.unfinished().exists()


def test_two_officials_who_show_it_at_once_tell_each_participant_once():
    day = Day()
    for _number in range(3):
        day.match(day.seller(), day.buyer())
    chosen = select(day.mission, by=None)

    outcomes = all_at_once(lambda by: publish(chosen, by=by), operators())

    assert sorted(map(str, outcomes)).count("6") == 1
    assert len([one for one in outcomes if isinstance(one, ValidationError)]) == 3
    kinds = Letter.objects.values_list("participation", "message__kind")
    assert sorted(kinds) == sorted(
        (one.pk, "proposals") for one in day.mission.participations.all()
    )


def test_a_choice_that_ends_while_an_earlier_one_is_shown_leaves_that_one(monkeypatch):
    day = Day()
    day.match(day.seller(), day.buyer())
    first, is_being_shown = select(day.mission, by=None), Event()
    second = Selection.objects.create(mission=day.mission)
    write = selecting.write

    def slowly(*arguments, **facts):
        is_being_shown.set()
        time.sleep(0.5)
        return write(*arguments, **facts)

    monkeypatch.setattr(selecting, "write", slowly)

    def act(selection):
        if selection == first:
            return publish(first, by=None)
        assert is_being_shown.wait(timeout=10)
        return choosing.finish(second.pk)

    assert all_at_once(act, [first, second]) == [2, None]

    assert list(Selection.objects.published()) == [first]
    assert list(Selection.objects.done()) == [second, first]


def test_nobody_books_a_time_that_goes_at_the_same_moment():
    """Whoever comes first: an agreed meeting has a time that is on the programme, or none."""
    day = Day(slots=2)
    gone, stays = day.slots
    asked = []
    for _number in range(3):
        seller, buyer = day.seller(), day.buyer()
        owner = Actor(seller.business.memberships.first().user)
        asked.append(requests.send(seller, buyer, slot=gone, actor=owner))
    by = operators()[0]

    def act(request):
        if request is None:
            return lay_out(day.mission, [(stays.starts_at, stays.ends_at)], by=by)
        owner = Actor(request.receiver.business.memberships.first().user)
        return requests.accept(request, participation=request.receiver, actor=owner)

    outcomes = all_at_once(act, [*asked, None])

    assert not [one for one in outcomes if isinstance(one, ValidationError)]
    assert list(day.mission.slots.all()) == [stays]
    for request in MeetingRequest.objects.all():
        assert (request.status, request.slot) == (MeetingRequest.Status.ACCEPTED, None)
    assert not Booking.objects.exists()


def test_two_programmes_at_once_leave_one_of_them():
    day = Day(slots=4)
    times = [(slot.starts_at, slot.ends_at) for slot in day.slots]
    wanted = [times[:1], times[1:2], times[2:], times]

    all_at_once(lambda one: lay_out(day.mission, one, by=None), wanted)

    left = [(slot.starts_at, slot.ends_at) for slot in day.mission.slots.all()]
    assert left in wanted


def test_first_rules_written_twice_at_once_keep_what_both_wrote():
    mission, by = MissionFactory(), operators()[0]

    all_at_once(
        lambda values: set_rules(mission, values, by=by), [{"tables": 7}, {"floor": 2}]
    )

    rules = rules_of(mission)
    assert (rules.tables, rules.floor) == (7, 2)
