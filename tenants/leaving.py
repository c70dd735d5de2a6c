"""A tenant that leaves: what may still be written in its name, and how its end waits for what was begun.

Every session of a tenant asks (`tenants.sessions`); services ask by themselves where they act before they write.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import select

from tenants.errors import ZwgkError
from tenants.models import Leaving, Tenant

if TYPE_CHECKING:
    from tenants.sessions import ScopedSession


class TenantLeaving(ZwgkError):
    """The tenant asked to leave: nothing in it can be changed any more."""

    code = "tenant_leaving"
    sentence = (
        "本机关已申请注销，数据只能查看和全部导出，不能修改或另发表格；如要继续使用，请租户管理员先撤回注销申请。"
    )


_UNASKED = object()
# What is written by looking, exporting and sealing alone; `token`: that one was used (a change of one leaves history);
# `identity_flow`: whoever signs in by the provider alone does so to look, export, or take it back
_LEFT_TO = {
    None: None,
    "leaving": frozenset({"audit_entry", "seal", "job", "stored_file", "replay", "token", "identity_flow"}),
    "erased": frozenset({"seal"}),
}
# What upkeep changes beside that: deliveries are forgotten in time, whoever leaves
_LEFT_TO_UPKEEP = frozenset({"delivery"})


def erased_slug(tenant_id: int) -> str:
    """What stands where an erased tenant had its short name: no short name begins so, and nobody finds it by one."""
    return f"_{tenant_id}"


def refuse_leaving(session: "ScopedSession", tables: Collection[str] = ("",)) -> None:
    """Raises `TenantLeaving` where the session's tenant asked to leave and something in these tables (none named: in
    any) is about to be changed.

    The row of the tenant is locked, whether it leaves or not: whoever asks to leave or erases it waits for the end of
    what was begun, and what comes after an erasure finds that it is gone.
    """
    if session.scope.tenant_id is None:
        return
    if session.info.get("leaving", _UNASKED) is _UNASKED:
        query = select(Tenant.slug, Leaving.state).select_from(Tenant).outerjoin(Leaving)
        query = query.where(Tenant.id == session.scope.tenant_id)
        slug, state = session.execute(query.with_for_update(read=True, key_share=True, of=Tenant)).one()
        # who waited here for an erasure reads the row of the tenant anew, and beside it the state from before
        session.info["leaving"] = "erased" if slug == erased_slug(session.scope.tenant_id) else state
    left_to = _LEFT_TO[session.info["leaving"]]
    more = _LEFT_TO_UPKEEP if session.scope.via == "upkeep" else frozenset()
    if left_to is not None and not (left_to | more).issuperset(tables):
        raise TenantLeaving
