"""A private Redis."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.services.child import start, stop, wait_until


@contextmanager
def private_redis(folder: Path) -> Iterator[str]:
    """Run a Redis that keeps nothing in `folder` for the duration of the block, and give its URL.

    Raises:
        RuntimeError: it did not start.
    """
    folder.mkdir()
    log, socket = folder / "log", folder / "socket"
    command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--save", ""]
    server = start(command, log)
    try:
        wait_until(lambda: answers(socket), server, log)
        yield f"unix://{socket}"
    finally:
        stop(server)


def answers(socket: Path) -> bool:
    """Does the server take connections?"""
    try:
        with redis.Redis(unix_socket_path=str(socket)) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False
