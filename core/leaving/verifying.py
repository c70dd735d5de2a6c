"""Proving that an erased tenant is gone: counted anew in whatever the database itself says that it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Text, and_, cast, column, func, literal, or_, select, table
from sqlalchemy.orm import Session

from core.leaving.erasing import QUEUE
from tenants.audit.chain import tenant_chain
from tenants.audit.verifying import Fault, verify
from tenants.models import Tombstone
from tenants.policies import APPEND_ONLY, KEPT
from tenants.sessions import cross_tenant

_CLASS = table("pg_class", column("oid"), column("relname"), column("relkind"), column("relnamespace"))
_ATTRIBUTE = table("pg_attribute", column("attrelid"), column("attname"), column("attnum"), column("attisdropped"))
_CONSTRAINT = table("pg_constraint", column("conrelid"), column("confrelid"), column("contype"), column("conkey"))
_SPACE = table("pg_namespace", column("oid"), column("nspname"))
_LARGE = table("pg_largeobject_metadata", column("oid"))


@dataclass(frozen=True)
class Proof:
    """What is left of an erased tenant: `left`: `table.column` → rows that should not be there (empty: none);
    `looked_at`: how many columns were counted; `kept`: the rows of its sealed audit; `faults`: what is wrong with its
    seals."""

    tombstone: Tombstone
    left: Mapping[str, int]
    looked_at: int
    kept: Mapping[str, int]
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        """Nothing is left, and the audit is as it was sealed."""
        return not self.left and not self.faults


def prove(now: datetime, actor: str = "platform") -> list[Proof]:
    """Count anew for every erased tenant, and verify its audit. Raises `MaintUrlMissing`."""
    with cross_tenant("核验已注销租户的数据是否清除", actor) as session:
        stones = list(session.scalars(select(Tombstone).order_by(Tombstone.in_tenant_id)))
        columns = _columns(session)
        proofs = [_proof(session, stone, columns, now) for stone in stones]
        session.expunge_all()
        return proofs


def _proof(session: Session, stone: Tombstone, columns: list[tuple[str, str]], now: datetime) -> Proof:
    number = stone.in_tenant_id
    counts = {f"{name}.{field}": _count(session, name, field, number) for name, field in columns}
    counts[f"{QUEUE.name}.args"] = session.scalar(
        select(func.count()).select_from(QUEUE).where(cast(QUEUE.c.args["tenant"], Text) == str(number))
    )
    counts["pg_largeobject"] = session.scalar(select(func.count()).select_from(_LARGE))
    sealed = {f"{name}.tenant_id" for name in APPEND_ONLY}
    said = {f"{name}.in_tenant_id" for name in KEPT}
    left = {place: rows for place, rows in counts.items() if rows and place not in sealed | said}
    kept = {place.partition(".")[0]: counts[place] for place in sorted(sealed)}
    # the head is asked for: seals cut off at the end would not be missed without
    verdict = verify(session, tenant_chain(number), now, head=stone.head if stone.seals else "")
    return Proof(stone, left, len(counts), kept, verdict.faults)


def _columns(session: Session) -> list[tuple[str, str]]:
    """Every column of every table that is called after a tenant, or points at one, as the catalog has them."""
    points = select(_CONSTRAINT.c.conrelid).where(
        _CONSTRAINT.c.contype == "f",
        _CONSTRAINT.c.confrelid == select(_CLASS.c.oid).where(_CLASS.c.relname == "tenant").scalar_subquery(),
        _CONSTRAINT.c.conrelid == _ATTRIBUTE.c.attrelid,
        _ATTRIBUTE.c.attnum == func.any(_CONSTRAINT.c.conkey),
    )
    query = (
        select(_CLASS.c.relname, _ATTRIBUTE.c.attname)
        .join(_ATTRIBUTE, _ATTRIBUTE.c.attrelid == _CLASS.c.oid)
        .join(_SPACE, _SPACE.c.oid == _CLASS.c.relnamespace)
        .where(
            _SPACE.c.nspname == "public",
            _CLASS.c.relkind.in_(("r", "p")),
            and_(_ATTRIBUTE.c.attnum > 0, ~_ATTRIBUTE.c.attisdropped),
            or_(_ATTRIBUTE.c.attname.like("%tenant\\_id"), points.exists()),
        )
        .order_by(_CLASS.c.relname, _ATTRIBUTE.c.attname)
    )
    return [(name, field) for name, field in session.execute(query)]


def _count(session: Session, name: str, field: str, number: int) -> int:
    found = table(name, column(field, BigInteger))
    return session.scalar(select(func.count()).select_from(found).where(found.c[field] == literal(number)))
