"""The process that starts a cluster's server, outlives whoever asked for it, and stops it when nobody uses it.

`python -m tenants.postgres.watchdog ORDER`, with the locked descriptor of watchdog.lock handed down; ORDER is the
JSON that `order()` writes. It says "ready" (or what went wrong) on standard output, closes that, and lives exactly
as long as the server. Standard library only, so that it starts in a few milliseconds and holds little memory.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from tenants.postgres.account import Account
from tenants.postgres.locks import lock, try_lock
from tenants.postgres.place import SOCKET, Place

READY = "ready"
TICK = 0.01  # seconds
REMNANTS = 30.0  # seconds that the last processes of a killed server may take
FAST_SHUTDOWN = 30.0  # seconds before the server is told to drop everything; it then recovers at the next start


class StartFailed(Exception):
    """The server did not come up; the text says how it ended."""


def order(place: Place, command: list[str]) -> str:
    """What the watchdog is told on its command line (no secrets)."""
    account = place.account
    return json.dumps({"root": str(place.root), "uid": account.uid, "gid": account.gid, "command": command})


def main() -> None:
    """Detach, start or adopt the server, report, and wait until it has ended."""
    wanted = json.loads(sys.argv[1])
    if os.fork():
        os._exit(0)
    place = Place(Path(wanted["root"]), Account(wanted["uid"], wanted["gid"]))
    try:
        child = _start_or_adopt(place, wanted["command"])
    except (StartFailed, OSError) as error:
        _report(str(error))
        return
    _report(READY)
    threading.Thread(target=_stop_when_unused, args=[place], daemon=True).start()
    lock(place.open_lock("server"))  # free when the last process of the server has ended, for whatever reason
    if child is not None:
        child.wait()


def _start_or_adopt(place: Place, command: list[str]) -> subprocess.Popen | None:
    """A server may be there already: its watchdog was killed (adopt it), or it is going away (wait for that)."""
    deadline = time.monotonic() + REMNANTS
    server_lock = place.open_lock("server")
    while not try_lock(server_lock):
        if place.is_ready():
            return None
        if time.monotonic() > deadline:
            raise StartFailed("an older server does not end")
        time.sleep(TICK)
    return _start(place, command, server_lock)


def _start(place: Place, command: list[str], server_lock: int) -> subprocess.Popen:
    _remove_stale_files(place)
    place.account.private_directory(place.sockets)
    # Standard error is the log already.
    child = subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd=place.root,
        pass_fds=[server_lock],
        start_new_session=True,
        **place.account.popen(),
    )
    os.close(server_lock)  # from here on the lock lives in the server's processes only
    while place.server_pid() != child.pid or not place.is_ready():
        if child.poll() is not None:
            raise StartFailed(f"exit status {child.returncode}")
        time.sleep(TICK)
    return child


def _remove_stale_files(place: Place) -> None:
    """PostgreSQL refuses to start while the process named in an old lock file lives, whatever that process is.

    After a crash of the machine the number may belong to anybody, after a kill to a zombie. We hold server.lock, so
    it is no server of ours; one that the operator started by hand is known by its working directory.
    """
    for file in (place.data / "postmaster.pid", place.sockets / f"{SOCKET}.lock"):
        if file.exists() and not _may_be_server(file, place.data):
            file.unlink()


def _may_be_server(file: Path, data: Path) -> bool:
    """PostgreSQL judges by itself when nothing is known (no /proc), and about another user's process."""
    process = Path("/proc", *file.read_text().split()[:1])
    if not process.exists():
        return True
    try:
        return os.readlink(process / "cwd") == str(data)
    except FileNotFoundError:  # a zombie has no directory
        return False
    except PermissionError:
        return True


def _stop_when_unused(place: Place) -> None:
    lock(place.open_lock("lease"))  # held until this process ends: who comes now waits, and starts anew
    for how in (signal.SIGINT, signal.SIGQUIT):
        if pid := place.server_pid():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
        time.sleep(FAST_SHUTDOWN)


def _report(text: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), text.encode())
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


if __name__ == "__main__":
    main()
