"""What the page of a tenant shows of its plan: each task with its rows, their lamps and the roll-up."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from core.metrics.shown import shown_number
from core.plans.models import Plan
from core.plans.periods import period_words
from core.plans.reading import live_rows, match_rows, quota_rows
from core.plans.rollup import LampRule, by_task, lamp_level, quotas_by_task, roll_up, task_percents
from core.plans.rows import PlanRow, QuotaRow
from core.plans.words import Status, status_word
from tenants.sessions import ScopedSession

NO_LAMP = "无"


class RowCard(NamedTuple):
    """One unit's part of a task: an occurrence by its key. `lamp` is a colour (红, 黄, 绿 …)."""

    key: str
    unit: str
    role: str
    period: str
    status: str
    percent: str
    progress: str
    lamp: str


class TaskCard(NamedTuple):
    """A task as a whole, and its rows. `templates`: which task templates fit it, and why."""

    no: str
    section: str
    title: str
    deadline: str
    quota: str
    status: str
    percent: str
    lamp: str
    rows: list[RowCard]
    templates: list[str]


def task_cards(session: ScopedSession, plan: Plan, rule: LampRule, today: date) -> list[TaskCard]:
    """All tasks of the plan in the order of the document."""
    quotas = quotas_by_task(quota_rows(session, plan.id))
    reasons: dict[int, list[str]] = {}
    for match in match_rows(session, plan.id):
        reasons.setdefault(match.task_id, []).append(match.reason)
    return [
        _card(rows, quotas.get(task, []), reasons.get(task, []), rule, plan.year, today)
        for task, rows in by_task(live_rows(session, plan.id)).items()
    ]


def lamp_counts(cards: Sequence[TaskCard]) -> dict[str, int]:
    """How many tasks show which lamp."""
    return dict(Counter(card.lamp or NO_LAMP for card in cards))


def _card(
    rows: list[PlanRow], quotas: list[QuotaRow], reasons: list[str], rule: LampRule, year: int, today: date
) -> TaskCard:
    whole, first = roll_up(rows, quotas, rule, year, today), rows[0]
    percents = task_percents(rows, quotas)

    def row_card(row: PlanRow) -> RowCard:
        percent = percents[row.occurrence_id]
        lamp = rule.colour(lamp_level(row, percent, rule, year, today))
        who = row.key, row.unit, row.role, period_words(row.period)
        return RowCard(*who, row.status_shown, shown_number(percent), row.progress, lamp)

    return TaskCard(
        no=first.no,
        section=first.section,
        title=first.title,
        deadline=first.deadline_text,
        quota=first.quota_text,
        status=status_word(Status(whole.status)),
        percent=shown_number(whole.percent),
        lamp=rule.colour(whole.lamp),
        rows=[row_card(row) for row in rows],
        templates=reasons,
    )
