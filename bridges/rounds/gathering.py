"""Finding the returned files in what was dropped here: folders, zips, single files, under any name.

Nothing is trusted: a member of a zip never gets to name a path, and what is unpacked is counted, not believed.
"""

import lzma
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from bridges.excel.disk import LARGEST_FILE
from core.terminal import flat

WORKBOOKS = frozenset((".xlsx", ".xlsm", ".xltx", ".xls", ".et", ".csv", ".ods"))
"""Endings of sheets, for files whose content does not say that they are workbooks."""
MOST_FILES, MOST_BYTES = 5_000, 2**31
"""In one run: what is more is refused, with a sentence."""
CHUNK = 2**20
LARGEST_DIRECTORY = 4 * 2**20
"""Bytes of a zip's list of members, all of which is read at once."""
BACKUPS = (".bak", ".tmp", "~")
UTF8_FLAG = 0x800
CODEC_ERRORS = (zlib.error, lzma.LZMAError)
"""Of the ways in which a zip may be packed (that of bzip2 is an OSError)."""


@dataclass(frozen=True)
class Found:
    """A file to be read; `label` is what people know it by."""

    label: str
    path: Path


@dataclass(frozen=True)
class Passed:
    """A file that is not read, and why. `harmless`: nobody needs to look at it."""

    label: str
    why: str
    harmless: bool = True


def gather(paths: Sequence[Path], spool: Path) -> Iterator[Found | Passed]:
    """Every file below the paths, in the order of their names; members of zips are unpacked into `spool`."""
    purse = _Purse()
    for path in paths:
        for label, file in _files(path):
            if not purse.another():
                yield Passed(label, f"文件超过 {MOST_FILES} 个，其余未读取，请分批汇总", harmless=False)
                return
            yield from _one(label, file, spool, purse)


def told_apart(gathered: Iterable[Found | Passed]) -> list[Found | Passed]:
    """The same, each under a label of its own: those of one label are numbered, the first as well, so that what a
    person says of one file is never taken for another."""
    all_ = list(gathered)
    alike, taken, found = Counter(one.label for one in all_), {one.label for one in all_}, []
    for one in all_:
        if alike[one.label] > 1:
            stem, dot, ending = one.label.rpartition(".")
            labels = (f"{stem}（同名 {n}）{dot}{ending}" for n in count(1))
            one = replace(one, label=next(label for label in labels if label not in taken))
            taken.add(one.label)
        found.append(one)
    return found


class _Purse:
    """What one run may still read."""

    def __init__(self) -> None:
        self.files, self.bytes = MOST_FILES, MOST_BYTES

    def another(self) -> bool:
        self.files -= 1
        return self.files >= 0


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    if path.is_dir():
        inside = sorted(one for one in path.rglob("*") if not one.is_dir())  # rglob follows no linked folders
        yield from ((str(one.relative_to(path)), one) for one in inside)
    else:
        yield path.name, path


def _one(label: str, path: Path, spool: Path, purse: _Purse) -> Iterator[Found | Passed]:
    if why := uninteresting(label):
        yield Passed(label, why)
        return
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            yield Passed(label, "不是普通文件")
            return
        with path.open("rb") as file:
            head = file.read(8)
    except OSError:
        yield Passed(label, "无法读取：没有权限，或文件已被移走", harmless=False)
        return
    if head.startswith(b"PK"):
        yield from _zip(label, path, spool, purse)
    elif head.startswith(b"\xd0\xcf\x11\xe0") or path.suffix.lower() in WORKBOOKS:
        yield Found(label, path)
    else:
        yield Passed(label, "不是表格文件")


def uninteresting(label: str) -> str:
    """Why a file is passed over by its name alone."""
    parts = label.replace("\\", "/").split("/")
    name = parts[-1]
    if name.startswith(("~$", ".~lock.")):
        return "打开文件时留下的锁文件"
    if any(part.startswith(".") for part in parts) or "__MACOSX" in parts or name in ("Thumbs.db", "desktop.ini"):
        return "隐藏文件或系统文件"
    return "备份或临时文件" if name.lower().endswith(BACKUPS) else ""


# ---------------------------------------------------------------- zips


def _zip(label: str, path: Path, spool: Path, purse: _Purse) -> Iterator[Found | Passed]:
    """A workbook is a zip too: the parts in it tell."""
    if _directory_size(path) > LARGEST_DIRECTORY:
        yield Passed(label, f"压缩包中的文件超过 {MOST_FILES} 个，未读取，请分批汇总", harmless=False)
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        yield Found(label, path)  # the reader of workbooks says what is wrong with it
        return
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if any(member.filename == "[Content_Types].xml" for member in members):
            yield Found(label, path)
            return
        for number, member in enumerate(members):
            name = f"{label}/{_name(member)}"
            if not purse.another():
                yield Passed(name, f"文件超过 {MOST_FILES} 个，其余未读取，请分批汇总", harmless=False)
                return
            yield from _member(archive, member, name, spool / f"{path.stat().st_ino}-{number}", purse)


def _directory_size(path: Path) -> int:
    """What a zip says of its list of members at its end, and what its reader goes by; 0 where there is no such end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 2**16 - 22))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    return int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, target: Path, purse: _Purse
) -> Iterator[Found | Passed]:
    if why := uninteresting(name):
        yield Passed(name, why)
        return
    if member.flag_bits & 1:
        yield Passed(name, "压缩包设有密码，请解压后再汇总", harmless=False)
        return
    try:
        whole = _unpack(archive, member, target, purse)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, *CODEC_ERRORS):
        yield Passed(name, "压缩包中的这个文件已损坏", harmless=False)
        return
    if not whole:
        yield Passed(name, "解压后超过上限，未读取", harmless=False)
    elif zipfile.is_zipfile(target) and not _is_workbook(target):
        yield Passed(name, "压缩包中的压缩包未打开，请解压后再汇总", harmless=False)
    elif zipfile.is_zipfile(target) or Path(name).suffix.lower() in WORKBOOKS:
        yield Found(name, target)
    else:
        yield Passed(name, "不是表格文件")


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, purse: _Purse) -> bool:
    """Unpack a member under a name of ours; False where it is larger than it may be, whatever it says of itself."""
    size = 0
    with archive.open(member) as source, target.open("wb") as out:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            purse.bytes -= len(chunk)
            if size > LARGEST_FILE or purse.bytes < 0:
                return False
            out.write(chunk)
    return True


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return True


def _name(member: zipfile.ZipInfo) -> str:
    """The member's name as its maker wrote it: Chinese systems write GBK and do not say so."""
    name = member.filename
    if not member.flag_bits & UTF8_FLAG:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return "/".join(part for part in flat(name.replace("\\", "/")).split("/") if part not in ("", ".", ".."))
