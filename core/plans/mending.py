"""Splitting, merging and re-ordering tasks. What was reported stays, and every task keeps the place it came from.

All work inside `writing`, on drafts and on confirmed plans: a sheet learns of new and closed rows at its next pass.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from core.plans import limiting, limits, parting, sources
from core.plans.assigning import add_assignment, due_of
from core.plans.draftview import draft_view
from core.plans.models import Assignment, Deadline, Quota, Task, TemplateMatch
from core.plans.opening import open_periods, rhythms
from core.plans.reading import rows_of_tasks
from core.plans.rows import PlanRow
from core.plans.templates import TaskTemplate, template_rows
from core.plans.words import Status
from core.plans.writing import Writing
from core.units.models import Unit
from tenants.bulk import add_rows
from tenants.errors import ZwgkError


class WordsMissing(ZwgkError):
    """A task was to be split at words that it does not say."""

    code = "words_missing"
    sentence = "任务内容里没有“{words}”，未拆分。请照抄任务内容中的一段文字。"


class WordsTwice(ZwgkError):
    """A task was to be split at words that it says more than once."""

    code = "words_twice"
    sentence = "任务内容里有 {times} 处“{words}”，不知从哪一处拆分，请多写几个字。"


class NothingBefore(ZwgkError):
    """A task was to be split at its first words."""

    code = "nothing_before"
    sentence = "“{words}”就是任务内容的开头，前面没有别的文字，未拆分。"


class OneTask(ZwgkError):
    """A task was to be merged with itself, or moved before itself."""

    code = "one_task"
    sentence = "所写的几行属于同一项任务，未作更改。"


class TaskGone(ZwgkError):
    """All rows of a task are closed: it was merged into another one, or withdrawn."""

    code = "task_gone"
    sentence = "“{no} {title}”的任务行都已关闭（并入了别的任务或已撤回），未作更改。"


class RowsReported(ZwgkError):
    """A task was to be merged away in which somebody has reported."""

    code = "rows_reported"
    sentence = "要并走的任务中已有填报：{rows}。请把这一项写在最前（并入它），或先清空所填内容。"
    by_command = "清空可用 zwgk task set。"


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of tasks: the ids of those that are left, the keys of rows that were closed, and what else to know
    as Chinese sentences."""

    tasks: tuple[int, ...]
    closed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


BY_HAND = "{field}“{text}”是人工填写的，归前一项。"
NO_RHYTHM = "合并后的时限是“{text}”，不是单独一个周期，这项任务不再逐期另起新行。"
NO_PLACE = "任务内容与原文不同，原文中找不到拆分之处，两项都保留原来的出处。"
FIELD_NAMES = {"deadline": "完成时限", "quota": "数量指标"}
_SENTENCE_END = re.compile(r"[。；;！？!?\n\t]")
_PART = re.compile(r"#(\d+)$")
_ROLES = ("", "supporting", "lead")
"""From weakest to strongest."""


# ---------------------------------------------------------------- splitting


def split_task(work: Writing, task: Task, words: str, templates: Sequence[TaskTemplate]) -> Mended:
    """A new task begins at these words. The first part keeps its rows; the second gets rows of its own for the same
    units. Who gets which deadline and quota: `core.plans.parting`.

    Raises `TaskGone`, `WordsMissing`, `WordsTwice`, `NothingBefore`.
    """
    _need_rows(work, task)
    place = _place_of(task.text, words)
    texts = task.text[:place].rstrip(), task.text[place:]
    ranges = sources.cut(work.plan.source_text, task.sources, task.text, place)
    notes = [] if ranges or not task.sources else [NO_PLACE]
    first, second = ranges or (task.sources, task.sources)
    readings = _as_read_now(work, [task])
    new = Task(
        plan_id=task.plan_id,
        section_id=task.section_id,
        no=_next_number(work, task),
        position=task.position + 1,
        title=_title_of(texts[1]),
        text=texts[1],
        sources=second,
        readings=parting.readings_in(readings, second, first),
        revs={},
    )
    behind = (Task.plan_id == task.plan_id) & (Task.position > task.position)
    work.session.execute(update(Task).where(behind).values(position=Task.position + 1))
    work.session.add(new)
    work.session.flush()
    work.touch(new, "title", None, new.title)
    for assignment in _live(work, task):
        unit = work.session.get_one(Unit, (task.tenant_id, assignment.unit_id)) if assignment.unit_id else None
        add_assignment(work, new, unit, assignment.role)
    notes += _part_limits(work, task, new, texts)
    task.readings = parting.readings_in(readings, first, second)
    _rewrite(work, task, texts[0], first)
    for one in (task, new):
        _match_anew(work, one, templates)
    open_periods(work)
    return Mended((task.id, new.id), notes=tuple(notes))


