"""Keeping files and giving them out. A file is there for whoever brought it and for those who see everybody's."""

import mimetypes
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select

from core.files.models import StoredFile
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.errors import ZwgkError
from tenants.sessions import ScopedSession

LARGEST = 32 * 2**20
KEPT = timedelta(days=30)
# bytes: what a folder takes, and room for an ending of ours
_LONGEST_NAME = 240


class FileUnknown(ZwgkError):
    """No such file, or somebody else's."""

    code = "file_unknown"
    sentence = "没有编号为 {id} 的文件，或已过保存期。"


class FileNameInvalid(ZwgkError):
    """A name that is none."""

    code = "file_name_invalid"
    sentence = "文件名不能为空，不含路径，不超过 80 个汉字。"


def take_in(session: ScopedSession, name: str, content: bytes) -> StoredFile:
    """Keep a file that somebody brought; this is written into the audit. Raises `FileNameInvalid`."""
    kept = keep(session, name, content)
    _trace(session, Action.FILE_UPLOADED, kept)
    return kept


def keep(session: ScopedSession, name: str, content: bytes, private: bool = False) -> StoredFile:
    """Keep a file for whoever acts in this session (`private`: and for nobody else), for 30 days.

    Raises `FileNameInvalid`.
    """
    plain = name.replace("\\", "/").rpartition("/")[2].strip()
    if not plain.isprintable() or plain in ("", ".", "..") or len(plain.encode()) > _LONGEST_NAME:
        raise FileNameInvalid
    media_type = mimetypes.guess_type(plain)[0] or "application/octet-stream"
    kept = StoredFile(
        name=plain,
        media_type=media_type,
        size=len(content),
        digest=sha256(content).hexdigest(),
        actor=session.scope.actor,
        private=private,
        content=content,
    )
    session.add(kept)
    session.flush()
    return kept


def find_file(session: ScopedSession, number: int, everybodys: bool = False) -> StoredFile:
    """A file of whoever acts in this session; `everybodys`: of anybody in the tenant, if it is not private.

    Raises `FileUnknown`.
    """
    found = session.scalar(select(StoredFile).where(StoredFile.id == number))
    if found is None or not (found.actor == session.scope.actor or (everybodys and not found.private)):
        raise FileUnknown(id=number)
    return found


def give_out(session: ScopedSession, number: int, everybodys: bool = False) -> StoredFile:
    """As `find_file`, for its content; this is written into the audit."""
    found = find_file(session, number, everybodys)
    _trace(session, Action.FILE_DOWNLOADED, found)
    return found


def remove_file(session: ScopedSession, number: int, everybodys: bool = False) -> None:
    """Remove a file before its time. Raises `FileUnknown`."""
    found = find_file(session, number, everybodys)
    _trace(session, Action.FILE_REMOVED, found)
    session.delete(found)


def remove_old(session: ScopedSession, now: datetime) -> int:
    """Remove the files of a tenant that are older than 30 days; returns how many."""
    return session.execute(delete(StoredFile).where(StoredFile.at < now - KEPT)).rowcount


def _trace(session: ScopedSession, action: Action, file: StoredFile) -> None:
    told = {"name": file.name, "size": file.size, "sha256": file.digest}
    record_act(session, action, subject=("stored_file", file.id), detail=told)
