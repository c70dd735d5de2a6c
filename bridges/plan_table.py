"""A plan as a table of the sheet bridge: which columns, what stands in the cells, and how changes reach the plan."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from bridges.sync.model import BaseRow
from bridges.sync.plan import Change, NewRow
from bridges.sync.values import read
from bridges.table import BLANK, CellKey, Column, Held, Table, TableCell, TableRow, TableSnapshot, Value
from core.plans import assigning
from core.plans.cells import Row, edit_cell, find_row, row_of_task
from core.plans.models import Assignment, Occurrence, Plan
from core.plans.reading import plan_rows
from core.plans.rows import PlanRow
from core.plans.words import CHOICES, WORDS, Status, read_status
from core.plans.writing import Writing
from core.units.services import Directory
from tenants.db import tenant_join
from tenants.history import plain
from tenants.models import Change as Trace
from tenants.sessions import ScopedSession

TASK = "task"
STATUS_WORDS = {word: form.norm for form, words in WORDS.items() for word in words}


def plan_key(plan_id: int) -> str:
    """The key of a plan as a table."""
    return f"plan-{plan_id}"


def plan_id(key: str) -> int:
    """The way back from `plan_key`."""
    return int(key.removeprefix("plan-"))


def plan_table(plan: Plan, directory: Directory) -> Table:
    """The declaration: office columns first, then what the units fill in; a task's texts are shared by its rows."""

    def office(key: str, header: str, aliases: tuple[str, ...], blank: str = "keep", **more: Any) -> Column:
        return Column(key, header, owner="office", blank=blank, aliases=aliases, **more)

    return Table(
        key=plan_key(plan.id),
        title=plan.title,
        year=plan.year,
        columns=(
            Column("no", "序号", owner="derived", shared=TASK),
            Column("section", "章节", owner="derived", shared=TASK, aliases=("领域",)),
            office("title", "任务", ("工作任务", "任务名称"), shared=TASK, required=True),
            office("text", "任务内容", ("具体要求", "工作要求"), shared=TASK),
            office("unit", "责任单位", ("责任部门", "责任处室", "责任科室"), kind="units", words=directory.names()),
            Column("role", "牵头/配合", owner="derived"),
            office("deadline", "完成时限", ("时限要求", "完成时间", "时间节点"), "clear", shared=TASK),
            office("quota", "数量指标", (), "clear", shared=TASK),
            Column("status", "完成情况", "status", blank="keep", choices=CHOICES, words=STATUS_WORDS),
            Column("percent", "完成率(%)", "percent", blank="keep", aliases=("完成率",)),
            Column("count", "完成数量", "number", blank="keep"),
            Column("completed_on", "完成日期", "date", blank="keep", aliases=("完成时间",)),
            Column("progress", "进展情况", aliases=("工作进展", "落实情况")),
            Column("evidence", "佐证", aliases=("佐证材料",)),
            Column("note", "备注"),
        ),
    )


_TEXT = Column("text", "")
ROLE_WORDS = {"lead": "牵头", "supporting": "配合", "": None}


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
    "role": (lambda r: _text(ROLE_WORDS[r.role] or ""), "assignment_revs"),
    "deadline": (lambda r: _text(r.deadline_text), "task_revs"),
    "quota": (lambda r: _text(r.quota_text), "task_revs"),
    "status": (_status, "occurrence_revs"),
    "percent": (lambda r: _number(r.percent), "occurrence_revs"),
    "count": (lambda r: _number(r.count), "occurrence_revs"),
    "completed_on": (lambda r: _number(r.completed_on), "occurrence_revs"),
    "progress": (lambda r: _text(r.progress), "occurrence_revs"),
    "evidence": (lambda r: _text(r.evidence), "occurrence_revs"),
    "note": (lambda r: _text(r.note), "occurrence_revs"),
}
IMPORTED = 1  # the revision of a plan just imported: the history number of every cell that it filled


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


def _table_row(row: PlanRow) -> TableRow:
    numbers = (*row.task_revs.values(), *row.assignment_revs.values(), *row.occurrence_revs.values())
    state = "left" if row.closed else "active"
    return TableRow(row.key, max(numbers, default=IMPORTED), _Cells(row), {TASK: f"t{row.task_id}"}, state)


