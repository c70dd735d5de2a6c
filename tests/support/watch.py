"""The oracle of the histories on PostgreSQL: the log of what was typed and seen, and the promise held against it.

Each value that a person types is remembered with what that person was shown. After each pass it must be current, or
superseded by somebody who had seen it, or listed as waiting; and nothing may stand in the plan that nobody put there.
Units are typed too, but only their convergence is watched: they are laid on rows.
"""

import re
from collections import defaultdict
from contextlib import AbstractContextManager
from datetime import date

from sqlalchemy import select

from bridges.store import plan_table
from bridges.store.models import Conflict, SheetProposal
from bridges.store.plan_store import PlanStore
from bridges.store.plan_table import PERIOD, table_row
from bridges.sync.model import OFFICE
from bridges.sync.plan import Plan
from bridges.sync.values import read
from bridges.table import CellKey, Raw, Scalar, TableRow
from core.plans.reading import plan_rows
from core.plans.services import find_plan
from core.units.services import read_directory
from tenants.sessions import ScopedSession, tenant_session
from tests.support.books import OWN, TODAY, UNITS, File, Line
from tests.support.oracle import Broken


class Watch:
    """What is known without the engine. `typed`: all assertions; `seen`: values of a cell that somebody knew when they
    put another in their place; `allowed`: values that a cell may hold. `rows`, `open`, `wishes`: what the database
    held at the last `look`, which follows whatever may change it."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        self.log: list[str] = []
        self.serial = 0
        self.rows: dict[str, TableRow] = {}
        self._set_day(TODAY)
        self.typed: set[tuple[CellKey, Scalar, str]] = set()
        self.seen: dict[CellKey, set[Scalar]] = defaultdict(set)
        self.allowed: dict[CellKey, set[Scalar]] = defaultdict(set)
        self.passes: list[str] = []
        with self._session() as session:
            plan = find_plan(session)
            self.plan_id, self.key = plan.id, plan_table.plan_key(plan.id)
            directory = read_directory(session)
            self.table = plan_table.plan_table(plan, directory)
            self.holders = {name: str(directory.get(name).id) for name in UNITS}
        self.columns = {column.key: column for column in self.table.columns}
        self.look()

    def _set_day(self, day: date) -> None:
        self.today = day
        self.store = PlanStore(self.tenant, OFFICE, "sheet:test", day)

    def _session(self) -> AbstractContextManager[ScopedSession]:
        return tenant_session(self.tenant, OFFICE, "test")

    def look(self) -> None:
        """Read what the database holds now: rows of the plan, candidates and proposals. What a row of a new period
        holds before anybody has seen it, nobody typed."""
        known = self.rows
        waiting = select(Conflict.owner, Conflict.field, Conflict.data).where(Conflict.closed_by.is_(None))
        proposed = select(SheetProposal.row, SheetProposal.field, SheetProposal.data)
        with self._session() as session:
            plan = find_plan(session, self.plan_id)
            rows, self.revision = plan_rows(session, plan.id), plan.revision
            self.rows, self.past = {row.key: table_row(row) for row in rows}, {row.key for row in rows if row.past}
            self.open = {((owner, name), data["value"][0]) for owner, name, data in session.execute(waiting)}
            self.wishes = {((row, name), data["new"][0]) for row, name, data in session.execute(proposed)}
        new = [row for id_, row in self.rows.items() if id_ not in known]
        for row in (row for row in new if row.cell(PERIOD).value.norm or not known):
            for key in self.columns:
                self.allowed[self.owner(row, key), key].add(row.cell(key).value.norm)

    def sees(self, holder: str, row: TableRow) -> bool:
        """Whether a row of the plan is one of this holder's."""
        unit = row.cell("unit").value.norm
        return row.state == "active" and (holder == OFFICE or self.holders.get(unit) == holder)

    def owner(self, row: TableRow, key: str) -> str:
        return row.owner_of(self.columns[key])

    def _unique(self, what: str) -> str:
        self.serial += 1
        return f"{what}{self.serial}"

    def _story(self, what: str) -> None:
        self.log.append(what)

    def _assert(self, cell: CellKey, value: Scalar, seen: set[Scalar], by: str) -> None:
        if cell[1] == "status" and value is None:
            value = "not_started"
        if cell[1] != "unit":
            self.typed.add((cell, value, by))
        self.allowed[cell].add(value)
        self.seen[cell] |= seen - {value}

    def _number(self, file: File) -> None:
        """Each line gets a name of ours, in a column of the person's own."""
        lines = file.lines(self.table)
        if all(line.own for line in lines):
            return
        with file.open() as (sheet, head, columns):
            own = columns.get(OWN) or max(columns.values()) + 1
            sheet.cell(head, own).value = OWN
            for line in lines:
                if not line.own:
                    sheet.cell(line.number, own).value = self._unique("own")

    def _after(
        self, file: File, shown: list[Line], before: dict[str, TableRow], plan: Plan | None, written: bool = True
    ) -> None:
        self._story(f"pass {file.path.name}: {brief(plan)}")
        if plan and plan.stopped:
            if plan.stopped.code != "busy":
                raise Broken(f"stopped: {plan.stopped}")
            return
        if plan and not plan.empty:
            self.passes.append(plan.pass_id)
        now = {line.number: line for line in file.lines(self.table)}
        if any(now[line.number].own != line.own for line in shown):
            raise Broken(f"the own column of {file.path.name} was touched")
        waiting = {item.at for item in plan.report.waiting if item.at} if plan else set()
        ids = [line.id for line in shown]
        proposed = {item.row for item in plan.report.proposals if not item.field} if plan else set()
        rows = self.rows | before
        for line in shown:
            split = now[line.number].id in proposed or (plan is None and ids.count(line.id) > 1)
            if str(line.number) not in waiting and not split:
                self._log_line(file, line, now[line.number].id, rows)
        self._number(file)
        lines = {line.own: line for line in file.lines(self.table)}
        unread = {line.own for line in shown if str(line.number) in waiting}
        file.last = _unless(unread, file.last, lines if written else {line.own: line for line in shown})
        if written:
            file.left = _unless(unread, file.left, lines)

    def _log_line(self, file: File, line: Line, id_: str, rows: dict[str, TableRow]) -> None:
        id_ = id_ if id_ in rows else line.id  # a twin is no row, but what was typed in it counts
        row = rows.get(id_)
        left, last = file.left.get(line.own), file.last.get(line.own)
        if row is None or (left and left.id != id_):
            return
        for key, raw in line.cells.items():
            column = self.columns[key]
            reading = read(column, raw, 2024)
            if column.owner == "derived" or key == "unit" or reading.trouble:
                if reading.trouble and last:
                    self.seen[self.owner(row, key), key].add(norm(column, last.cells.get(key)))
                continue
            cell = self.owner(row, key), key
            value = reading.value.norm
            if left is None or last is None:
                if value is not None:
                    self.allowed[cell].add(value)
                continue
            if column.blank == "keep" and value is None and raw != last.cells.get(key):  # gives up what stood there
                self.seen[cell] |= {norm(column, side.cells.get(key)) for side in (last, left)}
            else:
                self._log_cell(file, row, cell, value, left, last, line.note)

    def _log_cell(
        self, file: File, row: TableRow, cell: CellKey, value: Scalar, left: Line, last: Line, choice: str
    ) -> None:
        column = self.columns[cell[1]]
        was, base = (norm(column, line.cells.get(cell[1])) for line in (last, left))
        asked = re.search(f"{re.escape(column.header)}：系统现为(?:「(.*?)」|空白)", last.note, re.DOTALL)
        named = {norm(column, asked[1])} if asked else set()
        chosen = choice if asked else ""
        if value == was and chosen == "采用系统":
            self.seen[cell] |= {was}
        elif value == was and chosen != "采用本表":
            return
        elif value in named or (value == base and value != was):
            self.seen[cell] |= {was, *named} - {value}
        elif self.sees(file.holder, row) and (file.holder == OFFICE or column.owner == "unit"):
            self._assert(cell, value, {was, base, *named}, file.path.name)
        else:
            self.seen[cell] |= {was} if asked else set()
            if column.owner == "unit":
                self.allowed[cell].add(value)  # the row may have come to him meanwhile
            self.typed.add(((row.id, cell[1]), value, file.path.name))

    def check(self) -> None:
        """The promise, held against what the database held at the last look."""
        rows, listed = plan_table.by_owner(self.rows), self.open | self.wishes
        for cell, value, by in self.typed:
            now = rows[cell[0]].cell(cell[1]).value.norm
            kept = now == value or (cell, value) in listed or value in self.seen[cell]
            if not kept:
                raise Broken(f"lost: {cell} = {value!r} typed in {by}; the table holds {now!r}")
        for cell, values in self.allowed.items():
            now = rows[cell[0]].cell(cell[1]).value.norm
            if now not in values and cell[1] != "unit" and self.columns[cell[1]].owner != "derived":
                raise Broken(f"invented: {cell} = {now!r}, not among {values}")

    def _check_in_step(self, file: File, plan: Plan) -> None:
        open_ = {(item.row, item.field) for item in plan.report.open}
        asked = {item.at for item in (*plan.report.waiting, *plan.report.duplicated)}
        for line in file.lines(self.table):
            row = self.rows.get(line.id)
            if row is None or not self.sees(file.holder, row) or str(line.number) in asked:
                continue
            for key, raw in line.cells.items():
                now = row.cell(key).value.norm
                if (line.id, key) not in open_ and norm(self.columns[key], raw) != now:
                    raise Broken(f"{file.path.name} {line.id}.{key} shows {raw!r}, the table holds {now!r}")
        shown = {line.id for line in file.lines(self.table)}
        known = {item.row for item in (*plan.report.missing, *plan.report.waiting)}
        of_holder = {key for key, row in self.rows.items() if self.sees(file.holder, row)}
        if lacking := of_holder - self.past - shown - known:
            raise Broken(f"{file.path.name} lacks the rows {lacking}")


def _unless(unread: set[str], old: dict[str, Line], new: dict[str, Line]) -> dict[str, Line]:
    """The new lines, but the old ones where the engine could not read yet what stands there."""
    return new | {own: old[own] for own in unread if own in old}


def norm(column: object, raw: Raw) -> Scalar:
    reading = read(column, raw, 2024)
    return f"?{raw}" if reading.trouble else reading.value.norm


def brief(plan: Plan | None) -> object:
    if plan is None or plan.stopped:
        return plan and plan.stopped.code
    lists = vars(plan.report).items()
    brief = {name: [(i.row, getattr(i, "field", ""), getattr(i, "sheet", "")) for i in items] for name, items in lists}
    return not plan.empty and plan.pass_id, {
        name: items for name, items in brief.items() if items and name != "messages"
    }
