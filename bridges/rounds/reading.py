"""Reading the returned files, one at a time: whose each one is, and what stands in it.

What was read is put aside on the disk: memory does not grow with the number of files.
"""

import hashlib
import logging
import marshal
import pickle
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from bridges.excel.adopted import AdoptedCopy
from bridges.excel.copy import ExcelCopy
from bridges.excel.disk import fingerprint, read_workbook
from bridges.ports import Busy, Changed
from bridges.rounds.desk import Desk, Out
from bridges.rounds.gathering import Found
from bridges.rounds.store import RoundStore
from bridges.rounds.unstamped import identified, read_table, titles
from bridges.runner import MOVING
from bridges.store.plan_table import plan_key
from bridges.sync.model import OFFICE, CopyRow, CopySnapshot
from bridges.sync.stamp import Stamp, read_stamp
from bridges.table import Raw, Table
from core.plans.models import Assignment, Task
from core.units.models import Unit
from tenants.db import tenant_join
from tenants.errors import ZwgkError

UNKNOWN = "系统中没有这个文件的下发记录，未汇总；请用系统下发的表"
NO_STAMP = "文件没有下发标记{hint}，未汇总"
NOT_A_UNIT = "本批没有发给“{unit}”的下发表，未汇总"
MASTER = "这是办公室的总表，不是回收件，未汇总"
UNEXPECTED = "读取时发生内部错误，详情见日志"


@dataclass(frozen=True)
class NotTaken:
    """A file that is no return, or that cannot be read: a stable code and one Chinese sentence."""

    label: str
    code: str
    message: str
    unit: str = ""


@dataclass(frozen=True)
class Double:
    """A file that was taken before, byte for byte."""

    label: str
    packet: Out


@dataclass(frozen=True)
class Read:
    """A return. `content` tells what it says, however it was saved; the snapshot itself is at `place`. `bare`: it came
    without a stamp, and a person said whose it is."""

    found: Found
    packet: Out
    stamp: Stamp
    fingerprint: str
    content: str
    place: Path
    bare: bool = False

    @property
    def same(self) -> tuple[str, str]:
        """Equal for returns that say the same."""
        return self.stamp.pass_id, self.content

    def snapshot(self) -> CopySnapshot:
        with self.place.open("rb") as file:
            rows, rest = pickle.load(file)  # noqa: S301 - written by this process, in a folder of its own
        return CopySnapshot(rows=tuple(CopyRow(*row) for row in rows), **rest)


