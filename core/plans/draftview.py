"""Tasks beside their source: what was read where, how sure that is, and the reason for doubt."""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, any_, exists, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.decompose.readings import FIELDS, Reading, worst
from core.plans.models import Assignment, Plan, Task
from core.plans.periods import period_words
from core.plans.reading import live_rows, rows_of_tasks
from core.plans.rollup import by_task
from core.plans.rows import PlanRow
from core.plans.sources import Range
from core.plans.words import ROLE_WORDS
from core.units.models import Unit
from tenants.db import tenant_join
from tenants.people.rights import Units
from tenants.sessions import ScopedSession

MARKS = {
    "units": "单位",
    "deadlines": "时限",
    "working_day_limits": "工作日",
    "quotas": "数量",
    "cadence": "周期",
    "doubt": "没有看懂",
}
"""What is marked in a source → the word for it. Where two marks lie over one another, the upper one of these shows."""

BY_HAND = "已由人工确定"
_SHOWN_ELSEWHERE = frozenset({"roles", "working_day_limits"})
"""Without a value these say nothing: roles are told with the units, limits with the deadlines."""
_GAP = "……"
_ABOVE = "见原文"
# a field of the draft → the cell of the sheet by which a person settles it, and what of a row keeps that cell's number
_CELLS = {
    "title": ("title", "task_revs"),
    "text": ("text", "task_revs"),
    "units": ("unit", "assignment_revs"),
    "roles": ("unit", "assignment_revs"),
    "deadlines": ("deadline", "task_revs"),
    "working_day_limits": ("deadline", "task_revs"),
    "quotas": ("quota", "task_revs"),
}


class Piece(NamedTuple):
    """A stretch of the source; `mark`: one of `MARKS`, '' for what belongs to no field."""

    text: str
    mark: str


class Why(NamedTuple):
    """Why a field is no surer: a stable code with its level, a Chinese sentence, and the words it is about."""

    code: str
    level: str
    reason: str
    text: str


class FieldView(NamedTuple):
    """One field of a task, as it is now, and how sure that is."""

    field: str
    name: str
    value: str
    level: str
    why: tuple[Why, ...]

    @property
    def shown(self) -> bool:
        """Whether there is anything to say of it."""
        return bool(self.value) or (bool(self.why) and self.field not in _SHOWN_ELSEWHERE)

    @property
    def by_hand(self) -> bool:
        """Whether a person wrote it since it was read."""
        return any(why.reason == BY_HAND for why in self.why)

    @property
    def reasons(self) -> list[str]:
        """The reasons for its level, once each."""
        return list(dict.fromkeys(why.reason for why in self.why if why.level == self.level))


class TaskView(NamedTuple):
    """A task: its rows, its source in pieces, its fields."""

    id: int
    no: str
    section: str
    title: str
    rows: tuple[PlanRow, ...]
    sources: tuple[Range, ...]
    pieces: tuple[Piece, ...]
    fields: tuple[FieldView, ...]

    @property
    def row_names(self) -> str:
        """Its rows by key, unit and period."""
        names = ((row.key, f"{row.unit or '未指定'} {period_words(row.period)}".rstrip()) for row in self.rows)
        return "、".join(f"{key}（{name}）" for key, name in names)

    @property
    def doubtful(self) -> bool:
        """Whether a person should look at one of its fields."""
        return any(field.level == "doubtful" for field in self.fields)


def draft_view(
    session: ScopedSession, plan: Plan, only: Collection[int] | None = None, units: Units = None
) -> list[TaskView]:
    """The tasks of a plan, in its order; `only`: those with these ids. `units`: with the rows of these units, and tasks
    that have any."""
    found = live_rows(session, plan.id) if only is None else rows_of_tasks(session, only)
    names = None if units is None else set(session.scalars(select(Unit.name).where(Unit.id.in_(units))))
    rows = by_task(row for row in found if not row.closed and (names is None or row.unit in names))
    wanted = literal(list(rows), ARRAY(BigInteger))
    tasks = {task.id: task for task in session.scalars(select(Task).where(Task.id == any_(wanted)))}
    return [_task(plan.source_text, tasks[id_], rows[id_]) for id_ in rows]


def listed_tasks(plan_id: int, units: Units) -> tuple[Select[Any], tuple[ColumnElement[Any], ...]]:
    """The query of the ids of a plan's tasks, those of which a row is open (of these units), and the columns that it is
    to be sorted by, which it selects last."""
    is_open = tenant_join(Assignment.task_id, Task) & ~Assignment.closed
    if units is not None:
        is_open &= Assignment.unit_id.in_(units)
    by = (Task.position, Task.id)
    return select(Task.id.label("task"), *by).where(Task.plan_id == plan_id, exists().where(is_open)), by


