"""Everything of a tenant in open formats, for whoever takes it elsewhere: tables as JSON lines and CSV, plans as
workbooks, files as they were brought, the audit with its seals. For coming back there is the backup (`core.backup`),
whose tables and archive these are; bytes in columns stand as files, or are secrets of this installation.
"""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from core.backup.archive import Manifest, Writer, manifest_bytes, writing
from core.backup.exporting import about, people_of
from core.backup.tables import carried, columns, is_bytes, lines_of
from core.files.models import StoredFile
from core.formulas import no_formula
from core.leaving.readme import TEXT
from core.migrate import head
from core.parts import declared
from core.plans.models import Plan
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.audit.chain import chain_of
from tenants.audit.exporting import exported
from tenants.audit.services import seal_audit
from tenants.people.rights import Right
from tenants.people.tracing import By
from tenants.sessions import ScopedSession, tenant_session

Book = Callable[[ScopedSession, Plan, date, datetime], bytes]
"""Makes a workbook of a plan; parts declare theirs as `books`."""
Told = Callable[[str, int], None]
"""Called as the work goes on: which member, and how many members so far."""
README = "README.txt"
_UNFIT = re.compile(r"[^\w.\-（）()《》]+")


def export_open(
    tenant: str | int, out: Path, now: datetime, today: date, by: By, told: Told = lambda _name, _count: None
) -> tuple[Manifest, str]:
    """Write a new file; returns what its manifest says, and the SHA-256 of that. What has no seal gets one before; that
    it was asked for, and the digest, are written into the tenant's audit. Memory: of one row, one file or one plan.

    Raises `TenantUnknown`, `BackupExists`, `BackupNotWritten`.
    """
    with writing(out) as writer:
        with tenant_session(tenant, *by) as session:
            seal_audit(session)
        with tenant_session(tenant, *by) as session:
            session.freeze()
            described = about(session)
            _write(_Counted(writer, told), session, today, now)
        manifest = writer.close(kind="export", schema=head(), at=now.isoformat(timespec="seconds"), about=described)
        digest = sha256(manifest_bytes(manifest)).hexdigest()
    with tenant_session(tenant, *by) as session:
        detail = {"manifest": digest, "members": len(manifest.members)}
        record_act(session, Action.TENANT_EXPORTED, detail=detail)
    return manifest, digest


class _Counted:
    """A writer that tells how many members there are."""

    def __init__(self, writer: Writer, told: Told) -> None:
        self._writer, self._told, self._count = writer, told, 0

    def add(self, name: str, blocks: Iterator[bytes], **how: bool) -> None:
        self._count += 1
        self._told(name, self._count)
        self._writer.add(name, blocks, **how)


def _write(writer: _Counted, session: ScopedSession, today: date, now: datetime) -> None:
    writer.add(README, iter([TEXT.encode()]))
    writer.add("people.jsonl", people_of(session), rows=True)
    for table in carried():
        plain = [column.name for column in columns(table) if not is_bytes(column)]
        writer.add(f"tables/{table.name}.jsonl", lines_of(session, table, plain), rows=True)
        writer.add(f"tables/{table.name}.csv", _csv(plain, lines_of(session, table, plain)))
    books: list[Book] = declared("books")
    for plan in session.scalars(select(Plan).order_by(Plan.id)).all():
        for book in books:
            name = f"plans/{plan.id}-{_fit(plan.title)}.xlsx"
            writer.add(name, iter([book(session, plan, today, now)]), packed=False)
    # what an export made has no export in it: each would hold all those before
    wanted = StoredFile.made_right.is_distinct_from(Right.TENANT_LEAVE.value)
    for number, name in session.execute(
        select(StoredFile.id, StoredFile.name).where(wanted).order_by(StoredFile.id)
    ).all():
        content = session.scalars(select(StoredFile.content).where(StoredFile.id == number))
        writer.add(f"files/{number}-{_fit(name)}", iter([content.one()]), packed=False)
    sealed = exported(session, chain_of(session))
    writer.add("audit.jsonl", (f"{line}\n".encode() for line in sealed), rows=True)


def _csv(names: list[str], lines: Iterator[bytes]) -> Iterator[bytes]:
    """With a byte order mark, so that spreadsheets read Chinese; no cell is taken for a formula."""
    yield f"\ufeff{_row(names)}".encode()
    for line in lines:
        said = orjson.loads(line)
        yield _row([_cell(said.get(name)) for name in names]).encode()


def _row(cells: list[Any]) -> str:
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    return no_formula(value)


def _fit(name: str) -> str:
    """As part of a name in an archive: no path, nothing odd, not too long."""
    return _UNFIT.sub("_", name)[-60:] or "_"