def _place_of(text: str, words: str) -> int:
    places = sources.places_of(text, words)
    if not places:
        raise WordsMissing(words=words)
    if len(places) > 1:
        raise WordsTwice(words=words, times=len(places))
    if not text[: places[0]].strip():
        raise NothingBefore(words=words)
    return places[0]


def _title_of(text: str) -> str:
    """The first sentence, as the decomposition titles what has no heading."""
    return _SENTENCE_END.split(text.lstrip("，、；。, "), maxsplit=1)[0]


def _next_number(work: Writing, task: Task) -> str:
    """The task's number with the next free #2, #3 …; none for a task that has no number."""
    if not task.no:
        return ""
    stem = _PART.sub("", task.no)
    numbers = work.session.scalars(select(Task.no).where(Task.plan_id == task.plan_id, Task.no.startswith(stem)))
    parts = [int(found[1]) for no in numbers if _PART.sub("", no) == stem and (found := _PART.search(no))]
    return f"{stem}#{max(parts, default=1) + 1}"


def _part_limits(work: Writing, task: Task, new: Task, texts: Sequence[str]) -> list[str]:
    """Lay deadlines, quotas and cadence on both parts; returns what stayed because a person wrote it."""
    year, notes = work.plan.year, []
    whole, *parts = (parting.said(text, year) for text in (task.text, *texts))
    for cell, setter in (("deadline", limiting.set_deadline), ("quota", limiting.set_quota)):
        shown = parting.phrases(getattr(task, f"{cell}_text"))
        said = [getattr(part, cell) for part in parts]
        parted = parting.parted(shown, getattr(whole, cell), said, _read(work, task, cell, shown))
        notes += [BY_HAND.format(field=FIELD_NAMES[cell], text=phrase) for phrase in parted.by_hand]
        setter(work, task, limits.BETWEEN.join(parted.first))
        setter(work, new, limits.BETWEEN.join(parted.second))
    rhythm = parting.parted(task.cadence, whole.cadence, [part.cadence for part in parts], task.cadence)
    task.cadence, new.cadence = rhythm.first, rhythm.second
    return notes


def _read(work: Writing, task: Task, cell: str, shown: Sequence[str]) -> list[str]:
    """The phrases of a cell that the document says: all of them, until somebody wrote another one."""
    if cell not in task.revs:
        return list(shown)
    kept = (one for one in task.readings if one["field"] in parting.FIELDS[cell] and one["start"] is not None)
    quoted = [work.plan.source_text[one["start"] : one["end"]] for one in kept]
    return [phrase for phrase in shown if any(sources.places_of(phrase, quote) for quote in quoted)]


# ---------------------------------------------------------------- merging


def merge_tasks(work: Writing, tasks: Sequence[Task], templates: Sequence[TaskTemplate]) -> Mended:
    """All into the first: texts and sources one behind the other, units, deadlines and quotas united. The rows of the
    others are closed; their history stays.

    Raises `OneTask`, `TaskGone`, `RowsReported` where somebody has reported in one that would go.
    """
    first, *others = dict.fromkeys(tasks)
    if not others:
        raise OneTask
    for task in tasks:
        _need_rows(work, task)
    going = [row for row in rows_of_tasks(work.session, [other.id for other in others]) if not row.closed]
    if told := [f"{row.key}（{row.no} {row.unit or '未指定单位'}）" for row in going if _reported(row)]:
        raise RowsReported(rows="、".join(told))
    came_back = rhythms(work.session, work.plan.id).keys() & {task.id for task in tasks}
    text, ranges, readings = first.text, first.sources, _as_read_now(work, [first, *others])
    cells = {cell: parting.phrases(getattr(first, f"{cell}_text")) for cell in FIELD_NAMES}
    for other in others:
        text, ranges = sources.joined(work.plan.source_text, text, ranges, other.text, other.sources)
        for cell, phrases in cells.items():
            phrases += parting.phrases(getattr(other, f"{cell}_text"))
        first.cadence = list(dict.fromkeys([*first.cadence, *other.cadence]))
        other.cadence = []
        _unite(work, first, other)
        for kind in (Deadline, Quota, TemplateMatch):
            work.session.execute(delete(kind).where(kind.task_id == other.id))
    first.readings = readings
    _rewrite(work, first, text, ranges)
    limiting.set_deadline(work, first, limits.BETWEEN.join(dict.fromkeys(cells["deadline"])))
    limiting.set_quota(work, first, limits.BETWEEN.join(dict.fromkeys(cells["quota"])))
    _match_anew(work, first, templates)
    open_periods(work)
    ended = came_back and first.id not in rhythms(work.session, work.plan.id)
    notes = (NO_RHYTHM.format(text=first.deadline_text or limits.BETWEEN.join(first.cadence)),) if ended else ()
    return Mended((first.id,), tuple(row.key for row in going), notes)


