"""Onboarding over HTTP: asking without an account, deciding on the platform, the administrator's link, the steps."""

from typing import Any

from flask import Response, current_app, request

from core.api.access import VIA, Acting, access, now, public
from core.api.blueprint import ApiBlueprint
from core.onboarding.applying import Wish, apply, find, list_applications, look
from core.onboarding.checklist import steps_of
from core.onboarding.deciding import Grant, approve, link_anew, refuse
from core.onboarding.invited import open_link
from core.onboarding.schemas import (
    ApplicationSchema,
    ApplicationsQuery,
    AppliedSchema,
    ApprovedSchema,
    ChecklistSchema,
    GrantSchema,
    LookSchema,
    OpeningSchema,
    RefusalSchema,
    StandingSchema,
    WishSchema,
)
from core.people.schemas import StepSchema
from core.people.session_views import stepped
from tenants.models import Tenant
from tenants.people.rights import Right

applications = ApiBlueprint("applications", __name__, "/applications", "入驻申请")
onboarding = ApiBlueprint("onboarding", __name__, "", "开通步骤")


@applications.post("")
@public("an agency asks for a tenant")
@applications.arguments(WishSchema)
@applications.response(201, AppliedSchema)
def ask(given: dict[str, Any]) -> Any:
    """申请入驻。返回申请编号和查询口令，口令只显示这一次。"""
    return apply(Wish(**given), now(), ("", VIA, request.remote_addr or ""))


@applications.post("/state")
@public("whoever asked looks at his application")
@applications.arguments(LookSchema)
@applications.response(200, StandingSchema)
def state(given: dict[str, Any]) -> Any:
    """凭申请编号和查询口令查看申请办到哪一步。"""
    return look(given["reference"], given["secret"], now())


@applications.get("")
@access(Right.PLATFORM_TENANTS)
@applications.arguments(ApplicationsQuery, location="query")
@applications.response(200, ApplicationSchema(many=True))
def every(_acting: Acting, asked: dict[str, Any]) -> Any:
    """入驻申请，最早的在前；可只看某一状态的。申请保存 90 天。"""
    return list_applications(now(), asked["state"])


@applications.get("/<reference>")
@access(Right.PLATFORM_TENANTS)
@applications.response(200, ApplicationSchema)
def one(acting: Acting, reference: str) -> Any:
    """一份入驻申请。"""
    return find(acting.session, reference, now())


@applications.post("/<reference>/approval")
@access(Right.PLATFORM_TENANTS)
@applications.arguments(GrantSchema)
@applications.response(200, ApprovedSchema)
def approval(acting: Acting, given: dict[str, Any], reference: str) -> Any:
    """批准：开通租户，建立责任单位，邀请首位租户管理员。secret 是管理员链接的密钥，只显示这一次，7 天内有效。"""
    return approve(current_app.extensions["zwgk_plugins"], reference, Grant(**given), now(), acting.by)


@applications.post("/<reference>/refusal")
@access(Right.PLATFORM_TENANTS)
@applications.arguments(RefusalSchema)
@applications.response(204)
def refusal(acting: Acting, given: dict[str, Any], reference: str) -> None:
    """拒绝，并说明理由；申请人凭口令看得到。"""
    refuse(reference, given["reason"], now(), acting.by)


@applications.post("/<reference>/link")
@access(Right.PLATFORM_TENANTS)
@applications.response(200, ApprovedSchema)
def link(acting: Acting, reference: str) -> Any:
    """重新发放管理员链接，原来的随即失效；管理员已设置密码的不再发放。"""
    return link_anew(reference, now(), acting.by)


@onboarding.post("/invitation")
@public("the first administrator opens his link")
@onboarding.arguments(OpeningSchema)
@onboarding.response(200, StepSchema)
def opening(given: dict[str, Any]) -> Response:
    """凭管理员链接设置首个密码并登录；接着须设置两步验证（must）。"""
    agent = request.headers.get("User-Agent", "")
    return stepped(open_link(**given, address=request.remote_addr or "", agent=agent, now=now()))


@onboarding.get("/tenant/onboarding")
@access(Right.MEMBERS_READ)
@onboarding.response(200, ChecklistSchema)
def checklist(acting: Acting) -> Any:
    """开通步骤：完成了哪些，下一步做什么，用哪个操作。"""
    tenant = acting.session.get_one(Tenant, acting.session.scope.tenant_id)
    steps = [step.shown(tenant.slug) for step in steps_of(acting.session)]
    return {"done": all(step["done"] for step in steps), "steps": steps}
