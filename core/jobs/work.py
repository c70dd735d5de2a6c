"""What a piece of long work is given, and how it tells how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import update

from core.files.models import StoredFile
from core.files.services import Made, find_file, keep
from core.jobs.models import Job
from tenants.errors import ZwgkError
from tenants.people.rights import TENANT_RIGHTS, Units, given
from tenants.sessions import ScopedSession, beside

VIA = "api"
# progress is written this often, in seconds
_EVERY = 0.5
_EVERY_RIGHT = given([(TENANT_RIGHTS, None)])


class JobTooLong(ZwgkError):
    """It took longer than one job may."""

    code = "job_too_long"
    sentence = "任务用时超过上限，已停止；请把文件或范围分小后再办，或联系平台运维人员。"


class Superseded(Exception):
    """Another worker took the job over meanwhile, or it was ended: what this one did is rolled back."""


@dataclass
class Work:
    """`session`: of the job's tenant, committed together with its end. `detail`: what was asked for. `by`: the right
    that it takes, and the units for which who asked has it. `attempt`: which time it was begun; `until`: when, by the
    monotonic clock, it has taken too long."""

    number: int
    session: ScopedSession
    detail: Mapping[str, Any]
    by: Made
    attempt: int = 1
    until: float = inf
    _told: float = field(default=0.0, init=False)

    @property
    def units(self) -> Units:
        """Those that who asked may touch, None for all."""
        return self.by.units

    def keep(self, name: str, content: bytes) -> StoredFile:
        """Keep what was made, for who asked. Raises `FileNameInvalid`, `FilesFull`."""
        return keep(self.session, name, content, self.by)

    def file(self, number: int) -> StoredFile:
        """A file that was named when the work was asked for. Raises `FileUnknown` where it is gone by now."""
        return find_file(self.session, number, _EVERY_RIGHT)

    def lay_down(self, number: int, folder: Path) -> Path:
        """Such a file in a new folder, under its own name, which says what it is and is told in messages."""
        kept = self.file(number)
        folder.mkdir()
        path = folder / kept.name
        path.write_bytes(kept.content)
        return path

    def progress(self, step: str, done: int = 0, total: int | None = None) -> None:
        """Say how far it is: in words (Chinese), and in numbers where they are known.

        Raises `JobTooLong`, and `Superseded` where it is not this worker's any more: what is not committed is taken
        back.
        """
        now = monotonic()
        if now > self.until:
            raise JobTooLong
        if now - self._told < _EVERY:
            return
        self._told = now
        with beside(self.session) as own:
            mine = Job.id == self.number, Job.state == "running", Job.attempts == self.attempt
            if not own.execute(update(Job).where(*mine).values(step=step, done=done, total=total)).rowcount:
                raise Superseded
