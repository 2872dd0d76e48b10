import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from umkm_portal.tasks import (
    ALIVE_SECONDS,
    BEAT_SECONDS,
    heartbeat,
    heartbeats,
    is_worker_alive,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 8, 5, tzinfo=UTC)
ASK_HEALTH = """
import django
django.setup()
from django.test import Client
answer = Client().get("/sehat/", headers={"host": "localhost"})
print(answer.status_code, answer.content.decode())
"""


def work():
    """Runs what is due now, as the worker does."""
    worker = Worker(
        queue_names=["default"],
        interval=1,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="uji",
        excluded_queue_names=[],
    )
    for result in DBTaskResult.objects.ready():
        if DBTaskResult.objects.filter(pk=result.pk).exists():
            result.claim("uji")
            worker.run_task(result)


@time_machine.travel(NOON, tick=False)
def test_worker_is_alive_once_it_has_worked():
    call_command("start_heartbeat")
    assert not is_worker_alive()

    work()

    assert is_worker_alive()


def test_worker_that_missed_three_beats_is_silent():
    with time_machine.travel(NOON, tick=False) as clock:
        heartbeat.enqueue()
        work()
        clock.shift(timedelta(seconds=ALIVE_SECONDS))
        assert is_worker_alive()
        clock.shift(timedelta(seconds=1))
        assert not is_worker_alive()


def test_failed_beat_is_no_sign_of_life():
    heartbeat.enqueue()
    result = heartbeats().get()
    result.claim("uji")
    result.set_failed(ValueError("rusak"))

    assert not is_worker_alive()


def test_one_chain_goes_on_however_often_it_is_started():
    with time_machine.travel(NOON, tick=False) as clock:
        for _start in range(3):
            call_command("start_heartbeat")
        for _minute in range(10):
            work()
            waiting = heartbeats().filter(started_at=None)
            assert [beat.run_after for beat in waiting] == [
                datetime.now(UTC) + timedelta(seconds=BEAT_SECONDS)
            ]
            clock.shift(timedelta(seconds=BEAT_SECONDS))


def test_beats_leave_few_traces():
    with time_machine.travel(NOON, tick=False) as clock:
        heartbeat.enqueue()
        for _minute in range(30):
            work()
            clock.shift(timedelta(seconds=BEAT_SECONDS))

    assert heartbeats().count() <= ALIVE_SECONDS // BEAT_SECONDS + 2


def test_health_is_ok_with_database_and_worker(client):
    heartbeat.enqueue()
    work()

    answer = client.get("/sehat/")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "worker": "alive"}
    assert "no-store" in answer["Cache-Control"]


def test_health_without_worker_is_degraded_but_serves(client):
    answer = client.get("/sehat/")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "database": "ok",
        "worker": "silent",
    }


def test_health_is_read_only(client):
    assert client.post("/sehat/").status_code == 405
    assert client.head("/sehat/").status_code == 200


def test_health_without_database_is_503(tmp_path):
    environment = os.environ | {
        "DEBUG": "True",
        "DATABASE_URL": f"sqlite:///{tmp_path}/tidak-ada/portal.sqlite3",
        "DJANGO_SETTINGS_MODULE": "umkm_portal.settings",
    }
    asked = subprocess.run(
        [sys.executable, "-c", ASK_HEALTH],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    status, _space, body = asked.stdout.partition(" ")

    assert status == "503"
    assert json.loads(body) == {"status": "down", "database": "unreachable"}
