"""Workbooks on disk: read with limits, replaced atomically, and only when nobody else has touched them."""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from bridges.excel.archive import MEBIBYTE
from bridges.excel.errors import FileChanged, FileLocked, FileTooLarge, FileUnreadable

try:
    import fcntl
except ImportError:
    fcntl = None

LARGEST_FILE = 64 * MEBIBYTE
"""Bytes of a workbook that we read at all."""
BACKUP_SUFFIX = ".bak"
"""The original stands beside the new file as `name.xlsx.bak`, as it was before the newest write."""


def read_workbook(path: Path) -> bytes:
    """The file's bytes. Raises FileUnreadable or FileTooLarge."""
    try:
        with path.open("rb") as file:
            source = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise FileUnreadable.because(path.name, error) from error
    if len(source) > LARGEST_FILE:
        raise FileTooLarge(what=f"“{path.name}”", limit=f"{LARGEST_FILE // MEBIBYTE} MB")
    return source


def fingerprint(source: bytes) -> str:
    """Tells one content of a file from another: SHA-256, hex."""
    return hashlib.sha256(source).hexdigest()


def refuse_if_locked(path: Path) -> None:
    """What a program has open cannot be written; read-only files wait too. Raises FileLocked."""
    if is_open(path) or _is_read_only(path):
        raise FileLocked(name=path.name)


def is_open(path: Path) -> bool:
    """Whether a lock file of Excel, WPS (`~$name`) or LibreOffice (`.~lock.name#`) lies beside it."""
    shortened = f"~${path.name[2:]}"  # Excel drops two characters of longer names
    locks = (f"~${path.name}", shortened, f".~lock.{path.name}#")
    return any(path.with_name(lock).exists() for lock in locks)


def _is_read_only(path: Path) -> bool:
    """Marked so by somebody, whatever this process may do; or in a folder in which nothing can be replaced."""
    return path.exists() and not (path.stat().st_mode & 0o222 and os.access(path.parent, os.W_OK))


def replace_workbook(path: Path, content: bytes, read: str) -> None:
    """Put `content` in place of the file that had the fingerprint `read`, keeping the original as `name.bak`.

    Raises FileChanged when the file is another by now, FileLocked when a program has it open.
    """
    refuse_if_locked(path)
    current = read_workbook(path)
    if fingerprint(current) != read:
        raise FileChanged(name=path.name)
    write_atomically(path.with_name(path.name + BACKUP_SUFFIX), current)
    write_atomically(path, content)


def put_workbook(path: Path, content: bytes) -> None:
    """A new file; what stood there is kept as `name.bak`. Raises FileLocked, FileChanged, FileUnreadable."""
    if path.exists():
        replace_workbook(path, content, fingerprint(read_workbook(path)))
    else:
        write_atomically(path, content)


def write_atomically(path: Path, content: bytes) -> None:
    """Readers see the old file or the whole new one; permissions are kept. What a process left that died while it
    wrote this file is removed. Raises FileUnreadable."""
    prefix = f".zwgk-{fingerprint(path.name.encode())[:12]}-"
    try:
        _remove_leftovers(path.parent, prefix)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=".tmp")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                lock_file(file)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(_mode(path))
            temporary.replace(path)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise FileUnreadable.because(path.name, error) from error


def make_folder(folder: Path) -> None:
    """A folder to write into, with those above it. Raises FileUnreadable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileUnreadable.because(str(folder), error) from error


def _remove_leftovers(folder: Path, prefix: str) -> None:
    for leftover in folder.glob(f"{prefix}*.tmp"):
        with suppress(OSError), leftover.open("rb") as file:  # locked: somebody is writing it
            lock_file(file)
            leftover.unlink()


def lock_file(file: IO[bytes]) -> None:
    """Until it is closed, also by the death of the process; raises OSError where another holds it. Windows has no such
    call, but lets nobody remove a file that is open."""
    if fcntl:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _mode(path: Path) -> int:
    """Of the file that is replaced; of a new one what the process gives new files."""
    try:
        return path.stat().st_mode & 0o7777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask


def sync_folder(folder: Path) -> None:
    """So that the rename itself survives a power cut; Windows has no such call."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
