"""What a plan is held against, over HTTP: the agency's rules, other plans, the directory, the calendar, its figures."""

from typing import Any

from flask import current_app

from core.api.access import Acting, access
from core.api.blueprint import ApiBlueprint
from core.files.services import find_file
from core.jobs.schemas import JobSchema
from core.jobs.services import ask_for
from core.jobs.views import accepted
from core.metrics.schemas import FigureSchema
from core.metrics.services import metrics_of, plan_facts
from core.plans.checking_schemas import (
    ComparedDocumentSchema,
    ComparisonQuery,
    ComparisonSchema,
    MissingSchema,
    OpenedSchema,
    PeriodsSchema,
    RuleSchema,
    TaskOfferSchema,
)
from core.plans.comparisons import compare, hold_against_rules, rule_json
from core.plans.jobs import COMPARE
from core.plans.offers import accept_offers, offers
from core.plans.opening import has_begun, open_now
from core.plans.reading import match_rows
from core.plans.schemas import MatchSchema
from core.plans.services import find_plan, missing
from core.runtime import china_today
from core.tenancy import plugins_in, templates_in
from tenants.people.rights import Right

checking = ApiBlueprint("checking", __name__, "/plans/<int:plan>", "要点的核对与统计")


@checking.get("/rules")
@access(Right.PLANS_READ, all_units=True)
@checking.response(200, RuleSchema(many=True))
def rules(acting: Acting, plan: int) -> Any:
    """本机关对时限、节点和数量的规定，要点是否写明。"""
    plugins, tenant = plugins_in(current_app, acting.session)
    templates, asked = plugins.task_templates(tenant.plugins), plugins.rules(tenant.plugins)
    found = find_plan(acting.session, plan)
    return [rule_json(row) for row in hold_against_rules(acting.session, found, templates, asked)]


@checking.get("/comparison")
@access(Right.PLANS_READ, all_units=True)
@checking.arguments(ComparisonQuery, location="query")
@checking.response(200, ComparisonSchema)
def comparison(acting: Acting, asked: dict[str, Any], plan: int) -> Any:
    """对照另一份已导入的要点：年份较早的一份视为旧的；也可作为上级的要点对照。"""
    ours, other = find_plan(acting.session, plan), find_plan(acting.session, asked["other"])
    templates = templates_in(current_app, acting.session)
    found = compare(acting.session, ours, other, templates, asked["superior"])
    return found.whole | {"summary": found.summary}


@checking.post("/comparison")
@access(Right.PLANS_READ, all_units=True)
@checking.arguments(ComparedDocumentSchema)
@checking.response(202, JobSchema)
def compare_document(acting: Acting, given: dict[str, Any], plan: int) -> Any:
    """对照一份已上传而不导入的文件；结果中有一句话的结论和文件编号，文件内是全部对照（JSON）。"""
    find_plan(acting.session, plan)
    find_file(acting.session, given["file"], acting.principal.grants)
    return accepted(ask_for(acting.session, COMPARE, given | {"plan": plan}))


@checking.get("/missing")
@access(Right.PLANS_READ, all_units=True)
@checking.response(200, MissingSchema(many=True))
def who_is_missing(acting: Acting, plan: int) -> Any:
    """每项任务中哪些单位还没有填报，哪些单位没有达到数量指标。"""
    return missing(acting.session, find_plan(acting.session, plan))


@checking.get("/templates")
@access(Right.PLANS_READ, all_units=True)
@checking.response(200, MatchSchema(many=True))
def matches(acting: Acting, plan: int) -> Any:
    """识别出的任务模板，以及依据。"""
    return match_rows(acting.session, find_plan(acting.session, plan).id)


@checking.get("/metrics")
@access(Right.METRICS_READ, all_units=True)
@checking.response(200, FigureSchema(many=True))
def metrics(acting: Acting, plan: int) -> Any:
    """统计指标：数值、目标、公式，以及依据的任务行。"""
    plugins, tenant = plugins_in(current_app, acting.session)
    facts = plan_facts(acting.session, find_plan(acting.session, plan), china_today())
    return metrics_of(facts, plugins.metrics(tenant.plugins))


@checking.get("/offers")
@access(Right.PLANS_CHANGE, all_units=True)
@checking.response(200, TaskOfferSchema(many=True))
def open_offers(acting: Acting, plan: int) -> Any:
    """要点确认后名录有变：后加入单位组的成员、已变更的单位，可由哪些任务承接。"""
    return offers(acting.session, find_plan(acting.session, plan))


@checking.post("/offers")
@access(Right.PLANS_CHANGE, all_units=True)
@checking.response(200, TaskOfferSchema(many=True))
def accept(acting: Acting, plan: int) -> Any:
    """全部照办；返回照办的各处。"""
    return accept_offers(acting.session, find_plan(acting.session, plan), china_today())


@checking.get("/periods")
@access(Right.PLANS_READ)
@checking.response(200, PeriodsSchema)
def periods(acting: Acting, plan: int) -> Any:
    """定期任务：有无新的周期尚未生成任务行，下一个周期何时开始。"""
    found = find_plan(acting.session, plan)
    return {"waiting": has_begun(found, china_today()), "next": found.opens_on}


@checking.post("/periods")
@access(Right.PLANS_CHANGE, all_units=True)
@checking.response(200, OpenedSchema)
def open_begun_periods(acting: Acting, plan: int) -> Any:
    """为定期任务生成已开始周期的任务行；重复运行不会重复生成。"""
    found = find_plan(acting.session, plan)
    return {"opened": open_now(acting.session, found, china_today()), "next": found.opens_on}
