"""The file of a backup: a zip with `manifest.json` and members, each with its size and its SHA-256 in the manifest.

It appears whole or not at all, over no other file, and only its owner can read it. What is read is taken for damaged,
or for a trap, until it has shown itself to be what the manifest says. Both ways hold one block or line in memory.
"""

import json
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import version
from io import BufferedReader
from pathlib import Path
from typing import IO, Any

from core.backup.errors import BackupDamaged, BackupExists, BackupNotWritten, BackupVersion

FORMAT, VERSION = "zwgk-backup", 1
MANIFEST = "manifest.json"
BLOCK = 2**20
LONGEST_LINE = 240 * 2**20  # a value of jsonb holds no more
LARGEST_MANIFEST = 2**20
# More than this, unpacked, has to be worth it: text like ours shrinks to a tenth, a bomb to a thousandth
FREE, RATIO = 2**30, 200
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError, NotImplementedError)


@dataclass(frozen=True)
class Member:
    """A file in the backup: bytes, their SHA-256, and how many rows it has (None where it is no table)."""

    name: str
    size: int
    sha256: str
    rows: int | None = None


@dataclass(frozen=True)
class Manifest:
    """`kind`: `all` or `tenant`; `schema`: the revision of the database; `zwgk`: the version that wrote it; `at`: when,
    in ISO form; `about`: what is particular to the kind; `members` in the order in which they are put back."""

    kind: str
    schema: str
    zwgk: str
    at: str
    about: Mapping[str, Any]
    members: tuple[Member, ...]


def manifest_bytes(manifest: Manifest) -> bytes:
    """As it stands in the file."""
    said = {"format": FORMAT, "version": VERSION, **asdict(manifest)}
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


class Writer:
    """A backup that is being written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._members: list[Member] = []

    def add(self, name: str, blocks: Iterator[bytes], *, packed: bool = True, rows: bool = False) -> Member:
        """Add a member; `packed`: whether to compress it; `rows`: each block is a row."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        digest, size, count = sha256(), 0, 0
        with self._zip.open(info, "w", force_zip64=True) as member:
            for block in blocks:
                member.write(block)
                digest.update(block)
                size, count = size + len(block), count + 1
        self._members.append(Member(name, size, digest.hexdigest(), count if rows else None))
        return self._members[-1]

    def close(self, **told: Any) -> Manifest:
        """Write the manifest, with what is told of it."""
        manifest = Manifest(zwgk=version("zwgk"), members=tuple(self._members), **told)
        self._zip.writestr(zipfile.ZipInfo(MANIFEST), manifest_bytes(manifest))
        self._zip.close()
        return manifest

    def abandon(self) -> None:
        """Let go of what was not closed, while its file is there; nothing, where it was."""
        self._zip.close()


@contextmanager
def writing(out: Path) -> Iterator[Writer]:
    """A new backup, which is at `out` once the block has ended well; what is written until then is removed.

    Raises `BackupExists`, `BackupNotWritten`.
    """
    if out.exists():
        raise BackupExists(path=out)
    partial = None
    try:
        descriptor, name = tempfile.mkstemp(".partial", ".zwgk-backup-", out.parent)  # 0600
        partial = Path(name)
        with open(descriptor, "wb") as file:
            writer = Writer(file)
            try:
                yield writer
            finally:
                writer.abandon()
            file.flush()
            os.fsync(descriptor)
        _publish(partial, out)
    except OSError as error:
        raise BackupNotWritten(path=out, why=error.strerror or type(error).__name__) from None
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)


def _publish(partial: Path, out: Path) -> None:
    try:
        os.link(partial, out)  # unlike a rename, never over a file that came meanwhile
    except FileExistsError:
        raise BackupExists(path=out) from None
    except OSError:  # a file system without links
        if out.exists():
            raise BackupExists(path=out) from None
        partial.rename(out)
    with suppress(OSError):  # some file systems cannot
        folder = os.open(out.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


class Archive:
    """A backup that is being read."""

    def __init__(self, path: Path, packed: zipfile.ZipFile) -> None:
        self.path = path
        self._zip = packed
        self.manifest = self._read_manifest()
        self._examine()

    def damaged(self, why: str) -> BackupDamaged:
        """The refusal of this file."""
        return BackupDamaged(path=self.path, why=why)

    def blocks(self, member: Member) -> Iterator[bytes]:
        """The content of a member in blocks. Raises `BackupDamaged`, at the latest behind the last one."""
        return self._pieces(member, lambda stream: stream.read(BLOCK))

    def lines(self, member: Member) -> Iterator[bytes]:
        """The lines of a member, with their ends. Raises as `blocks`."""
        return self._pieces(member, lambda stream: stream.readline(LONGEST_LINE))

    def _pieces(self, member: Member, take: Callable[[BufferedReader], bytes]) -> Iterator[bytes]:
        digest, size = sha256(), 0
        try:
            stream = BufferedReader(self._zip.open(member.name), BLOCK)
        except _BROKEN:
            raise self.damaged(f"{member.name} 已损坏") from None
        with stream:
            while True:
                try:
                    piece = take(stream)
                except _BROKEN:
                    raise self.damaged(f"{member.name} 已损坏") from None
                if not piece:
                    break
                digest.update(piece)
                size += len(piece)
                yield piece
        if (size, digest.hexdigest()) != (member.size, member.sha256):
            raise self.damaged(f"{member.name} 与清单不符")

    def _read_manifest(self) -> Manifest:
        try:
            with self._zip.open(MANIFEST) as file:
                said = json.loads(file.read(LARGEST_MANIFEST))
            form = said.pop("format"), said.pop("version")
            if form != (FORMAT, VERSION):
                raise BackupVersion(path=self.path, what="格式", found=form, wanted=(FORMAT, VERSION))
            return _checked(said)
        except (*_BROKEN, KeyError, TypeError, AttributeError, RecursionError, RuntimeError):
            raise self.damaged("没有可读的清单") from None

    def _examine(self) -> None:
        """The files in the zip are those of the manifest, in forms that we write, and no bomb."""
        infos, members = self._zip.infolist(), self.manifest.members
        sizes = {info.filename: info.file_size for info in infos if info.filename != MANIFEST}
        if len(sizes) + 1 != len(infos) or sizes != {member.name: member.size for member in members}:
            raise self.damaged("文件与清单不符")
        if any(info.compress_type not in _METHODS or info.flag_bits & _ENCRYPTED for info in infos):
            raise self.damaged("压缩方法不是本系统所用")
        if sum(sizes.values()) > max(FREE, RATIO * self.path.stat().st_size):
            raise self.damaged("解压后大得反常")


def _checked(said: dict[str, Any]) -> Manifest:
    """Raises TypeError or KeyError for what is no manifest."""
    members = tuple(Member(**member) for member in said.pop("members"))
    manifest = Manifest(members=members, **said)
    texts = [manifest.kind, manifest.schema, manifest.zwgk, manifest.at, *(member.name for member in members)]
    numbers = [number for member in members for number in (member.size, member.rows) if number is not None]
    if not (all(isinstance(one, str) for one in texts) and all(type(one) is int and one >= 0 for one in numbers)):
        raise TypeError
    if not isinstance(manifest.about, dict):
        raise TypeError
    return manifest


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """A backup, whose manifest was read. Raises `BackupDamaged`, `BackupVersion`."""
    try:
        packed = zipfile.ZipFile(path)
    except (*_BROKEN, RuntimeError):
        raise BackupDamaged(path=path, why="不是 zip 文件，或已截断") from None
    with packed:
        yield Archive(path, packed)
