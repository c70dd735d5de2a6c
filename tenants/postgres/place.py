"""The private directory of one cluster: where it is, what is in it, and whether its server is up.

Standard library only: the watchdog imports this without site-packages.
"""

import hashlib
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from tenants.postgres.account import FALLBACK, Account, choose
from tenants.postgres.errors import PlaceNotOurs
from tenants.postgres.locks import held

PORT = 5432  # only part of the socket's file name
SOCKET = f".s.PGSQL.{PORT}"
# sun_path holds 104 bytes on macOS and 108 on Linux, with the NUL.
LONGEST_SOCKET_DIRECTORY = 104 - len(f"/{SOCKET}") - 1
LARGEST_LOG = 10_000_000  # bytes


@dataclass(frozen=True)
class Place:
    """A directory with `data`, `passwords.json`, `server.log`, `run` and four locks, all of one account.

    `lease.lock` is shared by the users of the server and wanted by the watchdog; `start.lock` is held by whoever
    furnishes or starts; `watchdog.lock` by the watchdog; `server.lock` by every process of the server.
    """

    root: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def passwords(self) -> Path:
        return self.root / "passwords.json"

    @property
    def log(self) -> Path:
        return self.root / "server.log"

    @property
    def sockets(self) -> Path:
        """Inside the place, or under /tmp when that path is too long for a socket, or read as two for its comma."""
        inside = self.root / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_DIRECTORY and "," not in str(inside):
            return inside
        return Path("/tmp") / f"zwgk-{_digest(self.root)}"  # noqa: S108 - made by Account.private_directory

    def open_lock(self, name: str) -> int:
        """A new descriptor of one of the four locks, not yet locked."""
        return self._open(f"{name}.lock", os.O_RDWR)

    def open_log(self) -> int:
        """A descriptor that adds to the log."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old"))
        return self._open(self.log.name, os.O_WRONLY | os.O_APPEND)

    def read_passwords(self) -> dict[str, str]:
        """Role name → password."""
        return json.loads(self.passwords.read_text())

    def server_pid(self) -> int | None:
        """The process that postmaster.pid names, alive or not; None without the file."""
        lines = self._pid_file()
        return int(lines[0]) if lines else None

    def is_ready(self) -> bool:
        """Whether the server says so in postmaster.pid, and its socket is answered (the file may be stale)."""
        if [line.strip() for line in self._pid_file()[7:]] != ["ready"]:
            return False
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(os.fspath(self.sockets / SOCKET)) == 0

    def _open(self, name: str, flags: int) -> int:
        descriptor = os.open(self.root / name, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        self.account.own(descriptor)
        return descriptor

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []


def settle(home: Path) -> Place:
    """The place of the cluster of `home`, made if need be.

    It is `home/postgres`; for root, when the server's account could not reach that, a symbolic link of this name to
    a directory under /var/lib/zwgk. The link keeps the answer the same when permissions change later.
    Raises `PlaceNotOurs`, `NoServerAccount`.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        with held(os.open(home, os.O_RDONLY)):  # others must not see a directory that is not yet the account's
            root = _find_or_make(home.absolute() / "postgres")
        status = root.stat()
    except OSError as error:
        raise PlaceNotOurs(path=home) from error
    account = Account(status.st_uid, status.st_gid)
    # Root hands its clusters to another account; anyone else uses only his own.
    ours = account.uid != 0 if os.geteuid() == 0 else account.uid == os.geteuid()
    if not ours or not account.can_reach(root):
        raise PlaceNotOurs(path=root)
    return Place(root, account)


def _find_or_make(root: Path) -> Path:
    if not root.exists():
        account = choose()
        if account.can_reach(root.parent.resolve()):
            account.private_directory(root)
        else:
            FALLBACK.mkdir(mode=0o755, parents=True, exist_ok=True)
            root.symlink_to(account.private_directory(FALLBACK / _digest(root)))
    return root.resolve()


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
