"""Plans and their rows over HTTP."""

from typing import Any

from flask import Response, current_app
from marshmallow import fields, validate

from core.api.access import Acting, access
from core.api.blueprint import ApiBlueprint
from core.api.paging import PageQuery
from core.plans.draft_schemas import AskedSchema
from core.plans.listing import NAMES, SORTS, listed
from core.plans.rows import PlanRow
from core.plans.schemas import EditSchema, HistorySchema, PlanSchema, RowDetailSchema, RowPageSchema
from core.plans.services import check_plan, confirm_plan, find_plan, list_plans, questions
from core.plans.visible import change_row, history_shown, row_shown
from core.plans.words import STATUSES
from core.runtime import china_today
from tenants.people.rights import Right

plans = ApiBlueprint("plans", __name__, "/plans", "年度工作要点")
rows = ApiBlueprint("rows", __name__, "/rows", "任务行")


class RowQuery(PageQuery):
    """Which rows of a plan, and in which order."""

    unit = fields.String()
    status = fields.String(validate=validate.OneOf(STATUSES))
    overdue = fields.Boolean()
    due_from = fields.Date()
    due_until = fields.Date()
    text = fields.String(validate=validate.Length(1, 100))
    sort = fields.String(load_default="position", validate=validate.OneOf(list(SORTS)))


@plans.get("")
@access(Right.PLANS_READ)
@plans.response(200, PlanSchema(many=True))
def all_plans(acting: Acting) -> Any:
    """全部年度工作要点，最近的在前。"""
    return list_plans(acting.session)


@plans.get("/<int:plan>")
@access(Right.PLANS_READ)
@plans.response(200, PlanSchema)
def one_plan(acting: Acting, plan: int) -> Any:
    """一份年度工作要点。"""
    return find_plan(acting.session, plan)


@plans.post("/<int:plan>/confirmation")
@access(Right.PLANS_CHANGE)
@plans.response(200, PlanSchema)
def confirmation(acting: Acting, plan: int) -> Any:
    """确认草稿：单位组展开到各成员单位。"""
    confirm_plan(acting.session, plan, china_today())
    return find_plan(acting.session, plan)


@plans.get("/<int:plan>/questions")
@access(Right.PLANS_CHANGE)
@plans.response(200, AskedSchema(many=True))
def plan_questions(acting: Acting, plan: int) -> Any:
    """需要人工处理之处，影响任务多的在前。"""
    return questions(acting.session, find_plan(acting.session, plan))


@plans.get("/<int:plan>/rows")
@access(Right.PLANS_READ)
@plans.arguments(RowQuery, location="query")
@plans.response(200, RowPageSchema)
def plan_rows(acting: Acting, asked: dict[str, Any], plan: int) -> Response:
    """任务行，可筛选、排序、逐页读取；联络员只见本单位的。"""
    found = listed(acting.session, plan, asked, acting.units, china_today())
    if not found.items:  # rows belong to a plan that there is
        check_plan(acting.session, plan)
    # rows go out as the database gave them: to dump fifty by a schema costs more than to read them
    items = [dict(zip(NAMES, row, strict=False)) for row in found.items]
    return current_app.json.response({"items": items, "next": found.next})


@rows.get("/<key>")
@access(Right.PLANS_READ)
@rows.etag
@rows.response(200, RowDetailSchema)
def one_row(acting: Acting, key: str) -> Any:
    """一行任务。"""
    return row_shown(acting.session, key, acting.units)


@rows.patch("/<key>")
@access(Right.PROGRESS_REPORT)
@rows.etag
@rows.arguments(EditSchema)
@rows.response(200, RowDetailSchema)
def edit_row(acting: Acting, edits: dict[str, Any], key: str) -> Any:
    """修改一行任务，须带 If-Match；联络员只改本单位的完成情况、进展等项。"""
    may_all = acting.principal.may_for_all(Right.PLANS_CHANGE)

    def unchanged(row: PlanRow) -> None:
        rows.check_etag(row, RowDetailSchema)

    return change_row(acting.session, key, edits, acting.units, may_all, china_today(), unchanged)


@rows.get("/<key>/history")
@access(Right.HISTORY_READ)
@rows.response(200, HistorySchema(many=True))
def row_history(acting: Acting, key: str) -> Any:
    """一行任务的修改历史：谁、何时、经何途径、改前、改后。"""
    return history_shown(acting.session, key, acting.units)
