"""The portal on one desk, for a demonstration: `make run`, or python -m admissions_portal.run.

Migrates the SQLite database in var/, starts the web server, the worker, the scheduler and the filling-in of
made-up candidates, and says where the portal answers. Ctrl-C ends them all. One that fails ends the others
and shows its log: nothing is started again behind one's back.
"""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

PORT = int(os.environ.get("PORT", "8000"))
ADDRESS = f"http://localhost:{PORT}/"
VAR = Path(os.environ.get("VAR_DIR", "var")).resolve()
LOGS = VAR / "log"
BIN = Path(sys.executable).parent
PATIENCE = 10  # seconds for a child to end by itself

SERVICES = {
    "web": [
        "gunicorn", "admissions_portal.wsgi", f"--bind=127.0.0.1:{PORT}", "--workers=1", "--threads=4",
        "--access-logfile=-", "--no-control-socket",
    ],
    "worker": ["celery", "--app=admissions_portal", "worker", "--concurrency=2", "--loglevel=INFO"],
    "scheduler": ["celery", "--app=admissions_portal", "beat", "--loglevel=INFO"],
}  # fmt: skip
FILLING = ["python", "manage.py", "fill_demo"]  # returns at once when the made-up candidates are there


@dataclass(frozen=True)
class Child:
    """A process of ours; a service runs until it is told to end, a job ends by itself."""

    name: str
    process: subprocess.Popen[bytes]
    is_job: bool

    @property
    def has_failed(self) -> bool:
        """Has it ended though it should not have, or badly?"""
        status = self.process.poll()
        return status is not None and not (self.is_job and status == 0)


def main() -> int:
    """Run the demonstration until it is interrupted (status 0) or a part of it fails (status 1)."""
    # A script that starts us with "&" has us ignore SIGINT, while parts of ours heed it and would seem to fail.
    for told_to_stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told_to_stop, signal.default_int_handler)
    if not port_is_free():
        print(f"Port {PORT} is taken. Type:  make run PORT={PORT + 1}", file=sys.stderr)
        return 1
    try:
        prepare()
    except ImproperlyConfigured as refusal:
        print(refusal, file=sys.stderr)
        return 1
    try:
        with running(children()) as started:
            failed = watch(started)
    except KeyboardInterrupt:
        print(f"\nThe portal has stopped; its data stay in {VAR}.")
        return 0
    print(f"The {failed.name} has ended; the end of {log_of(failed.name)}:\n", file=sys.stderr)
    print(*log_of(failed.name).read_text(errors="replace").splitlines()[-20:], sep="\n", file=sys.stderr)
    return 1


def port_is_free() -> bool:
    """Can the web server have its port?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            return False
    return True


def prepare() -> None:
    """Tell all processes that this is a demonstration, which keeps to var/; bring the database up to date."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "admissions_portal.settings",
        "DEMO": "1",
        "PORTAL_URL": ADDRESS.rstrip("/"),
        "DATABASE_URL": f"sqlite:///{VAR / 'db.sqlite3'}",
        "REDIS_URL": "",
        "MEDIA_S3_BUCKET": "",
        "EMAIL_URL": "dummymail://",
    }
    for folder in (LOGS, VAR / "static"):
        folder.mkdir(parents=True, exist_ok=True)
    django.setup()
    call_command("migrate", verbosity=0)
    from campaign.demonstration.guard import require_made_up  # the apps are there now

    require_made_up()


def children() -> Iterator[Child]:
    """Start the processes, one by one."""
    for name, command in SERVICES.items():
        yield start(name, command)
    yield start("filling", FILLING, is_job=True)


def start(name: str, command: list[str], *, is_job: bool = False) -> Child:
    """Start a process that writes to its own log and cannot outlive us."""
    tied = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
    with log_of(name).open("wb") as log:
        process = subprocess.Popen([*tied, str(BIN / command[0]), *command[1:]], stdout=log, stderr=log)
    return Child(name, process, is_job)


def log_of(name: str) -> Path:
    """Where a process writes."""
    return LOGS / f"{name}.log"


@contextmanager
def running(being_started: Iterator[Child]) -> Iterator[list[Child]]:
    """Start the children, and end them all when the block ends, however it ends."""
    started: list[Child] = []
    try:
        started.extend(being_started)
        yield started
    finally:
        for child in started:
            child.process.terminate()
        deadline = time.monotonic() + PATIENCE
        for child in started:
            try:
                child.process.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def watch(started: list[Child]) -> Child:
    """Say where the portal is once it answers; return the first child that fails."""
    announced = False
    while True:
        for child in started:
            if child.has_failed:
                return child
        if not announced and answers():
            print(f"The portal answers at {ADDRESS} (Ctrl-C ends it; logs are in {LOGS}/)", flush=True)
            announced = True
        time.sleep(0.2)


def answers() -> bool:
    """Does the web server answer?"""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except OSError:
        return False
    finally:
        connection.close()
    return True


if __name__ == "__main__":
    sys.exit(main())
