"""Deadlines and quotas of a task, typed: from a decomposition, or from what somebody wrote into the sheet. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from core.decompose import draft
from core.decompose.amounts import find_day_limits
from core.decompose.fold import fold
from core.decompose.times import find_cadence, find_deadlines, labelled_deadline

BETWEEN = "；"


class DeadlineRow(NamedTuple):
    """The columns of a `Deadline`, without its task."""

    kind: str
    text: str
    starts_on: date | None = None
    due_on: date | None = None
    month: int | None = None
    day: int | None = None
    days: int | None = None
    event: str | None = None


class QuotaRow(NamedTuple):
    """The columns of a `Quota`, without its task."""

    text: str
    op: str
    number: int | float
    unit_word: str
    scope: str
    subject: str


def typed_deadlines(deadlines: Iterable[draft.Deadline], limits: Iterable[draft.DayLimit]) -> list[DeadlineRow]:
    """Deadlines and working-day limits of a decomposition."""
    dated = [DeadlineRow(d.kind, d.text, d.begins, d.due, d.month, d.day) for d in deadlines]
    counted = [
        DeadlineRow("working_days", f"{limit.trigger or ''}{limit.text}", days=limit.days, event=limit.trigger)
        for limit in limits
    ]
    return dated + counted


def typed_quotas(quotas: Iterable[draft.Quota]) -> list[QuotaRow]:
    """Quotas of a decomposition."""
    return [QuotaRow(q.text, q.op, q.number, q.unit, q.scope, q.subject) for q in quotas]


def read_cadences(texts: Iterable[str]) -> list[draft.Cadence]:
    """The cadences of a task, from what it says of them (`Task.cadence`)."""
    found = []
    for text in texts:
        folded = fold(text)
        found += find_cadence(folded, 0, len(folded.text))
    return found


def due_day(deadlines: Sequence[DeadlineRow]) -> date | None:
    """The day by which the task as a whole is due (inclusive): the last of its dated deadlines."""
    return max((d.due_on for d in deadlines if d.due_on), default=None)


def deadline_text(deadlines: Sequence[DeadlineRow]) -> str:
    """What the sheet shows under 完成时限."""
    return BETWEEN.join(dict.fromkeys(d.text for d in deadlines))


def quota_text(quotas: Sequence[QuotaRow]) -> str:
    """What the sheet shows under 数量指标: the clause with the number in it."""
    return BETWEEN.join(dict.fromkeys(q.subject or q.text for q in quotas))


def read_deadlines(text: str, year: int) -> list[DeadlineRow]:
    """What somebody wrote under 完成时限; a phrase that cannot be computed is kept, as kind `unclear`."""
    found: list[DeadlineRow] = []
    for phrase in filter(None, (part.strip() for part in text.replace(";", BETWEEN).split(BETWEEN))):
        folded = fold(phrase)
        whole = 0, len(folded.text)
        limits = list(find_day_limits(folded, *whole))
        dated = list(find_deadlines(folded, *whole, year))
        if not limits and not dated:
            dated = [labelled_deadline(folded, *whole, year)]
        found += typed_deadlines(dated, limits)
    return found


def for_task(task_id: int, rows: Sequence[DeadlineRow] | Sequence[QuotaRow]) -> list[dict[str, Any]]:
    """The rows as they are inserted."""
    return [{"task_id": task_id, **row._asdict()} for row in rows]
