"""Keeping files and giving them out. A file is there for whoever brought it and for those who see everybody's; one that
a job made, only as long as they have the right of that job, for all units that are in it."""

import mimetypes
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, func, select

from core.files.models import StoredFile
from core.limits import limits, one_by_one
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.errors import ZwgkError
from tenants.leaving import refuse_leaving
from tenants.people.rights import Grants, Right, Units, given, within
from tenants.sessions import ScopedSession

LARGEST = 32 * 2**20
KEPT = timedelta(days=30)
# bytes: what a folder takes; of what is brought there is room left for an ending of ours
_LONGEST_NAME, _LONGEST_BROUGHT = 255, 240


class FileUnknown(ZwgkError):
    """No such file, or somebody else's."""

    code = "file_unknown"
    sentence = "没有编号为 {id} 的文件，或已过保存期。"


class FilesFull(ZwgkError):
    """More than a tenant may keep."""

    code = "files_full"
    sentence = (
        "本机关保存的文件已有 {used} MB，加上“{name}”（{size} MB）将超过上限 {most} MB，未保存；"
        "请先删除不再需要的文件（文件满 30 天自动删除），或联系平台运维人员。"
    )


@dataclass(frozen=True)
class Made:
    """Of what a file was made, in a job that takes this right, for these units; `private`: for nobody but who asked."""

    right: Right
    units: Units
    private: bool = False


class FileNameInvalid(ZwgkError):
    """A name that is none."""

    code = "file_name_invalid"
    sentence = "文件名不能为空，不含路径，不超过 80 个汉字。"


def take_in(session: ScopedSession, name: str, content: bytes) -> StoredFile:
    """Keep a file that somebody brought; this is written into the audit. Raises `FileNameInvalid`, `FilesFull`,
    `TenantLeaving`."""
    refuse_leaving(session)
    kept = keep(session, name, content)
    if len(kept.name.encode()) > _LONGEST_BROUGHT:
        raise FileNameInvalid
    _trace(session, Action.FILE_UPLOADED, kept)
    return kept


def keep(session: ScopedSession, name: str, content: bytes, made: Made | None = None) -> StoredFile:
    """Keep a file for whoever acts in this session, for 30 days; `made`: by a job.

    Raises `FileNameInvalid`, `FilesFull`.
    """
    plain = name.replace("\\", "/").rpartition("/")[2].strip()
    if not plain.isprintable() or plain in ("", ".", "..") or len(plain.encode()) > _LONGEST_NAME:
        raise FileNameInvalid
    _refuse_too_much(session, plain, len(content))
    media_type = mimetypes.guess_type(plain)[0] or "application/octet-stream"
    kept = StoredFile(
        name=plain,
        media_type=media_type,
        size=len(content),
        digest=sha256(content).hexdigest(),
        actor=session.scope.actor,
        private=made is not None and made.private,
        made_right=made and made.right.value,
        made_units=None if made is None or made.units is None else sorted(made.units),
        content=content,
    )
    session.add(kept)
    session.flush()
    return kept


def _refuse_too_much(session: ScopedSession, name: str, size: int) -> None:
    one_by_one(session, "files")  # two at once would both find room
    used, most = session.scalar(select(func.coalesce(func.sum(StoredFile.size), 0))), limits().files_mb
    if used + size > most * 2**20:
        raise FilesFull(used=f"{used / 2**20:.1f}", name=name, size=f"{size / 2**20:.1f}", most=most)


def sees_everybodys(grants: Grants) -> bool:
    """Whether who has these rights sees the files and jobs of all, or his own only."""
    return grants.get(Right.PLANS_CHANGE, frozenset()) is None


def find_file(session: ScopedSession, number: int, grants: Grants) -> StoredFile:
    """A file that is there for whoever acts in this session, with the rights that he has now.

    Raises `FileUnknown`.
    """
    found = session.scalar(select(StoredFile).where(StoredFile.id == number))
    if found is None or not _is_there_for(session.scope.actor, grants, found):
        raise FileUnknown(id=number)
    return found


def _is_there_for(actor: str, grants: Grants, file: StoredFile) -> bool:
    if file.actor != actor and (file.private or not sees_everybodys(grants)):
        return False
    if file.made_right is None:
        return True
    units = None if file.made_units is None else frozenset(file.made_units)
    return within(given([([Right(file.made_right)], units)]), grants)


def give_out(session: ScopedSession, number: int, grants: Grants) -> StoredFile:
    """As `find_file`, for its content; this is written into the audit."""
    return given_out(session, find_file(session, number, grants))


def given_out(session: ScopedSession, file: StoredFile) -> StoredFile:
    """A file whose content is given to whoever acts in this session; this is written into the audit."""
    _trace(session, Action.FILE_DOWNLOADED, file)
    return file


def remove_file(session: ScopedSession, number: int, grants: Grants) -> None:
    """Remove a file before its time. Raises `FileUnknown`, `TenantLeaving`."""
    refuse_leaving(session)
    found = find_file(session, number, grants)
    _trace(session, Action.FILE_REMOVED, found)
    session.delete(found)


def remove_old(session: ScopedSession, now: datetime) -> int:
    """Remove the files of a tenant that are older than 30 days; returns how many."""
    return session.execute(delete(StoredFile).where(StoredFile.at < now - KEPT)).rowcount


def _trace(session: ScopedSession, action: Action, file: StoredFile) -> None:
    told = {"name": file.name, "size": file.size, "sha256": file.digest}
    record_act(session, action, subject=("stored_file", file.id), detail=told)
