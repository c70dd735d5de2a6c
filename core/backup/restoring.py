"""A tenant from a file, as a new one: all of it in one transaction, or nothing.

Rows keep their ids, so that the sheets and packets that were handed out find theirs. The audit keeps its numbers and
its seals, and goes on behind them. Accounts are those of this installation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy import select, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, IntegrityError

from core.backup.archive import Archive, opened
from core.backup.contents import Source, read_source
from core.backup.exporting import Told, member_of
from core.backup.numbers import make_room
from core.backup.tables import carried, put_lines
from core.jobs.models import Job
from core.plugin_manager import PluginManager
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.audit.chain import chain_of
from tenants.audit.verifying import Fault, verify
from tenants.models import Tenant
from tenants.people.accounts import account_of, folded
from tenants.people.members import let_in
from tenants.people.models import Account, Token
from tenants.services import TenantExists, adding_tenant, check_slug, refuse_kept
from tenants.sessions import ScopedSession, platform_session

BATCH_BYTES, BATCH_ROWS = 2**20, 2000
"""What goes to the database at once; a single row may be more."""


@dataclass(frozen=True)
class Restored:
    """The tenant that was made, or that would be, and from what. `added`: logins of accounts that had to be made, which
    have no password yet; `matched`: those that were here. `faults`: what was wrong with the audit before."""

    slug: str
    source: Source
    matched: tuple[str, ...]
    added: tuple[str, ...]
    faults: tuple[Fault, ...] = ()


def foresee(plugins: PluginManager, path: Path, slug: str | None) -> Restored:
    """What `restore_tenant` would do. Raises what it does, but for what only the database can refuse."""
    with opened(path) as archive:
        return _foresee(plugins, read_source(archive), slug)


def restore_tenant(
    plugins: PluginManager,
    path: Path,
    owner: URL,
    slug: str | None,
    now: datetime,
    told: Told = lambda _table, _rows: None,
) -> Restored:
    """Make a tenant of a backup, by the name it had or another one. `owner`: to let ids and numbers go on above.

    Raises `BackupDamaged`, `BackupVersion`, `BackupKind`, `PluginUnknown`, `PluginUnavailable`, `SlugInvalid`,
    `TenantExists`, `SlugKept`, `DatabaseBusy`, `PlatformAccount`.
    """
    with opened(path) as archive:
        source = read_source(archive)
        restored = _foresee(plugins, source, slug)
        make_room(owner, source.highest)
        try:
            with adding_tenant(restored.slug, source.name, list(source.plugins)) as (_tenant, session):
                return replace(restored, faults=_fill(archive, source, session, now, told))
        except (DataError, IntegrityError):
            raise archive.damaged("数据库不接受其中的内容") from None


def _foresee(plugins: PluginManager, source: Source, wanted: str | None) -> Restored:
    plugins.enabled_for(source.plugins)
    slug = wanted or source.slug
    check_slug(slug)
    logins = [folded(login) or login for _id, login, _name in source.accounts]
    with platform_session() as session:
        if session.scalar(select(Tenant.id).where(Tenant.slug == slug)):
            raise TenantExists(slug=slug)
        refuse_kept(session, slug)
        known = set(session.scalars(select(Account.login).where(Account.login.in_(logins))))
    return Restored(slug, source, *(tuple(one for one in logins if (one in known) is here) for here in (True, False)))


def _fill(archive: Archive, source: Source, session: ScopedSession, now: datetime, told: Told) -> tuple[Fault, ...]:
    accounts = _accounts(session, source, now)
    mapping, done = orjson.dumps(accounts).decode(), 0
    members = {member.name: member for member in archive.manifest.members}
    for table in carried():
        for batch in _batches(archive.lines(members[member_of(table.name)])):
            put_lines(session, table, batch, mapping)
            done += len(batch)
            told(table.name, done)
    revoked = session.execute(update(Token).where(Token.revoked_at.is_(None)).values(revoked_at=now)).rowcount
    left = Job.state.in_(("waiting", "running"))  # the queue of this installation does not know them
    session.execute(update(Job).where(left).values(state="cancelled", finished_at=now))
    verdict = verify(session, chain_of(session), now, head=source.head if source.seals else "")
    told = {"slug": source.slug, "at": source.at, "rows": done, "tokens_revoked": revoked}
    audit = {"seals": source.seals, "head": source.head, "faults": len(verdict.faults)}
    renumbered = {old: new for old, new in accounts.items() if old != str(new)}
    record_act(session, Action.TENANT_RESTORED, detail=told | audit | {"accounts": renumbered})
    return verdict.faults


def _accounts(session: ScopedSession, source: Source, now: datetime) -> dict[str, int]:
    """Each account of the file, by its number there, and the number of the same login here."""
    here = {}
    for number, login, name in source.accounts:
        account, _made = account_of(session, login, name, now)
        let_in(session, account)
        here[str(number)] = account.id
    return here


def _batches(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    batch, size = [], 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if size >= BATCH_BYTES or len(batch) >= BATCH_ROWS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
