import io
import struct
import zipfile

import pytest

from bridges.excel.archive import Archive
from bridges.excel.errors import FileDamaged, FileTooLarge, FileUnsupported


class Unseekable(io.BytesIO):
    """Makes zipfile write data descriptors behind the data."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation

    def tell(self):
        raise AttributeError


def zipped(target=None, **members: bytes) -> bytes:
    target = target or io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.comment = "说明".encode()
    return target.getvalue()


MEMBERS = {"a": b"first" * 100, "b": b"second" * 100, "c": b"third" * 100}


@pytest.mark.parametrize("prefix", [b"", b"#!/bin/sh\n" * 3])
@pytest.mark.parametrize("target", [io.BytesIO, Unseekable])
@pytest.mark.parametrize("changed", ["a", "b", "c"])
def test_untouched_members_keep_every_byte(seen, changed, target, prefix):
    source = prefix + zipped(target(), **MEMBERS)
    result = Archive.open(source).with_changed({changed: b"new" * 1000})
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        assert archive.testzip() is None
        assert archive.comment == "说明".encode()
        assert {name: archive.read(name) for name in archive.namelist()} == MEMBERS | {changed: b"new" * 1000}
    before, after = seen.raw(source), seen.raw(result)
    assert {name for name in before if before[name] != after[name]} == {changed}
    assert result.startswith(prefix)
    assert result.count(b"PK\x07\x08") == max(0, source.count(b"PK\x07\x08") - 1)  # no descriptor is left behind


def test_a_member_can_be_dropped():
    result = Archive.open(zipped(**MEMBERS)).with_changed({"b": None})
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        assert archive.namelist() == ["a", "c"]
        assert archive.testzip() is None


def test_without_changes_nothing_changes():
    source = zipped(Unseekable(), **MEMBERS)
    assert Archive.open(source).with_changed({}) == source


def patched(source: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    place = source.rindex(signature) + offset
    return source[:place] + value + source[place + len(value) :]


@pytest.mark.parametrize(
    ("signature", "offset", "value", "refusal"),
    [
        (b"PK\x01\x02", 8, b"\x01\x00", FileUnsupported),  # encrypted
        (b"PK\x01\x02", 20, b"\xff\xff\xff\xff", FileUnsupported),  # zip64 size
        (b"PK\x05\x06", 10, b"\xff\xff", FileUnsupported),  # zip64 count
        (b"PK\x05\x06", 4, b"\x01\x00", FileUnsupported),  # second disk
        (b"PK\x01\x02", 42, struct.pack("<L", 0), FileDamaged),  # overlaps the first member
        (b"PK\x05\x06", 0, b"XXXX", FileDamaged),
    ],
)
def test_odd_zips_are_refused(signature, offset, value, refusal):
    with pytest.raises(refusal):
        Archive.open(patched(zipped(**MEMBERS), signature, offset, value))


def test_names_are_printable():
    with pytest.raises(FileDamaged):
        Archive.open(zipped(**{"xl/a\nb.xml": b"1"}))


def test_names_that_readers_take_for_the_same_are_refused():
    with pytest.raises(FileUnsupported):
        Archive.open(zipped(**{"xl/Sheet.xml": b"1", "xl\\sheet.xml": b"2"}))


def test_content_that_is_not_what_the_directory_says():
    source = zipped(**MEMBERS)
    place = source.index(b"PK\x03\x04") + 32
    broken = source[:place] + bytes([source[place] ^ 255]) + source[place + 1 :]
    with pytest.raises(FileDamaged):
        Archive.open(broken).read("a")
    lying = patched(source, b"PK\x01\x02", 24, struct.pack("<L", 3))
    with pytest.raises(FileDamaged):
        Archive.open(lying).read("c")
    with pytest.raises(FileTooLarge):
        Archive.open(source).read("a", limit=10)
