"""The scripts behind make, each run in a folder of its own with fake programs around it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.once
BIN = settings.BASE_DIR / "bin"
SHELL_TOOLS = "sh dirname cat cmp cp rm mkdir mktemp touch id"


def write_program(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def folder(tmp_path):
    """A project folder with the scripts, and the shell's own tools as the only programs."""
    shutil.copytree(BIN, tmp_path / "bin")
    (tmp_path / "tools").mkdir()
    for tool in SHELL_TOOLS.split():
        (tmp_path / "tools" / tool).symlink_to(shutil.which(tool))
    return tmp_path


def run(folder, *command, **environment):
    return subprocess.run(
        command,
        cwd=folder,
        env={"PATH": str(folder / "tools"), "HOME": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


# bin/bootstrap


def add_python(folder, name, *, is_new):
    """A Python that says whether it will do, and makes a .venv with a copy of itself in it."""
    path = folder / "tools" / name
    return write_program(
        path,
        'case "$*" in',
        f"  -c*) exit {0 if is_new else 1} ;;",
        '  "-m venv"*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;',
        f'  "-m pip install"*) echo "$@" >>installed; exit {0 if is_new else 1} ;;',
        "esac",
        f'echo "{name} $1" >>calls',
    )


def bootstrap(folder, *files):
    return run(folder, "bin/bootstrap", *files)


def calls(folder):
    return (folder / "calls").read_text().splitlines()


def test_bootstrap_passes_by_a_python_that_is_too_old(folder):
    add_python(folder, "python3", is_new=False)
    add_python(folder, "python3.12", is_new=True)

    assert bootstrap(folder).returncode == 0

    assert "python3.12 -m" in calls(folder)
    assert "python3 -m" not in calls(folder)


def test_bootstrap_finds_a_python_that_pyenv_keeps(folder):
    add_python(folder, "python3", is_new=False)
    kept = add_python(folder, "kept", is_new=True)
    (folder / ".pyenv/versions/3.12.7/bin").mkdir(parents=True)
    kept.rename(folder / ".pyenv/versions/3.12.7/bin/python")

    assert bootstrap(folder).returncode == 0

    assert "kept -m" in calls(folder)


def test_bootstrap_says_what_is_missing(folder):
    add_python(folder, "python3", is_new=False)

    done = bootstrap(folder)

    assert done.returncode == 1
    assert "Python 3.12 or newer" in done.stderr
    assert "apt-get install python3" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_bootstrap_installs_only_what_changed(folder):
    add_python(folder, "python3", is_new=True)
    requirements = folder / "requirements.txt"

    requirements.write_text("Django==6.1.3\n")
    first = bootstrap(folder, "requirements.txt")
    second = bootstrap(folder, "requirements.txt")
    requirements.write_text("Django==6.1.4\n")
    third = bootstrap(folder, "requirements.txt")

    assert "Making .venv" in first.stdout
    assert second.stdout == ""
    assert third.stdout == "Installing requirements.txt ...\n"
    assert len((folder / "installed").read_text().splitlines()) == 2


def test_bootstrap_makes_a_moved_venv_anew(folder):
    add_python(folder, "python3", is_new=True)
    bootstrap(folder)
    (folder / ".venv" / "made").write_text("/elsewhere\n")

    assert "Making .venv" in bootstrap(folder).stdout


# bin/test

NO_BROWSER = "Browser tests need Chromium, which is not here."


@pytest.fixture
def without_browser(folder):
    write_program(folder / "bin" / "browser", f'echo "{NO_BROWSER}"', "exit 1")
    write_program(
        folder / ".venv" / "bin" / "python", 'echo "ran $*"', "exit ${STATUS:-0}"
    )
    return folder


def test_what_could_not_be_fetched_is_the_last_line(without_browser):
    done = run(without_browser, "bin/test", "-k", "history")

    assert done.stdout.splitlines() == [
        "ran -m pytest -n auto --dist worksteal -k history",
        NO_BROWSER,
    ]
    assert done.returncode == 0


def test_in_ci_a_missing_browser_fails_the_run(without_browser):
    assert run(without_browser, "bin/test", CI="true").returncode == 1


@pytest.mark.parametrize("ci", ["", "true"])
def test_failing_tests_keep_their_exit_code(without_browser, ci):
    assert run(without_browser, "bin/test", CI=ci, STATUS="2").returncode == 2


# bin/browser


def test_a_chosen_browser_comes_first(folder):
    chosen = write_program(folder / "chosen", "exit 0")
    write_program(folder / "tools" / "chromium", "exit 0")

    assert run(folder, "bin/browser", CHROMIUM=str(chosen)).stdout.strip() == str(
        chosen
    )
    assert run(folder, "bin/browser").stdout.strip() == str(
        folder / "tools" / "chromium"
    )


def test_a_browser_that_does_not_start_is_none(folder):
    write_program(folder / "tools" / "chromium", "exit 1")

    done = run(folder, "bin/browser")

    assert done.returncode == 1
    assert done.stdout.startswith("Browser tests need Chromium")
    assert len(done.stdout.splitlines()) == 1


# bin/serve


@pytest.fixture
def port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(port, *arguments, **environment):
    return subprocess.Popen(
        [sys.executable, BIN / "serve", *arguments],
        env=os.environ | {"PORT": str(port)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_taken_port_is_named(port):
    with closing(socket.create_server(("127.0.0.1", port))):
        output, problem = serve(port, "--check-port").communicate(timeout=30)

    assert output == ""
    assert problem.startswith(f"Port {port} is taken")
    assert len(problem.splitlines()) == 1


@pytest.mark.parametrize("typed", ["abc", "0", "70000", "-1", ""])
def test_what_is_no_port_is_named(typed):
    process = serve(typed, "--check-port")

    assert process.communicate(timeout=30)[1].startswith("PORT is a number")
    assert process.returncode == 1


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """The environment that names a migrated database."""
    path = tmp_path_factory.mktemp("served") / "portal.sqlite3"
    named = {"DEBUG": "True", "DATABASE_URL": f"sqlite:///{path}"}
    subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "migrate", "--verbosity=0"],
        env=os.environ | named,
        check=True,
    )
    return named


@pytest.fixture
def serving(database, port):
    """bin/serve, once it has announced its address."""
    process = serve(port, **database)
    line = ""
    while f"http://127.0.0.1:{port}" not in line:
        line = process.stdout.readline()
        assert line, process.stderr.read()
    yield process
    process.kill()
    process.communicate()


def children(process):
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(process.pid)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return {
        "worker" if "db_worker" in line else "server": int(line.split()[0])
        for line in listed.splitlines()
    }


def is_alive(pid):
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().split()[2] != "Z"


needs_ps = pytest.mark.skipif(
    not (shutil.which("ps") and Path("/proc/self/stat").exists()),
    reason="needs ps and /proc",
)


@needs_ps
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_stops_server_and_worker(serving, port, number):
    pids = children(serving)
    assert set(pids) == {"server", "worker"}
    urllib.request.urlopen(f"http://127.0.0.1:{port}/sehat/", timeout=10).close()

    serving.send_signal(number)
    _output, problems = serving.communicate(timeout=20)

    assert serving.returncode == 0
    assert "Traceback" not in problems
    assert not any(map(is_alive, pids.values()))


@needs_ps
@pytest.mark.parametrize("dying", ["server", "worker"])
def test_when_one_dies_both_stop(serving, dying):
    pids = children(serving)

    os.kill(pids[dying], signal.SIGKILL)
    _output, problems = serving.communicate(timeout=20)

    assert serving.returncode == 1
    assert "both were stopped" in problems
    deadline = time.monotonic() + 5
    while any(map(is_alive, pids.values())) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_alive, pids.values()))


# bin/postgres


@pytest.mark.skipif(
    not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
    reason="needs PostgreSQL: it would be installed",
)
def test_postgres_runs_a_command_and_leaves_nothing():
    done = subprocess.run(
        [BIN / "postgres", "sh", "-c", 'echo "$DATABASE_URL"; exit 3'],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 3, done.stderr
    folder = done.stdout.strip().removeprefix("postgres://portal@/").rpartition("/")[0]
    assert "portal-pg." in folder
    assert not Path(folder).exists()
