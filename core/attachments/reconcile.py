"""A document and its attached tables of tasks, as one draft.

A task that stands in both is one. What the table says beyond the document (units, a deadline) completes the task; what
it says otherwise is listed, and the document's word stands until a person decides. Two names of one unit say the same.
Places count in one text: the document, and behind it each attachment under its name.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from core.attachments.matching import Matched, match
from core.decompose.declared import meaning
from core.decompose.decompose import decompose
from core.decompose.draft import Alias, Deadline, DecomposeHints, Draft, DraftTask, Leftover, Quota, UnitMention
from core.decompose.fold import Span

REASONS = {
    "attached_units": "附件写的责任单位是“{there}”，与正文不同，暂按正文，请核对",
    "attached_lead": "附件写的牵头单位是“{there}”，与正文不同，暂按正文，请核对",
    "attached_deadline": "附件写的完成时限是“{there}”，与正文不同，暂按正文，请核对",
    "attached_quota": "附件写的数量要求是“{there}”，与正文不同，暂按正文，请核对",
    "attached_split": "附件把这一项分成几行（{there}），没有自动拆分，请核对",
    "attached_unclear": "附件中的这一行与正文几项都相近（{there}），没有采用，请核对",
    "attached_only": "附件中的这一行在正文中没有找到，列为单独的任务，请核对",
    "attached_not": "附件的表格中没有这一项，请核对",
    "attached_nothing": "附件中没有识别出任务，没有采用",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attached document: the name of its file and its canonical text."""

    name: str
    text: str


def reconcile(
    text: str, attachments: Sequence[Attachment], hints: DecomposeHints | None = None, known: Callable[[str], str] = str
) -> tuple[str, Draft]:
    """The text of all, and the draft of all: what `decompose` gives for the document, reconciled with each attachment.

    `known`: the name of the unit that a name means, or the name itself. Pure, and never raises on any text.
    """
    draft = decompose(text, hints)
    hints = replace(hints or DecomposeHints(), year=draft.meta.year)
    for attachment in attachments:
        text = f"{text.rstrip()}\n\n附件：{attachment.name}\n"
        attached = _moved(decompose(attachment.text, hints), len(text), text.count("\n"))
        name = Span(len(text) - 1 - len(attachment.name), len(text) - 1)
        text += attachment.text
        draft = _Reconciler(text, draft, attached, known).draft(name)
    return text, draft


def _moved(value: Any, by: int, lines: int) -> Any:
    """The same data with every place `by` characters, and every line `lines` lines, further down."""
    if isinstance(value, Span):
        return Span(value.start + by, value.end + by)
    if isinstance(value, tuple):
        return tuple(_moved(item, by, lines) for item in value)
    if not is_dataclass(value):
        return value
    moved = {item.name: _moved(getattr(value, item.name), by, lines) for item in fields(value)}
    return replace(value, **moved | ({"line": value.line + lines} if isinstance(value, Leftover) else {}))


