"""Leaving over HTTP: the tenant's administrator exports, asks and takes back; the platform's system administrator
erases."""

from typing import Any

from core.api.access import Acting, access, need_person, now
from core.api.blueprint import ApiBlueprint
from core.jobs.schemas import JobSchema
from core.jobs.services import ask_for
from core.jobs.views import accepted
from core.leaving.asking import ask_to_leave, preview, take_back
from core.leaving.erasing import SlugDiffers, erase, list_tombstones
from core.leaving.jobs import EXPORT
from core.leaving.schemas import (
    ErasureSchema,
    LeavingPreviewSchema,
    LeavingSchema,
    ShownAgainSchema,
    TombstoneSchema,
)
from tenants.people.rights import Right
from tenants.people.signing_in import show_again
from tenants.sessions import tenant_session

leaving = ApiBlueprint("leaving", __name__, "", "注销")


@leaving.post("/tenant/export")
@access(Right.TENANT_LEAVE)
@leaving.response(202, JobSchema)
def export(acting: Acting) -> Any:
    """导出本机关的全部数据（通用格式，一个 zip）；结果中有文件编号和清单摘要，只有本人能取。"""
    return accepted(ask_for(acting.session, EXPORT, {}))


@leaving.get("/tenant/leaving")
@access(Right.TENANT_LEAVE)
@leaving.response(200, LeavingPreviewSchema)
def foreseen(acting: Acting) -> Any:
    """注销会清除什么、保留什么（各表行数、账号）；是否已申请注销。"""
    return preview(acting.session)


@leaving.post("/tenant/leaving")
@access(Right.TENANT_LEAVE)
@leaving.arguments(ShownAgainSchema)
@leaving.response(200, LeavingSchema)
def ask(acting: Acting, given: dict[str, Any]) -> Any:
    """申请注销本机关，须再次输入密码和验证码。此后数据只能查看和导出，到期后由平台清除；到期前可以撤回。"""
    need_person(acting)
    scope = acting.session.scope
    show_again(acting.principal.account_id, **given, address=scope.address, now=now())
    return ask_to_leave(acting.session, now())


@leaving.delete("/tenant/leaving")
@access(Right.TENANT_LEAVE)
@leaving.response(204)
def stay(acting: Acting) -> None:
    """撤回注销申请，须由本人登录后办理。"""
    need_person(acting)
    take_back(acting.session)


@leaving.get("/tenants/<tenant>/erasure")
@access(Right.PLATFORM_ERASE)
@leaving.response(200, LeavingPreviewSchema)
def foreseen_erasure(acting: Acting, tenant: str) -> Any:
    """清除一个租户会清除什么、保留什么；其是否申请了注销。"""
    with tenant_session(tenant, *acting.by) as session:
        return preview(session)


@leaving.post("/tenants/<tenant>/erasure")
@access(Right.PLATFORM_ERASE)
@leaving.arguments(ErasureSchema)
@leaving.response(200, TombstoneSchema)
def erasure(acting: Acting, given: dict[str, Any], tenant: str) -> Any:
    """清除已申请注销且已到期的租户，须再写一次短名；不可恢复。返回注销凭据。"""
    if given["slug"] != tenant:
        raise SlugDiffers(slug=tenant)
    return erase(tenant, now(), acting.by)


@leaving.get("/tombstones")
@access(Right.PLATFORM_ERASE)
@leaving.response(200, TombstoneSchema(many=True))
def tombstones(_acting: Acting) -> Any:
    """已注销租户的凭据。"""
    return list_tombstones()
