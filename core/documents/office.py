"""Old word processor files (.doc, .wps, .rtf): made a .docx by LibreOffice, where it is installed."""

import os
import re
import shutil
import tempfile
from pathlib import Path

from core.documents.errors import DocumentEncrypted, DocumentNeedsOffice, DocumentNotConverted, DocumentTooSlow
from core.documents.sniff import OLE, RTF, is_locked
from core.sandbox.child import ChildDied, ChildLate, run_child
from core.sandbox.limits import limited

MEMORY = 300 * 2**20
"""Bytes of data; its libraries come on top."""
LARGEST_FILE = 100 * 2**20
SECONDS, PROCESSOR_SECONDS = 30, 20
"""On the wall, and of processor time."""
_PROGRAMS = ("soffice", "libreoffice")
_SUITE, _WRITER = "soffice.bin", "libswlo.so"
"""Beside the program, on Linux: what it runs, and the library without which that knows no text documents."""
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>"""
"""No macros, nothing fetched from elsewhere."""
_PARAGRAPH_ENDS = re.compile(rb"\\par[\s}]*\Z")
_SECTOR = 512
_WORD_HEADER = b"\xec\xa5"
_ENCRYPTED = 0x01
"""In the second byte of the flags (MS-DOC 2.5.2, fEncrypted)."""


def as_docx(data: bytes) -> bytes:
    """The same document as .docx. Raises DocumentError: no LibreOffice, a password, damage, too slow."""
    if is_locked(data) or _is_encrypted(data):
        raise DocumentEncrypted
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None or _lacks_writer(Path(program).resolve().parent):
        raise DocumentNeedsOffice
    with tempfile.TemporaryDirectory(prefix="zwgk-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder, "document.doc"), Path(folder, "out", "document.docx")
        source.write_bytes(_with_an_end(data))
        _convert(program, source, target.parent)
        if target.is_file() and target.stat().st_size <= LARGEST_FILE:
            return target.read_bytes()
    raise DocumentNotConverted


def _with_an_end(data: bytes) -> bytes:
    """An .rtf with an empty paragraph behind its last one, which LibreOffice would else put on the first level."""
    if not data.startswith(RTF) or (end := data.rfind(b"}")) < 0:
        return data
    over = _PARAGRAPH_ENDS.search(data, max(0, end - _SECTOR), end)
    return data[:end] + (b"" if over else b"\\par") + b"\\pard\\par" + data[end:]


def _lacks_writer(folder: Path) -> bool:
    """Whether only other parts of the suite are installed; where its parts cannot be told, it is tried."""
    return (folder / _SUITE).exists() and not (folder / _WRITER).exists()


def _convert(program: str, source: Path, target: Path) -> None:
    """One run with a profile of its own, so that runs at the same time do not wait for one another."""
    profile = source.parent / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    options = ("--headless", "--norestore", "--nologo", "--convert-to", "docx", "--outdir", str(target), str(source))
    command = [program, f"-env:UserInstallation={profile.as_uri()}", *options]
    try:
        run_child(
            limited(command, MEMORY, PROCESSOR_SECONDS, LARGEST_FILE),
            b"",
            SECONDS,
            os.environ | {"HOME": str(source.parent)},
        )
    except ChildLate:
        raise DocumentTooSlow(seconds=SECONDS) from None
    except (ChildDied, OSError):
        raise DocumentNotConverted from None


def _is_encrypted(data: bytes) -> bool:
    """Whether Word asks for a password: a flag at the start of its main stream, which begins with a sector."""
    if not data.startswith(OLE):
        return False
    start = next((n for n in range(_SECTOR, len(data), _SECTOR) if data[n : n + 2] == _WORD_HEADER), None)
    return start is not None and bool(data[start + 11 : start + 12] and data[start + 11] & _ENCRYPTED)
