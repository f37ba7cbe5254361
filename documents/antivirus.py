"""The antivirus: clamd, asked over its socket. Without CLAMD_URL no file is scanned."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from urllib.parse import urlsplit

from django.conf import settings

PATIENCE = 30  # seconds
CHUNK = 64 * 1024


class ScannerAway(Exception):
    """clamd does not answer, or not as it should: the file waits."""


def is_infected(data: bytes) -> bool:
    """Whether clamd knows something dangerous in `data`; False where no clamd is configured.

    Raises:
        ScannerAway: nobody can say now.
    """
    if not settings.CLAMD_URL:
        return False
    try:
        with _connect(settings.CLAMD_URL) as clamd:
            answer = _scan(clamd, data)
    except OSError as error:
        raise ScannerAway(str(error)) from error
    if answer.endswith(b"FOUND"):
        return True
    if answer.endswith(b"OK"):
        return False
    raise ScannerAway(answer.decode(errors="replace"))


def _connect(url: str) -> socket.socket:
    address = urlsplit(url)
    if address.scheme == "unix":
        clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        clamd.settimeout(PATIENCE)
        try:
            clamd.connect(address.path)
        except OSError:
            clamd.close()
            raise
        return clamd
    return socket.create_connection((address.hostname or "localhost", address.port or 3310), PATIENCE)


def _scan(clamd: socket.socket, data: bytes) -> bytes:
    """clamd's INSTREAM: chunks with their lengths, an empty one at the end, one line back."""
    with suppress(BrokenPipeError, ConnectionResetError):  # it takes no more, and its line says why
        _send(clamd, data)
    answer = b""
    while not answer.endswith(b"\0") and (more := clamd.recv(CHUNK)):
        answer += more
    return answer.rstrip(b"\0")


def _send(clamd: socket.socket, data: bytes) -> None:
    clamd.sendall(b"zINSTREAM\0")
    for start in range(0, len(data), CHUNK):
        chunk = data[start : start + CHUNK]
        clamd.sendall(struct.pack("!L", len(chunk)) + chunk)
    clamd.sendall(struct.pack("!L", 0))