class _Reconciler:
    """One attachment; `text` is that of the document and of the attachment."""

    def __init__(self, text: str, draft: Draft, attached: Draft, known: Callable[[str], str]) -> None:
        draft = replace(draft, meta=replace(draft.meta, aliases=_aliases(draft, attached)))
        self._text, self._draft, self._attached = text, draft, attached
        self._declared, self._known = meaning(draft), known
        self._doubts: list[Leftover] = []

    def draft(self, name: Span) -> Draft:
        """The draft of both; `name` is where the name of the attachment stands."""
        tasks, rows = self._draft.tasks, self._attached.tasks
        if not rows:
            self._note("attached_nothing", self._text[name.start : name.end], name)
        matched = match(tasks, rows)
        of_task = _rows_of_tasks(rows, matched)
        for number, places in matched.unclear.items():
            self._doubt("attached_unclear", rows[number], (tasks[place].no for place in places))
        alone = [row for number, row in enumerate(rows) if number not in matched.found.keys() | matched.unclear.keys()]
        for row in alone:
            self._doubt("attached_only", row)
        asked = {place for places in matched.unclear.values() for place in places}
        for place, task in enumerate(tasks):
            if matched.found and place not in of_task.keys() | asked:
                self._doubt("attached_not", task)
        completed = [self._completed(task, of_task.get(place, ())) for place, task in enumerate(tasks)]
        leftovers = (*self._draft.leftovers, *self._attached.leftovers, *self._doubts)
        titles = {row.section for row in alone}
        return replace(
            self._draft,
            sections=self._draft.sections + tuple(one for one in self._attached.sections if one.heading in titles),
            tasks=(*completed, *alone),
            non_tasks=self._draft.non_tasks + self._attached.non_tasks,
            leftovers=tuple(sorted(leftovers, key=lambda leftover: leftover.source)),
        )

    def _completed(self, task: DraftTask, rows: Sequence[DraftTask]) -> DraftTask:
        """The task with what only the table says; where both say something else, that is noted."""
        if len(rows) > 1:
            self._doubt("attached_split", task, (row.no for row in rows))
        task = self._with_units(task, rows)
        deadlines = self._either("attached_deadline", task, task.deadlines, (d for row in rows for d in row.deadlines))
        quotas = self._either("attached_quota", task, task.quotas, (q for row in rows for q in row.quotas))
        return replace(task, deadlines=deadlines, quotas=quotas)

    def _with_units(self, task: DraftTask, rows: Sequence[DraftTask]) -> DraftTask:
        units = {self._body(unit): unit for row in rows for unit in row.units}
        leads = {self._body(row.lead): row.lead for row in rows if row.lead}
        lead = next(iter(leads.values())) if len(leads) == 1 else None
        own_lead = task.lead and self._body(task.lead)
        goes_with = units.keys() == set(map(self._body, task.units)) if task.units else own_lead in (None, *units)
        if units and not goes_with:
            self._doubt("attached_units", task, (unit.name for unit in units.values()))
        elif lead and own_lead not in (None, *leads):
            self._doubt("attached_lead", task, (lead.name for lead in leads.values()))
        elif units and (not task.units or (lead and not task.lead)):
            source = next(row.units_source for row in rows if row.units)
            return replace(task, units=tuple(units.values()), units_source=source, lead=task.lead or lead)
        return task

    def _body(self, unit: UnitMention) -> str:
        """Whom a name means."""
        return self._known(self._declared(unit.name))

    def _either(self, code: str, task: DraftTask, own: tuple, attached: Iterable[Deadline | Quota]) -> tuple:
        """What the document says, or else what the table says; a note if that is something else."""
        there = {_meaning(item): item for item in attached}
        other = [item for meaning, item in there.items() if meaning not in map(_meaning, own)]
        if own and other:
            self._doubt(code, task, (item.text for item in other))
        return own or tuple(other)

    def _doubt(self, code: str, task: DraftTask, there: Iterable[str] = ()) -> None:
        self._note(code, f"{task.no} {task.title}", task.source, "、".join(there))

    def _note(self, code: str, text: str, source: Span, there: str = "") -> None:
        line = self._text.count("\n", 0, source.start) + 1
        self._doubts.append(Leftover(code, REASONS[code].format(there=there), text, source, line))


def _aliases(*drafts: Draft) -> tuple[Alias, ...]:
    """What any of them declares; of two declarations of a name the first counts."""
    found = {one.alias: one for draft in reversed(drafts) for one in reversed(draft.meta.aliases)}
    return tuple(sorted(found.values(), key=lambda one: one.source))


def _rows_of_tasks(rows: Sequence[DraftTask], matched: Matched) -> dict[int, list[DraftTask]]:
    """What the rows say of each task that they stand for."""
    found: dict[int, list[DraftTask]] = {}
    for number, places in matched.found.items():
        for place in places:
            found.setdefault(place, []).append(_shared(rows[number]) if len(places) > 1 else rows[number])
    return found


def _shared(row: DraftTask) -> DraftTask:
    """What a row that stands for several tasks says of each: its units, and what stands in its cells of days."""
    cells = tuple(d for d in row.deadlines if not row.source.start <= d.source.start < row.source.end)
    return replace(row, deadlines=cells, quotas=())


def _meaning(item: Deadline | Quota) -> tuple:
    """What it says, however it is written; two phrases that nobody can compute are the same only as written."""
    if isinstance(item, Quota):
        return item.op, item.number, item.unit, item.scope
    return item.kind, item.due, item.begins, item.month, item.day, item.text if item.kind == "unclear" else ""
