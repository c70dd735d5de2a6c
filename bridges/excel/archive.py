"""A zip whose untouched members keep every byte: local header, compressed data, directory record, order.

`zipfile` cannot copy a member without inflating it, so the directory is read here. Refused: zip64, several disks,
encryption, duplicate or overlapping members: readers disagree on what such files say.
Layout: APPNOTE.TXT 6.3.10, §4.3 (PKWARE).
"""

import functools
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bridges.excel.errors import FileDamaged, FileTooLarge, FileUnsupported

LOCAL = struct.Struct("<4s5H3L2H")
RECORD = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
LONGEST_COMMENT = 0xFFFF
STORED, DEFLATED = 0, 8
QUICK = 2
"""Level of compression: a sheet gets a fifth larger than at the usual 6, in less than half of the time."""
ENCRYPTED, SIZES_FOLLOW = 0x1, 0x8
ZIP64_SIZE, ZIP64_COUNT = 0xFFFFFFFF, 0xFFFF

Pieces = Sequence[bytes | memoryview]
"""A content in pieces, which are never put together: a sheet is large."""

MAX_MEMBERS = 20_000
MEBIBYTE = 2**20
MAX_MEMBER = 128 * MEBIBYTE
"""Of one inflated part: a sheet of 100,000 rows and 15 columns has about 90."""


@dataclass(frozen=True, slots=True)
class Member:
    """One directory record. Offsets count from the first byte of the file."""

    name: str
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    start: int
    data: int
    record: bytes

    @property
    def end(self) -> int:
        """Where the compressed data end; a data descriptor may follow."""
        return self.data + self.compressed


