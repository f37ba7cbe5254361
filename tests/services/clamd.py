"""A private clamd, which knows one danger: EICAR, the file by which antiviruses are tried out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.child import start, stop, wait_until

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = f"Eicar:0:*:{EICAR.hex()}\n"  # name, any kind of file, anywhere in it
SETTINGS = """\
Foreground yes
LocalSocket {folder}/socket
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
"""


@contextmanager
def private_clamd(folder: Path) -> Iterator[str]:
    """Run a clamd in `folder` for the duration of the block, and give its URL.

    Raises:
        RuntimeError: it did not start.
    """
    (folder / "signatures").mkdir(parents=True)
    (folder / "signatures" / "own.ndb").write_text(SIGNATURE)
    settings, log, socket = folder / "clamd.conf", folder / "log", folder / "socket"
    settings.write_text(SETTINGS.format(folder=folder))
    server = start(["/usr/sbin/clamd", f"--config-file={settings}"], log)
    try:
        wait_until(socket.is_socket, server, log)
        yield f"unix://{socket}"
    finally:
        stop(server)