class Reader:
    """Reads the files of one run. `accepted`: label → unit, as a person said of files without a stamp; `again`: what
    was taken before is read too."""

    def __init__(
        self, store: RoundStore, desk: Desk, spool: Path, accepted: dict[str, str], *, again: bool = False
    ) -> None:
        self._again = again
        self._store, self._desk, self._spool, self._accepted = store, desk, spool, accepted
        self._key = store.key()
        self._tables: dict[str, Table] = {}
        self._count = 0

    def read_all(self, files: Sequence[Found]) -> Iterator[Read | Double | NotTaken]:
        """Each file in turn; whatever is wrong with one is said, and stops no other. While one is looked at, the
        reading worker is busy with the next."""
        with ThreadPoolExecutor(1) as ahead:
            opened = ahead.submit(self._open, files[0]) if files else None
            for number, one in enumerate(files, 1):
                now = opened
                opened = ahead.submit(self._open, files[number]) if number < len(files) else None
                yield self._read(one, now)

    def _open(self, found: Found) -> ExcelCopy | Double:
        """In another thread: nothing here is changed."""
        mark = fingerprint(read_workbook(found.path))
        if mark in self._desk.files and not self._again and found.label not in self._accepted:
            return Double(found.label, self._desk.packets[self._desk.files[mark]])
        copy = ExcelCopy(found.path, only_read=True)
        copy.stamp()
        return copy

    def _read(self, found: Found, opened: Future[ExcelCopy | Double]) -> Read | Double | NotTaken:
        try:
            copy = opened.result()
            return copy if isinstance(copy, Double) else self._recognised(found, copy)
        except ZwgkError as refusal:
            return NotTaken(found.label, refusal.code, refusal.message)
        except Busy as busy:
            return NotTaken(found.label, "busy", str(busy))
        except Changed:
            return NotTaken(found.label, MOVING.code, MOVING.message)
        except Exception:
            logging.getLogger("zwgk").exception("unexpected error while reading %s", found.label)
            return NotTaken(found.label, "unexpected", UNEXPECTED)

    def _recognised(self, found: Found, copy: ExcelCopy) -> Read | NotTaken:
        try:
            return self._by_stamp(found, copy)
        except Changed:  # what was told before the file was read stands in no cell, or the file is another one by now
            return self._by_stamp(found, copy)

    def _by_stamp(self, found: Found, copy: ExcelCopy) -> Read | NotTaken:
        text = copy.stamp()
        if not text:
            return self._unstamped(found)
        stamp = read_stamp(text, self._key)
        if stamp is not None and stamp.holder == OFFICE and self._store.table(stamp) is not None:
            return NotTaken(found.label, "master", MASTER)
        packet = self._desk.packets.get(stamp.copy) if stamp else None
        table = self._table(stamp, packet) if packet else None
        if table is None:  # a stamp of another tenant, an edited one, a version that was never given: all answer alike
            return NotTaken(found.label, "unknown_stamp", UNKNOWN)
        snapshot = copy.read(table)
        if snapshot.stamp != text:
            raise Changed
        return self._put_aside(found, packet, stamp, snapshot)

    def _table(self, stamp: Stamp, packet: Out) -> Table | None:
        """The packet's table; None for a version that is not ours."""
        if stamp.binding not in self._tables or stamp.pass_id != packet.version:
            table = self._store.table(stamp)
            if table is None:
                return None
            self._tables[stamp.binding] = table
        return self._tables[stamp.binding]

    def _put_aside(self, found: Found, packet: Out, stamp: Stamp, snapshot: CopySnapshot) -> Read:
        self._count += 1
        place = self._spool / f"read-{self._count}"
        rows = [(row.at, row.id, row.cells, row.note) for row in snapshot.rows]
        rest = {name: value for name, value in vars(snapshot).items() if name != "rows"}
        with place.open("wb") as file:  # plain tuples: ten times faster than objects
            pickle.dump((rows, rest), file, pickle.HIGHEST_PROTOCOL)
        return Read(found, packet, stamp, snapshot.fingerprint, _content(snapshot), place)

    # ------------------------------------------------------------ without a stamp

    def _unstamped(self, found: Found) -> Read | NotTaken:
        unit = self._accepted.get(found.label)
        packet = self._desk.of_unit(unit) if unit else next(iter(self._desk.packets.values()), None)
        if packet is None:
            return NotTaken(found.label, "not_a_unit", NOT_A_UNIT.format(unit=unit))
        stamp = Stamp(plan_key(packet.plan_id), packet.copy, str(packet.unit_id), packet.version)
        table = self._table(stamp, packet)
        grids, mark = AdoptedCopy(found.path, only_read=True).grids()
        snapshot = read_table(grids, table, mark) if table else None
        if snapshot is None or not unit:
            guess = self._guess(titles(snapshot)) if snapshot else ""
            hint = f"（内容像是“{guess}”的）" if guess else ""
            return NotTaken(found.label, "no_stamp", NO_STAMP.format(hint=hint), guess)
        read = self._put_aside(found, packet, stamp, identified(snapshot, self._store.load(stamp)))
        return replace(read, bare=True)

    def _guess(self, tasks: list[str]) -> str:
        """The unit of this round of which most of these tasks are."""
        query = (
            select(Unit.name)
            .join(Assignment, tenant_join(Assignment.unit_id, Unit))
            .join(Task, tenant_join(Assignment.task_id, Task))
            .where(Task.plan_id == self._desk.round.plan_id, Task.title.in_(tasks[:1000]), ~Assignment.closed)
        )
        with self._store.together() as session:
            names = Counter(name for name in session.scalars(query) if name in self._desk.units)
        best = names.most_common(2)
        return best[0][0] if best and (len(best) == 1 or best[0][1] > best[1][1]) else ""


def _content(snapshot: CopySnapshot) -> str:
    """Equal for equal rows, in whatever order they stand and however the file was saved."""
    keys = [key for key, _ in snapshot.columns]
    rows = sorted([(row.id, row.note, _bytes(row.cells)) for row in snapshot.rows])
    return hashlib.sha256(marshal.dumps((keys, rows), 2)).hexdigest()


def _bytes(cells: tuple[Raw, ...]) -> bytes:
    """Equal for equal cells: this format of marshal knows no references."""
    try:
        return marshal.dumps(cells, 2)
    except ValueError:  # a formula or an error among them
        return repr(cells).encode("utf-8", "surrogatepass")