def _reported(row: PlanRow) -> bool:
    numbers = (row.percent, row.count, row.completed_on)
    state = Status(row.status, row.behind) != Status("not_started") or bool(row.status_word)
    return state or any(number is not None for number in numbers) or any((row.progress, row.evidence, row.note))


def _unite(work: Writing, first: Task, other: Task) -> None:
    """Lay what was laid on the units of the other task on the first, and close the other's rows. Who leads leads."""
    for going in _live(work, other):
        taken = {one.unit_id: one for one in _all(work, first)}
        unit = work.session.get_one(Unit, (other.tenant_id, going.unit_id)) if going.unit_id else None
        nobody = taken.get(None)
        staying = taken.get(going.unit_id)
        if unit is not None and staying is None and nobody is not None and not nobody.closed:
            nobody.unit_id = unit.id
            work.touch(nobody, "unit", "", unit.name)
            work.set(nobody, "role", going.role)
        elif staying is None and unit is not None:
            add_assignment(work, first, unit, going.role, due_of(work, going))
        elif staying is not None and unit is not None:
            work.set(staying, "closed", False)
            work.set(staying, "role", max(staying.role, going.role, key=_ROLES.index))
        work.set(going, "closed", True)


# ---------------------------------------------------------------- re-ordering


def move_task(work: Writing, task: Task, beside: Task, *, behind: bool) -> Mended:
    """The task comes right before the other, or right behind it. Sheets that there are keep their order.

    Raises `OneTask`, `TaskGone`.
    """
    if task is beside:
        raise OneTask
    for one in (task, beside):
        _need_rows(work, one)
    query = select(Task).where(Task.plan_id == work.plan.id).order_by(Task.position, Task.id)
    order = [one for one in work.session.scalars(query) if one is not task]
    order.insert(order.index(beside) + behind, task)
    old = task.position
    for position, one in enumerate(order, 1):
        one.position = position
    if task.position != old:
        work.note(task, "position", old, task.position)
    return Mended((task.id,))


# ---------------------------------------------------------------- what they share


def _all(work: Writing, task: Task) -> list[Assignment]:
    found = work.session.scalars(select(Assignment).where(Assignment.task_id == task.id).order_by(Assignment.id))
    return list(found)


def _need_rows(work: Writing, task: Task) -> None:
    if not _live(work, task):
        raise TaskGone(no=task.no, title=task.title)


def _live(work: Writing, task: Task) -> list[Assignment]:
    return [one for one in _all(work, task) if not one.closed]


def _as_read_now(work: Writing, tasks: Iterable[Task]) -> list[Any]:
    """The readings of tasks, once each, with the revision that lays them on another task: what is newer, a person
    wrote. Those of a field that a person has written before stay as old as they are."""
    told = []
    for task in tasks:
        (view,) = draft_view(work.session, work.plan, [task.id])
        by_hand = {one.field for one in view.fields if one.by_hand}
        told += [one if one["field"] in by_hand else one | {"rev": work.revision} for one in task.readings]
    return [one for place, one in enumerate(told) if one not in told[:place]]


def _rewrite(work: Writing, task: Task, text: str, ranges: Sequence[sources.Range]) -> None:
    """Set what a task says and where it came from, both with their trace."""
    work.set(task, "text", text)
    old, task.sources = task.sources, [list(one) for one in ranges]
    if old != task.sources:
        work.note(task, "sources", old, task.sources)


def _match_anew(work: Writing, task: Task, templates: Sequence[TaskTemplate]) -> None:
    work.session.execute(delete(TemplateMatch).where(TemplateMatch.task_id == task.id))
    add_rows(work.session, TemplateMatch, template_rows(task.id, task.text or task.title, templates))
