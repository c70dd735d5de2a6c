"""Long work on the audit: computing its seals anew, and writing it out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core.jobs.kinds import Kind
from core.jobs.work import Work
from tenants.audit.services import export_audit, verify_audit
from tenants.audit.verifying import Verdict
from tenants.people.rights import Right

VERIFY, EXPORT = "audit.verify", "audit.export"


def verify(work: Work) -> Mapping[str, Any]:
    """`detail`: `first`, `last` or None, `head`. The result is the verdict."""
    work.progress("正在核验")
    return told(verify_audit(work.session, datetime.now(UTC), **work.detail))


def told(verdict: Verdict) -> dict[str, Any]:
    """A verdict as it is given to programs."""
    faults = [{**one._asdict(), "message": one.message} for one in verdict.faults]
    return {"seals": verdict.seals, "rows": verdict.rows, "head": verdict.head, "faults": faults}


def export(work: Work) -> Mapping[str, Any]:
    """The result names the file."""
    work.progress("正在导出")
    content = "".join(f"{line}\n" for line in export_audit(work.session)).encode()
    kept = work.keep("审计.jsonl", content)
    return {"file": kept.id, "name": kept.name}


KINDS = (
    Kind(VERIFY, "核验审计", verify, Right.AUDIT_READ, private=True, changes=False),
    Kind(EXPORT, "导出审计", export, Right.AUDIT_READ, private=True, changes=False),
)
