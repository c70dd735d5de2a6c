"""Computing the seals of a chain anew, and saying what is not as it was sealed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.audit.actions import Action
from tenants.audit.chain import START, Chain, lines, part, seal_digest
from tenants.audit.models import SealColumns

LEAST_DAYS = 180
"""For so long at least every row is kept (网络安全法: six months)."""

SENTENCES = {
    "seal_missing": "缺少封条",
    "seal_changed": "封条被改动",
    "rows_missing": "记录被删除",
    "rows_added": "记录被添加",
    "rows_changed": "记录被改动或调换",
    "pruned_early": "未到期的记录已被清理",
    "head_unknown": "封条链中没有所给的摘要：链的末尾被截去，或整条链被换掉",
}


class Fault(NamedTuple):
    """What is wrong: at which seal, of which table (empty: the seal itself)."""

    code: str
    seal: int
    table: str = ""

    @property
    def message(self) -> str:
        """In Chinese."""
        return f"封条 {self.seal}：{SENTENCES[self.code]}{self.table and f'（{self.table}）'}"


@dataclass(frozen=True)
class Verdict:
    """What was looked at, and what was found. `head`: the digest of the last seal."""

    seals: int
    rows: int
    head: str
    faults: tuple[Fault, ...]


def verify(
    session: Session, chain: Chain, now: datetime, *, first: int = 1, last: int | None = None, head: str = ""
) -> Verdict:
    """Compute the seals from one number to another anew. `head`: a digest that was told to somebody outside, which must
    be in the chain; without one, seals cut off at the end are not missed."""
    chain.lock(session, alone=False)
    before = session.scalars(chain.sealed(first - 1, first - 1)).one_or_none()
    pruned = pruned_through(session, chain)
    found = _Found(head)
    for one in session.scalars(chain.sealed(first, last)):
        found.seals += 1
        if _is_seal(one, chain):
            found.faults += _links(one, before, first)
            found.faults += _rows(session, chain, one, found, pruned, now - timedelta(days=LEAST_DAYS))
        else:
            found.faults.append(Fault("seal_changed", one.number))
        before = one
        found.wanted -= {one.digest}
    if found.wanted:
        found.faults.append(Fault("head_unknown", before.number if before else 0))
    return Verdict(found.seals, found.rows, before.digest if before else START, tuple(found.faults))


def pruned_through(session: Session, chain: Chain) -> int:
    """The number of the last seal whose rows are gone, as the audit itself says."""
    entry = chain.tables[0]
    told = session.scalars(select(entry.detail["through"]).where(chain.own(entry), entry.action == Action.AUDIT_PRUNED))
    return max((number for number in told if isinstance(number, int)), default=0)


class _Found:
    """The figures of a run."""

    def __init__(self, head: str) -> None:
        self.seals = self.rows = 0
        self.faults: list[Fault] = []
        self.wanted = {head} - {""}


def _is_seal(seal: SealColumns, chain: Chain) -> bool:
    """Whether what is said of the tables has the form of it, whoever wrote it."""
    match seal.parts:
        case [[str(first), int(), str()], [str(second), int(), str()]]:
            return [first, second] == [table.__tablename__ for table in chain.tables]
    return False


def _links(seal: SealColumns, before: SealColumns | None, first: int) -> Iterator[Fault]:
    """The seal itself, and that it follows the one before it."""
    told = seal.number, seal.first, seal.until, seal.sealed_at, seal.parts, seal.previous
    if seal.digest != seal_digest(*told):
        yield Fault("seal_changed", seal.number)
    number, digest, until = (before.number, before.digest, before.until) if before else (first - 1, START, 0)
    if seal.number != number + 1:
        yield Fault("seal_missing", number + 1)
    elif before is None and first > 1:
        yield Fault("seal_missing", number)
    elif (seal.previous, seal.first) != (digest, until):
        yield Fault("seal_changed", number)


def _rows(
    session: Session, chain: Chain, seal: SealColumns, found: _Found, through: int, kept_since: datetime
) -> Iterator[Fault]:
    """The rows of the seal: as they were, or gone if it was pruned and nothing in it is younger than `kept_since`."""
    parts = [part(table, lines(session, chain, table, seal.first, seal.until)) for table in chain.tables]
    found.rows += sum(rows for _name, rows, _digest in parts)
    if seal.number <= through:
        if seal.sealed_at > kept_since:
            yield Fault("pruned_early", seal.number)
        sealed: Sequence[Any] = [(name, 0, "") for name, _rows, _digest in parts]
    else:
        sealed = seal.parts
    for (name, rows, digest), (_name, rows_sealed, digest_sealed) in zip(parts, sealed, strict=True):
        if rows != rows_sealed:
            yield Fault("rows_missing" if rows < rows_sealed else "rows_added", seal.number, name)
        elif rows and digest != digest_sealed:
            yield Fault("rows_changed", seal.number, name)