@dataclass(frozen=True)
class Archive:
    """The zip file `source`, its members by name, in the order of the directory."""

    source: bytes
    members: Mapping[str, Member]
    directory: int
    end: int
    """Where the directory begins and ends."""
    shift: int
    """Bytes in front of the zip that its stored offsets do not count."""

    @classmethod
    def open(cls, source: bytes) -> "Archive":
        """Read the directory. Raises FileDamaged, FileUnsupported or FileTooLarge."""
        end = source.rfind(b"PK\x05\x06", max(0, len(source) - END.size - LONGEST_COMMENT))
        if end < 0 or len(source) < end + END.size:
            raise FileDamaged(where="压缩目录")
        _, disk, first_disk, here, count, length, offset, _ = END.unpack_from(source, end)
        if ZIP64_COUNT in (here, count) or ZIP64_SIZE in (length, offset):
            raise FileUnsupported(what="zip64")
        if disk or first_disk or here != count:
            raise FileUnsupported(what="分卷压缩")
        if count > MAX_MEMBERS:
            raise FileTooLarge(what="部件数", limit=MAX_MEMBERS)
        directory = end - length
        if directory < offset:
            raise FileDamaged(where="压缩目录")
        shift = directory - offset
        return cls(source, _read_directory(source, directory, end, count, shift), directory, end, shift)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Plain name → name as stored: part names compare without case; some writers use `\\` or a leading `/`."""
        return {plain_name(name): name for name in self.members}

    def read(self, name: str, limit: int = MAX_MEMBER) -> bytes:
        """The inflated bytes of a member, checked against declared size and CRC.

        Raises FileDamaged, FileTooLarge (declared or real size above `limit`), FileUnsupported.
        """
        member = self.members.get(name)
        if member is None:
            raise FileDamaged(where=name)
        if member.size > limit:
            raise FileTooLarge(what=name, limit=f"{limit // MEBIBYTE} MB")
        if member.method not in (STORED, DEFLATED):
            raise FileUnsupported(what=f"压缩方法 {member.method}")
        raw = self.source[member.data : member.end]
        content = _inflate(raw, member) if member.method == DEFLATED else raw
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise FileDamaged(where=name)
        return content

    def with_changed(self, changes: Mapping[str, bytes | Pieces | None]) -> bytes:
        """The same zip with new content in some members, and without those that are None; all else is copied."""
        pieces: list[bytes] = []
        records: dict[str, bytes] = {}
        position = copied = 0
        for member in sorted(self.members.values(), key=lambda m: m.start):
            before = self.source[copied : member.start]
            position += len(before)
            if member.name not in changes:
                written, record = self.source[member.start : member.end], member.record
                copied = member.end
            else:
                copied = _after(self.source, member)
                content = changes[member.name]
                if content is None:
                    pieces.append(before)
                    continue
                written, record = _rewritten(self.source, member, content)
            pieces += before, written
            records[member.name] = record[:42] + struct.pack("<L", position - self.shift) + record[46:]
            position += len(written)
        pieces.append(self.source[copied : self.directory])
        position += len(pieces[-1])
        directory = b"".join(records[name] for name in self.members if name in records)
        count = len(records)
        place = struct.pack("<2H2L", count, count, len(directory), position - self.shift)
        return b"".join((*pieces, directory, self.source[self.end : self.end + 8], place, self.source[self.end + 20 :]))

    def with_time(self, when: datetime) -> bytes:
        """The same zip with this time on every member, so that equal content gives equal bytes."""
        date_bits = (when.year - 1980) << 9 | when.month << 5 | when.day
        time_bits = when.hour << 11 | when.minute << 5 | when.second // 2
        stamp = struct.pack("<2H", time_bits, date_bits)
        content = bytearray(self.source)
        record = self.directory
        for member in self.members.values():
            content[member.start + 10 : member.start + 14] = stamp
            content[record + 12 : record + 16] = stamp
            record += len(member.record)
        return bytes(content)


def plain_name(name: str) -> str:
    """How part names are compared."""
    return name.replace("\\", "/").lstrip("/").lower()


def _read_directory(source: bytes, position: int, end: int, count: int, shift: int) -> dict[str, Member]:
    members: dict[str, Member] = {}
    seen: set[str] = set()
    for _ in range(count):
        if source[position : position + 4] != b"PK\x01\x02" or position + RECORD.size > end:
            raise FileDamaged(where="压缩目录")
        fields = RECORD.unpack_from(source, position)
        _, _, _, flags, method, _, _, crc, compressed, size, n_name, n_extra, n_comment, _, _, _, offset = fields
        after = position + RECORD.size + n_name + n_extra + n_comment
        record = source[position:after]
        name = record[RECORD.size : RECORD.size + n_name].decode("utf-8" if flags & 0x800 else "cp437", "replace")
        if not name.isprintable():
            raise FileDamaged(where="部件的名称")
        if flags & ENCRYPTED:
            raise FileUnsupported(what="压缩包加密")
        if ZIP64_SIZE in (compressed, size, offset):
            raise FileUnsupported(what="zip64")
        if plain_name(name) in seen:
            raise FileUnsupported(what=f"部件重复 {name}")
        seen.add(plain_name(name))
        start = offset + shift
        members[name] = Member(
            name, flags, method, crc, compressed, size, start, _data_offset(source, start, name), record
        )
        position = after
    if position != end:
        raise FileDamaged(where="压缩目录")
    _check_overlaps(members, end)
    return members


def _data_offset(source: bytes, start: int, name: str) -> int:
    if source[start : start + 4] != b"PK\x03\x04" or start + LOCAL.size > len(source):
        raise FileDamaged(where=name)
    *_, n_name, n_extra = LOCAL.unpack_from(source, start)
    return start + LOCAL.size + n_name + n_extra


def _check_overlaps(members: Mapping[str, Member], directory: int) -> None:
    free = 0
    for member in sorted(members.values(), key=lambda m: m.start):
        if member.start < free:
            raise FileDamaged(where=member.name)
        free = member.end
    if free > directory:
        raise FileDamaged(where="压缩目录")


def _inflate(raw: bytes, member: Member) -> bytes:
    """Never more than the declared size and one byte: the declaration may lie."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return stream.decompress(raw, member.size + 1)
    except zlib.error as error:
        raise FileDamaged(where=member.name) from error


def _rewritten(source: bytes, member: Member, content: bytes | Pieces) -> tuple[bytes, bytes]:
    """New local header with data, and the new directory record (its offset is set by the caller)."""
    pieces = [content] if isinstance(content, bytes) else content
    data = b"".join(_deflated(pieces) if member.method == DEFLATED else pieces)
    flags = struct.pack("<H", member.flags & ~SIZES_FOLLOW)
    crc = functools.reduce(lambda before, piece: zlib.crc32(piece, before), pieces, 0)
    sizes = struct.pack("<3L", crc, len(data), sum(map(len, pieces)))
    local, record = source[member.start : member.data], member.record
    return (
        local[:6] + flags + local[8:14] + sizes + local[26:] + data,
        record[:8] + flags + record[10:16] + sizes + record[28:],
    )


def _deflated(pieces: Pieces) -> Iterator[bytes]:
    stream = zlib.compressobj(QUICK, zlib.DEFLATED, -zlib.MAX_WBITS)
    yield from map(stream.compress, pieces)
    yield stream.flush()


def _after(source: bytes, member: Member) -> int:
    """First byte behind the member's data descriptor, if it has one (with or without its signature)."""
    if not member.flags & SIZES_FOLLOW:
        return member.end
    signed = source[member.end : member.end + 4] == b"PK\x07\x08"
    return member.end + (16 if signed else 12)
