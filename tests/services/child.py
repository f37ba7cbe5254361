"""A server process that cannot outlive the test run, even if that is killed."""

import os
import pwd
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 30  # seconds for a server to start or to stop


def start(command: list[str], log: Path, *, user: pwd.struct_passwd | None = None) -> subprocess.Popen[bytes]:
    """Start a server, as `user` if given; the kernel interrupts it when this process ends, in any way."""
    tied = ["setpriv", "--pdeathsig", "INT"]
    if user is not None:
        tied += ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
    with log.open("ab") as output:
        return subprocess.Popen([*tied, *command], stdout=output, stderr=output, start_new_session=True)


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers.

    Raises:
        RuntimeError: it ended, or does not answer; the message ends with its log.
    """
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, and end it if it does not listen."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to run a server as that refuses to run as root; None when we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
