"""The audit over HTTP: a tenant's, and the platform's for its audit administrator. To look at either is written into
it."""

from typing import Any

from sqlalchemy.orm import Session

from core.api.access import Acting, access, now
from core.api.blueprint import ApiBlueprint
from core.api.paging import page
from core.audit.jobs import EXPORT, VERIFY, told
from core.audit.schemas import AuditQuery, EntryPageSchema, VerdictSchema, VerificationSchema
from core.jobs.schemas import JobSchema
from core.jobs.services import ask_for
from core.jobs.views import accepted
from tenants.audit.chain import PLATFORM, Chain, chain_of
from tenants.audit.reading import Wanted, asked_for, seen
from tenants.audit.services import note_reading
from tenants.audit.verifying import verify
from tenants.people.rights import Right
from tenants.sessions import cross_tenant

audit = ApiBlueprint("audit", __name__, "/audit", "审计")
platform_audit = ApiBlueprint("platform_audit", __name__, "/platform/audit", "平台：审计")


@audit.get("")
@access(Right.AUDIT_READ)
@audit.arguments(AuditQuery, location="query")
@audit.response(200, EntryPageSchema)
def entries(acting: Acting, asked: dict[str, Any]) -> Any:
    """操作和字段修改，最近的在前，可按时间、操作人、操作筛选；查看本身也记入审计。"""
    found = _page(acting.session, chain_of(acting.session), asked)
    note_reading(acting.session, _wanted(asked), len(found["items"]))
    return found


@audit.post("/verification")
@access(Right.AUDIT_READ)
@audit.arguments(VerificationSchema)
@audit.response(202, JobSchema)
def verification(acting: Acting, given: dict[str, Any]) -> Any:
    """重新计算封条；结果说明哪个封条、哪类记录与封存时不符。"""
    return accepted(ask_for(acting.session, VERIFY, given))


@audit.post("/export")
@access(Right.AUDIT_READ)
@audit.response(202, JobSchema)
def export(acting: Acting) -> Any:
    """封存后导出为 JSON 行文件，不用本系统也能核验；结果中有文件编号，只有本人能取。"""
    return accepted(ask_for(acting.session, EXPORT, {}))


@platform_audit.get("")
@access(Right.PLATFORM_AUDIT)
@platform_audit.arguments(AuditQuery, location="query")
@platform_audit.response(200, EntryPageSchema)
def platform_entries(acting: Acting, asked: dict[str, Any]) -> Any:
    """平台自身的操作和跨租户操作，最近的在前，可按时间、操作人、操作筛选；查看本身也记入审计。"""
    with cross_tenant("查看平台自身的审计", acting.principal.actor) as session:
        return _page(session, PLATFORM, asked)


@platform_audit.post("/verification")
@access(Right.PLATFORM_AUDIT)
@platform_audit.arguments(VerificationSchema)
@platform_audit.response(200, VerdictSchema)
def platform_verification(acting: Acting, given: dict[str, Any]) -> Any:
    """重新计算平台自身审计的封条，说明哪个封条、哪类记录与封存时不符；可只核验一段。"""
    with cross_tenant("核验平台自身的审计", acting.principal.actor) as session:
        return told(verify(session, PLATFORM, now(), **given))


def _wanted(asked: dict[str, Any]) -> Wanted:
    return Wanted(asked["begin"], asked["end"], asked["actor"], asked["action"], asked["limit"])


def _page(session: Session, chain: Chain, asked: dict[str, Any]) -> dict[str, Any]:
    query, by = asked_for(chain, _wanted(asked))
    found = page(session, query, by, asked, falling=True)
    return {"items": [seen(row) for row in found.items], "next": found.next}
