"""Runs a command with a private PostgreSQL and a private Redis: python -m tests.services.run COMMAND...

The command finds them in DATABASE_URL and REDIS_URL; they end with it, and the status is the command's.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.services.postgresql import private_postgresql
from tests.services.redis import private_redis


def main(command: list[str]) -> int:
    """Run `command` beside the servers; being told to stop stops all three."""
    for told_to_stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(told_to_stop, lambda number, _frame: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="portal-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # another user runs PostgreSQL in it
        with private_postgresql(folder / "pg") as database_url, private_redis(folder / "redis") as redis_url:
            environment = os.environ | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
            with subprocess.Popen(command, env=environment) as process:
                try:
                    return process.wait()
                except BaseException:
                    process.terminate()
                    raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
