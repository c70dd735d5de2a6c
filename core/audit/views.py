"""The audit of the tenant over HTTP. To look at it is written into it."""

from typing import Any

from core.api.access import Acting, access
from core.api.blueprint import ApiBlueprint
from core.api.paging import page
from core.audit.jobs import EXPORT, VERIFY
from core.audit.schemas import AuditQuery, EntryPageSchema, VerificationSchema
from core.jobs.schemas import JobSchema
from core.jobs.services import ask_for
from core.jobs.views import accepted
from tenants.audit.chain import chain_of
from tenants.audit.reading import Wanted, asked_for, seen
from tenants.audit.services import note_reading
from tenants.people.rights import Right

audit = ApiBlueprint("audit", __name__, "/audit", "审计")


@audit.get("")
@access(Right.AUDIT_READ)
@audit.arguments(AuditQuery, location="query")
@audit.response(200, EntryPageSchema)
def entries(acting: Acting, asked: dict[str, Any]) -> Any:
    """操作和字段修改，最近的在前，可按时间、操作人、操作筛选；查看本身也记入审计。"""
    wanted = Wanted(asked["begin"], asked["end"], asked["actor"], asked["action"], asked["limit"])
    query, by = asked_for(chain_of(acting.session), wanted)
    found = page(acting.session, query, by, asked, falling=True)
    note_reading(acting.session, wanted, len(found.items))
    return {"items": [seen(row) for row in found.items], "next": found.next}


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
