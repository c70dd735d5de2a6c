"""Documents over HTTP: taken apart, looked at beside their source, asked about, mended."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app

from core.api.access import Acting, access
from core.api.blueprint import ApiBlueprint
from core.api.paging import page
from core.api.trial import trial
from core.files.services import find_file
from core.jobs.schemas import JobSchema
from core.jobs.services import ask_for
from core.jobs.views import accepted
from core.plans.answering import answer_unit
from core.plans.asking import unit_questions
from core.plans.draft_schemas import (
    AnsweredSchema,
    AnswersSchema,
    DocumentSchema,
    MendedSchema,
    MergeSchema,
    MoveSchema,
    SplitSchema,
    TaskPageSchema,
    TaskQuery,
    TaskSchema,
    TextSchema,
)
from core.plans.draftview import draft_view, listed_tasks, view_json
from core.plans.jobs import IMPORT, PREVIEW
from core.plans.mended import TaskUnknown, mend, plan_of, tasks_of
from core.plans.mending import Mended, merge_tasks, move_task, split_task
from core.plans.models import Task
from core.plans.services import find_plan
from core.plans.writing import Writing
from core.runtime import china_today
from core.tenancy import templates_in
from tenants.people.rights import Right

drafts = ApiBlueprint("drafts", __name__, "", "导入与草稿")
tasks = ApiBlueprint("tasks", __name__, "/tasks", "任务")


def _asked(acting: Acting, kind: str, document: dict[str, Any]) -> Any:
    for number in (document["file"], *document["attachments"]):
        find_file(acting.session, number, acting.principal.grants)
    return accepted(ask_for(acting.session, kind, document, lock="plans"))


@drafts.post("/plans")
@access(Right.PLANS_CHANGE)
@drafts.arguments(DocumentSchema)
@drafts.response(202, JobSchema)
def new_plan(acting: Acting, document: dict[str, Any]) -> Any:
    """导入要点：把已上传的文件分解为任务（草稿），其后可带附件（任务分解表）；结果中有要点编号。"""
    return _asked(acting, IMPORT, document)


@drafts.post("/drafts")
@access(Right.PLANS_CHANGE)
@drafts.arguments(DocumentSchema)
@drafts.response(202, JobSchema)
def preview(acting: Acting, document: dict[str, Any]) -> Any:
    """预览分解，不导入；结果中有文件编号，文件内是全部任务和把握（JSON）。"""
    return _asked(acting, PREVIEW, document)


@drafts.get("/plans/<int:plan>/draft")
@access(Right.PLANS_READ)
@drafts.arguments(TaskQuery, location="query")
@drafts.response(200, TaskPageSchema)
def plan_draft(acting: Acting, asked: dict[str, Any], plan: int) -> Any:
    """逐项对照原文：各字段读自何处、把握多大、为何存疑；联络员只见本单位的任务。"""
    found = find_plan(acting.session, plan)
    query, by = listed_tasks(plan, acting.units)
    these = page(acting.session, query, by, asked)
    views = draft_view(acting.session, found, [row.task for row in these.items], acting.units)
    return {"items": [view_json(one) for one in views if one.doubtful or not asked["doubtful"]], "next": these.next}


@drafts.get("/plans/<int:plan>/text")
@access(Right.PLANS_READ, all_units=True)
@drafts.response(200, TextSchema)
def plan_text(acting: Acting, plan: int) -> Any:
    """要点的文本，任务的出处按它的字数计。"""
    return find_plan(acting.session, plan)


@drafts.post("/plans/<int:plan>/answers")
@access(Right.PLANS_CHANGE)
@drafts.arguments(AnswersSchema)
@drafts.response(200, AnsweredSchema)
def answer(acting: Acting, given: dict[str, Any], plan: int) -> Any:
    """回答关于单位的问题；以后导入不再问。"""
    found = find_plan(acting.session, plan)
    for one in given["answers"]:
        answer_unit(acting.session, found, one["key"], one["value"], china_today())
    return {"answered": len(given["answers"]), "questions": unit_questions(acting.session, found)}


@tasks.get("/<int:task>")
@access(Right.PLANS_READ)
@tasks.response(200, TaskSchema)
def one_task(acting: Acting, task: int) -> Any:
    """一项任务，对照原文。"""
    plan = find_plan(acting.session, plan_of(acting.session, task))
    views = draft_view(acting.session, plan, [task], acting.units)
    if not views:
        raise TaskUnknown(id=task)
    return view_json(views[0])


@tasks.post("/<int:task>/split")
@access(Right.PLANS_CHANGE)
@tasks.arguments(SplitSchema)
@tasks.response(200, MendedSchema)
def split(acting: Acting, given: dict[str, Any], task: int) -> Any:
    """把一项任务拆成两项：前一项保留原有的行和填报，后一项按同样的单位另起新行。"""
    templates = templates_in(current_app, acting.session)
    return _mended(acting, given, [task], lambda work, these: split_task(work, these[0], given["at"], templates))


@tasks.post("/<int:task>/merge")
@access(Right.PLANS_CHANGE)
@tasks.arguments(MergeSchema)
@tasks.response(200, MendedSchema)
def merge(acting: Acting, given: dict[str, Any], task: int) -> Any:
    """把几项任务并入这一项：内容、出处、单位、时限、指标合在一起，其余各项的行关闭；已有填报的不能并走。"""
    templates = templates_in(current_app, acting.session)
    return _mended(acting, given, [task, *given["tasks"]], lambda work, these: merge_tasks(work, these, templates))


@tasks.post("/<int:task>/move")
@access(Right.PLANS_CHANGE)
@tasks.arguments(MoveSchema)
@tasks.response(200, MendedSchema)
def move(acting: Acting, given: dict[str, Any], task: int) -> Any:
    """调整任务的先后。只改次序；已导出的表格保持原样。"""
    behind = "after" in given
    beside = given["after"] if behind else given["before"]
    return _mended(acting, given, [task, beside], lambda work, these: move_task(work, *these, behind=behind))


def _mended(
    acting: Acting, given: dict[str, Any], numbers: Sequence[int], step: Callable[[Writing, list[Task]], Mended]
) -> Any:
    """Mend these tasks, all of the plan of the first."""
    plan = plan_of(acting.session, numbers[0])
    with trial(acting.session, given["dry_run"]):
        done = mend(acting.session, plan, china_today(), lambda work: step(work, tasks_of(work, numbers)))
        return done.as_json()