def _task(source: str, task: Task, rows: Sequence[PlanRow]) -> TaskView:
    readings = [(Reading.from_json(kept), kept.get("rev", 1)) for kept in task.readings]
    first = rows[0]
    return TaskView(
        id=task.id,
        no=task.no,
        section=first.section,
        title=task.title,
        rows=tuple(rows),
        sources=tuple(task.sources),
        pieces=tuple(pieces(source, task.sources, [reading for reading, _ in readings])),
        fields=tuple(_field(source, field, task, rows, readings) for field in FIELDS),
    )


def _field(
    source: str, field: str, task: Task, rows: Sequence[PlanRow], readings: Sequence[tuple[Reading, int]]
) -> FieldView:
    mine = [(reading, rev) for reading, rev in readings if reading.field == field]
    values = {
        "title": task.title,
        "text": task.text,
        "units": "、".join(dict.fromkeys(row.unit for row in rows if row.unit)),
        "roles": "、".join(dict.fromkeys(f"{row.unit}（{ROLE_WORDS[row.role]}）" for row in rows if row.role)),
        "deadlines": task.deadline_text,
        "quotas": task.quota_text,
        "cadence": "；".join(task.cadence),
        "working_day_limits": "；".join(_quote(source, one) for one, _ in mine if one.code == "written"),
    }
    value = values[field]
    if field in _CELLS:
        cell, revs = _CELLS[field]
        changed = max((getattr(row, revs).get(cell, 0) for row in rows), default=0)
        read_at = min((rev for _, rev in mine), default=max((rev for _, rev in readings), default=1))
        if changed > read_at:
            value = value if field != "working_day_limits" else ""  # what was read counts no more
            return FieldView(field, FIELDS[field], value, "certain", (Why("by_hand", "certain", BY_HAND, ""),))
    if field == "text":  # it stands above, in the source
        value = _ABOVE if mine else ""
    why = [Why(one.code, one.level, one.reason, _quote(source, one)) for one, _ in mine]
    return FieldView(field, FIELDS[field], value, worst(one for one, _ in mine), tuple(dict.fromkeys(why)))


def _quote(source: str, reading: Reading) -> str:
    return source[reading.source.start : reading.source.end] if reading.source else ""


# ---------------------------------------------------------------- the source


def pieces(source: str, ranges: Sequence[Range], readings: Iterable[Reading]) -> list[Piece]:
    """The source of a task, and whatever else was read for it (the bracket behind it), cut where marks change.

    Where something lies between two ranges, …… stands for it. What is said of a range as a whole (it differs from an
    attachment) marks nothing in it.
    """
    wholes = set(map(tuple, ranges))
    marked = [(one.source.start, one.source.end, _mark(one)) for one in readings if one.source]
    marked = [one for one in marked if one[:2] not in wholes]
    shown = _fused(source, [*ranges, *(place[:2] for place in marked)])
    painted: dict[int, str] = {}
    order = list(MARKS)
    for start, end, mark in sorted(marked, key=lambda one: (one[0] - one[1], -order.index(one[2]))):
        painted.update(dict.fromkeys(range(start, end), mark))
    found: list[Piece] = []
    for number, (start, end) in enumerate(shown):
        if number:
            found.append(Piece(_GAP, ""))
        for mark, places in groupby(range(start, end), key=lambda place: painted.get(place, "")):
            whole = list(places)
            found.append(Piece(source[whole[0] : whole[-1] + 1], mark))
    return found


def _mark(reading: Reading) -> str:
    if reading.code in ("leftover", "attached"):
        return "doubt"
    return "units" if reading.field == "roles" else reading.field


def _fused(source: str, ranges: Iterable[Range]) -> list[list[int]]:
    """The ranges in order, those put together between which nothing stands but white space and full stops."""
    fused: list[list[int]] = []
    for start, end in sorted(map(tuple, ranges)):
        if fused and not source[fused[-1][1] : start].strip(" \t\r\n\u3000。；;"):
            fused[-1][1] = max(fused[-1][1], end)
        else:
            fused.append([start, end])
    return fused


# ---------------------------------------------------------------- as JSON


def view_json(view: TaskView) -> dict[str, Any]:
    """A task view for programs."""
    return {
        "id": view.id,
        "no": view.no,
        "section": view.section,
        "title": view.title,
        "rows": [{"row": row.key, "unit": row.unit, "role": row.role} for row in view.rows],
        "doubtful": view.doubtful,
        "sources": [list(one) for one in view.sources],
        "source": [piece._asdict() for piece in view.pieces],
        "fields": {
            one.field: {"name": one.name, "value": one.value, "level": one.level, "why": [w._asdict() for w in one.why]}
            for one in view.fields
        },
    }
