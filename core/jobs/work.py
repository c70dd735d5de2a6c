"""What a piece of long work is given, and how it tells how far it is."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import update

from core.files.models import StoredFile
from core.files.services import find_file
from core.jobs.models import Job
from tenants.people.rights import Units
from tenants.sessions import ScopedSession, beside, tenant_session

VIA = "api"
# progress is written this often, in seconds
_EVERY = 0.5


@dataclass
class Work:
    """`session`: of the job's tenant, committed together with its end. `detail`: what was asked for. `units`: those
    that who asked may touch, None for all."""

    number: int
    session: ScopedSession
    detail: Mapping[str, Any]
    units: Units
    _told: float = field(default=0.0, init=False)

    def opened(self) -> AbstractContextManager[ScopedSession]:
        """A further session of the same tenant and actor, committed by itself."""
        scope = self.session.scope
        return tenant_session(scope.tenant_id, scope.actor, scope.via, scope.address)

    def file(self, number: int) -> StoredFile:
        """A file that was named when the work was asked for. Raises `FileUnknown` where it is gone by now."""
        return find_file(self.session, number, everybodys=True)

    def lay_down(self, number: int, folder: Path) -> Path:
        """Such a file in a new folder, under its own name, which says what it is and is told in messages."""
        kept = self.file(number)
        folder.mkdir()
        path = folder / kept.name
        path.write_bytes(kept.content)
        return path

    def progress(self, step: str, done: int = 0, total: int | None = None) -> None:
        """Say how far it is: in words (Chinese), and in numbers where they are known."""
        now = monotonic()
        if now - self._told < _EVERY:
            return
        self._told = now
        with beside(self.session) as own:
            own.execute(update(Job).where(Job.id == self.number).values(step=step, done=done, total=total))
