"""A plan, or a document that nobody imported, as one side of a comparison (`core.comparing`)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from core.comparing.tasks import Amount, Limit, Side, SideTask, YearDay
from core.decompose.declared import resolved
from core.decompose.draft import Draft, DraftTask
from core.plans.limits import deadline_text, quota_text, typed_deadlines, typed_quotas
from core.plans.models import Deadline, Plan, Task
from core.plans.opening import rhythms
from core.plans.periods import rhythm_of
from core.plans.reading import live_rows, quota_rows
from core.plans.rollup import by_task, quotas_by_task, task_status
from core.plans.templates import TaskTemplate, match_templates
from core.units.directory import Directory
from tenants.db import tenant_join
from tenants.sessions import ScopedSession


@dataclass(frozen=True)
class Reading:
    """How a tenant reads documents: its task templates, and what unit names mean to it in a year.

    Both sides of a comparison are read for one year, or a unit that was renamed would differ from itself.
    """

    templates: Sequence[TaskTemplate]
    directory: Directory
    year: int

    def units(self, names: Iterable[str]) -> tuple[str, ...]:
        """The bodies that carry a task, as a confirmed plan has them; names that nobody knows as written."""
        return tuple(dict.fromkeys(body for name in names for body in self._bodies(name)))

    def _bodies(self, name: str) -> list[str]:
        unit = self.directory.find(name)
        if unit is None:
            return [name]
        found = self.directory.members_in(unit, self.year) or self.directory.in_year(unit, self.year)
        return [body.name for body in found]

    def titles(self, text: str) -> frozenset[str]:
        """The titles of the templates that a task fits."""
        titles = {template.key: template.title for template in self.templates}
        return frozenset(titles[match.template] for match in match_templates(text, self.templates))


def plan_side(session: ScopedSession, plan: Plan, reading: Reading) -> Side:
    """A plan as it stands: with the units that the office assigned, and the status of each task."""
    quotas = quotas_by_task(quota_rows(session, plan.id))
    deadlines, recurring = _deadlines(session, plan.id), rhythms(session, plan.id)
    tasks = []
    for task_id, rows in by_task(live_rows(session, plan.id)).items():
        first = rows[0]
        task = SideTask(
            no=first.no,
            title=first.title,
            text=first.text,
            year=plan.year,
            units=reading.units(row.unit for row in rows if row.unit),
            deadline=first.deadline_text,
            quota=first.quota_text,
            limits=_limits(deadlines[task_id], plan.year),
            amounts=_amounts(quotas.get(task_id, ())),
            templates=reading.titles(first.text or first.title),
            status=task_status(row.status for row in rows),
            rhythm=recurring.get(task_id),
        )
        tasks.append(task)
    return Side(plan.title, plan.year, tuple(tasks))


def draft_side(draft: Draft, name: str, year: int, reading: Reading) -> Side:
    """A decomposed document; `name` where it has no title."""

    def side_task(task: DraftTask) -> SideTask:
        limits, quotas = typed_deadlines(task.deadlines, task.working_day_limits), typed_quotas(task.quotas)
        return SideTask(
            no=task.no,
            title=task.title,
            text=task.text,
            year=year,
            units=reading.units(task.all_units),
            deadline=deadline_text(limits),
            quota=quota_text(quotas),
            limits=_limits(limits, year),
            amounts=_amounts(quotas),
            templates=reading.titles(task.text or task.title),
            rhythm=rhythm_of(limits, task.cadence),
        )

    return Side(draft.meta.title or name, year, tuple(map(side_task, resolved(draft).tasks)))


def _deadlines(session: ScopedSession, plan_id: int) -> dict[int, list[Deadline]]:
    query = select(Deadline).join(Task, tenant_join(Deadline.task_id, Task)).where(Task.plan_id == plan_id)
    found: dict[int, list[Deadline]] = defaultdict(list)
    for deadline in session.scalars(query):
        found[deadline.task_id].append(deadline)
    return found


def _limits(deadlines: Iterable[Any], year: int) -> frozenset[Limit]:
    def day(of: date | None) -> YearDay | None:
        return of and (of.year - year, of.month, of.day)

    return frozenset(
        Limit(d.kind, day(d.due_on), day(d.starts_on), d.month, d.days, d.text if d.kind == "unclear" else "")
        for d in deadlines
    )


def _amounts(quotas: Iterable[Any]) -> frozenset[Amount]:
    return frozenset(Amount(q.op, float(q.number), q.unit_word, q.scope) for q in quotas)
