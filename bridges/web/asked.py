"""What the jobs and the views of this room share: whose work it is, and the files that it leaves."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bridges.rounds.caller import Caller
from bridges.rounds.store import RoundStore
from core.jobs.work import Work
from core.runtime import china_today
from tenants.models import Tenant
from tenants.sessions import ScopedSession


def slug_of(session: ScopedSession) -> str:
    """The short name of a session's tenant."""
    return session.get_one(Tenant, session.scope.tenant_id).slug


def store_of(session: ScopedSession, via: str = "", shared: bool = False) -> RoundStore:
    """The store of whoever acts in this session. `via`: the sheet that it is about; `shared`: all in this session's
    transaction, instead of one for each pass."""
    scope = session.scope
    own = session if shared else None
    return RoundStore(slug_of(session), scope.actor, via or scope.via, china_today(), own, address=scope.address)


def caller_of(work: Work) -> Caller:
    """Who asked for a piece of work."""
    scope = work.session.scope
    return Caller(scope.actor, scope.via, scope.address, work.units)


def kept(work: Work, paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Keep what was made, for who asked: name and id of each file."""
    files = [work.keep(path.name, path.read_bytes()) for path in paths]
    return [{"file": file.id, "name": file.name} for file in files]


def plain(value: Any) -> Mapping[str, Any]:
    """As JSON, days as text."""
    return json.loads(json.dumps(value, default=str))
