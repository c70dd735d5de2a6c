"""A plan as a table of the sheet bridge: which columns, what stands in the cells, and how changes reach the plan."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bridges.sync.plan import Change, NewRow
from bridges.sync.values import read
from bridges.table import BLANK, Column, Table, TableCell, TableRow, Value
from core.agencies import COLUMNS
from core.plans import assigning, cells
from core.plans.cells import Row, edit_cell, find_row, unit_names
from core.plans.models import IMPORTED, Assignment, Occurrence, Plan
from core.plans.periods import period_words
from core.plans.reading import rows_of_keys, rows_of_tasks
from core.plans.rows import PlanRow
from core.plans.words import CHOICES, ROLE_WORDS, WORDS, Status
from core.plans.writing import Writing
from core.units.services import Directory
from tenants.db import tenant_join
from tenants.history import plain
from tenants.sessions import ScopedSession

TASK, PERIOD = "task", "period"
# what stands over these columns in the task sheets that agencies publish
UNIT_HEADERS = (
    *("责任部门", "责任处室", "责任科室", "承办单位", "主办单位", "承办部门", "落实单位"),
    *("牵头单位", "牵头部门", "主责单位", "牵头处室", "牵头科室", "牵头"),
)
DEADLINE_HEADERS = ("时限要求", "完成时间", "责任时限", "时间节点", "时限", "办理时限")
STATUS_HEADERS = ("完成状态", "办理状态", "状态", "进度状态")
STATUS_WORDS = {word: form.norm for form, words in WORDS.items() for word in words}
NOTHING_TAUGHT: Mapping[str, str] = {}


def plan_key(plan_id: int) -> str:
    """The key of a plan as a table."""
    return f"plan-{plan_id}"


def plan_id(key: str) -> int:
    """The way back from `plan_key`."""
    return int(key.removeprefix("plan-"))


def plan_table(plan: Plan, directory: Directory, taught: Mapping[str, str] = NOTHING_TAUGHT) -> Table:
    """The declaration of a plan as a table."""
    return Table(plan_key(plan.id), plan.title, _columns(directory.names(), taught), plan.year)


def _columns(units: Mapping[str, str], taught: Mapping[str, str]) -> tuple[Column, ...]:
    """Office columns first, then what the units fill in; a task's texts are shared by its rows."""

    def column(key: str, *aliases: str, **more: Any) -> Column:
        return Column(key, COLUMNS[key], aliases=aliases, **more)

    def office(key: str, *aliases: str, blank: str = "keep", **more: Any) -> Column:
        return column(key, *aliases, owner="office", blank=blank, **more)

    return (
        column("no", "编号", owner="derived", shared=TASK),
        column("section", "领域", "类别", owner="derived", shared=TASK),
        office("title", "工作任务", "任务名称", "重点任务", shared=TASK, required=True),
        office("text", "具体要求", "工作要求", "工作内容", "任务要求", "主要内容", shared=TASK),
        office("unit", *UNIT_HEADERS, kind="units", words=units),
        column("role", owner="derived"),
        office("deadline", *DEADLINE_HEADERS, blank="clear", shared=TASK),
        office("quota", blank="clear", shared=TASK),
        column(PERIOD, owner="derived"),
        _status_column(taught),
        column("percent", "完成进度", "完成比例", kind="percent", blank="keep"),
        column("count", kind="number", blank="keep"),
        column("completed_on", "完成时间", "实际完成时间", kind="date", blank="keep"),
        column("progress", "工作进展", "落实情况", "进展", "工作进展情况", "推进情况"),
        column("evidence", "佐证材料", "证明材料"),
        column("note"),
    )


def _status_column(taught: Mapping[str, str]) -> Column:
    words = {**taught, **STATUS_WORDS}
    unset = Status("not_started").norm
    return Column("status", COLUMNS["status"], "status", "unit", "keep", STATUS_HEADERS, CHOICES, words, unset=unset)


_TEXT = Column("text", "")


def _text(value: str) -> Value:
    """As `sync.values.read` reads it from a sheet, or equal texts would differ by a blank at the end."""
    return read(_TEXT, value, 0).value


def _number(value: Any) -> Value:
    return BLANK if value is None else Value(plain(value), plain(value))


def _status(row: PlanRow) -> Value:
    return Value(Status(row.status, row.behind).norm, row.status_shown)


