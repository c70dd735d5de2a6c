"""The folder that is watched: what lies in it, and moving what is dealt with out of the way. Nothing is overwritten."""

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from bridges.excel.disk import lock_file, sync_folder
from bridges.excel.errors import FileUnreadable
from bridges.rounds.gathering import uninteresting
from bridges.rounds.names import LONGEST
from bridges.watching.errors import FolderWatched

DONE, REFUSED = "已收", "退回"
LOCK = ".zwgk-watch.lock"
UNFINISHED = ".zwgk-move.tmp"


class Signature(NamedTuple):
    """A file that has another one was touched."""

    inode: int
    size: int
    changed: int


class WatchedFolder:
    """A folder into which files are dropped, also in folders of it. Ours in it are 已收 and 退回."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def held(self) -> Iterator[None]:
        """Make our folders, and let no other watcher in; the death of this process frees the folder too.

        Raises `FolderWatched`, `FileUnreadable` where nothing can be written here.
        """
        try:
            for ours in (DONE, REFUSED):
                (self.root / ours).mkdir(exist_ok=True)
            lock = (self.root / LOCK).open("a")
        except OSError as error:
            raise FileUnreadable.because(self.root.name, error) from error
        with lock:
            try:
                lock_file(lock)
            except BlockingIOError as error:
                raise FolderWatched(folder=self.root) from error
            except OSError:  # a share that knows no locks
                pass
            yield

    def files(self) -> dict[str, Signature]:
        """What may be a return, by its path below the folder. What cannot be looked at now is seen another time."""
        found = {}
        for folder, names, files in os.walk(self.root):
            place = Path(folder)
            if place == self.root:
                names[:] = [name for name in names if name not in (DONE, REFUSED)]
            names[:] = [name for name in names if not name.startswith(".")]
            for name in files:
                with suppress(OSError):
                    facts = (place / name).lstat()
                    if stat.S_ISREG(facts.st_mode) and not uninteresting(name):
                        file = str((place / name).relative_to(self.root))
                        found[file] = Signature(facts.st_ino, facts.st_size, facts.st_mtime_ns)
        return found

    def place_for(self, file: str, ours: str) -> Path:
        """Where a file will lie in one of our folders: below it as it lay, with a number where the name is taken."""
        wanted = self.root / ours / file
        wanted.parent.mkdir(parents=True, exist_ok=True)
        return next(one for one in _numbered(wanted) if not os.path.lexists(one))

    def move(self, source: Path, target: Path) -> str:
        """Move a file to its place; gives the place below the folder."""
        try:
            source.rename(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _move_across(source, target)
        sync_folder(target.parent)
        return str(target.relative_to(self.root))


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    number = 2
    while True:
        yield path.with_name(f"{path.stem[:LONGEST]}-{number}{path.suffix}")
        number += 1


def _move_across(source: Path, target: Path) -> None:
    """Onto another file system: whole and written through before the original goes."""
    unfinished = target.with_name(UNFINISHED)
    shutil.copy2(source, unfinished)
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    unfinished.rename(target)
    source.unlink()


def digest(path: Path) -> str:
    """The fingerprint of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
