"""What is done once a day, whichever worker does it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from businesses import tasks, verification
from businesses.models import Business, Check, DailyRun
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CheckFactory,
    MembershipFactory,
)
from tests.portal.test_health import work
from umkm_portal.outbox.tasks import deliver
from umkm_portal.tasks import is_worker_alive

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 1, 12, 5, tzinfo=UTC)


@pytest.fixture
def do_daily(settings, monkeypatch):
    """Has the daily task do nothing but these functions."""

    def do(*jobs):
        names = {f"job {number}": job for number, job in enumerate(jobs)}
        settings.DAILY_JOBS = list(names)
        monkeypatch.setattr(tasks, "import_string", names.get)

    return do


def test_one_chain_goes_on_however_often_it_is_started():
    with time_machine.travel(NOON, tick=False) as clock:
        for _day in range(3):
            for _start in range(2):
                call_command("start_daily")
            work()
            [waiting] = tasks.waiting_daily_runs()
            local = timezone.localtime(waiting.run_after)
            assert local.date() == timezone.localdate() + timedelta(days=1)
            assert local.hour == tasks.HOUR.hour
            clock.shift(timedelta(days=1))


def test_each_job_is_done_once_a_day(do_daily):
    done = []

    def job():
        done.append(timezone.localdate())

    do_daily(job)
    with time_machine.travel(NOON, tick=False) as clock:
        for _start in range(3):
            tasks.daily.call()
        clock.shift(timedelta(days=1))
        tasks.daily.call()

    assert done == [date(2027, 1, 12), date(2027, 1, 13)]


def test_a_job_that_fails_ends_nothing_but_itself(do_daily, caplog):
    done = []

    def breaks():
        Business.objects.all().update(name="x")
        raise ValueError("+6281234567890")

    do_daily(breaks, lambda: done.append("ya"))
    business = BusinessFactory()

    tasks.daily.call()

    assert done == ["ya"]
    business.refresh_from_db()
    assert business.name != "x"
    assert "ValueError" in caplog.text
    assert "6281234567890" not in caplog.text
    # It is tried again when the worker next starts.
    assert DailyRun.objects.count() == 1


def test_all_jobs_run(settings, caplog):
    tasks.daily.call()

    assert "failed" not in caplog.text
    assert DailyRun.objects.count() == len(settings.DAILY_JOBS)


def test_old_runs_are_forgotten():
    with time_machine.travel(NOON, tick=False) as clock:
        tasks.daily.call()
        clock.shift(timedelta(days=DailyRun.KEEP_DAYS + 1))
        tasks.daily.call()

        assert {run.day for run in DailyRun.objects.all()} == {timezone.localdate()}


def test_the_daily_chain_says_nothing_about_the_health_of_the_worker():
    call_command("start_daily")
    work()

    assert not is_worker_alive()


# Checks that end


def test_owners_and_officials_are_told_once_a_month_ahead(texts):
    verifier = AppointmentFactory(role="verifier").user
    AppointmentFactory(role="operator")
    AppointmentFactory(role="verifier", province__code="64")
    soon = timezone.localdate() + timedelta(days=Check.REMIND_DAYS)
    check = CheckFactory(valid_until=soon)
    owner = MembershipFactory(business=check.business).user
    owner.confirm_phone("+6281234567890")
    CheckFactory(valid_until=soon + timedelta(days=1))

    for _day in range(2):
        verification.remind_of_expiring_checks()
    work()

    [(phone, text)] = texts
    assert phone == owner.phone
    assert check.business.name in text
    [letter] = mail.outbox
    assert letter.to == [verifier.email]


def test_nobody_is_told_of_a_check_that_was_followed_by_a_newer_one():
    soon = timezone.localdate() + timedelta(days=3)
    check = CheckFactory(valid_until=soon)
    CheckFactory(business=check.business)

    assert verification.remind_of_expiring_checks() == 0


def test_tasks_carry_ids_only():
    check = CheckFactory(valid_until=timezone.localdate())
    MembershipFactory(business=check.business)
    verification.remind_of_expiring_checks()

    [result] = DBTaskResult.objects.filter(task_path=deliver.module_path)
    assert all(type(value) is int for value in result.args_kwargs["args"])


def test_a_nib_whose_check_has_ended_may_be_checked_for_another(texts):
    with time_machine.travel(NOON, tick=False) as clock:
        ended = CheckFactory(valid_until=timezone.localdate()).business
        holds = CheckFactory().business
        clock.shift(timedelta(days=1))

        verification.free_nibs_without_check()

    verified = Business.objects.filter(is_nib_verified=True)
    assert set(verified) == {holds}
    CheckFactory(business=BusinessFactory(nib=ended.nib))