# column key → how a row shows it, and whose `revs` hold its history number
_CELLS = {
    "no": (lambda r: _text(r.no), "task_revs"),
    "section": (lambda r: _text(r.section), "task_revs"),
    "title": (lambda r: _text(r.title), "task_revs"),
    "text": (lambda r: _text(r.text), "task_revs"),
    "unit": (lambda r: _text(r.unit), "assignment_revs"),
    "role": (lambda r: _text(ROLE_WORDS[r.role]), "assignment_revs"),
    "deadline": (lambda r: _text(r.deadline_text), "task_revs"),
    "quota": (lambda r: _text(r.quota_text), "task_revs"),
    PERIOD: (lambda r: _text(period_words(r.period)), "occurrence_revs"),
    "status": (_status, "occurrence_revs"),
    "percent": (lambda r: _number(r.percent), "occurrence_revs"),
    "count": (lambda r: _number(r.count), "occurrence_revs"),
    "completed_on": (lambda r: _number(r.completed_on), "occurrence_revs"),
    "progress": (lambda r: _text(r.progress), "occurrence_revs"),
    "evidence": (lambda r: _text(r.evidence), "occurrence_revs"),
    "note": (lambda r: _text(r.note), "occurrence_revs"),
}


class _Cells(Mapping[str, TableCell]):
    """The cells of one row, made when asked for: of 10,000 rows a pass asks for a few."""

    __slots__ = ("_row",)

    def __init__(self, row: PlanRow) -> None:
        self._row = row

    def __getitem__(self, key: str) -> TableCell:
        show, revs = _CELLS[key]
        value = show(self._row)
        return TableCell(value, getattr(self._row, revs).get(key, 0 if value == BLANK else IMPORTED))

    def __iter__(self) -> Iterator[str]:
        return iter(_CELLS)

    def __len__(self) -> int:
        return len(_CELLS)


def table_row(row: PlanRow) -> TableRow:
    """A row of a plan as a row of its table; the ones that were closed have the state `left`."""
    numbers = (*row.task_revs.values(), *row.assignment_revs.values(), *row.occurrence_revs.values())
    state = "left" if row.closed else "active"
    return TableRow(row.key, max(numbers, default=IMPORTED), _Cells(row), {TASK: f"t{row.task_id}"}, state)


def by_owner(rows: dict[str, TableRow]) -> dict[str, TableRow]:
    """Each owner of cells → a row that shows them: the row itself, or any row of the task."""
    return {row.things[TASK]: row for row in rows.values()} | rows


def rows_that_show(session: ScopedSession, owners: Collection[str]) -> dict[str, TableRow]:
    """Owners of cells → a row that shows them, closed ones included."""
    tasks = {_task_id(owner) for owner in owners if _is_task(owner)}
    rows = [*rows_of_tasks(session, tasks), *rows_of_keys(session, (key for key in owners if not _is_task(key)))]
    return by_owner({row.key: table_row(row) for row in rows})


def _is_task(owner: str) -> bool:
    return owner.startswith("t") and owner[1:].isdigit()


def _task_id(owner: str) -> int:
    return int(owner[1:])


def owners_of(session: ScopedSession, row: str) -> tuple[str, ...]:
    """The owners of the cells that a row shows: the row itself, and its task."""
    query = select(Assignment.task_id).join(Occurrence, tenant_join(Occurrence.assignment_id, Assignment))
    return row, *(f"t{task_id}" for task_id in session.scalars(query.where(Occurrence.key == row)))


def held_value(column: Column, recorded: Any) -> Value:
    """A value as the history recorded it, as a value of the table."""
    if column.kind == "status":
        return read(column, recorded, 0).value
    return _text(recorded) if isinstance(recorded, str) else _number(recorded)


# ---------------------------------------------------------------- the way back


def apply_changes(work: Writing, changes: Sequence[Change]) -> None:
    """Carry out the changes of a pass: each a cell of a row, or of the task that several rows share."""
    keys = {change.owner for change in changes if not _is_task(change.owner)}
    tasks = {_task_id(change.owner) for change in changes if _is_task(change.owner)}
    rows: dict[str, Row] = {**cells.find_rows(work.session, work.plan.id, keys)}
    rows |= {f"t{id_}": row for id_, row in cells.rows_of_tasks(work.session, work.plan.id, tasks).items()}
    units: dict[int, list[str]] = defaultdict(list)  # of each task, as all its rows name them: swapped, none goes
    for change in changes:
        if change.field == "unit":
            units[rows[change.owner].task.id] += unit_names(change.new.norm)
    for change in changes:
        row = rows[change.owner]
        if change.field == "unit":
            assigning.set_units(work, row.assignment, unit_names(change.new.norm), units[row.task.id])
        else:
            edit_cell(work, row, change.field, change.new.norm, change.new.written)


def add_row(work: Writing, new: NewRow) -> None:
    """Add a row that the office typed: a task of its own, with its units, and whatever else was filled in."""
    said = dict(new.cells)
    units = unit_names(said.pop("unit", BLANK).norm)
    assigning.add_task(work, new.id, str(said.pop("title", BLANK).written or ""), units)
    row = find_row(work.session, work.plan.id, new.id)
    for field, value in said.items():
        edit_cell(work, row, field, value.norm, value.written)


def set_withdrawn(work: Writing, key: str, withdrawn: bool) -> None:
    """Take back a row that was added, or bring it again; its history stays."""
    work.set(find_row(work.session, work.plan.id, key).assignment, "closed", withdrawn)
