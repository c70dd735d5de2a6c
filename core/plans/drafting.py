"""From a decomposed document to a plan in the database: all of it, or nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.decompose.confidence import confidence
from core.decompose.declared import resolved
from core.decompose.draft import Draft, DraftTask
from core.decompose.known import rejoined
from core.decompose.readings import Reading
from core.documents.reader import Document
from core.plans import limits
from core.plans.assigning import Due, new_occurrence
from core.plans.models import IMPORTED, Assignment, Deadline, Occurrence, Plan, Quota, Section, Task, TemplateMatch
from core.plans.templates import TaskTemplate, template_rows
from core.settings import FIRST_LEADS, setting
from core.units.directory import Directory
from core.units.services import ensure_units, read_directory
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.bulk import add_rows, add_rows_with_ids
from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.sessions import ScopedSession


class NoTasks(ZwgkError):
    """The document holds no task that was recognised."""

    code = "no_tasks"
    sentence = "“{name}”中没有识别出任务，未导入。请确认这是工作要点正文。"
    by_command = "可先运行 zwgk decompose 查看未识别之处。"


class YearUnknown(ZwgkError):
    """The document does not say which year it is for."""

    code = "year_unknown"
    sentence = "“{name}”没有写明年份，请指定。"
    by_command = "例如加 --year 2024。"


class PlanExists(ZwgkError):
    """The same document was imported before."""

    code = "plan_exists"
    sentence = "“{name}”已导入过（要点编号 {plan}），未重复导入。"


class AttachmentsLate(PlanExists):
    """And something is attached to it now."""

    sentence = PlanExists.sentence + "附件没有采用，请另将附件中的表格与要点对照合并。"
    by_command = "可用 zwgk sheet adopt。"


def import_draft(
    session: ScopedSession, document: Document, draft: Draft, templates: Sequence[TaskTemplate], year: int | None
) -> Plan:
    """Store a decomposed document as a plan in status `draft`.

    Units that the directory does not know are added to it. Raises `NoTasks`, `YearUnknown`, `PlanExists`.
    """
    plan = _new_plan(session, document, draft, year)
    known = read_directory(session).settled_names()
    draft = resolved(rejoined(document.text, draft, known))
    directory = ensure_units(session, _names(draft))
    sections = _add_sections(session, plan, draft)
    typed = [_typed(task) for task in draft.tasks]
    read = confidence(document.text, draft, known)
    rows = [_task(plan, n, item, sections, typed[n - 1], read[n - 1]) for n, item in enumerate(draft.tasks, 1)]
    tasks = list(zip(add_rows_with_ids(session, Task, rows), draft.tasks, typed, strict=True))
    add_rows(session, Deadline, [row for id_, _, of in tasks for row in limits.for_task(id_, of.deadlines)])
    add_rows(session, Quota, [row for id_, _, of in tasks for row in limits.for_task(id_, of.quotas)])
    add_rows(
        session,
        TemplateMatch,
        [row for id_, item, _ in tasks for row in template_rows(id_, item.text or item.title, templates)],
    )
    first_leads = setting(session, FIRST_LEADS)
    _add_assignments(session, tasks, partial(_units_of, directory, plan.year, first_leads))
    record(session, [FieldChange("plan", plan.id, "imported", None, document.file_name)], plan.id, plan.revision)
    record_act(session, Action.PLAN_IMPORTED, subject=("plan", plan.id), detail={"tasks": len(tasks)})
    return plan


def _names(draft: Draft) -> Iterator[str]:
    """The units of a draft, and those that a group is declared to be."""
    for task in draft.tasks:
        yield from task.all_units
    for alias in draft.meta.aliases:
        yield from alias.names if len(alias.names) > 1 else ()


class _Typed(NamedTuple):
    """The deadlines and quotas of a drafted task."""

    deadlines: list[limits.DeadlineRow]
    quotas: list[limits.QuotaRow]


def _typed(item: DraftTask) -> _Typed:
    deadlines = limits.typed_deadlines(item.deadlines, item.working_day_limits)
    return _Typed(deadlines, limits.typed_quotas(item.quotas))


def year_of(document: Document, draft: Draft, year: int | None) -> int:
    """The year that a document is for: the one given, else the one that it says.

    Raises `NoTasks` for what is no such document, `YearUnknown`.
    """
    if not draft.tasks:
        raise NoTasks(name=document.file_name)
    year = year or draft.meta.year
    if year is None:
        raise YearUnknown(name=document.file_name)
    return year


def _new_plan(session: ScopedSession, document: Document, draft: Draft, year: int | None) -> Plan:
    # without its attachments; together with them it was known up to release 0.5
    digest, joined = (sha256(text.encode()).hexdigest() for text in (document.body or document.text, document.text))
    same = select(Plan.id).where(Plan.source_digest.in_((digest, joined)))
    shown = replace(draft, sections=(), tasks=(), non_tasks=()).as_json()
    plan = Plan(
        year=year_of(document, draft, year),
        title=draft.meta.title or document.file_name,
        source_name=document.file_name,
        source_text=document.text,
        source_digest=digest,
        meta=shown["meta"],
        leftovers=shown["leftovers"],
        revision=IMPORTED,  # 0 is the history number of a cell that was never set
    )
    known = session.scalar(same)
    if known is None:
        try:
            with session.begin_nested():  # two imports of one document at once: the second sees the first one's plan
                session.add(plan)
        except IntegrityError:
            known = session.scalar(same)
    if known is not None:
        refusal = PlanExists if document.body in ("", document.text) else AttachmentsLate
        raise refusal(name=document.file_name, plan=known)
    return plan


def _add_sections(session: ScopedSession, plan: Plan, draft: Draft) -> dict[str, int]:
    headings = dict.fromkeys(task.section for task in draft.tasks if task.section)
    sections = [Section(plan_id=plan.id, title=heading, position=n) for n, heading in enumerate(headings, 1)]
    session.add_all(sections)
    session.flush()
    return {section.title: section.id for section in sections}


def _task(
    plan: Plan,
    position: int,
    item: DraftTask,
    sections: dict[str, int],
    typed: _Typed,
    readings: Sequence[Reading],
) -> dict[str, Any]:
    return {
        "plan_id": plan.id,
        "section_id": sections.get(item.section),
        "no": item.no,
        "position": position,
        "title": item.title,
        "text": item.text,
        "sources": [[item.source.start, item.source.end]],
        "readings": [reading.as_json() for reading in readings if reading.telling],
        "deadline_text": limits.deadline_text(typed.deadlines),
        "quota_text": limits.quota_text(typed.quotas),
        "cadence": [c.text for c in item.cadence],
        "revs": {},
        "rev": IMPORTED,
    }


def _units_of(directory: Directory, year: int, first_leads: bool, item: DraftTask) -> dict[int | None, str]:
    """Who carries a task, as a document of this year means it, and in which role; nobody where no unit is named."""
    lead = item.lead_unit
    first = next(iter(item.all_units), None)
    if first_leads and not lead and first and first not in item.coop_units and directory.get(first).kind != "group":
        lead = first
    roles: dict[int | None, str] = {}
    for name in item.all_units:
        role = "lead" if name == lead else "supporting" if name in item.coop_units else ""
        for unit in directory.resolve(name, year):
            roles.setdefault(unit.id, role)  # two names of one body are one assignment, with the role of the first
    return roles or {None: ""}


def _add_assignments(
    session: ScopedSession,
    tasks: Sequence[tuple[int, DraftTask, _Typed]],
    units_of: Callable[[DraftTask], dict[int | None, str]],
) -> None:
    rows, due = [], []
    for task_id, item, typed in tasks:
        for unit_id, role in units_of(item).items():
            named = {"task_id": task_id, "unit_id": unit_id, "role": role, "closed": False}
            rows.append(named | {"revs": {}, "rev": IMPORTED})
            due.append(limits.due_day(typed.deadlines))
    ids = add_rows_with_ids(session, Assignment, rows)
    add_rows(session, Occurrence, [new_occurrence(id_, Due(day)) for id_, day in zip(ids, due, strict=True)])
