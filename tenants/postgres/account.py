"""Whom the server runs as: oneself, or for root an existing ordinary account."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenants.postgres.errors import NoServerAccount, PlaceNotOurs

# Root's way out for what lies below a directory that the server's account cannot enter (say /root).
FALLBACK = Path("/var/lib/zwgk")


@dataclass(frozen=True)
class Account:
    """The user that owns a cluster's files and runs its server."""

    uid: int
    gid: int

    def popen(self) -> dict[str, Any]:
        """Arguments that make `subprocess` run a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if os.geteuid() == 0 else {}

    def own(self, target: Path | int) -> None:
        """Hand over what root has just made (a path, or an open file)."""
        if os.geteuid() == 0:
            os.chown(target, self.uid, self.gid)

    def can_reach(self, path: Path) -> bool:
        """Whether every directory above `path`, and `path` itself, may be entered or executed."""
        return all(self._may_pass(step.stat()) for step in (path, *path.parents))

    def private_directory(self, path: Path) -> Path:
        """`path` as a 0700 directory of this account; raises `PlaceNotOurs` (in /tmp somebody may have been first)."""
        try:
            path.mkdir(mode=0o700)
            self.own(path)
        except FileExistsError:
            status = path.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != self.uid or status.st_mode & 0o077:
                raise PlaceNotOurs(path=path) from None
        return path

    def _may_pass(self, status: os.stat_result) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def choose() -> Account:
    """The account for a new cluster; raises `NoServerAccount`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise NoServerAccount
