"""A private PostgreSQL."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.services.child import start, unprivileged_user, wait_until

SUPERUSER = "postgres"  # inside the cluster
SETTINGS = {
    "listen_addresses": "",
    # The cluster is thrown away: nothing has to survive a crash of the machine.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


@contextmanager
def private_postgresql(folder: Path) -> Iterator[str]:
    """Make a cluster in `folder`, run it for the duration of the block, and give its URL.

    Raises:
        RuntimeError: the server is not installed, or did not start.
    """
    user = unprivileged_user()  # initdb refuses root
    folder.mkdir()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    log, data = folder / "log", folder / "data"
    initdb = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", f"--username={SUPERUSER}"]
    if start([program("initdb"), *initdb, f"--pgdata={data}"], log, user=user).wait() != 0:
        raise RuntimeError(f"initdb failed:\n{log.read_text(errors='replace')}")

    options = [f"--{name}={value}" for name, value in SETTINGS.items()]
    server = start([program("postgres"), "-D", str(data), "-k", str(folder), *options], log, user=user)
    try:
        wait_until(lambda: answers(folder), server, log)
        yield f"postgres://{SUPERUSER}@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: its data are thrown away
        server.wait()


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs; Debian keeps them out of PATH, by version: the newest."""
    installed = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    found = max(installed, key=lambda path: int(path.parts[-3]), default=shutil.which(name))
    if found is None:
        raise RuntimeError(f"PostgreSQL’s {name} is not installed. Type:  sudo apt-get install postgresql")
    return str(found)


def answers(folder: Path) -> bool:
    """Does the server take connections?"""
    try:
        psycopg.connect(host=str(folder), user=SUPERUSER, dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True
