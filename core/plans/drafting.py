"""From a decomposed document to a plan in the database: all of it, or nothing."""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import select

from core.decompose.draft import Draft, DraftTask
from core.documents.reader import Document
from core.plans import limits
from core.plans.models import Assignment, Occurrence, Plan, Section, Task, TemplateMatch, new_key
from core.plans.templates import TaskTemplate, match_templates
from core.units.services import Directory, ensure_units
from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.sessions import ScopedSession


class NoTasks(ZwgkError):
    """The document holds no task that was recognised."""

    code = "no_tasks"
    sentence = "“{name}”中没有识别出任务，未导入。请确认这是工作要点正文，可先运行 zwgk decompose 查看未识别之处。"


class YearUnknown(ZwgkError):
    """The document does not say which year it is for."""

    code = "year_unknown"
    sentence = "“{name}”没有写明年份，请用 --year 指定，例如 --year 2024。"


class PlanExists(ZwgkError):
    """The same text was imported before."""

    code = "plan_exists"
    sentence = "“{name}”已导入过（要点编号 {plan}），未重复导入。"


def import_draft(
    session: ScopedSession, document: Document, draft: Draft, templates: Sequence[TaskTemplate], year: int | None
) -> Plan:
    """Store a decomposed document as a plan in status `draft`.

    Units that the directory does not know are added to it. Raises `NoTasks`, `YearUnknown`, `PlanExists`.
    """
    plan = _new_plan(session, document, draft, year)
    directory = ensure_units(session, (name for task in draft.tasks for name in _units(task)))
    sections = _add_sections(session, plan, draft)
    tasks = [_task(plan, n, item, sections) for n, item in enumerate(draft.tasks, 1)]
    session.add_all(tasks)
    session.flush()
    due = _add_limits(session, tasks, draft)
    _add_assignments(session, tasks, draft, directory, due)
    for task, item in zip(tasks, draft.tasks, strict=True):
        found = match_templates(item.text or item.title, templates)
        session.add_all(
            TemplateMatch(task_id=task.id, plugin=m.template.partition(".")[0], template=m.template, reason=m.reason)
            for m in found
        )
    session.flush()
    record(session, [FieldChange("plan", plan.id, "imported", None, document.file_name)], plan.id, plan.revision)
    return plan


def _new_plan(session: ScopedSession, document: Document, draft: Draft, year: int | None) -> Plan:
    if not draft.tasks:
        raise NoTasks(name=document.file_name)
    year = year or draft.meta.year
    if year is None:
        raise YearUnknown(name=document.file_name)
    digest = sha256(document.text.encode()).hexdigest()
    known = session.scalar(select(Plan.id).where(Plan.source_digest == digest))
    if known is not None:
        raise PlanExists(name=document.file_name, plan=known)
    shown = draft.as_json()
    plan = Plan(
        year=year,
        title=draft.meta.title or document.file_name,
        source_name=document.file_name,
        source_text=document.text,
        source_digest=digest,
        meta=shown["meta"],
        leftovers=shown["leftovers"],
        revision=1,  # 0 is the history number of a cell that was never set
    )
    session.add(plan)
    session.flush()
    return plan


def _units(task: DraftTask) -> list[str]:
    """The units of a task in their order; a lead that only the sentence names comes first."""
    names = dict.fromkeys(task.unit_names)
    lead = task.lead_unit
    return [lead, *names] if lead and lead not in names else [*names]


def _add_sections(session: ScopedSession, plan: Plan, draft: Draft) -> dict[str, int]:
    headings = dict.fromkeys(task.section for task in draft.tasks if task.section)
    sections = [Section(plan_id=plan.id, title=heading, position=n) for n, heading in enumerate(headings, 1)]
    session.add_all(sections)
    session.flush()
    return {section.title: section.id for section in sections}


def _task(plan: Plan, position: int, item: DraftTask, sections: dict[str, int]) -> Task:
    return Task(
        plan_id=plan.id,
        section_id=sections.get(item.section),
        no=item.no,
        position=position,
        title=item.title,
        text=item.text,
        start=item.source.start,
        end=item.source.end,
        cadence=[c.text for c in item.cadence],
        revs={},
    )


def _add_limits(session: ScopedSession, tasks: Sequence[Task], draft: Draft) -> list[object]:
    """Typed deadlines and quotas, and their text on the task; returns each task's due day."""
    due = []
    for task, item in zip(tasks, draft.tasks, strict=True):
        deadlines = limits.typed_deadlines(item.deadlines, item.working_day_limits)
        quotas = limits.typed_quotas(item.quotas)
        for row in (*deadlines, *quotas):
            row.task_id = task.id
        session.add_all((*deadlines, *quotas))
        task.deadline_text, task.quota_text = limits.deadline_text(deadlines), limits.quota_text(quotas)
        due.append(limits.due_day(deadlines))
    session.flush()
    return due


def _role(item: DraftTask, name: str) -> str:
    if name == item.lead_unit:
        return "lead"
    return "supporting" if name in item.coop_units else ""


def _add_assignments(
    session: ScopedSession, tasks: Sequence[Task], draft: Draft, directory: Directory, due: Sequence[object]
) -> None:
    pairs = []
    for task, item, due_on in zip(tasks, draft.tasks, due, strict=True):
        # two names of one body in one bracket are one assignment
        units = {directory.get(name).id: _role(item, name) for name in reversed(_units(item))}
        for unit_id, role in reversed(units.items()) if units else [(None, "")]:
            pairs.append((Assignment(task_id=task.id, unit_id=unit_id, role=role, revs={}), due_on))
    session.add_all(assignment for assignment, _ in pairs)
    session.flush()
    session.add_all(
        Occurrence(assignment_id=assignment.id, key=new_key(), due_on=due_on, revs={}) for assignment, due_on in pairs
    )
    session.flush()
