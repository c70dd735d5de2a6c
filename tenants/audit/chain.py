"""What a chain of seals is made over, and the bytes that are digested. docs/audit.md says the same for outsiders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, Text, cast, func, literal, select, true
from sqlalchemy.orm import Session

from tenants.audit.models import AuditEntry, PlatformEntry, PlatformSeal, Seal, SealColumns
from tenants.models import Change, CrossTenantUse
from tenants.sessions import ScopedSession

START = "0" * 64
"""What the first seal has in the place of the digest before it."""
FETCHED = 5000  # rows in memory at once
TIME = 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'


@dataclass(frozen=True)
class Chain:
    """The tables whose rows are sealed, that of the seals, and whose chain it is (None: the platform's)."""

    tables: tuple[Any, ...]
    seals: Any
    tenant_id: int | None

    def own(self, table: Any) -> ColumnElement[bool]:
        """The condition for rows of this chain; said beside row-level security, which does not bind `cross_tenant`."""
        return true() if self.tenant_id is None else table.tenant_id == self.tenant_id

    def owned(self) -> dict[str, int]:
        """The key of a row to be added."""
        return {} if self.tenant_id is None else {"tenant_id": self.tenant_id}

    def lock(self, session: Session, *, alone: bool) -> None:
        """Until the end of the transaction: nobody else seals or prunes; with `alone`, nobody verifies either."""
        key = func.hashtextextended(f"zwgk.audit.{self.tenant_id}", 0)
        take = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        session.execute(select(take(key)))

    def sealed(self, first: int = 1, last: int | None = None) -> Select[Any]:
        """The seals from one number to another, in order; a few thousand at a time."""
        query = select(self.seals).where(self.own(self.seals), self.seals.number >= first).order_by(self.seals.number)
        query = query.execution_options(yield_per=FETCHED)
        return query if last is None else query.where(self.seals.number <= last)

    def newest(self, session: Session) -> SealColumns | None:
        """The last seal."""
        query = select(self.seals).where(self.own(self.seals)).order_by(self.seals.number.desc())
        return session.scalars(query.limit(1)).one_or_none()

    def since(self, session: Session) -> int:
        """The transaction number from which on nothing is sealed."""
        newest = self.newest(session)
        return newest.until if newest else 0


def chain_of(session: ScopedSession) -> Chain:
    """The chain of the session's tenant."""
    return tenant_chain(session.scope.tenant_id)


def tenant_chain(tenant_id: int) -> Chain:
    """The chain of a tenant, for a session that is not bound to it."""
    return Chain((AuditEntry, Change), Seal, tenant_id)


PLATFORM = Chain((PlatformEntry, CrossTenantUse), PlatformSeal, None)


def _canonical(table: Any) -> ColumnElement[str]:
    """A row as text: a JSON object of its columns as PostgreSQL prints jsonb, times in UTC to the microsecond."""
    parts: list[ColumnElement[Any]] = [literal("kind", Text), literal(table.__tablename__, Text)]
    for column in table.__mapper__.columns:
        if column.key != "tenant_id":
            timed = isinstance(column.type, DateTime)
            parts += literal(column.key, Text), func.to_char(func.timezone("UTC", column), TIME) if timed else column
    return cast(func.jsonb_build_object(*parts), Text)


def lines(session: Session, chain: Chain, table: Any, first: int, until: int) -> Iterator[str]:
    """The rows of a table that belong to one seal, in canonical form and order; a few thousand at a time."""
    query = select(_canonical(table)).where(chain.own(table), table.txn >= first, table.txn < until)
    yield from session.scalars(query.order_by(table.txn, table.id).execution_options(yield_per=FETCHED))


def part(table: Any, rows: Iterator[str]) -> list[Any]:
    """What a seal says of one table: its name, how many rows, and the digest of their lines."""
    digest, count = sha256(), 0
    for row in rows:
        digest.update(row.encode() + b"\n")
        count += 1
    return [table.__tablename__, count, digest.hexdigest()]


def utc(at: datetime) -> str:
    """A time as it stands in canonical lines."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def seal_digest(number: int, first: int, until: int, at: datetime, parts: Sequence[Any], previous: str) -> str:
    """The digest of a seal: of the digest before it, its own line, and one line per table."""
    told = [
        previous,
        f"{number} {first} {until} {utc(at)}",
        *(f"{name} {rows} {digest}" for name, rows, digest in parts),
    ]
    return sha256("".join(f"{line}\n" for line in told).encode()).hexdigest()