def table_rows(session: ScopedSession, plan: Plan) -> dict[str, TableRow]:
    """All rows of the plan by their key, those that were closed (state `left`) included."""
    return {row.key: _table_row(row) for row in plan_rows(session, plan.id)}


def by_owner(rows: dict[str, TableRow]) -> dict[str, TableRow]:
    """Each owner of cells → a row that shows them: the row itself, or any row of the task."""
    return {row.things[TASK]: row for row in rows.values()} | rows


def owners_of(session: ScopedSession, row: str) -> tuple[str, ...]:
    """The owners of the cells that a row shows: the row itself, and its task."""
    query = select(Assignment.task_id).join(Occurrence, tenant_join(Occurrence.assignment_id, Assignment))
    return row, *(f"t{task_id}" for task_id in session.scalars(query.where(Occurrence.key == row)))


def snapshot(session: ScopedSession, plan: Plan, base: Mapping[str, BaseRow]) -> TableSnapshot:
    """All rows that are not closed, and every value that a changed cell held since the copy's base."""
    shown = plan_rows(session, plan.id)
    rows = {row.key: _table_row(row) for row in shown if not row.closed}
    since = {key: _oldest(base[key]) for key in rows if key in base}
    behind = [number for key, number in since.items() if rows[key].number > number]
    history = _history(session, plan, min(behind), shown) if behind else {}
    return TableSnapshot(rows, history)


def _oldest(base: BaseRow) -> int:
    """The smallest history number on which a cell of the row still stands."""
    return min([base.number, *(cell.number for cell in base.cells.values())])


def _history(
    session: ScopedSession, plan: Plan, since: int, rows: Iterable[PlanRow]
) -> dict[CellKey, tuple[Held, ...]]:
    owners = {}
    for row in rows:
        owners["occurrence", row.occurrence_id] = owners["assignment", row.assignment_id] = row.key
        owners["task", row.task_id] = f"t{row.task_id}"
    query = select(Trace.entity, Trace.entity_id, Trace.field, Trace.revision, Trace.new)
    query = query.where(Trace.plan_id == plan.id, Trace.revision > since).order_by(Trace.id)
    history: dict[CellKey, list[Held]] = {}
    for entity, entity_id, field, number, new in session.execute(query):
        owner = owners.get((entity, entity_id))
        if owner is not None and field in _CELLS:
            history.setdefault((owner, field), []).append(Held(number, held_value(field, new)))
    return {cell: tuple(held) for cell, held in history.items()}


def held_value(field: str, recorded: Any) -> Value:
    """A value as the history recorded it, as a value of the table."""
    if field == "status":
        status = read_status(recorded)
        return Value(status.norm, recorded) if status else _text(recorded or "")
    return _text(recorded) if isinstance(recorded, str) else _number(recorded)


# ---------------------------------------------------------------- the way back


def _row(work: Writing, key: str) -> Row:
    return find_row(work.session, work.plan.id, key)


def apply_change(work: Writing, change: Change) -> None:
    """Carry out one change of a pass: a cell of a row, or of the task that several rows share."""
    shared = change.owner.startswith("t") and change.owner[1:].isdigit()
    row = row_of_task(work.session, work.plan.id, int(change.owner[1:])) if shared else _row(work, change.owner)
    edit_cell(work, row, change.field, change.new.norm, change.new.written)


def add_row(work: Writing, new: NewRow) -> None:
    """Add a row that the office typed: a task of its own, with its units, and whatever else was filled in."""
    cells = dict(new.cells)
    units = cells.pop("unit", BLANK).norm
    assigning.add_task(work, new.id, str(cells.pop("title", BLANK).written or ""), units.split("、") if units else ())
    row = _row(work, new.id)
    for field, value in cells.items():
        edit_cell(work, row, field, value.norm, value.written)


def set_withdrawn(work: Writing, key: str, withdrawn: bool) -> None:
    """Take back a row that was added, or bring it again; its history stays."""
    work.set(_row(work, key).assignment, "closed", withdrawn)
