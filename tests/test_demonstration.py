"""`make run`: one process that starts the parts of the demonstration, and takes them along when it ends."""

import os
import select
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Start]:
    """Starts a demonstration with its own state and port, in a process group of its own."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        environment = os.environ | {"PORT": str(port), "VAR_DIR": str(tmp_path / "var")}
        environment.pop("DJANGO_SETTINGS_MODULE")
        process = subprocess.Popen(
            [sys.executable, "-m", "admissions_portal.run"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if members(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def members(group: int) -> set[int]:
    """The living processes of a process group."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, of_group = stat.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(of_group) == group and state != "Z":
            found.add(int(stat.parent.name))
    return found


def first_line(process: subprocess.Popen[str]) -> str:
    """What the demonstration says first: it waits until there is something to say."""
    assert process.stdout is not None
    return process.stdout.readline()


def test_a_taken_port_is_named_with_what_to_type(start: Start, port: int) -> None:
    """Otherwise the web server would retry for some seconds and end with a traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        said, _ = start().communicate(timeout=60)
    assert said == f"Port {port} is taken. Type:  make run PORT={port + 1}\n"


@pytest.mark.long
def test_an_interrupt_ends_every_process_and_a_second_start_keeps_the_data(
    start: Start, port: int, tmp_path: Path
) -> None:
    """A worker left behind would hold the database and go on sending mails."""
    for _time in range(2):
        process = start()
        assert f"http://localhost:{port}/" in first_line(process)
        assert urllib.request.urlopen(f"http://localhost:{port}/").status == 200
        os.killpg(process.pid, signal.SIGINT)  # as the terminal does
        process.communicate(timeout=30)
        assert process.returncode == 0
        assert members(process.pid) == set()
    assert (tmp_path / "var" / "db.sqlite3").stat().st_size > 0


@pytest.mark.long
def test_a_part_that_dies_ends_the_others_and_shows_its_log(start: Start) -> None:
    """A portal without its scheduler would look alive and never publish anything."""
    process = start()
    first_line(process)
    os.kill(part(process, "beat"), signal.SIGKILL)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "The scheduler has ended" in said
    assert members(process.pid) == set()


@pytest.mark.long
def test_the_parts_do_not_outlive_a_killed_parent(start: Start) -> None:
    """A terminal that is killed gives nobody the time to tidy up."""
    process = start()
    first_line(process)
    parts = members(process.pid) - {process.pid}
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_for_end(parts)
    assert members(process.pid) == set()


def part(process: subprocess.Popen[str], word: str) -> int:
    """The process of the group whose command line has `word`."""
    return next(
        pid for pid in sorted(members(process.pid)) if word in Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    )


def wait_for_end(processes: set[int]) -> None:
    """Wait until processes that are not our children have ended, half a minute each at most."""
    for pid in processes:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        select.select([handle], [], [], 30)
        os.close(handle)
