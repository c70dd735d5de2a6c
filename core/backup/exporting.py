"""One tenant as a file: every table of it that the registry knows, as of one moment, while the service goes on.

Read by an ordinary session of the tenant, so that row-level security says what is in it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy import select

from core.backup.archive import LONGEST_LINE, Manifest, Writer, writing
from core.backup.errors import BackupRowTooLong
from core.backup.tables import carried, has_files, lines_of
from core.migrate import head
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.audit.chain import START, chain_of
from tenants.audit.services import seal_audit
from tenants.models import Tenant
from tenants.people.models import Account, AccountTenant
from tenants.sessions import ScopedSession, tenant_session

ACCOUNTS = "accounts.jsonl"
Told = Callable[[str, int], None]
"""Called as the work goes on: which table, and how many rows so far in all."""


def member_of(table: str) -> str:
    """The name of a table's file."""
    return f"{table}.jsonl"


def export_tenant(slug: str, out: Path, now: datetime, told: Told = lambda _table, _rows: None) -> Manifest:
    """Write a tenant to a new file; returns what its manifest says. What has no seal gets one before, and that it was
    asked for is written into the tenant's audit, and so is in the file.

    Raises `TenantUnknown`, `BackupExists`, `BackupNotWritten`, `BackupRowTooLong`.
    """
    with writing(out) as writer:
        with tenant_session(slug, "platform", "command") as session:
            seal_audit(session)
            record_act(session, Action.TENANT_BACKED_UP)
        with tenant_session(slug, "platform", "command") as session:
            session.freeze()
            described = about(session)
            _write(writer, session, told)
        return writer.close(kind="tenant", schema=head(), at=now.isoformat(timespec="seconds"), about=described)


def about(session: ScopedSession) -> dict[str, object]:
    """What the manifest says of the tenant and of its audit."""
    tenant = session.get_one(Tenant, session.scope.tenant_id)
    newest = chain_of(session).newest(session)
    number, digest = (newest.number, newest.digest) if newest else (0, START)
    return {
        "tenant": {"slug": tenant.slug, "name": tenant.name, "plugins": tenant.plugins},
        "audit": {"seals": number, "head": digest},
    }


def _write(writer: Writer, session: ScopedSession, told: Told) -> None:
    writer.add(ACCOUNTS, people_of(session), rows=True)
    rows = 0
    for table in carried():

        def counted(table=table, before=rows) -> Iterator[bytes]:
            for number, line in enumerate(lines_of(session, table), 1):
                if len(line) > LONGEST_LINE:
                    raise BackupRowTooLong(table=table.name, most=LONGEST_LINE // 2**20)
                told(table.name, before + number)
                yield line

        rows += writer.add(member_of(table.name), counted(), packed=not has_files(table), rows=True).rows or 0


def people_of(session: ScopedSession) -> Iterator[bytes]:
    """The people that the tenant knows, by login and name: of what they sign in by, nothing leaves."""
    query = select(Account.id, Account.login, Account.name).join(AccountTenant, AccountTenant.account_id == Account.id)
    for row in session.execute(query.where(AccountTenant.in_tenant_id == session.scope.tenant_id).order_by(Account.id)):
        yield orjson.dumps(row._asdict()) + b"\n"
